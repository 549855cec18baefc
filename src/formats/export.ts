/**
 * Figures as a table to be taken along: what the desk shows of the accounts that a filter lets through, in the order shown. CSV with a
 * row of units, Parquet with the units in its metadata, both with the time and the source of the figures. Rules FF-13, FF-14.
 */
import { plainText } from '../domain/book-columns.ts';
import { guardedCell } from './csv.ts';
import type { Cell } from './flat/rows.ts';
import { TableWriter } from './parquet/table-writer.ts';

interface Described {
  readonly name: string;
  /** `USD`, `fraction`, `ms`; '' for names and words. */
  readonly unit: string;
}

export type FigureColumn =
  | (Described & { readonly holds: 'text'; readonly at: (row: number) => string | undefined })
  /** NaN: no number, for the reason that `whyNot` gives in one word. */
  | (Described & { readonly holds: 'number'; readonly at: (row: number) => number; readonly whyNot: (row: number) => string });

export interface FigureTable {
  readonly columns: readonly FigureColumn[];
  readonly rowCount: number;
  /** Rows [from, to) are about to be written: their figures are brought up to the present. */
  readonly begin: (from: number, to: number) => void;
  /** Of the figures of the rows begun last: ISO-8601, UTC; '' while nothing says what time it is. */
  readonly asOf: () => string;
  /** Where the accounts came from, in a few words. */
  readonly source: string;
}

export const FIGURES_FORMAT = 'account-figures/1';
const STEP_ROWS = 512;
/** Of a Parquet file: a step fills one at most. */
const GROUP_ROWS = 8 * STEP_ROWS;

/** Joins a row that has several reasons. */
const REASONS_APART = '; ';

/**
 * CSV in pieces of some hundred rows: names, units, then a row an account. Numbers are the shortest decimal text of their double, no
 * rounding and no exponent, empty where there is none. `noNumber` says why, column by column; `asOf` and `source` are columns too, so
 * that no row ever stands without them.
 */
export function* figuresCsv(table: FigureTable): Generator<string> {
  const { columns, rowCount, source } = table;
  const names = [...columns.map(({ name }) => guardedCell(name)), 'noNumber', 'asOf', 'source'];
  const units = [...columns.map(({ unit }) => (unit === '' ? '' : guardedCell(unit))), '', 'UTC', ''];
  yield `${names.join(',')}\n${units.join(',')}\n`;
  const ending = `,${guardedCell(source)}\n`;
  for (let from = 0; from < rowCount; from += STEP_ROWS) {
    const to = Math.min(from + STEP_ROWS, rowCount);
    table.begin(from, to);
    let lines = '';
    for (let row = from; row < to; row++) {
      const reasons: string[] = [];
      for (const column of columns) lines += `${cellText(column, row, reasons)},`;
      lines += `${reasons.join(REASONS_APART)},${table.asOf()}${ending}`;
    }
    yield lines;
  }
}

function cellText(column: FigureColumn, row: number, reasons: string[]): string {
  if (column.holds === 'text') {
    const text = column.at(row);
    return text === undefined || text === '' ? '' : guardedCell(text);
  }
  const value = column.at(row);
  if (!Number.isNaN(value)) return plainText(value);
  reasons.push(reasonOf(column, row));
  return '';
}

const reasonOf = (column: Extract<FigureColumn, { holds: 'number' }>, row: number): string => `${column.name} ${column.whyNot(row)}`;

/**
 * Parquet in pieces. Numbers are DOUBLE, null where there is none, and the columns `noNumber` and `asOf` are those of the CSV; the metadata
 * hold `format`, `asOf` (of the last row), `source` and `units` (JSON, by column).
 */
export function* figuresParquet(table: FigureTable): Generator<Uint8Array<ArrayBuffer>> {
  const { columns, rowCount, source } = table;
  const described = columns.map(({ name, holds }) => ({ name, holds: holds === 'number' ? ('double' as const) : ('text' as const) }));
  const writer = new TableWriter(
    'figures',
    [...described, { name: 'noNumber', holds: 'text' }, { name: 'asOf', holds: 'text' }],
    GROUP_ROWS,
  );
  const cells = new Array<Cell>(columns.length + 2);
  yield writer.head();
  for (let from = 0; from < rowCount; from += STEP_ROWS) {
    const to = Math.min(from + STEP_ROWS, rowCount);
    table.begin(from, to);
    let full: Uint8Array<ArrayBuffer> | undefined;
    for (let row = from; row < to; row++) {
      const reasons: string[] = [];
      columns.forEach((column, k) => {
        const value = column.at(row);
        const isNone = column.holds === 'number' && Number.isNaN(value);
        if (isNone) reasons.push(reasonOf(column, row));
        cells[k] = isNone || value === '' ? undefined : value;
      });
      cells[columns.length] = reasons.length > 0 ? reasons.join(REASONS_APART) : undefined;
      cells[columns.length + 1] = table.asOf();
      full = writer.row(cells) ?? full;
    }
    yield full ?? NOTHING;
  }
  yield writer.rest();
  const units = JSON.stringify(Object.fromEntries(columns.filter(({ unit }) => unit !== '').map(({ name, unit }) => [name, unit])));
  yield writer.foot({ format: FIGURES_FORMAT, asOf: table.asOf(), source, units });
}

const NOTHING = new Uint8Array(0);
