/**
 * Distributions over accounts (rules DS-7…DS-9): how many accounts, and how much notional, lie in each bin of a figure. Edges are
 * fixed and ascending; bin i holds edge i ≤ value < edge i + 1, decided on the Float64 edges themselves. What is in no bin has a
 * slot of its own, so that the slots add up to the accounts that take part.
 */
import { digitOf, RADIX, wordsOf } from '../kernel/key-bits.ts';

/** Edges, and for each first sixteen bits of a number the bin of the least number that begins with them. */
export interface Bins {
  /** One more than bins. */
  readonly edges: Float64Array;
  readonly slotOfDigit: Uint8Array;
}

/** Slots after those of the values: `UNDER`, one a bin, then these, counted from the number of bins. */
export const UNDER = 0;
export const OVER_AFTER_BINS = 1;
/** Equity ≤ 0 while something is carried: a ratio to it means nothing, and the account is worse than any bin. */
export const INSOLVENT_AFTER_BINS = 2;
/** Nothing is carried. */
export const EMPTY_AFTER_BINS = 3;
/** The figure is not known. */
export const INDETERMINATE_AFTER_BINS = 4;

export const binCount = (bins: Bins): number => bins.edges.length - 1;
/** Length of the arrays that `distribute` fills: the bins, under, over, insolvent, empty, indeterminate. */
export const slotCount = (bins: Bins): number => binCount(bins) + 5;

/** Bins between ascending finite edges, at most 250 of them. Throws RangeError for others. */
export function createBins(edges: readonly number[]): Bins {
  const isAscending = edges.every((edge, i) => Number.isFinite(edge) && (i === 0 || edge > (edges[i - 1] as number)));
  if (edges.length < 2 || edges.length > 251 || !isAscending) throw new RangeError('edges are 2 to 251 finite ascending numbers');
  const slotOfDigit = new Uint8Array(RADIX);
  const least = new Float64Array(1);
  const bits = wordsOf(least);
  for (let digit = 0; digit < RADIX; digit++) {
    leastOfDigit(digit, bits);
    slotOfDigit[digit] = slotOf(edges, least[0]!);
  }
  return { edges: Float64Array.from(edges), slotOfDigit };
}

/** Writes the bits of the least number whose first digit is `digit`; NaN above the infinities, which never becomes a value. */
function leastOfDigit(digit: number, bits: Int32Array): void {
  const negative = digit < 0x8000;
  bits[1] = (negative ? 0xffff - digit : digit - 0x8000) << 16;
  bits[0] = 0;
  if (!negative) return;
  bits[1]! |= 0xffff;
  bits[0] = -1;
}

/** How many edges are ≤ value: the slot of the value, `UNDER` when none is. */
function slotOf(edges: readonly number[], value: number): number {
  let slot = 0;
  while (slot < edges.length && value >= (edges[slot] as number)) slot++;
  return slot;
}

/** Three significant digits: the same Float64 on every engine, whatever its power function does in the last place. */
const threeDigits = (value: number): number => Number(value.toPrecision(3));

/** Edges `perDecade` to the decade, from 10^fromPower to 10^toPower, to three significant digits: 1, 1.26, 1.58, 2, 2.51 … for ten. */
export function logEdges(fromPower: number, toPower: number, perDecade: number): number[] {
  const steps = Math.round((toPower - fromPower) * perDecade);
  return Array.from({ length: steps + 1 }, (_, i) => threeDigits(10 ** (fromPower + i / perDecade)));
}

/** Edges from + i × (to − from) ÷ bins, each the Float64 nearest to the decimal. */
export function linearEdges(from: number, to: number, bins: number): number[] {
  return Array.from({ length: bins + 1 }, (_, i) => (from * (bins - i) + to * i) / bins);
}

/** 0.1 × to 1,000 ×, ten bins a decade. */
export const LEVERAGE_EDGES: readonly number[] = logEdges(-1, 3, 10);
/** 0 to 1 in steps of 0.05, which the policy's thresholds 0.30, 0.50 and 0.80 fall on; 1 and more is over. */
export const MARGIN_RATIO_EDGES: readonly number[] = linearEdges(0, 1, 20);

/**
 * Adds every account that the mask lets through to one slot: 1 to `counts`, its notional × unit rate to `notionals` (both of
 * `slotCount` entries, cleared first). Notional that is not known adds nothing. Unit of `notionals`: the desk's. Error of a sum of
 * n terms: n × 2⁻⁵³ of it.
 */
export function distribute(
  count: number,
  values: Float64Array,
  equity: Float64Array,
  notional: Float64Array,
  unitRate: Float64Array,
  mask: Uint8Array,
  bins: Bins,
  counts: Float64Array,
  notionals: Float64Array,
): void {
  const words = wordsOf(values);
  counts.fill(0);
  notionals.fill(0);
  for (let row = 0; row < count; row++) {
    if (mask[row] === 0) continue;
    const carried = notional[row]!;
    const slot = slotOfRow(row, values, words, equity[row]!, carried, bins);
    counts[slot]! += 1;
    if (carried > 0) notionals[slot]! += carried * unitRate[row]!;
  }
}

/** Keeps the rows that `distribute` puts into one slot: what a click on a bar means. */
export function keepSlot(
  count: number,
  values: Float64Array,
  equity: Float64Array,
  notional: Float64Array,
  bins: Bins,
  slot: number,
  mask: Uint8Array,
): void {
  const words = wordsOf(values);
  for (let row = 0; row < count; row++) {
    if (mask[row] === 0) continue;
    mask[row] = slotOfRow(row, values, words, equity[row]!, notional[row]!, bins) === slot ? 1 : 0;
  }
}

/**
 * The slot of one account. A ratio that is no number is insolvent where equity ≤ 0 and something is carried or equity < 0, empty
 * where nothing is carried, else indeterminate; with a ratio, an account that carries nothing is empty.
 */
function slotOfRow(row: number, values: Float64Array, words: Int32Array, equity: number, carried: number, bins: Bins): number {
  const { edges, slotOfDigit } = bins;
  const value = values[row]!;
  const last = edges.length - 1;
  if (Number.isNaN(value)) {
    if (equity < 0 || (equity === 0 && carried > 0)) return last + INSOLVENT_AFTER_BINS;
    return last + (carried === 0 ? EMPTY_AFTER_BINS : INDETERMINATE_AFTER_BINS);
  }
  if (carried === 0) return last + EMPTY_AFTER_BINS;
  let slot = slotOfDigit[digitOf(words, row, 0, 0)]!;
  while (slot <= last && value >= edges[slot]!) slot++;
  return slot;
}
