/** CoinEx perpetuals, margined on the mark price. */
import type { Venue } from '../venue.ts';
import { coinexClosure } from './closure.ts';
import { coinexRules } from './rules.ts';

export const coinex: Venue = { rules: coinexRules, closure: coinexClosure };
