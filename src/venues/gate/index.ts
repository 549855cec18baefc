/** Gate perpetual swaps, margined on the mark price. */
import type { Venue } from '../venue.ts';
import { gateClosure } from './closure.ts';
import { gateRules } from './rules.ts';

export const gate: Venue = { rules: gateRules, closure: gateClosure };
