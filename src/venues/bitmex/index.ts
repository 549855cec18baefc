/** BitMEX derivatives, margined on the mark price. */
import type { Venue } from '../venue.ts';
import { bitmexClosure } from './closure.ts';
import { bitmexRules } from './rules.ts';

export const bitmex: Venue = { rules: bitmexRules, closure: bitmexClosure };
