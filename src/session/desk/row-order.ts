/**
 * Which row of its ladder every leg stands in (rules DK-16, DK-17): the legs of a ladder sorted by size, and for every floor a pointer
 * to the first leg at or above it. A price that moves pushes pointers along, so the rows of all legs stay exact at a cost of the legs
 * that really change theirs. The same lists say who holds an instrument.
 */
import type { LegColumns } from '../../engine/kernel/columns.ts';
import { type Ladder, type LadderColumns, rowAt, STEPS } from './ladders.ts';

/** In `LadderLegs.sorted` where a leg was taken out. */
const GONE = 0xffff_ffff;

export interface LadderLegs {
  /** By |size|, then by leg. */
  sorted: Uint32Array;
  /** By row: index of the first leg that stands in it or above; element 0 is 0. */
  readonly bound: Uint32Array;
  /** By row, within the ladders' columns: |size| of the legs on either side of its pointer; 0 and Infinity where there is none. */
  readonly below: Float64Array;
  readonly above: Float64Array;
  readonly loose: LooseLegs;
  /** By leg, one for all lists: 1 where it is loose. What stands of it among the sorted is a gap. */
  readonly isLoose: Uint8Array;
  goneCount: number;
}

/** Legs that came or changed since the last sort, with what every tick asks of them: |size|, and the row that each stands in. */
export interface LooseLegs {
  /** By leg: where it stands in the three lists. */
  readonly at: Map<number, number>;
  readonly legs: number[];
  readonly size: number[];
  readonly row: number[];
  /** The |size| under which it still stands among the sorted; NaN where it does not. */
  readonly was: number[];
  /** How many still do. */
  staleCount: number;
}

/** Loose legs and gaps that a list may have, as a share of its legs, and at least: every tick looks at the former, searching steps over the latter. */
const LOOSE_SHARE = 1 / 64;
const LOOSE_MIN = 64;
const GAP_SHARE = 1 / 16;
const GAPS_MIN = 32;

export type RowOrder = LadderLegs[];

/** What of a desk the order needs. */
interface Ordered {
  readonly order: RowOrder;
  readonly isLoose: Uint8Array;
  readonly ladderColumns: LadderColumns;
  readonly columns: { readonly legs: LegColumns };
}

const sizeOf = (legs: LegColumns, leg: number): number => Math.abs(legs.size[leg]!);

/** Bits of the upper word of a double that are left out of its key: with the least taken off, the others mostly fit into two passes. */
const DROPPED_BITS = 3;
const words = new Float64Array(1);
const upperWord = new Uint32Array(words.buffer);

/** A key that never falls as |size| grows: the upper bits of the double, which for a positive one grow with it. */
export function keyOfSize(size: number): number {
  words[0] = Math.abs(size);
  return upperWord[1]! >>> DROPPED_BITS;
}

const RADIX_BITS = 11;
const RADIX = 1 << RADIX_BITS;

/** Sorts legs, given in ascending order with their keys, by |size|, then by leg. Keys are used up. */
export function sortBySize(list: Uint32Array, keys: Uint32Array, legs: LegColumns): void {
  if (list.length > 96) radixPasses(list, keys);
  // What the keys leave open: everything of a short list, equal keys of a long one.
  const isSorted = list.length > 96;
  for (let i = 1; i < list.length; i++) {
    if (isSorted && keys[i] !== keys[i - 1]) continue;
    const leg = list[i]!;
    const size = sizeOf(legs, leg);
    let at = i;
    while (at > 0 && sizeOf(legs, list[at - 1]!) > size) {
      list[at] = list[at - 1]!;
      at--;
    }
    list[at] = leg;
  }
}

/** Stable passes over the keys: legs that differ there end in order, others stay in the order of their index. */
function radixPasses(list: Uint32Array, sortedKeys: Uint32Array): void {
  const count = list.length;
  let least = 0xffff_ffff;
  let most = 0;
  for (let i = 0; i < count; i++) {
    const key = sortedKeys[i]!;
    if (key < least) least = key;
    if (key > most) most = key;
  }
  let from: Uint32Array = list;
  let to: Uint32Array = new Uint32Array(count);
  let keys = sortedKeys;
  let nextKeys: Uint32Array = new Uint32Array(count);
  for (let shift = 0; shift < 32 && most - least >= 2 ** shift; shift += RADIX_BITS) {
    const start = new Uint32Array(RADIX + 1);
    for (let i = 0; i < count; i++) start[(((keys[i]! - least) >>> shift) & (RADIX - 1)) + 1]!++;
    for (let b = 0; b < RADIX; b++) start[b + 1]! += start[b]!;
    for (let i = 0; i < count; i++) {
      const at = start[((keys[i]! - least) >>> shift) & (RADIX - 1)]!++;
      to[at] = from[i]!;
      nextKeys[at] = keys[i]!;
    }
    [from, to] = [to, from];
    [keys, nextKeys] = [nextKeys, keys];
  }
  if (from === list) return;
  list.set(from);
  sortedKeys.set(keys);
}

/** Index of the first leg whose notional (settle currency) at `own` is at or above `floor`. */
function boundAt(list: Uint32Array, ladder: Ladder, legs: LegColumns, own: number, floor: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sizeOf(legs, list[middle]!) * ladder.contractSize * own >= floor) high = middle;
    else low = middle + 1;
  }
  return low;
}

const movesWithPrice = (ladder: Ladder): boolean => ladder.role === 'leg' && !ladder.isFixed;

function emptyList(sorted: Uint32Array, { slotBase, rowCount }: Ladder, { below, above }: LadderColumns, isLoose: Uint8Array): LadderLegs {
  return {
    sorted,
    bound: new Uint32Array(rowCount),
    below: below.subarray(slotBase, slotBase + rowCount),
    above: above.subarray(slotBase, slotBase + rowCount),
    loose: { at: new Map(), legs: [], size: [], row: [], was: [], staleCount: 0 },
    isLoose,
    goneCount: 0,
  };
}

/** The list of a ladder whose legs, given in ascending order with their keys, all stand in the row that holds at `own`. Takes both over. */
export function ladderLegs(
  list: Uint32Array,
  keys: Uint32Array,
  ladder: Ladder,
  columns: LadderColumns,
  legs: LegColumns,
  own: number,
  isLoose: Uint8Array,
): LadderLegs {
  sortBySize(list, keys, legs);
  const result = emptyList(list, ladder, columns, isLoose);
  if (!movesWithPrice(ladder)) return result;
  for (let row = 1; row < ladder.rowCount; row++) result.bound[row] = boundAt(list, ladder, legs, own, ladder.floor[row]!);
  noteNeighbours(result, legs);
  return result;
}

/** Remembers the sizes on either side of every pointer: most ticks need no more. */
function noteNeighbours(list: LadderLegs, legs: LegColumns): void {
  for (let row = 1; row < list.bound.length; row++) noteRow(list, legs, row);
}

/** Whether nobody stands there: a leg was taken out, or is loose. */
const isGap = ({ sorted, isLoose }: LadderLegs, at: number): boolean => sorted[at] === GONE || isLoose[sorted[at]!] === 1;

function noteRow(list: LadderLegs, legs: LegColumns, row: number): void {
  const { sorted, bound, below, above } = list;
  let at = bound[row]!;
  while (at > 0 && isGap(list, at - 1)) at--;
  below[row] = at > 0 ? sizeOf(legs, sorted[at - 1]!) : 0;
  at = bound[row]!;
  while (at < sorted.length && isGap(list, at)) at++;
  above[row] = at < sorted.length ? sizeOf(legs, sorted[at]!) : Number.POSITIVE_INFINITY;
}

/** Enters a leg whose size is already in the columns, and which stands in `row` of the ladder. */
export function addLeg(desk: Ordered, ladder: Ladder, leg: number, row: number): void {
  const { order, ladderColumns, columns, isLoose } = desk;
  order[ladder.id] ??= emptyList(new Uint32Array(0), ladder, ladderColumns, isLoose);
  addLoose(order[ladder.id]!, leg, sizeOf(columns.legs, leg), row, Number.NaN);
}

/** A leg of the ladder has another size now than `was`, signed; it stands in `row`. */
export function resizeLeg({ order, columns }: Ordered, ladder: Ladder, leg: number, row: number, was: number): void {
  const list = order[ladder.id]!;
  const { loose } = list;
  const size = sizeOf(columns.legs, leg);
  const at = loose.at.get(leg);
  if (at === undefined) {
    addLoose(list, leg, size, row, Math.abs(was));
    return;
  }
  loose.size[at] = size;
  loose.row[at] = row;
}

function addLoose({ loose, isLoose }: LadderLegs, leg: number, size: number, row: number, was: number): void {
  loose.at.set(leg, loose.legs.push(leg) - 1);
  loose.size.push(size);
  loose.row.push(row);
  loose.was.push(was);
  if (!Number.isNaN(was)) loose.staleCount++;
  isLoose[leg] = 1;
}

/** Takes a leg out of the loose ones: the last takes its place. */
function removeLoose({ loose, isLoose }: LadderLegs, leg: number, place: number): void {
  const { at, legs, size, row, was } = loose;
  if (!Number.isNaN(was[place]!)) loose.staleCount--;
  for (const column of [legs, size, row, was]) {
    column[place] = column[column.length - 1]!;
    column.pop();
  }
  at.delete(leg);
  if (place < legs.length) at.set(legs[place]!, place);
  isLoose[leg] = 0;
}

/** Takes a leg out, before its size changes in the columns. */
export function removeLeg({ order, columns }: Ordered, ladder: Ladder, leg: number): void {
  const list = order[ladder.id]!;
  const { legs } = columns;
  const place = list.loose.at.get(leg);
  const size = place === undefined ? sizeOf(legs, leg) : list.loose.was[place]!;
  if (!Number.isNaN(size)) {
    list.sorted[indexOf(list, leg, size, legs)] = GONE;
    list.goneCount++;
  }
  if (place !== undefined) removeLoose(list, leg, place);
  if (list.goneCount > Math.max(GAPS_MIN, list.sorted.length * GAP_SHARE)) closeGaps(list, ladder, legs);
}

/** Where a leg stands that was sorted in under `size`. Gaps are stepped over to the left. */
function indexOf(list: LadderLegs, leg: number, size: number, legs: LegColumns): number {
  const { sorted } = list;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    let at = middle;
    while (at >= low && sorted[at] !== leg && isGap(list, at)) at--;
    if (at < low) {
      low = middle + 1;
      continue;
    }
    const other = sorted[at]!;
    if (other === leg) return at;
    const otherSize = sizeOf(legs, other);
    if (otherSize < size || (otherSize === size && other < leg)) low = middle + 1;
    else high = at;
  }
  throw new Error(`leg ${leg} is not in its ladder`);
}

/** Index of the first sorted leg, from `from` on, that stands behind a leg of this size; gaps are stepped over to the left. */
function placeFor(list: LadderLegs, from: number, leg: number, size: number, legs: LegColumns): number {
  const { sorted } = list;
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    let at = middle;
    while (at >= low && isGap(list, at)) at--;
    const other = at < low ? 0 : sorted[at]!;
    const otherSize = at < low ? 0 : sizeOf(legs, other);
    if (at < low || otherSize < size || (otherSize === size && other < leg)) low = middle + 1;
    else high = at;
  }
  return low;
}

/** Closes the gaps; loose legs stay so. */
function closeGaps(list: LadderLegs, ladder: Ladder, legs: LegColumns): void {
  merge(list, ladder, legs, new Uint32Array(0));
  list.loose.was.fill(Number.NaN);
}

/** Sorts the loose legs in. Their rows must be those of the pointers' price. */
function sortIn(list: LadderLegs, ladder: Ladder, legs: LegColumns): void {
  const { loose, isLoose } = list;
  const news = Uint32Array.from(loose.legs).sort();
  sortBySize(
    news,
    Uint32Array.from(news, (leg) => keyOfSize(legs.size[leg]!)),
    legs,
  );
  merge(list, ladder, legs, news);
  for (const leg of news) isLoose[leg] = 0;
  loose.at.clear();
  loose.legs.length = loose.size.length = loose.row.length = loose.was.length = 0;
  noteNeighbours(list, legs);
}

/**
 * The sorted legs without gaps and with `news`, loose ones in order, among them; every pointer stays between the same legs. Sizes are
 * looked up only where a new leg goes: what lies between is copied.
 */
function merge(list: LadderLegs, { rowCount }: Ladder, legs: LegColumns, news: Uint32Array): void {
  const { sorted, bound, loose } = list;
  const merged = new Uint32Array(sorted.length - list.goneCount - loose.staleCount + news.length);
  let at = 0;
  let reached = 0;
  const nextBound = new Uint32Array(rowCount);
  const put = (leg: number, row: number): void => {
    while (reached < row) nextBound[++reached] = at;
    merged[at++] = leg;
  };
  let from = 0;
  let row = 0;
  const copyTo = (end: number): void => {
    for (; from < end; from++) {
      while (row + 1 < rowCount && bound[row + 1]! <= from) row++;
      if (!isGap(list, from)) put(sorted[from]!, row);
    }
  };
  for (const leg of news) {
    copyTo(placeFor(list, from, leg, sizeOf(legs, leg), legs));
    put(leg, loose.row[loose.at.get(leg)!]!);
  }
  copyTo(sorted.length);
  while (reached + 1 < rowCount) nextBound[++reached] = at;
  list.sorted = merged;
  bound.set(nextBound);
  list.goneCount = 0;
  loose.staleCount = 0;
}

/** Relative distance to a floor within which a double cannot tell the row of a leg: as wide as the band of thresholds. */
const EDGE = 1e-12;

/** Whether the price variable `own` pushes a pointer of the ladder, or brings a leg of a stepped one onto an edge. */
export function pushesPointer(columns: LadderColumns, id: number, own: number): boolean {
  const { floor, below, above } = columns;
  const first = columns.slotBase[id]!;
  const end = first + columns.rowCount[id]!;
  const scale = columns.contractSize[id]! * own;
  const slack = columns.moves[id] === STEPS ? EDGE : 0;
  for (let s = first + 1; s < end; s++) {
    const least = floor[s]!;
    if (below[s]! * scale >= least - slack * least || above[s]! * scale < least + slack * least) return true;
  }
  return false;
}

/** Legs that change their row, in the order in which they do: the last one of a leg holds. */
export interface RowMoves {
  readonly legs: number[];
  readonly slots: number[];
}

/**
 * Moves the pointers of a ladder to the floors at `own`. Legs that change their row are added to `moves`; `onEdge` is told, for stepped
 * tables, every leg too close to a floor to tell. Legs that came since the last sort are looked at one by one; sorted in when many.
 */
export function moveRows(
  list: LadderLegs,
  ladder: Ladder,
  legs: LegColumns,
  own: number,
  moves: RowMoves,
  onEdge: (leg: number) => void,
): void {
  const scale = ladder.contractSize * own;
  if (movesWithPrice(ladder)) {
    const { below, above } = list;
    for (let row = 1; row < ladder.rowCount; row++)
      if (below[row]! * scale >= ladder.floor[row]!) pullDown(list, legs, scale, row, ladder, moves);
    for (let row = ladder.rowCount - 1; row >= 1; row--)
      if (above[row]! * scale < ladder.floor[row]!) pushUp(list, legs, scale, row, ladder, moves);
    moveLoose(list.loose, scale, ladder, moves);
    if (ladder.isStepped) edges(list, ladder, legs, scale, onEdge);
  }
  if (list.loose.legs.length > Math.max(LOOSE_MIN, list.sorted.length * LOOSE_SHARE)) sortIn(list, ladder, legs);
}

function moveLoose({ legs, size, row }: LooseLegs, scale: number, ladder: Ladder, moves: RowMoves): void {
  const { floor, rowCount, slotBase } = ladder;
  for (let i = 0; i < legs.length; i++) {
    const notional = size[i]! * scale;
    const now = row[i]!;
    if ((now === 0 || notional >= floor[now]!) && (now + 1 === rowCount || notional < floor[now + 1]!)) continue;
    row[i] = rowAt(ladder, notional);
    if (row[i] !== now) move(moves, legs[i]!, slotBase + row[i]!);
  }
}

function move({ legs, slots }: RowMoves, leg: number, slot: number): void {
  legs.push(leg);
  slots.push(slot);
}

/** The price rose: legs below the pointer that now reach the floor come up into `row`. */
function pullDown(list: LadderLegs, legs: LegColumns, scale: number, row: number, { floor, slotBase }: Ladder, moves: RowMoves): void {
  const { sorted, bound } = list;
  let at = bound[row]!;
  for (; at > 0; at--) {
    const leg = sorted[at - 1]!;
    if (isGap(list, at - 1)) continue;
    if (sizeOf(legs, leg) * scale < floor[row]!) break;
    move(moves, leg, slotBase + row);
  }
  bound[row] = at;
  noteRow(list, legs, row);
}

/** The price fell: legs at the pointer that no longer reach the floor go down into the row below. */
function pushUp(list: LadderLegs, legs: LegColumns, scale: number, row: number, { floor, slotBase }: Ladder, moves: RowMoves): void {
  const { sorted, bound } = list;
  let at = bound[row]!;
  for (; at < sorted.length; at++) {
    const leg = sorted[at]!;
    if (isGap(list, at)) continue;
    if (sizeOf(legs, leg) * scale >= floor[row]!) break;
    move(moves, leg, slotBase + row - 1);
  }
  bound[row] = at;
  noteRow(list, legs, row);
}

function edges(list: LadderLegs, ladder: Ladder, legs: LegColumns, scale: number, onEdge: (leg: number) => void): void {
  const isOn = (leg: number, floor: number): boolean => Math.abs(sizeOf(legs, leg) * scale - floor) <= EDGE * floor;
  const { sorted, bound } = list;
  for (let row = 1; row < ladder.rowCount; row++) {
    const floor = ladder.floor[row]!;
    for (let at = bound[row]!; at > 0 && (isGap(list, at - 1) || isOn(sorted[at - 1]!, floor)); at--)
      if (!isGap(list, at - 1)) onEdge(sorted[at - 1]!);
    for (let at = bound[row]!; at < sorted.length && (isGap(list, at) || isOn(sorted[at]!, floor)); at++)
      if (!isGap(list, at)) onEdge(sorted[at]!);
    for (const leg of list.loose.legs) if (isOn(leg, floor)) onEdge(leg);
  }
}

/** Every leg of the ladder. */
export function* legsOf(list: LadderLegs | undefined): Generator<number> {
  if (!list) return;
  for (let at = 0; at < list.sorted.length; at++) if (!isGap(list, at)) yield list.sorted[at]!;
  yield* list.loose.legs;
}

export const legCountOf = (list: LadderLegs | undefined): number =>
  list ? list.sorted.length - list.goneCount - list.loose.staleCount + list.loose.legs.length : 0;
