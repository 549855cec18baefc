/**
 * The query in force and its answers: what must be found out before it can be answered, the rows held while the pointer is in the table,
 * and the order of all rows for a page that reads shared memory. Rules DM-11…DM-13.
 */

import { fillSlowKeys, SLOW_KEYS } from './keys.ts';
import type { DeskColumn, DeskLadder, DeskQuery, DeskRows, DeskRung, DeskWindow } from './messages.ts';
import { findNamed, findText, type Job, rankIds } from './names.ts';
import { keySource, type OpenDesk } from './opened.ts';
import { applyFilter, orderedRows, type QueryFacts, windowRows } from './query.ts';
import { readRows } from './reader.ts';

/** Columns that a certified tick does not keep current: all rows must be brought up to date before one is filtered or ordered by it. */
const FIGURES: ReadonlySet<string> = new Set([
  'equity',
  'grossNotional',
  'leverage',
  'marginRatio',
  'maintenance',
  'marginExcess',
  'bufferShare',
] satisfies DeskColumn[]);

/** Columns that cost more than a sweep: computed for all rows only where they are filtered or ordered by. */
const DETAILS: ReadonlySet<string> = new Set(['shock', 'nearest', 'initialMargin', 'biggest'] satisfies DeskColumn[]);

/** Columns that move and whose values are made ahead: now and then, like those of `DETAILS`. */
const MOVING_SLOWLY: ReadonlySet<string> = new Set([...DETAILS, 'age']);

/** What the window asks of the kernel; see `figures.ts`. */
export interface FigureSource {
  /** Brings the sweep's figures of all rows up to the present prices. */
  readonly refreshAll: () => void;
  /** Costly columns of all rows, in slices. */
  readonly refreshDetails: (columns: ReadonlySet<string>) => Job<undefined>;
  /** Everything of these rows. */
  readonly refreshRows: (rows: ArrayLike<number>) => void;
  /** By source: 1 for the accounts of which a pool closes on the rung. */
  readonly closedBy: (rung: DeskRung) => Job<Uint8Array>;
  /** What a move of `market` ('' moves all) closes, rung by rung. */
  readonly ladder: (market: string, step: number, rungs: number) => Job<DeskLadder>;
}

/** Rows that are held: their order, and for which columns it holds. */
interface Hold {
  readonly rows: Uint32Array;
  readonly length: number;
  readonly rowVersion: number;
}

/** A query with what had to be found out for it. */
interface Asked {
  readonly query: DeskQuery;
  readonly facts: QueryFacts;
  readonly hold: Hold | null;
}

/** Two queries of one key let the same rows through, in the same order. */
const keyOf = ({ filter, sort }: DeskQuery): string => JSON.stringify([filter, sort]);
const textOf = ({ filter }: DeskQuery): string => filter.text.trim();

const columnsOf = ({ filter, sort }: DeskQuery): readonly string[] => [
  ...filter.ranges.map(({ column }) => column),
  ...sort.map(({ column }) => column),
];

const isCostly = (query: DeskQuery): boolean => query.filter.rung !== null || columnsOf(query).some((column) => MOVING_SLOWLY.has(column));

export class QueryWindow {
  /** Watched accounts that the book holds, in the order of the list. */
  watchedSources: readonly number[] = [];
  private readonly open: OpenDesk;
  private readonly figures: FigureSource;
  private readonly isShared: boolean;
  private asked: Asked | null = null;
  /** The order of all rows that was written last. */
  private slot = -1;
  private slotLength = 0;

  constructor(open: OpenDesk, figures: FigureSource, isShared: boolean) {
    this.open = open;
    this.figures = figures;
    this.isShared = isShared;
  }

  get query(): DeskQuery | null {
    return this.asked?.query ?? null;
  }

  /** Whether the figures that the query rests on move and cost too much for every tick: `renew` them now and then. */
  get isCostly(): boolean {
    return this.query !== null && !this.query.freeze && isCostly(this.query);
  }

  /** Finds out what the query needs and puts it into force; the one before answers until then. */
  *take(query: DeskQuery, clockMs: number): Job<undefined> {
    const before = this.asked;
    const isSame = before !== null && keyOf(before.query) === keyOf(query);
    const facts = isSame && query.freeze ? before.facts : yield* this.findOut(query, before, clockMs);
    const held = isSame && before.hold?.rowVersion === this.open.kernel.columns.rowVersion ? before.hold : null;
    const hold = query.freeze ? (held ?? (yield* this.holdAll({ query, facts, hold: null }, clockMs))) : null;
    this.asked = { query, facts, hold };
    return undefined;
  }

  /** Finds out again what moves with prices. */
  *renew(clockMs: number): Job<undefined> {
    const before = this.asked;
    if (!before) return undefined;
    const facts = yield* this.findOut(before.query, before, clockMs);
    if (this.asked === before) this.asked = { ...before, facts };
    return undefined;
  }

  private *findOut(query: DeskQuery, before: Asked | null, clockMs: number): Job<QueryFacts> {
    const text = textOf(query);
    const isKnown = before?.facts.found != null && textOf(before.query) === text;
    const found =
      text === '' ? null : isKnown ? before.facts.found : yield* (text.startsWith('=') ? findNamed : findText)(this.open.strings, text);
    if (query.sort.some(({ column }) => column === 'account')) this.open.accountRank ??= yield* rankIds(this.open.strings);
    const { rung } = query.filter;
    const closed = rung ? yield* this.figures.closedBy(rung) : null;
    const costly = new Set(columnsOf(query).filter((column) => DETAILS.has(column)));
    if (costly.size > 0) yield* this.figures.refreshDetails(costly);
    yield* this.makeReady(new Set(columnsOf(query).filter((column) => SLOW_KEYS.has(column))), clockMs);
    return { found, closed };
  }

  /** Makes the values of columns ahead that cost too much for every window; those of other queries go. */
  private *makeReady(columns: ReadonlySet<string>, clockMs: number): Job<undefined> {
    const { ready, kernel } = this.open;
    for (const column of columns) {
      const { rowVersion, accountCapacity } = kernel.columns;
      const values = ready.get(column)?.values ?? new Float64Array(accountCapacity);
      yield* fillSlowKeys(keySource(this.open, clockMs), column, values);
      ready.set(column, { values, rowVersion });
    }
    for (const column of ready.keys()) if (!columns.has(column) && !this.isInForce(column)) ready.delete(column);
    return undefined;
  }

  private isInForce(column: string): boolean {
    return this.query !== null && columnsOf(this.query).includes(column);
  }

  /** Writes the order of all rows that match into the slot that nobody reads. */
  private *orderAll(asked: Asked, clockMs: number): Job<number> {
    const { board, kernel, scratch } = this.open;
    const slot = this.slot === 0 ? 1 : 0;
    for (;;) {
      const { rowVersion } = kernel.columns;
      this.match(asked, clockMs);
      const length = yield* orderedRows(keySource(this.open, clockMs), asked.query.sort, scratch, board.order[slot]!);
      if (rowVersion !== kernel.columns.rowVersion) continue;
      this.slot = slot;
      this.slotLength = length;
      return slot;
    }
  }

  private *holdAll(asked: Asked, clockMs: number): Job<Hold> {
    const slot = yield* this.orderAll(asked, clockMs);
    return { rows: this.open.board.order[slot]!, length: this.slotLength, rowVersion: this.open.kernel.columns.rowVersion };
  }

  /** A new order for a page that reads it from shared memory as it scrolls. */
  *reorder(clockMs: number): Job<undefined> {
    const { asked } = this;
    if (asked && !asked.hold) yield* this.orderAll(asked, clockMs);
    return undefined;
  }

  /** All rows that match, in order: a copy. */
  *exportRows(query: DeskQuery, clockMs: number): Job<Uint32Array> {
    const facts = yield* this.findOut(query, this.asked, clockMs);
    const rows = new Uint32Array(this.open.kernel.columns.count);
    this.match({ query, facts, hold: null }, clockMs);
    const length = yield* orderedRows(keySource(this.open, clockMs), query.sort, this.open.scratch, rows);
    return rows.subarray(0, length);
  }

  /** Fills the mask; returns how many rows match. */
  private match({ query, facts }: Asked, clockMs: number): number {
    if (columnsOf(query).some((column) => FIGURES.has(column))) this.figures.refreshAll();
    return applyFilter(keySource(this.open, clockMs), query.filter, this.open.names, facts, this.open.scratch);
  }

  /** The answer to the query in force, now. `requestId` 0: nobody asked, something moved. `sequence` numbers the windows. */
  window(requestId: number, sequence: number, clockMs: number): DeskWindow {
    const { asked } = this;
    if (!asked) throw new Error('no query is in force');
    const { columns } = this.open.kernel;
    const { from, count } = asked.query.window;
    const hold = asked.hold?.rowVersion === columns.rowVersion ? asked.hold : null;
    const matched = hold?.length ?? this.match(asked, clockMs);
    const rowIds = hold
      ? hold.rows.slice(Math.min(from, matched), Math.min(from + count, matched))
      : windowRows(keySource(this.open, clockMs), asked.query.sort, from, count, this.open.scratch).slice();
    const watchedRows = this.watchedRows();
    this.figures.refreshRows(rowIds);
    this.figures.refreshRows(watchedRows);
    const source = keySource(this.open, clockMs);
    return {
      kind: 'desk-window',
      requestId,
      bookSequence: this.open.sequence,
      sequence,
      clockMs,
      total: columns.count,
      matched,
      from: Math.min(from, matched),
      // Shared or not, what is handed over is its own.
      rowIds: Uint32Array.from(rowIds),
      rowVersion: columns.rowVersion,
      rows: this.isShared ? null : readRows(source, rowIds, clockMs),
      watched: readRows(source, watchedRows, clockMs),
      orderSlot: this.isShared ? this.slot : -1,
      orderLength: this.isShared ? this.slotLength : 0,
      frozen: hold !== null,
    };
  }

  /** Rows of the watched accounts, in the order of the list. */
  private watchedRows(): Uint32Array {
    if (this.watchedSources.length === 0) return new Uint32Array(0);
    const { columns } = this.open.kernel;
    const rowOf = new Map<number, number>();
    const wanted = new Set(this.watchedSources);
    for (let row = 0; row < columns.count && rowOf.size < wanted.size; row++) {
      const source = columns.accounts.source[row]!;
      if (wanted.has(source)) rowOf.set(source, row);
    }
    return Uint32Array.from(this.watchedSources.flatMap((source) => rowOf.get(source) ?? []));
  }
}

/** Rows of no book. */
export const NO_ROWS: DeskRows = {
  count: 0,
  account: [],
  label: [],
  state: new Uint8Array(),
  venue: new Uint8Array(),
  equity: new Float64Array(),
  grossNotional: new Float64Array(),
  leverage: new Float64Array(),
  marginRatio: new Float64Array(),
  maintenance: new Float64Array(),
  initialMargin: new Float64Array(),
  marginExcess: new Float64Array(),
  bufferShare: new Float64Array(),
  shock: new Float64Array(),
  nearest: new Float64Array(),
  nearestInstrument: new Int32Array(),
  biggest: new Float64Array(),
  biggestInstrument: new Int32Array(),
  positions: new Float64Array(),
  age: new Float64Array(),
  watched: new Uint8Array(),
};
