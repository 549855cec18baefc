/** BloFin perpetual swaps, margined on the mark price. */
import type { Venue } from '../venue.ts';
import { blofinClosure } from './closure.ts';
import { blofinRules } from './rules.ts';

export const blofin: Venue = { rules: blofinRules, closure: blofinClosure };
