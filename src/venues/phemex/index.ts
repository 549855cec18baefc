/** Phemex USDT contracts, margined on the mark price. */
import type { Venue } from '../venue.ts';
import { phemexClosure } from './closure.ts';
import { phemexRules } from './rules.ts';

export const phemex: Venue = { rules: phemexRules, closure: phemexClosure };
