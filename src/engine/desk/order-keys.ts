/** Keys to order the desk's table by, where a column itself would put rows in the wrong place (rule DS-2). */

/**
 * A ratio to equity with +∞ where equity ≤ 0 while something is carried, or equity < 0: an insolvent account is worse than any
 * ratio and comes first in a falling order, where NaN would come last. What is not known stays NaN and last.
 */
export function insolventFirst(count: number, ratio: Float64Array, equity: Float64Array, carried: Float64Array, out: Float64Array): void {
  for (let row = 0; row < count; row++) {
    const value = ratio[row]!;
    const own = equity[row]!;
    const isInsolvent = Number.isNaN(value) && (own < 0 || (own === 0 && carried[row]! > 0));
    out[row] = isInsolvent ? Number.POSITIVE_INFINITY : value;
  }
}

/** Quotient of two columns, numerator ÷ denominator where the denominator is above zero, else NaN: the buffer as a share of notional. */
export function quotient(count: number, numerator: Float64Array, denominator: Float64Array, out: Float64Array): void {
  for (let row = 0; row < count; row++) {
    const below = denominator[row]!;
    out[row] = below > 0 ? numerator[row]! / below : Number.NaN;
  }
}

/** Product of two columns: an amount in the desk's unit from one in the account's. */
export function product(count: number, a: Float64Array, b: Float64Array, out: Float64Array): void {
  for (let row = 0; row < count; row++) out[row] = a[row]! * b[row]!;
}

/** Absolute value: the nearer of a fall and a rise by its size. */
export function magnitude(count: number, values: Float64Array, out: Float64Array): void {
  for (let row = 0; row < count; row++) out[row] = Math.abs(values[row]!);
}

/** Codes as keys: rank[code] of each row, by severity for states, by name for venues. */
export function ranked(count: number, codes: Uint8Array, rank: Float64Array, out: Float64Array): void {
  for (let row = 0; row < count; row++) out[row] = rank[codes[row]!]!;
}
