/** Recorded books of a venue on the desk, where they lie beside the project; and what docs/population.md says of them and of generated ones. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Book } from '../../domain/book.ts';
import { columnsOf } from '../../domain/book-columns-builder.ts';
import { readCsv, writeCsv } from '../../formats/csv.ts';
import { readBook, writeBook } from '../../formats/leverage-book.ts';
import { readParquet, writeParquet } from '../../formats/parquet.ts';
import { bookNames } from '../../venues/hyperliquid/testing/books.ts';
import { recordedBook } from '../../venues/hyperliquid/testing/recorded-book.ts';
import { hasRecordings } from '../../venues/hyperliquid/testing/recordings.ts';
import { flatOf } from './flat-of-columns.ts';
import type { OpenDesk } from './opened.ts';
import { openFlat } from './opened.ts';
import { population } from './population.ts';
import { refreshColumns } from './refresh.ts';
import { drain, OWN, openBookNow } from './testing/open.ts';

const DOC = readFileSync(resolve(process.cwd(), 'docs/population.md'), 'utf8');

/** The numbers of a row of the document's table, with their decimals; `column` 1 recorded (the book compared with), 2 generated. */
function documented(row: string, column: 1 | 2): string[] {
  const line = DOC.split('\n').find((each) => each.startsWith(`| ${row} |`));
  if (!line) throw new Error(`docs/population.md has no row ${row}`);
  return (
    line
      .split('|')
      [column + 1]!.replace(/\(.*\)/, '')
      .match(/\d+(?:\.\d+)?/g) ?? []
  );
}

/** What a run gives, by row of the document's table, must be what the document says, to its last decimal. */
function says(column: 1 | 2, run: Readonly<Record<string, readonly number[]>>): void {
  const told = Object.keys(run).map((row) => [row, documented(row, column)] as const);
  const found = told.map(([row, words]) => [row, run[row]!.map((value, i) => value.toFixed((words[i]?.split('.')[1] ?? '').length))]);
  expect(found).toEqual(told);
}

const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)]!;
};
const percent = (part: number, whole: number): number => (100 * part) / whole;

/** The figures of the document, of all accounts on a desk. */
function shapeOf({ kernel }: OpenDesk) {
  refreshColumns(kernel);
  const { accounts, legs, count } = kernel.columns;
  const rows = Array.from({ length: count }, (_, row) => row);
  const known = (values: Float64Array): number[] => rows.map((row) => values[row]!).filter((value) => Number.isFinite(value));
  const at = (values: readonly number[], ...quantiles: number[]): number[] => quantiles.map((q) => quantile(values, q));
  const held = rows.map((row) => accounts.legEnd[row]! - accounts.legStart[row]!);
  const every = rows.flatMap((row) => Array.from({ length: held[row]! }, (_, i) => accounts.legStart[row]! + i));
  const { instruments, mark } = kernel.board;
  const notionalOf = (leg: number): number => Math.abs(legs.size[leg]!) * mark[legs.instrument[leg]!]!;
  const total = every.reduce((sum, leg) => sum + notionalOf(leg), 0);
  const shareOf = (base: string): number =>
    percent(
      every.reduce((sum, leg) => sum + (instruments[legs.instrument[leg]!]!.base === base ? notionalOf(leg) : 0), 0),
      total,
    );
  const equity = known(accounts.equity);
  return {
    marginRatio: at(known(accounts.marginRatio), 0.25, 0.5, 0.75),
    marginRatioTail: at(known(accounts.marginRatio), 0.95, 0.99),
    leverage: at(known(accounts.leverage), 0.25, 0.5, 0.75),
    leverageTail: at(known(accounts.leverage), 0.95),
    one: [percent(held.filter((positions) => positions === 1).length, count)],
    positions: at(held, 0.5, 0.75),
    positionsTail: [...at(held, 0.9, 0.99), every.length / count],
    long: [percent(every.filter((leg) => legs.size[leg]! > 0).length, every.length)],
    notional: [shareOf('BTC'), shareOf('ETH')],
    equity: [Math.log(quantile(equity, 0.95) / quantile(equity, 0.5))],
  };
}

describe('recorded books', () => {
  it('load in every form, digit for digit, with the account values and notionals that were recorded', () => {
    const names = hasRecordings ? bookNames() : [];
    let accounts = 0;
    let positions = 0;
    let left = 0;
    for (const name of names) {
      const { book, recorded, withoutValue, withoutMargin } = recordedBook(name, true);
      const text = writeBook(book);
      const columns = columnsOf(book);
      const forms: readonly Book[] = [readBook(text), readCsv(writeCsv(columns)), readParquet(writeParquet(columns))];
      for (const form of forms) expect(writeBook(form)).toBe(text);
      const { kernel } = openBookNow(book);
      refreshColumns(kernel);
      const { accounts: rows, count } = kernel.columns;
      expect(count).toBe(book.accounts.length);
      const wrong: string[] = [];
      for (let row = 0; row < count; row++) {
        const id = kernel.store.names.idOf(rows.source[row]!);
        const { accountValue, notional } = recorded.get(id)!;
        const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(b), notional.toNumber());
        if (!isNear(rows.equity[row]!, accountValue.toNumber()) || !isNear(rows.grossNotional[row]!, notional.toNumber())) wrong.push(id);
      }
      expect(wrong).toEqual([]);
      accounts += count;
      positions += kernel.store.legUsed;
      left += withoutValue + withoutMargin;
    }
    console.log(
      `recorded books: ${names.length}; ${accounts} accounts, ${positions} positions loaded, ${left} left out for want of a figure`,
    );
    expect(names.length === 0 || accounts > 1500).toBe(true);
  });

  it.skipIf(!hasRecordings)('have the distributions of the document', () => {
    const shape = shapeOf(openBookNow(recordedBook(bookNames().at(-1)!, false).book));
    says(1, {
      'margin ratio, quartiles': shape.marginRatio,
      'leverage, quartiles': shape.leverage,
      'equity, ln(95th percentile ÷ median)': shape.equity,
    });
  });
});

describe('generated accounts', () => {
  it('have the distributions of the document', () => {
    const columns = population({ accounts: 200_000, seed: 42, asOf: '2026-02-05T18:34:00Z' });
    const shape = shapeOf(drain(openFlat(drain(flatOf(columns)), 'generated', 1, OWN)));
    says(2, {
      'margin ratio, quartiles': shape.marginRatio,
      'margin ratio, 95th and 99th percentile': shape.marginRatioTail,
      'leverage, quartiles': shape.leverage,
      'leverage, 95th percentile': shape.leverageTail,
      'accounts with one position': shape.one,
      'positions, median · upper quartile': shape.positions,
      'positions, 90th · 99th percentile · mean': shape.positionsTail,
      'share of notional: BTC, ETH': shape.notional,
      'long positions': shape.long,
      'equity, ln(95th percentile ÷ median)': shape.equity,
    });
  });
});
