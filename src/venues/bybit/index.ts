/** Bybit: linear and inverse contracts, isolated, unified and classic accounts. */
import type { Venue } from '../venue.ts';
import { parseBybit } from './parse.ts';
import { bybitClassicRules, bybitRules } from './rules.ts';

export const bybit: Venue = { rules: bybitRules, parse: parseBybit };
export const bybitClassic: Venue = { rules: bybitClassicRules, parse: parseBybit };
