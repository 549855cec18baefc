/** Stress over the desk, whole: what an engine is given when it is wanted. It comes with this and with nothing else. */
import { Stress } from './stress.ts';

export const STRESS_MODULE = { Stress };

export type StressModule = typeof STRESS_MODULE;
