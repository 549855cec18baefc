import { describe, expect, it } from 'vitest';
import { readBook } from '../../formats/leverage-book.ts';
import { whyNot } from './export-figures.ts';
import { figuresOf } from './figures.ts';
import { keySource } from './opened.ts';
import { readRows } from './reader.ts';
import { openBookNow } from './testing/open.ts';

describe('FF-13 why a row has no ratio', () => {
  it('an account that holds nothing is not insolvent', () => {
    const accounts = [
      { id: 'nothing', venue: 'hyperliquid', balances: [], positions: [] },
      { id: 'debt', venue: 'okx', balances: [{ asset: 'USDC', amount: '-5' }], positions: [] },
    ];
    const book = { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', assets: { USDC: { price: '1' } }, accounts };
    const open = openBookNow(readBook(JSON.stringify(book)));
    figuresOf(open).refreshRows([0, 1]);
    const rows = readRows(keySource(open, Number.NaN), [0, 1], Number.NaN);
    const why = (row: number) => (['leverage', 'marginRatio'] as const).map((column) => whyNot(column, rows, row, Number.NaN));
    expect([rows.leverage[0], rows.leverage[1]]).toEqual([Number.NaN, Number.NaN]);
    expect(why(0)).toEqual(['no-position', 'no-position']);
    expect(why(1)).toEqual(['insolvent', 'insolvent']);
  });
});
