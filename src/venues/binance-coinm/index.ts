/** Binance COIN-M: inverse contracts settled in the coin, margined on the mark price. */
import type { Venue } from '../venue.ts';
import { binanceCoinmRules } from './rules.ts';

export const binanceCoinm: Venue = { rules: binanceCoinmRules };
