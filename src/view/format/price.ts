/** Prices as text: six significant digits of the market's own price level, the same number of decimals for every price of one market. */
import { formatFixed, type Rounding } from './number.ts';

const SIGNIFICANT_DIGITS = 6;
const MOST_DECIMALS = 12;

/** Decimals that give `reference`, a price of the market, six significant digits; 61 960.5 has one, 0.0000123456 ten. */
export const priceDecimals = (reference: number): number => {
  if (!(reference > 0) || !Number.isFinite(reference)) return 2;
  const magnitude = Math.floor(Math.log10(reference));
  return Math.min(MOST_DECIMALS, Math.max(0, SIGNIFICANT_DIGITS - 1 - magnitude));
};

/** The direction that brings a liquidation price nearer: up for a long position, down for a short one. */
export const liquidationRounding = (side: string): Rounding => (side === 'short' ? 'floor' : 'ceil');

export const formatPrice = (text: string, decimals: number, rounding: Rounding = 'halfExpand'): string =>
  formatFixed(text, decimals, rounding);
