/**
 * The number of the exact path and the units it carries.
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

declare const unit: unique symbol;
/** A value of type `T` that is known to carry unit `U`. Arithmetic drops the unit: assert it once, where a function returns. */
export type Unit<T, U extends string> = T & { readonly [unit]: U };

/** Quote currency per unit of base. Always > 0. */
export type Price = Unit<Decimal, 'quote/base'>;
/** Signed base units (linear) or quote units (inverse), contract size already multiplied in; long is positive. */
export type Size = Unit<Decimal, 'size'>;
/** An amount of money in the unit of account. Signed, never clamped. */
export type Money = Unit<Decimal, 'money'>;
/** A fraction: 0.005 is half a per cent. */
export type Rate = Unit<Decimal, 'fraction'>;

export const price = (value: Decimal): Price => value as Price;
export const size = (value: Decimal): Size => value as Size;
export const money = (value: Decimal): Money => value as Money;
export const rate = (value: Decimal): Rate => value as Rate;

export const ZERO = new Decimal(0);
export const ONE = new Decimal(1);
