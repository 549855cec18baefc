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
  /** NaN: no number. */
  | (Described & { readonly holds: 'number'; readonly at: (row: number) => number });

export interface FigureTable {
  readonly columns: readonly FigureColumn[];
  readonly rowCount: number;
  /** Of the figures: ISO-8601, UTC. */
  readonly asOf: string;
  /** Where the accounts came from, in a few words. */
  readonly source: string;
}

export const FIGURES_FORMAT = 'account-figures/1';
const STEP_ROWS = 4096;

/**
 * CSV in pieces of some thousand rows: names, units, then a row an account. Numbers are the shortest decimal text of their double, no
 * rounding and no exponent, empty where there is none. `asOf` and `source` are columns, so that no row ever stands without them.
 */
export function* figuresCsv({ columns, rowCount, asOf, source }: FigureTable): Generator<string> {
  const ending = `,${guardedCell(asOf)},${guardedCell(source)}`;
  const names = [...columns.map(({ name }) => guardedCell(name)), 'asOf', 'source'];
  const units = [...columns.map(({ unit }) => (unit === '' ? '' : guardedCell(unit))), 'UTC', ''];
  let lines = [names.join(','), units.join(',')];
  for (let row = 0; row < rowCount; row++) {
    let line = '';
    for (let k = 0; k < columns.length; k++) line += `${k === 0 ? '' : ','}${cellText(columns[k]!, row)}`;
    lines.push(line + ending);
    if (lines.length < STEP_ROWS) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

function cellText(column: FigureColumn, row: number): string {
  if (column.holds === 'text') {
    const text = column.at(row);
    return text === undefined || text === '' ? '' : guardedCell(text);
  }
  const value = column.at(row);
  return Number.isNaN(value) ? '' : plainText(value);
}

/**
 * Parquet in steps: each gives how many rows are done, the last one the file. Numbers are DOUBLE, null where there is none; the
 * metadata hold `format`, `asOf`, `source` and `units` (JSON, by column).
 */
export function* figuresParquet({ columns, rowCount, asOf, source }: FigureTable): Generator<number, Uint8Array> {
  const writer = new TableWriter(
    'figures',
    columns.map(({ name, holds }) => ({ name, holds: holds === 'number' ? 'double' : 'text' })),
  );
  const cells = new Array<Cell>(columns.length);
  for (let row = 0; row < rowCount; row++) {
    for (let k = 0; k < columns.length; k++) {
      const value = columns[k]!.at(row);
      cells[k] = typeof value === 'number' && Number.isNaN(value) ? undefined : value;
    }
    writer.row(cells);
    if ((row + 1) % STEP_ROWS === 0) yield row + 1;
  }
  const units = JSON.stringify(Object.fromEntries(columns.filter(({ unit }) => unit !== '').map(({ name, unit }) => [name, unit])));
  return writer.finish(() => ({ format: FIGURES_FORMAT, asOf, source, units }));
}
