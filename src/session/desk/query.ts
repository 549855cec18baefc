/** A query over the desk's columns: which rows match, and which of them stand in the window. Rules DM-11…DM-13. */
import type { AccountColumns } from '../../engine/kernel/columns.ts';
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { countMask, EITHER_SIDE, keepCodes, keepMarked, LONG, listMask, markHolders, maskAll, SHORT } from '../../engine/kernel/filter.ts';
import { type OrderScratch, orderRows, orderScratch } from '../../engine/kernel/order.ts';
import { type OrderKey, type SelectScratch, selectScratch, selectWindow } from '../../engine/kernel/select.ts';
import { type KeySource, orderValues, rangeValues } from './keys.ts';
import type { DeskColumn, DeskFilter, DeskRange, DeskSort } from './messages.ts';
import { shownState } from './reader.ts';

/** Names that a filter may use, by the codes of the columns. */
export interface QueryNames {
  /** By code. */
  readonly venues: readonly string[];
  /** By instrument: its base asset. */
  readonly markets: readonly string[];
}

/** What a filter needs that is found out once and not with every tick. */
export interface QueryFacts {
  /** By source: 1 where id or label contains the text; null where no text is wanted. */
  readonly found: Uint8Array | null;
  /** By source: 1 where the rung wanted closes a pool of the account; null where none is wanted. */
  readonly closed: Uint8Array | null;
}

/** Memory that queries over up to `capacity` rows work in; made once for a book. */
export interface QueryScratch {
  readonly mask: Uint8Array;
  /** One array a sort column, made when first wanted. */
  readonly keys: Float64Array[];
  readonly select: SelectScratch;
  /** Made when a whole order is first wanted. */
  order: OrderScratch | null;
}

export const queryScratch = (capacity: number): QueryScratch => ({
  mask: new Uint8Array(capacity),
  keys: [],
  select: selectScratch(capacity),
  order: null,
});

/** What a filter alone works in. */
export type FilterScratch = Pick<QueryScratch, 'mask' | 'keys'>;

const keysAt = (scratch: FilterScratch, i: number): Float64Array => {
  const keys = scratch.keys[i] ?? new Float64Array(scratch.mask.length);
  scratch.keys[i] = keys;
  return keys;
};

/** Writes 1 to the mask for every row that the filter lets through, and returns how many there are. */
export function applyFilter(source: KeySource, filter: DeskFilter, names: QueryNames, facts: QueryFacts, scratch: FilterScratch): number {
  const { columns, board } = source;
  const { accounts, count } = columns;
  const { mask } = scratch;
  maskAll(count, mask);
  if (filter.states.length > 0) keepStates(source, filter, mask);
  if (filter.venues.length > 0) keepCodes(count, accounts.venue, codesOf(names.venues, filter.venues), mask);
  if (filter.watchedOnly) keepSources(count, accounts, board.watched, mask);
  if (facts.found) keepSources(count, accounts, facts.found, mask);
  if (facts.closed) keepSources(count, accounts, facts.closed, mask);
  for (const range of filter.ranges) {
    keepRange(count, rangeValues(source, range.column, keysAt(scratch, 0)), range, mask);
    if (RATIOS.has(range.column)) keepCarriers(count, accounts.grossNotional, mask);
  }
  if (filter.markets.length > 0 || filter.side !== 'any') {
    const wanted = Uint8Array.from(names.markets, (market) => (filter.markets.length === 0 || filter.markets.includes(market) ? 1 : 0));
    const sides = filter.side === 'long' ? LONG : filter.side === 'short' ? SHORT : EITHER_SIDE;
    const { pool, instrument, size } = columns.legs;
    markHolders(
      columns.legCapacity,
      pool,
      source.poolRow,
      instrument,
      size,
      count,
      accounts.legStart,
      accounts.legEnd,
      wanted,
      sides,
      mask,
    );
    keepMarked(count, mask);
  }
  return countMask(count, mask);
}

/** 1 for each code whose name is wanted. */
function codesOf(names: readonly string[], wanted: readonly string[]): Uint8Array {
  const allowed = new Uint8Array(256);
  names.forEach((name, code) => {
    allowed[code] = wanted.includes(name) ? 1 : 0;
  });
  return allowed;
}

function keepStates({ columns, board, hasOverAge }: KeySource, { states }: DeskFilter, mask: Uint8Array): void {
  const { accounts, count } = columns;
  const allowed = codesOf(RISK_STATES, states);
  if (!hasOverAge) {
    keepCodes(count, accounts.state, allowed, mask);
    return;
  }
  for (let row = 0; row < count; row++) {
    mask[row]! &= allowed[shownState(accounts.state[row]!, board.overAge[accounts.source[row]!]!)]!;
  }
}

function keepSources(count: number, { source }: AccountColumns, flags: Uint8Array, mask: Uint8Array): void {
  for (let row = 0; row < count; row++) mask[row]! &= flags[source[row]!]!;
}

/** Ratios to equity: an account that carries nothing has none, whatever the quotient (DS-8). */
const RATIOS: ReadonlySet<string> = new Set(['leverage', 'marginRatio'] satisfies DeskColumn[]);

function keepCarriers(count: number, carried: Float64Array, mask: Uint8Array): void {
  for (let row = 0; row < count; row++) mask[row]! &= carried[row]! === 0 ? 0 : 1;
}

/** NaN is in no range, also in one without bounds. */
function keepRange(count: number, values: Float64Array, range: DeskRange, mask: Uint8Array): void {
  const least = range.atLeast ?? Number.NEGATIVE_INFINITY;
  const most = range.atMost ?? Number.POSITIVE_INFINITY;
  const isOpen = range.isBelow && range.atMost !== null;
  for (let row = 0; row < count; row++) {
    const value = values[row]!;
    mask[row]! &= value >= least && (isOpen ? value < most : value <= most) ? 1 : 0;
  }
}

/** Without a sort the order of the book. */
function orderOf(source: KeySource, sort: readonly DeskSort[], scratch: QueryScratch): OrderKey[] {
  if (sort.length === 0) return [{ keys: bookOrder(source, keysAt(scratch, 0)), falling: false }];
  return sort.map(({ column, falling }, i) => ({ keys: orderValues(source, column, keysAt(scratch, i)), falling }));
}

function bookOrder({ columns }: KeySource, out: Float64Array): Float64Array {
  for (let row = 0; row < columns.count; row++) out[row] = columns.accounts.source[row]!;
  return out;
}

/** The rows at ranks [from, from + n) of those that `applyFilter` let through. Ties by row; without a sort as in the book. */
export function windowRows(source: KeySource, sort: readonly DeskSort[], from: number, n: number, scratch: QueryScratch): Uint32Array {
  const out = new Uint32Array(n);
  const order = orderOf(source, sort, scratch);
  const length = selectWindow(source.columns.count, scratch.mask, order, from, n, out, scratch.select);
  return out.subarray(0, length);
}

/** All rows that `applyFilter` let through, in order, into `out`; yields between one column and the next. Returns how many. */
export function* orderedRows(
  source: KeySource,
  sort: readonly DeskSort[],
  scratch: QueryScratch,
  out: Uint32Array,
): Generator<undefined, number> {
  const length = listMask(source.columns.count, scratch.mask, out);
  scratch.order ??= orderScratch(scratch.mask.length);
  yield;
  if (sort.length === 0) orderRows(out, length, bookOrder(source, keysAt(scratch, 0)), false, scratch.order);
  for (const { column, falling } of [...sort].reverse()) {
    orderRows(out, length, orderValues(source, column, keysAt(scratch, 0)), falling, scratch.order);
    yield;
  }
  return length;
}
