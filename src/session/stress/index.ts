/** Stress, whole: what an engine is given when it is wanted. It comes with this and with nothing else. */
import { checkStress } from './check-message.ts';
import { StressEngine } from './stress-engine.ts';

export const STRESS_MODULE = { StressEngine, checkStress };

export type StressModule = typeof STRESS_MODULE;
