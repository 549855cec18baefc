/** Bybit: linear and inverse contracts, isolated, unified and classic accounts. */

import type { Venue } from '../venue.ts';
import { bybitClosure } from './closure.ts';
import { parseBybit } from './parse.ts';
import { bybitClassicRules, bybitRules } from './rules.ts';

export const bybit: Venue = { rules: bybitRules, closure: bybitClosure, parse: parseBybit };
export const bybitClassic: Venue = { rules: bybitClassicRules, closure: bybitClosure, parse: parseBybit };
