/**
 * Which rows take part (rule DS-5): a mask of one byte a row, 1 or 0, that each condition can only narrow (AND). A byte a row, not a
 * bit: a histogram adds it and a sum multiplies by it, without a branch. Start from `maskAll`, apply the conditions, then `countMask`.
 */

/** Every row takes part. */
export const maskAll = (count: number, mask: Uint8Array): void => {
  mask.fill(1, 0, count);
};

/** How many rows take part. */
export function countMask(count: number, mask: Uint8Array): number {
  let matches = 0;
  for (let row = 0; row < count; row++) matches += mask[row]!;
  return matches;
}

/** Keeps rows whose code is allowed: `allowed` has 1 for each code that is, else 0, and 256 entries (states, venues). */
export function keepCodes(count: number, codes: Uint8Array, allowed: Uint8Array, mask: Uint8Array): void {
  for (let row = 0; row < count; row++) mask[row]! &= allowed[codes[row]!]!;
}

/** Keeps rows with atLeast ≤ value < below; NaN is in no range. */
export function keepRange(count: number, values: Float64Array, atLeast: number, below: number, mask: Uint8Array): void {
  for (let row = 0; row < count; row++) {
    const value = values[row]!;
    mask[row]! &= value >= atLeast && value < below ? 1 : 0;
  }
}

/** Keeps rows with atLeast ≤ value ≤ atMost; NaN is in no range. What a person types: both ends belong to it. */
export function keepBetween(count: number, values: Float64Array, atLeast: number, atMost: number, mask: Uint8Array): void {
  for (let row = 0; row < count; row++) {
    const value = values[row]!;
    mask[row]! &= value >= atLeast && value <= atMost ? 1 : 0;
  }
}

/** Bit of the mask that marks a row beside its place in it, until `keepMarked`. */
const MARK = 2;

/** Marks the rows in rows[0, length), in any order and as often as they like: found by text, watched. Rows from `count` on are passed over. */
export function markRows(count: number, rows: Uint32Array, length: number, mask: Uint8Array): void {
  for (let i = 0; i < length; i++) if (rows[i]! < count) mask[rows[i]!]! |= MARK;
}

/** Keeps the rows that are marked, and takes the marks away. */
export function keepMarked(count: number, mask: Uint8Array): void {
  for (let row = 0; row < count; row++) mask[row]! = (mask[row]! >> 1) & mask[row]!;
}

/** Sides of a position; the two together mean either. */
export const LONG = 1;
export const SHORT = 2;
export const EITHER_SIDE = LONG | SHORT;

/**
 * Marks the rows that hold one of the legs 0 … legCount − 1 on a wanted instrument (`wanted` has 1 for it) and on a wanted side, both of
 * the same leg; `keepMarked` then keeps them. By leg, not by row, since legs may lie in another order. A leg counts only within its row's
 * legStart ≤ leg < legEnd: between rows there is unused room. Size is signed, + long; a leg of size 0 is on no side.
 */
export function markHolders(
  legCount: number,
  legPool: Uint32Array,
  poolRow: Uint32Array,
  legInstrument: Uint32Array,
  legSize: Float64Array,
  count: number,
  legStart: Uint32Array,
  legEnd: Uint32Array,
  wanted: Uint8Array,
  sides: number,
  mask: Uint8Array,
): void {
  for (let leg = 0; leg < legCount; leg++) {
    if (wanted[legInstrument[leg]!] !== 1) continue;
    const size = legSize[leg]!;
    const side = size > 0 ? LONG : size < 0 ? SHORT : 0;
    const row = poolRow[legPool[leg]!] ?? count;
    if ((side & sides) !== 0 && row < count && leg >= legStart[row]! && leg < legEnd[row]!) mask[row]! |= MARK;
  }
}

/** Writes the rows that take part, in row order, to `out`; returns how many there are. */
export function listMask(count: number, mask: Uint8Array, out: Uint32Array): number {
  let length = 0;
  for (let row = 0; row < count; row++) if (mask[row] !== 0) out[length++] = row;
  return length;
}
