/**
 * The table's figures as a file: the rows that match, in order, each read at one instant by the function that shows them. Rules DM-10,
 * DM-20, FF-13, FF-14.
 */
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { type FigureColumn, type FigureTable, figuresCsv, figuresParquet } from '../../formats/export.ts';
import type { Exported, Exporting, StagedJob } from './desk.ts';
import { fileName } from './export-file.ts';
import { DESK_COLUMNS, type DeskColumn, type DeskRows } from './messages.ts';
import type { OpenDesk } from './opened.ts';
import { type RowSource, readRows } from './reader.ts';
import { NO_ROWS } from './window.ts';

/** What an amount is counted in is not among them: that is the desk's unit. */
const UNITS: Readonly<Partial<Record<DeskColumn, string>>> = {
  leverage: 'times',
  marginRatio: 'fraction',
  bufferShare: 'fraction',
  shock: 'fraction',
  nearest: 'fraction',
  positions: 'count',
  age: 'ms',
};

type NumberColumn = Exclude<DeskColumn, 'state'>;

/** Why the row has no such number: the words of FF-13. */
export function whyNot(column: NumberColumn, rows: DeskRows, at: number, clockMs: number): string {
  const state = RISK_STATES[rows.state[at]!];
  if (column === 'age') return Number.isNaN(clockMs) ? 'no-clock' : 'not-applicable';
  if (state === 'indeterminate') return 'indeterminate';
  if ((column === 'leverage' || column === 'marginRatio') && rows.equity[at]! <= 0)
    return rows.equity[at] === 0 && rows.grossNotional[at] === 0 ? 'no-position' : 'insolvent';
  const isOfPositions = column === 'shock' || column === 'nearest' || column === 'biggest' || column === 'bufferShare';
  if (isOfPositions && rows.positions[at] === 0) return 'no-position';
  if (column === 'bufferShare' && rows.grossNotional[at] === 0) return 'no-position';
  if (column === 'shock' || column === 'nearest') return state === 'liquidation' || state === 'bankrupt' ? 'already' : 'never';
  return 'indeterminate';
}

/** Rows as they are read, a step at a time. */
class Rows {
  from = 0;
  rows: DeskRows = NO_ROWS;
  clockMs = Number.NaN;
  private readonly exporting: Exporting;
  private readonly source: RowSource;
  private readonly ids: Uint32Array;

  constructor(exporting: Exporting, ids: Uint32Array) {
    const { kernel, strings, board } = exporting.open;
    this.exporting = exporting;
    this.source = { columns: kernel.columns, strings, board };
    this.ids = ids;
  }

  /** Brings rows [from, to) up to the present and reads them. */
  read(from: number, to: number): void {
    const ids = this.ids.subarray(from, to);
    this.exporting.figures.refreshRows(ids);
    this.from = from;
    this.clockMs = this.exporting.clockMs();
    this.rows = readRows(this.source, ids, this.clockMs);
  }
}

function columnsOf(held: Rows, columns: readonly DeskColumn[], { kernel }: OpenDesk): FigureColumn[] {
  const text = (name: string, at: (rows: DeskRows, i: number) => string | undefined): FigureColumn => ({
    name,
    unit: '',
    holds: 'text',
    at: (row) => at(held.rows, row - held.from),
  });
  const instrument = (name: string, codes: (rows: DeskRows) => Int32Array): FigureColumn =>
    text(name, (rows, i) => kernel.board.instruments[codes(rows)[i]!]?.id);
  const number = (name: NumberColumn): FigureColumn => ({
    name,
    unit: UNITS[name] ?? kernel.board.book.unit ?? 'USD',
    holds: 'number',
    at: (row) => held.rows[name][row - held.from]!,
    whyNot: (row) => whyNot(name, held.rows, row - held.from, held.clockMs),
  });
  const of = (name: DeskColumn): FigureColumn[] => {
    if (name === 'state') return [text('state', (rows, i) => RISK_STATES[rows.state[i]!])];
    if (name === 'nearest') return [number(name), instrument('nearestInstrument', (rows) => rows.nearestInstrument)];
    if (name === 'biggest') return [number(name), instrument('biggestInstrument', (rows) => rows.biggestInstrument)];
    return [number(name)];
  };
  return [
    text('account', (rows, i) => rows.account[i]),
    text('label', (rows, i) => rows.label[i]),
    text('venue', (rows, i) => kernel.store.venues[rows.venue[i]!]),
    ...columns.flatMap(of),
  ];
}

/** Writes the figures of `ids`, in that order; `columns` after id, label and venue, all of them where none is named. */
export function* exportFigures(
  exporting: Exporting,
  ids: Uint32Array,
  format: 'csv' | 'parquet',
  columns: readonly DeskColumn[],
): StagedJob<Exported> {
  const { open, file } = exporting;
  const held = new Rows(exporting, ids);
  let last = 0;
  const timeOf = (): string => (Number.isNaN(held.clockMs) ? open.kernel.board.book.asOf : new Date(held.clockMs).toISOString());
  const table: FigureTable = {
    columns: columnsOf(held, columns.length > 0 ? [...new Set(columns)] : DESK_COLUMNS, open),
    rowCount: ids.length,
    begin: (from, to) => {
      exporting.check();
      held.read(from, to);
      last = to;
    },
    asOf: timeOf,
    source: open.name,
  };
  held.clockMs = exporting.clockMs();
  for (const piece of format === 'csv' ? figuresCsv(table) : figuresParquet(table)) {
    file.add(piece);
    yield { stage: 'writing', done: last, fraction: last / Math.max(1, ids.length) };
  }
  return { name: fileName(open.name, 'figures', timeOf(), format), parts: file.finished(), rows: ids.length };
}
