/**
 * The number of the exact path.
 *
 * One decimal type for the whole program: 40 significant digits, half-even, exponents to ±9e15.
 * Import `Decimal` from here and from nowhere else: decimal.js's own default is 20 digits.
 */
import DecimalJs from 'decimal.js';

export const Decimal = DecimalJs.clone({
  precision: 40,
  rounding: DecimalJs.ROUND_HALF_EVEN,
  toExpNeg: -40,
  toExpPos: 40,
});
export type Decimal = DecimalJs;

export const ZERO = new Decimal(0);
export const ONE = new Decimal(1);
