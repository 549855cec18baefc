/** Bybit: linear and inverse contracts, isolated, unified and classic accounts. */
import type { Venue } from '../venue.ts';
import { bybitClassicRules, bybitRules } from './rules.ts';

export const bybit: Venue = { rules: bybitRules };
export const bybitClassic: Venue = { rules: bybitClassicRules };
