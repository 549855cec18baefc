/** Binance USDⓈ-M: contracts settled in stablecoins, margined on the mark price. */
import type { Venue } from '../venue.ts';
import { binanceUsdmRules } from './rules.ts';

export const binanceUsdm: Venue = { rules: binanceUsdmRules };
