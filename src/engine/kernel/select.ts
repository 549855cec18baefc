/**
 * A screenful out of a million rows without sorting them (rules DS-1…DS-3): the rows at ranks [from, from + n) of the rows that a
 * mask lets through, ordered by one or several key columns, ties by row. A histogram of the keys' highest sixteen bits finds the
 * buckets that hold the first and the last rank; only their rows are looked at again, sixteen bits deeper, until so few are left
 * that a comparator orders them. Work: two passes over the column, whatever the keys; the worst case (every key alike in its first
 * 48 bits) adds passes, never more than eight a key column. The two passes are compiled too (assembly/kernel.ts), where scratch, mask
 * and keys lie in the kernel's memory; the results are the same.
 */
import type { Arena } from './arena.ts';
import { compareKeys, DIGITS, digitOf, FALLING, halfWordsOf, NAN_DIGIT, RADIX, rawOfDigit, wordsOf } from './key-bits.ts';

/** One column of an order. Keys are read, never written. */
export interface OrderKey {
  readonly keys: Float64Array;
  readonly falling: boolean;
}

/** The compiled passes, and the buffer in which everything must lie that they are given. */
export interface SelectPasses {
  readonly buffer: ArrayBufferLike;
  readonly countHalves: (count: number, halves: number, mask: number, histogram: number) => void;
  readonly collectHalves: (count: number, halves: number, mask: number, wanted: number, rows: number) => number;
}

/** Memory that a selection over up to `capacity` rows works in; reused from call to call. */
export interface SelectScratch {
  readonly rows: Uint32Array;
  readonly aside: Uint32Array;
  readonly histogram: Uint32Array;
  readonly wanted: Uint8Array;
  readonly passes: SelectPasses | undefined;
}

/** Scratch for columns of up to `capacity` rows: 8 bytes a row and 0.6 MB. */
export const selectScratch = (capacity: number): SelectScratch => ({
  rows: new Uint32Array(capacity),
  aside: new Uint32Array(capacity),
  histogram: new Uint32Array(2 * RADIX),
  wanted: new Uint8Array(RADIX),
  passes: undefined,
});

/** The same in the kernel's memory, for the compiled passes; without them only to plan with. */
export const takeSelectScratch = (arena: Arena, capacity: number, passes?: SelectPasses): SelectScratch => ({
  rows: arena.take(Uint32Array, capacity),
  aside: arena.take(Uint32Array, capacity),
  histogram: arena.take(Uint32Array, 2 * RADIX),
  wanted: arena.take(Uint8Array, RADIX),
  passes,
});

/** Below this many rows a comparator is cheaper than another histogram. */
const FEW = 384;
const NEGATIVE_ZEROS = 0x8000;

/**
 * Writes the rows at ranks [from, from + n) to `out`, in order, and returns how many there are (fewer at the end of the list).
 * `mask` has 1 for each row that takes part, else 0 (`maskAll` for every row). Without keys the order is that of the rows.
 * n is meant to be a screenful: ranks that fall between the two boundary buckets are ordered by a comparator.
 */
export function selectWindow(
  count: number,
  mask: Uint8Array,
  order: readonly OrderKey[],
  from: number,
  n: number,
  out: Uint32Array,
  scratch: SelectScratch,
): number {
  const first = order[0];
  if (!first) return windowOfMask(count, mask, from, n, out);
  const { histogram, wanted, rows } = scratch;
  const flip = first.falling ? FALLING : 0;
  const passes = passesOver(scratch, mask, first.keys);
  histogram.fill(0);
  if (passes) passes.countHalves(count, first.keys.byteOffset, mask.byteOffset, histogram.byteOffset);
  else countHalves(count, halfWordsOf(first.keys), mask, histogram);
  const matches = foldHistogram(histogram);
  const take = Math.min(n, matches - from);
  if (take <= 0) return 0;
  const span = findSpan(histogram, flip, from, take);
  markWanted(wanted, span, flip, 1);
  const length = passes
    ? passes.collectHalves(count, first.keys.byteOffset, mask.byteOffset, wanted.byteOffset, rows.byteOffset)
    : collectHalves(count, halfWordsOf(first.keys), mask, wanted, rows);
  markWanted(wanted, span, flip, 0);
  const selection: Selection = { order, words: order.map(({ keys }) => wordsOf(keys)), out, scratch };
  const isOneDigit = span.first === span.last && !holdsZeros(span, flip);
  narrow(selection, 0, isOneDigit ? 1 : 0, 0, length, from - span.before, take, 0);
  return take;
}

/** The rows that the mask lets through at ranks [from, from + n), in row order. */
function windowOfMask(count: number, mask: Uint8Array, from: number, n: number, out: Uint32Array): number {
  let rank = 0;
  let taken = 0;
  for (let row = 0; row < count && taken < n; row++) {
    if (mask[row] === 0) continue;
    if (rank++ >= from) out[taken++] = row;
  }
  return taken;
}

/** The compiled passes, where all that they read and write lies in their memory. */
const passesOver = ({ passes, rows }: SelectScratch, mask: Uint8Array, keys: Float64Array): SelectPasses | undefined =>
  passes && [rows, mask, keys].every(({ buffer }) => buffer === passes.buffer) ? passes : undefined;

/** Counts the rows of the mask by the highest half-words of their keys, even and odd rows in tables of their own. */
function countHalves(count: number, halves: Uint16Array, mask: Uint8Array, histogram: Uint32Array): void {
  const even = count & ~1;
  // Two tables, so that neighbours with equal keys do not wait for each other's count.
  for (let row = 0, at = 3; row < even; row += 2, at += 8) {
    histogram[halves[at]!]! += mask[row]!;
    histogram[RADIX + halves[at + 4]!]! += mask[row + 1]!;
  }
  if (even < count) histogram[halves[4 * even + 3]!]! += mask[even]!;
}

/** Adds the two tables up, −0 with +0 and every NaN under `NAN_DIGIT`; returns how many rows the mask lets through. */
function foldHistogram(histogram: Uint32Array): number {
  let matches = 0;
  for (let raw = 0; raw < RADIX; raw++) {
    const rows = histogram[raw]! + histogram[RADIX + raw]!;
    histogram[raw] = rows;
    matches += rows;
  }
  histogram[NEGATIVE_ZEROS]! += histogram[0]!;
  histogram[0] = 0;
  let unordered = 0;
  for (let low = 1; low < 16; low++) {
    unordered += histogram[0x7ff0 + low]! + histogram[0xfff0 + low]!;
    histogram[0x7ff0 + low] = 0;
    histogram[0xfff0 + low] = 0;
  }
  histogram[NAN_DIGIT] = unordered;
  return matches;
}

interface Span {
  /** First and last digit that hold a rank of the window. */
  readonly first: number;
  readonly last: number;
  /** Rows of lower digits. */
  readonly before: number;
}

/** The digits of the ranks `from` and `from + take − 1` in a histogram of raw half-words. */
function findSpan(histogram: Uint32Array, flip: number, from: number, take: number): Span {
  let passed = 0;
  let first = -1;
  let before = 0;
  for (let digit = 0; digit < RADIX - 1; digit++) {
    const raw = rawOfDigit(digit, flip);
    // Not a digit of numbers: there the NaN are counted.
    if (raw === NAN_DIGIT) continue;
    passed += histogram[raw]!;
    if (first < 0 && passed > from) {
      first = digit;
      before = passed - histogram[raw]!;
    }
    if (passed >= from + take) return { first, last: digit, before };
  }
  return first < 0 ? { first: NAN_DIGIT, last: NAN_DIGIT, before: passed } : { first, last: NAN_DIGIT, before };
}

/** Sets `wanted` for the raw half-words of a span; zeros of both signs and NaN of both signs go together. */
function markWanted(wanted: Uint8Array, span: Span, flip: number, value: number): void {
  for (let digit = span.first; digit <= span.last; digit++) wanted[rawOfDigit(digit, flip)] = value;
  if (holdsZeros(span, flip)) wanted[0] = value;
  if (span.last === NAN_DIGIT) markNaN(wanted, value);
}

const holdsZeros = (span: Span, flip: number): boolean => {
  const zeros = flip === 0 ? 0x7fff : 0x8000;
  return span.first <= zeros && zeros <= span.last;
};

function markNaN(wanted: Uint8Array, value: number): void {
  for (let low = 1; low < 16; low++) {
    wanted[0x7ff0 + low] = value;
    wanted[0xfff0 + low] = value;
  }
}

/** Lists the rows whose first half-word is wanted and which the mask lets through, in row order. */
function collectHalves(count: number, halves: Uint16Array, mask: Uint8Array, wanted: Uint8Array, rows: Uint32Array): number {
  let length = 0;
  const whole = count & ~3;
  for (let row = 0, at = 3; row < whole; row += 4, at += 16) {
    const a = wanted[halves[at]!]!;
    const b = wanted[halves[at + 4]!]!;
    const c = wanted[halves[at + 8]!]!;
    const d = wanted[halves[at + 12]!]!;
    if ((a | b | c | d) === 0) continue;
    if ((a & mask[row]!) !== 0) rows[length++] = row;
    if ((b & mask[row + 1]!) !== 0) rows[length++] = row + 1;
    if ((c & mask[row + 2]!) !== 0) rows[length++] = row + 2;
    if ((d & mask[row + 3]!) !== 0) rows[length++] = row + 3;
  }
  for (let row = whole; row < count; row++) if ((wanted[halves[4 * row + 3]!]! & mask[row]!) !== 0) rows[length++] = row;
  return length;
}

/** What stays the same while a window is narrowed down. */
interface Selection {
  readonly order: readonly OrderKey[];
  readonly words: readonly Int32Array[];
  readonly out: Uint32Array;
  readonly scratch: SelectScratch;
}

/**
 * The rows scratch.rows[start, start + length) are in row order and agree in every key before `level` and in the digits before
 * `digit` of it. Writes those at ranks [skip, skip + take) among them to out[at…].
 */
function narrow(s: Selection, level: number, digit: number, start: number, length: number, skip: number, take: number, at: number): void {
  if (take <= 0) return;
  const { rows, aside, histogram } = s.scratch;
  const key = s.order[level];
  if (!key) {
    for (let i = 0; i < take; i++) s.out[at + i] = rows[start + skip + i]!;
    return;
  }
  if (length <= FEW) {
    const few = rows.subarray(start, start + length).sort((a, b) => compareRows(s.order, level, a, b));
    for (let i = 0; i < take; i++) s.out[at + i] = few[skip + i]!;
    return;
  }
  if (digit === DIGITS || areTies(key.keys, rows, start, length)) {
    narrow(s, level + 1, 0, start, length, skip, take, at);
    return;
  }

  const words = s.words[level]!;
  const flip = key.falling ? FALLING : 0;
  histogram.fill(0, 0, RADIX);
  for (let i = start; i < start + length; i++) histogram[digitOf(words, rows[i]!, digit, flip)]!++;
  let low = 0;
  let before = 0;
  while (before + histogram[low]! <= skip) before += histogram[low++]!;
  let high = low;
  let passed = before + histogram[low]!;
  while (passed < skip + take) passed += histogram[++high]!;
  const heads = histogram[low]!;
  if (heads === length) {
    narrow(s, level, digit + 1, start, length, skip, take, at);
    return;
  }
  const tails = high === low ? 0 : histogram[high]!;

  // Heads stay in place, tails wait aside, what lies between is in the window as a whole.
  const headTake = Math.min(take, heads - (skip - before));
  const between = high === low ? 0 : passed - tails - before - heads;
  let head = start;
  let tail = 0;
  let middle = at + headTake;
  for (let i = start; i < start + length; i++) {
    const row = rows[i]!;
    const value = digitOf(words, row, digit, flip);
    if (value === low) rows[head++] = row;
    else if (value === high) aside[tail++] = row;
    else if (value > low && value < high) s.out[middle++] = row;
  }
  for (let i = 0; i < tail; i++) rows[head + i] = aside[i]!;
  if (between > 1) s.out.subarray(at + headTake, at + headTake + between).sort((a, b) => compareRows(s.order, level, a, b));
  narrow(s, level, digit + 1, start, heads, skip - before, headTake, at);
  narrow(s, level, digit + 1, start + heads, tails, 0, take - headTake - between, at + headTake + between);
}

/** Whether all these rows have one key; stops at the first that differs. */
function areTies(keys: Float64Array, rows: Uint32Array, start: number, length: number): boolean {
  const first = keys[rows[start]!]!;
  const isNaNToo = Number.isNaN(first);
  for (let i = start + 1; i < start + length; i++) {
    const key = keys[rows[i]!]!;
    if (key !== first && !(isNaNToo && Number.isNaN(key))) return false;
  }
  return true;
}

/** Order of two rows by the keys from `level` on, then by row: never 0 for two rows. */
export function compareRows(order: readonly OrderKey[], level: number, a: number, b: number): number {
  for (let i = level; i < order.length; i++) {
    const { keys, falling } = order[i]!;
    const compared = compareKeys(keys[a]!, keys[b]!, falling ? -1 : 1);
    if (compared !== 0) return compared;
  }
  return a - b;
}

/**
 * Rank of `row` among the rows that the mask lets through: how many of them come before it (DS-3). Given also for a row that the
 * mask hides: the rank it would have.
 */
export function rankOfRow(count: number, mask: Uint8Array, order: readonly OrderKey[], row: number): number {
  let rank = 0;
  const first = order[0];
  if (!first) {
    for (let i = 0; i < row; i++) rank += mask[i]!;
    return rank;
  }
  const { keys, falling } = first;
  const own = keys[row]!;
  for (let i = 0; i < count; i++) {
    if (mask[i] === 0) continue;
    const key = keys[i]!;
    if (falling ? key > own : key < own) rank++;
    else if (!(falling ? key < own : key > own) && compareRows(order, 0, i, row) < 0) rank++;
  }
  return rank;
}
