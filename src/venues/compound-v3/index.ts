/** Compound v3: one base asset lent against collateral that earns nothing. */
import type { Venue } from '../venue.ts';
import { compoundV3Closure } from './closure.ts';
import { compoundV3Rules } from './rules.ts';

export const compoundV3: Venue = { rules: compoundV3Rules, closure: compoundV3Closure };
