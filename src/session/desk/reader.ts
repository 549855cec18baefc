/**
 * Rows as the page shows them, read from the columns: by the worker where rows are handed over, by the page itself where memory is
 * shared. One function for both, so that both show the same (rule DM-10). A table's cell needs no exact figure: see messages.ts.
 */
import { type DeskColumns, NO_LEG, NOT_YET, RISK_STATES, viewColumns } from '../../engine/kernel/columns.ts';
import { type Board, readSteadily, viewBoard } from './board.ts';
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

/** The rows `rowIds`, in that order, as they are now. */
export function readRows(source: RowSource, rowIds: ArrayLike<number>, clockMs: number): DeskRows {
  const { columns, strings, board } = source;
  const { accounts, legs } = columns;
  const rows = Array.from(rowIds);
  const entry = rows.map((row) => accounts.source[row]!);
  const column = (value: (row: number) => number): Float64Array => Float64Array.from(rows, value);
  const amount = (values: Float64Array): Float64Array => column((row) => values[row]! * accounts.unitRate[row]!);
  const instrument = (leg: Uint32Array): Int32Array =>
    Int32Array.from(rows, (row) => (leg[row]! >= NOT_YET ? leg[row]! - NO_LEG - 1 : legs.instrument[leg[row]!]!));
  return {
    count: rows.length,
    account: entry.map((at) => idAt(strings, at)),
    label: entry.map((at) => labelAt(strings, at)),
    state: Uint8Array.from(rows, (row, i) => shownState(accounts.state[row]!, board.overAge[entry[i]!]!)),
    venue: Uint8Array.from(rows, (row) => accounts.venue[row]!),
    equity: amount(accounts.equity),
    grossNotional: amount(accounts.grossNotional),
    leverage: column((row) => accounts.leverage[row]!),
    marginRatio: column((row) => accounts.marginRatio[row]!),
    maintenance: amount(accounts.maintenance),
    initialMargin: amount(accounts.initialMargin),
    marginExcess: amount(accounts.marginExcess),
    bufferShare: column((row) => bufferShareOf(accounts.marginExcess[row]!, accounts.grossNotional[row]!)),
    shock: column((row) => accounts.shock[row]!),
    nearest: column((row) => accounts.nearest[row]!),
    nearestInstrument: instrument(accounts.nearestLeg),
    biggest: column((row) => legNotional(source, accounts.biggestLeg[row]!)),
    biggestInstrument: instrument(accounts.biggestLeg),
    positions: column((row) => accounts.legEnd[row]! - accounts.legStart[row]!),
    age: column((row) => ageOf(source, row, clockMs)),
    watched: Uint8Array.from(entry, (at) => board.watched[at]!),
  };
}

/** The page's eyes on shared memory. */
export interface DeskReader {
  /** The named rows, or undefined where they were being written: look again with the next frame. */
  readonly rows: (rowIds: ArrayLike<number>, clockMs: number) => DeskRows | undefined;
  /**
   * Rows at ranks [from, from + count) of the order in `slot`, of which `matched` are filled. Never kept waiting, so that scrolling shows
   * no empty frame: while they are being written, a row may hold cells of two ticks. Undefined where there is no such order.
   */
  readonly ranks: (slot: number, matched: number, from: number, count: number, clockMs: number) => DeskRows | undefined;
}

/** A reader over the memory that a `desk-book` names. `count` of the columns is not looked at: rows are named by who asks. */
export function createReader(shared: DeskShared): DeskReader {
  const source: RowSource = {
    columns: viewColumns(shared.columns),
    strings: viewStrings(shared.strings),
    board: viewBoard(shared.board),
  };
  return {
    rows: (rowIds, clockMs) => readSteadily(source.board, () => readRows(source, rowIds, clockMs)),
    ranks: (slot, matched, from, count, clockMs) => {
      const order = source.board.order[slot];
      if (!order) return undefined;
      const rowIds = order.slice(Math.min(from, matched), Math.min(from + count, matched));
      return readSteadily(source.board, () => readRows(source, rowIds, clockMs)) ?? readRows(source, rowIds, clockMs);
    },
  };
}
