/**
 * Rows as the page shows them, read from the columns: by the worker where rows are handed over, by the page itself where memory is
 * shared. One function for both, so that both show the same (rule DM-10). A table's cell needs no exact figure: see messages.ts.
 */
import { type DeskColumns, NO_LEG, NOT_YET, RISK_STATES, viewColumns } from '../../engine/kernel/columns.ts';
import { type Board, type Patience, readSteadily, viewBoard } from './board.ts';
import type { DeskRows, DeskShared } from './messages.ts';
import { idAt, labelAt, type StringTable, viewStrings } from './strings.ts';

/** What rows are read from. */
export interface RowSource {
  readonly columns: DeskColumns;
  readonly strings: StringTable;
  readonly board: Board;
}

const WATCH = RISK_STATES.indexOf('watch');
export const STALE = RISK_STATES.indexOf('stale');

/** Old prices take away the all-clear and nothing else (SE-8). */
export const shownState = (state: number, overAge: number): number => (overAge === 1 && state <= WATCH ? STALE : state);

/** Of two times the one further from the clock on either side; without a clock the earlier; NaN is no time (SE-7). */
export function furtherTime(a: number, b: number, clockMs: number): number {
  if (Number.isNaN(a)) return b;
  if (Number.isNaN(b)) return a;
  if (Number.isNaN(clockMs)) return Math.min(a, b);
  return Math.abs(clockMs - a) >= Math.abs(clockMs - b) ? a : b;
}

/** Age of the price behind the row that is furthest from the feed's clock, ms; NaN where there is no price or no clock. */
export function ageOf({ columns, board }: Pick<RowSource, 'columns' | 'board'>, row: number, clockMs: number): number {
  const { legStart, legEnd, source } = columns.accounts;
  let furthest = board.setTimeMs[board.assetSet[source[row]!]!]!;
  for (let leg = legStart[row]!; leg < legEnd[row]!; leg++) {
    furthest = furtherTime(furthest, board.timeMs[columns.legs.instrument[leg]!]!, clockMs);
  }
  return clockMs - furthest;
}

/** Signed notional of a leg in the desk's unit; NaN for no leg. */
export const legNotional = ({ columns, board }: Pick<RowSource, 'columns' | 'board'>, leg: number): number =>
  leg >= NOT_YET ? Number.NaN : columns.legs.size[leg]! * board.worth[columns.legs.instrument[leg]!]!;

/** The buffer as a fraction of what is carried; NaN where nothing is. */
export const bufferShareOf = (marginExcess: number, grossNotional: number): number =>
  grossNotional > 0 ? marginExcess / grossNotional : Number.NaN;

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** In place of an instrument: see messages.ts. */
const NONE_HERE = -1;
const NOT_YET_HERE = -2;

const instrumentOf = (instruments: Uint32Array, leg: number): number =>
  leg === NO_LEG ? NONE_HERE : leg === NOT_YET ? NOT_YET_HERE : instruments[leg]!;

function emptyRows(count: number): Writable<DeskRows> {
  const column = (): Float64Array => new Float64Array(count).fill(Number.NaN);
  return {
    count,
    account: new Array<string>(count).fill(''),
    label: new Array<string>(count).fill(''),
    state: new Uint8Array(count),
    venue: new Uint8Array(count),
    equity: column(),
    grossNotional: column(),
    leverage: column(),
    marginRatio: column(),
    maintenance: column(),
    initialMargin: column(),
    marginExcess: column(),
    bufferShare: column(),
    shock: column(),
    nearest: column(),
    nearestInstrument: new Int32Array(count).fill(NOT_YET_HERE),
    biggest: column(),
    biggestInstrument: new Int32Array(count).fill(NOT_YET_HERE),
    positions: column(),
    age: column(),
    watched: new Uint8Array(count),
  };
}

/** Who the row is and in which state: what is whole at any time. */
function readName({ columns, strings, board }: RowSource, row: number, out: Writable<DeskRows>, i: number): void {
  const { accounts } = columns;
  const entry = accounts.source[row]!;
  out.account[i] = idAt(strings, entry);
  out.label[i] = labelAt(strings, entry);
  out.state[i] = shownState(accounts.state[row]!, board.overAge[entry]!);
  out.venue[i] = accounts.venue[row]!;
  out.watched[i] = board.watched[entry]!;
}

function readFigures(source: RowSource, row: number, clockMs: number, out: Writable<DeskRows>, i: number): void {
  const { accounts, legs } = source.columns;
  const rate = accounts.unitRate[row]!;
  const { [row]: nearestLeg } = accounts.nearestLeg;
  const { [row]: biggestLeg } = accounts.biggestLeg;
  out.equity[i] = accounts.equity[row]! * rate;
  out.grossNotional[i] = accounts.grossNotional[row]! * rate;
  out.leverage[i] = accounts.leverage[row]!;
  out.marginRatio[i] = accounts.marginRatio[row]!;
  out.maintenance[i] = accounts.maintenance[row]! * rate;
  out.initialMargin[i] = accounts.initialMargin[row]! * rate;
  out.marginExcess[i] = accounts.marginExcess[row]! * rate;
  out.bufferShare[i] = bufferShareOf(accounts.marginExcess[row]!, accounts.grossNotional[row]!);
  out.shock[i] = accounts.shock[row]!;
  out.nearest[i] = accounts.nearest[row]!;
  out.nearestInstrument[i] = instrumentOf(legs.instrument, nearestLeg!);
  out.biggest[i] = legNotional(source, biggestLeg!);
  out.biggestInstrument[i] = instrumentOf(legs.instrument, biggestLeg!);
  out.positions[i] = accounts.legEnd[row]! - accounts.legStart[row]!;
  out.age[i] = ageOf(source, row, clockMs);
}

/** The rows `rowIds`, in that order, as they are now: by the thread that writes them. */
export function readRows(source: RowSource, rowIds: ArrayLike<number>, clockMs: number): DeskRows {
  const out = emptyRows(rowIds.length);
  for (let i = 0; i < rowIds.length; i++) {
    readName(source, rowIds[i]!, out, i);
    readFigures(source, rowIds[i]!, clockMs, out, i);
  }
  return out;
}

/** Looks at rows in the making that one reading has: some tenths of a millisecond. */
const PATIENCE = 3_000;

/**
 * The page's eyes on shared memory. Never kept waiting, so that scrolling shows no empty frame: each row is read while nobody writes it.
 * Where a row cannot be had in time – the writer was interrupted in the middle – it stands as it was read before, or if it was not among
 * the rows before, with its name, its state and no figures until the next frame (DM-9).
 */
export interface DeskReader {
  /** The named rows. */
  readonly rows: (rowIds: ArrayLike<number>, clockMs: number) => DeskRows;
  /** Rows at ranks [from, from + count) of the order in `slot`, of which `matched` are filled. Undefined where there is no such order. */
  readonly ranks: (slot: number, matched: number, from: number, count: number, clockMs: number) => DeskRows | undefined;
}

/** A reader over the memory that a `desk-book` names. `count` of the columns is not looked at: rows are named by who asks. */
export function createReader(shared: DeskShared): DeskReader {
  const source: RowSource = {
    columns: viewColumns(shared.columns),
    strings: viewStrings(shared.strings),
    board: viewBoard(shared.board),
  };
  const { guard } = source.board;
  let last: { readonly rowIds: ArrayLike<number>; readonly rows: DeskRows } = { rowIds: [], rows: emptyRows(0) };
  const rows = (rowIds: ArrayLike<number>, clockMs: number): DeskRows => {
    const out = emptyRows(rowIds.length);
    const patience: Patience = { left: PATIENCE };
    for (let i = 0; i < rowIds.length; i++) {
      const row = rowIds[i]!;
      const isSteady = readSteadily(guard, row, patience, () => {
        readName(source, row, out, i);
        readFigures(source, row, clockMs, out, i);
      });
      if (isSteady) continue;
      const before = Array.prototype.indexOf.call(last.rowIds, row);
      copyRow(before < 0 ? emptyRows(1) : last.rows, Math.max(0, before), out, i);
      if (before < 0) readName(source, row, out, i);
    }
    last = { rowIds, rows: out };
    return out;
  };
  return {
    rows,
    ranks: (slot, matched, from, count, clockMs) => {
      const order = source.board.order[slot];
      return order && rows(order.slice(Math.min(from, matched), Math.min(from + count, matched)), clockMs);
    },
  };
}

function copyRow(from: DeskRows, at: number, to: Writable<DeskRows>, i: number): void {
  const columns = to as unknown as Record<string, { [row: number]: unknown } | number>;
  for (const [name, column] of Object.entries(from)) {
    if (typeof column !== 'number') (columns[name] as { [row: number]: unknown })[i] = (column as ArrayLike<unknown>)[at];
  }
}
