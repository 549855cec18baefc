/**
 * A whole order, where an export or a statistic needs one (rule DS-4): rows sorted by a Float64 column, stable, by radix. Three
 * passes of eleven bits over the keys' high words, then each run of equal high words by its low words. About a tenth of a comparator's
 * time at a million rows (bench `window`); for a screenful see `selectWindow`.
 */
import { FALLING, wordsOf } from './key-bits.ts';

/** Memory that an order of up to `capacity` rows works in: 24 bytes a row. */
export interface OrderScratch {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly otherHigh: Uint32Array;
  readonly otherLow: Uint32Array;
  readonly otherRows: Uint32Array;
  readonly histogram: Uint32Array;
}

const BITS = 11;
const BUCKETS = 1 << BITS;
const PASSES = 3;
/** Runs of equal high words up to this length are sorted by insertion. */
const SHORT_RUN = 24;

export const orderScratch = (capacity: number): OrderScratch => ({
  high: new Uint32Array(capacity),
  low: new Uint32Array(capacity),
  otherHigh: new Uint32Array(capacity),
  otherLow: new Uint32Array(capacity),
  otherRows: new Uint32Array(capacity),
  histogram: new Uint32Array(PASSES * BUCKETS),
});

/**
 * Sorts rows[0, length) by their keys, in place. Stable: rows with one key keep the order they came in, so an order by several
 * columns is this function called from the last column to the first. NaN last, rising and falling alike; −0 ties with +0.
 */
export function orderRows(rows: Uint32Array, length: number, keys: Float64Array, falling: boolean, scratch: OrderScratch): void {
  const { high, low, otherHigh, otherLow, otherRows, histogram } = scratch;
  readKeys(rows, length, wordsOf(keys), falling ? FALLING : 0, high, low);
  const moved = sortByWord(length, high, low, rows, otherHigh, otherLow, otherRows, histogram);
  const sortedHigh = moved ? otherHigh : high;
  const sortedLow = moved ? otherLow : low;
  if (moved) rows.set(otherRows.subarray(0, length));
  for (let start = 0; start < length; ) {
    let end = start + 1;
    while (end < length && sortedHigh[end] === sortedHigh[start]) end++;
    if (end - start > 1) sortRun(rows, sortedLow, start, end, moved ? low : otherLow, otherRows, histogram);
    start = end;
  }
}

/** The keys of the rows as unsigned words that sort like them. */
function readKeys(rows: Uint32Array, length: number, words: Int32Array, flip: number, high: Uint32Array, low: Uint32Array): void {
  for (let i = 0; i < length; i++) {
    const at = 2 * rows[i]!;
    let lowWord = words[at]!;
    let highWord = words[at + 1]!;
    const magnitude = highWord & 0x7fff_ffff;
    if (magnitude > 0x7ff0_0000 || (magnitude === 0x7ff0_0000 && lowWord !== 0)) {
      high[i] = 0xffff_ffff;
      low[i] = 0;
      continue;
    }
    if (magnitude === 0 && lowWord === 0) highWord = 0;
    const negative = highWord >> 31;
    highWord ^= negative | 0x8000_0000;
    lowWord ^= negative;
    high[i] = highWord ^ flip;
    low[i] = lowWord ^ flip;
  }
}

/** Sorts the triples by their first word; true when the result lies in the second set of arrays. A digit that is the same in all is skipped. */
function sortByWord(
  length: number,
  word: Uint32Array,
  other: Uint32Array,
  rows: Uint32Array,
  toWord: Uint32Array,
  toOther: Uint32Array,
  toRows: Uint32Array,
  histogram: Uint32Array,
): boolean {
  countDigits(word, 0, length, histogram);
  let moved = false;
  for (let pass = 0; pass < PASSES; pass++) {
    const shift = pass * BITS;
    const from = moved ? toWord : word;
    if (length === 0 || histogram[pass * BUCKETS + ((from[0]! >>> shift) & (BUCKETS - 1))] === length) continue;
    offsets(histogram, pass * BUCKETS, 0);
    if (moved) scatter(length, toWord, toOther, toRows, word, other, rows, histogram, pass * BUCKETS, shift);
    else scatter(length, word, other, rows, toWord, toOther, toRows, histogram, pass * BUCKETS, shift);
    moved = !moved;
  }
  return moved;
}

function scatter(
  length: number,
  word: Uint32Array,
  other: Uint32Array,
  rows: Uint32Array,
  toWord: Uint32Array,
  toOther: Uint32Array,
  toRows: Uint32Array,
  histogram: Uint32Array,
  base: number,
  shift: number,
): void {
  for (let i = 0; i < length; i++) {
    const value = word[i]!;
    const to = histogram[base + ((value >>> shift) & (BUCKETS - 1))]!++;
    toWord[to] = value;
    toOther[to] = other[i]!;
    toRows[to] = rows[i]!;
  }
}

/** Counts of all three digits of word[start, end), one after the other. */
function countDigits(word: Uint32Array, start: number, end: number, histogram: Uint32Array): void {
  histogram.fill(0);
  for (let i = start; i < end; i++) {
    const value = word[i]!;
    histogram[value & (BUCKETS - 1)]!++;
    histogram[BUCKETS + ((value >>> BITS) & (BUCKETS - 1))]!++;
    histogram[2 * BUCKETS + (value >>> (2 * BITS))]!++;
  }
}

/** Turns the counts of one digit into the places where its buckets begin. */
function offsets(histogram: Uint32Array, base: number, start: number): void {
  let place = start;
  for (let bucket = base; bucket < base + BUCKETS; bucket++) {
    const size = histogram[bucket]!;
    histogram[bucket] = place;
    place += size;
  }
}

/** Sorts the rows of a run of equal high words by their low words, stable. */
function sortRun(
  rows: Uint32Array,
  low: Uint32Array,
  start: number,
  end: number,
  otherLow: Uint32Array,
  otherRows: Uint32Array,
  histogram: Uint32Array,
): void {
  let isSorted = true;
  for (let i = start + 1; i < end && isSorted; i++) isSorted = low[i - 1]! <= low[i]!;
  if (isSorted) return;
  if (end - start > SHORT_RUN) {
    sortLongRun(rows, low, start, end, otherLow, otherRows, histogram);
    return;
  }
  for (let i = start + 1; i < end; i++) {
    const key = low[i]!;
    const row = rows[i]!;
    let j = i;
    for (; j > start && low[j - 1]! > key; j--) {
      low[j] = low[j - 1]!;
      rows[j] = rows[j - 1]!;
    }
    low[j] = key;
    rows[j] = row;
  }
}

function sortLongRun(
  rows: Uint32Array,
  low: Uint32Array,
  start: number,
  end: number,
  otherLow: Uint32Array,
  otherRows: Uint32Array,
  histogram: Uint32Array,
): void {
  countDigits(low, start, end, histogram);
  for (let pass = 0; pass < PASSES; pass++) {
    const shift = pass * BITS;
    offsets(histogram, pass * BUCKETS, start);
    for (let i = start; i < end; i++) {
      const to = histogram[pass * BUCKETS + ((low[i]! >>> shift) & (BUCKETS - 1))]!++;
      otherLow[to] = low[i]!;
      otherRows[to] = rows[i]!;
    }
    low.set(otherLow.subarray(start, end), start);
    rows.set(otherRows.subarray(start, end), start);
  }
}
