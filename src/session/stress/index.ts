/** Stress over the desk, whole: what an engine is given when it is wanted. It comes with this and with nothing else. */
import { AccountStress } from './account-stress.ts';
import { answerScenario } from './answer.ts';
import { Stress } from './stress.ts';

export const STRESS_MODULE = { Stress, AccountStress, answerScenario };

export type StressModule = typeof STRESS_MODULE;
