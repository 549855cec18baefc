/**
 * The numbers behind the desk's columns, for all rows at once: to be ordered by, and to be held against a range. Rules DM-11, DM-12.
 * A row's own cell is `reader.ts`; both say the same, but for what an order needs: an insolvent account is worse than any ratio, one
 * past its line nearer than any distance.
 */
import { insolventFirst, magnitude, product, quotient, ranked } from '../../engine/desk/order-keys.ts';
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { SEVERITY } from '../../policy/risk-state.ts';
import type { DeskColumn, DeskSortColumn } from './messages.ts';
import type { Job } from './names.ts';
import { legNotional, type RowSource, shownState } from './reader.ts';

/** What keys are computed from. */
export interface KeySource extends RowSource {
  /** By pool: the row of its account. */
  readonly poolRow: Uint32Array;
  readonly clockMs: number;
  /** Every account counts in the desk's unit: amounts need no rate. */
  readonly isOneUnit: boolean;
  /** Some row rests on old prices. */
  readonly hasOverAge: boolean;
  /** By code of venue: place of its name. */
  readonly venueRank: Float64Array;
  /** By source: place of its id; null until it was wanted. */
  readonly accountRank: Float64Array | null;
  /** Values made ahead, of the columns that cost more than a window may take. */
  readonly ready: ReadonlyMap<string, ReadyKeys>;
}

/** Values of a column by row, while rows stay where they are. */
export interface ReadyKeys {
  readonly values: Float64Array;
  readonly rowVersion: number;
}

/** Columns whose values are looked up all over memory. */
export const SLOW_KEYS: ReadonlySet<string> = new Set(['age', 'biggest', 'account'] satisfies DeskSortColumn[]);

/** Rows whose values are made in one slice. */
const ROWS_PER_SLICE = 65_536;

/** Fills `out` with the values of a column of `SLOW_KEYS`, in slices. */
export function* fillSlowKeys(source: KeySource, column: string, out: Float64Array): Job<undefined> {
  const { count } = source.columns;
  for (let from = 0; from < count; from += ROWS_PER_SLICE) {
    const to = Math.min(from + ROWS_PER_SLICE, count);
    if (column === 'age') fillAges(source, from, to, out);
    else if (column === 'biggest') fillBiggest(source, from, to, out);
    else fillAccounts(source, from, to, out);
    yield;
  }
  return undefined;
}

function readyOf({ ready, columns }: KeySource, column: string): Float64Array | undefined {
  const found = ready.get(column);
  return found?.rowVersion === columns.rowVersion ? found.values : undefined;
}

/** By code: how bad a state is, the order in which the worst pool of an account is found (RS-4). */
const SEVERITY_RANK = Float64Array.from(RISK_STATES, (state) => SEVERITY.indexOf(state));
const LIQUIDATION = RISK_STATES.indexOf('liquidation');
const BANKRUPT = RISK_STATES.indexOf('bankrupt');

/** Columns of the accounts that are amounts. */
const AMOUNTS = {
  equity: 'equity',
  grossNotional: 'grossNotional',
  maintenance: 'maintenance',
  initialMargin: 'initialMargin',
  marginExcess: 'marginExcess',
} as const;

const isAmount = (column: string): column is keyof typeof AMOUNTS => Object.hasOwn(AMOUNTS, column);

/**
 * The values of a column as a range sees them: amounts in the desk's unit, signed; shock and the largest position by magnitude. NaN
 * where a row has no number. Either a column that is there already or `out`, filled up to `count`.
 */
export function rangeValues(source: KeySource, column: DeskColumn, out: Float64Array): Float64Array {
  const { accounts, count } = source.columns;
  const ready = readyOf(source, column);
  if (ready) return ready;
  if (isAmount(column)) {
    if (source.isOneUnit) return accounts[AMOUNTS[column]];
    product(count, accounts[AMOUNTS[column]], accounts.unitRate, out);
    return out;
  }
  switch (column) {
    case 'leverage':
    case 'marginRatio':
    case 'nearest':
      return accounts[column];
    case 'shock':
      magnitude(count, accounts.shock, out);
      return out;
    case 'bufferShare':
      quotient(count, accounts.marginExcess, accounts.grossNotional, out);
      return out;
    case 'state':
      fillStates(source, out);
      return out;
    case 'biggest':
      fillBiggest(source, 0, count, out);
      return out;
    case 'positions':
      for (let row = 0; row < count; row++) out[row] = accounts.legEnd[row]! - accounts.legStart[row]!;
      return out;
    case 'age':
      fillAges(source, 0, count, out);
      return out;
  }
}

/** The values of a column as an order sees them. */
export function orderValues(source: KeySource, column: DeskSortColumn, out: Float64Array): Float64Array {
  const { accounts, count } = source.columns;
  switch (column) {
    case 'leverage':
    case 'marginRatio':
      insolventFirst(count, accounts[column], accounts.equity, accounts.grossNotional, out);
      return out;
    case 'shock':
    case 'nearest':
      pastFirst(count, accounts[column], accounts.state, out);
      return out;
    case 'venue':
      ranked(count, accounts.venue, source.venueRank, out);
      return out;
    case 'account':
      return readyOf(source, column) ?? fillAccounts(source, 0, count, out);
    default:
      return rangeValues(source, column, out);
  }
}

function fillStates({ columns, board, hasOverAge }: KeySource, out: Float64Array): void {
  const { accounts, count } = columns;
  if (!hasOverAge) {
    ranked(count, accounts.state, SEVERITY_RANK, out);
    return;
  }
  for (let row = 0; row < count; row++) {
    out[row] = SEVERITY_RANK[shownState(accounts.state[row]!, board.overAge[accounts.source[row]!]!)]!;
  }
}

function fillAccounts({ columns, accountRank }: KeySource, from: number, to: number, out: Float64Array): Float64Array {
  if (!accountRank) throw new Error('the order of ids has not been made');
  for (let row = from; row < to; row++) out[row] = accountRank[columns.accounts.source[row]!]!;
  return out;
}

function fillBiggest(source: KeySource, from: number, to: number, out: Float64Array): void {
  const { biggestLeg } = source.columns.accounts;
  for (let row = from; row < to; row++) out[row] = Math.abs(legNotional(source, biggestLeg[row]!));
}

/** `ageOf` of rows: the largest of its instruments' and assets' distances from the clock, with its sign. */
function fillAges({ columns, board, clockMs }: KeySource, from: number, to: number, out: Float64Array): void {
  const { accounts, legs } = columns;
  const ages = (times: Float64Array): Float64Array => times.map((time) => clockMs - time);
  const ofInstrument = ages(board.timeMs);
  const ofSet = ages(board.setTimeMs);
  for (let row = from; row < to; row++) {
    let furthest = ofSet[board.assetSet[accounts.source[row]!]!]!;
    const end = accounts.legEnd[row]!;
    for (let leg = accounts.legStart[row]!; leg < end; leg++) {
      const age = ofInstrument[legs.instrument[leg]!]!;
      // A set without an age is NaN: anything is further.
      if (!(Math.abs(age) <= Math.abs(furthest)) && !Number.isNaN(age)) furthest = age;
    }
    out[row] = furthest;
  }
}

/** Magnitude of a distance; below every one where the account is past its line, NaN where it is not known or there is none. */
function pastFirst(count: number, distance: Float64Array, state: Uint8Array, out: Float64Array): void {
  for (let row = 0; row < count; row++) {
    const isPast = state[row] === LIQUIDATION || state[row] === BANKRUPT;
    out[row] = isPast ? Number.NEGATIVE_INFINITY : Math.abs(distance[row]!);
  }
}
