import { parquetReadObjects } from 'hyparquet/src/index.js';
import { parquetMetadata } from 'hyparquet/src/metadata.js';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { type FigureTable, figuresCsv, figuresParquet } from './export.ts';
import { joined } from './parquet.ts';

const equity = [0.1 + 0.2, Number.NaN, -1e-7, 1e21];
const names = ['a1', '=HYPERLINK("http://x")', '-x', 'it\'s, "so"'];
const TABLE: FigureTable = {
  columns: [
    { name: 'account', unit: '', holds: 'text', at: (row) => names[row]! },
    { name: 'label', unit: '', holds: 'text', at: (row) => (row === 0 ? 'desk' : undefined) },
    { name: 'equity', unit: 'USD', holds: 'number', at: (row) => equity[row]!, whyNot: () => 'indeterminate' },
    { name: 'leverage', unit: 'times', holds: 'number', at: (row) => (row === 1 ? Number.NaN : row), whyNot: () => 'insolvent' },
  ],
  rowCount: 4,
  begin: () => undefined,
  asOf: () => '2026-02-05T18:34:00.000Z',
  source: 'book.json, filtered',
};

const fileOf = (pieces: Iterable<Uint8Array>): ArrayBuffer => joined([...pieces]).buffer;
const numbers = (rowCount: number, at: (row: number) => number): FigureTable => ({
  ...TABLE,
  rowCount,
  columns: [{ name: 'row', unit: '', holds: 'number', at, whyNot: () => 'never' }],
});

describe('FF-13 figuresCsv', () => {
  it('default: names, units, full numbers; time and source in every row; no formula', () => {
    expect([...figuresCsv(TABLE)].join('')).toBe(
      [
        'account,label,equity,leverage,noNumber,asOf,source',
        ',,USD,times,,UTC,',
        'a1,desk,0.30000000000000004,0,,2026-02-05T18:34:00.000Z,"book.json, filtered"',
        '"\'=HYPERLINK(""http://x"")",,,,equity indeterminate; leverage insolvent,2026-02-05T18:34:00.000Z,"book.json, filtered"',
        '\'-x,,-0.0000001,2,,2026-02-05T18:34:00.000Z,"book.json, filtered"',
        '"it\'s, ""so""",,1000000000000000000000,3,,2026-02-05T18:34:00.000Z,"book.json, filtered"',
        '',
      ].join('\n'),
    );
  });

  it('behavior: a hundred thousand rows come in pieces and are all there', () => {
    const pieces = [...figuresCsv(numbers(100_000, (row) => row))];
    expect(pieces.length).toBeGreaterThan(20);
    const { data } = Papa.parse<string[]>(pieces.join('').trimEnd(), { newline: '\n' });
    expect(data).toHaveLength(100_002);
    expect(data.slice(2).every(([cell], i) => cell === String(i))).toBe(true);
  });

  it('behavior: no account', () => {
    expect([...figuresCsv({ ...TABLE, rowCount: 0 })].join('').split('\n')).toHaveLength(3);
  });
});

describe('FF-14 figuresParquet', () => {
  it('default: another reader finds the rows, the units, the time and the source', async () => {
    const file = fileOf(figuresParquet(TABLE));
    const asOf = '2026-02-05T18:34:00.000Z';
    expect(await parquetReadObjects({ file })).toEqual(
      names.map((account, row) => ({
        account,
        label: row === 0 ? 'desk' : null,
        equity: row === 1 ? null : equity[row],
        leverage: row === 1 ? null : row,
        noNumber: row === 1 ? 'equity indeterminate; leverage insolvent' : null,
        asOf,
      })),
    );
    expect(Object.fromEntries(parquetMetadata(file).key_value_metadata!.map(({ key, value }) => [key, value]))).toEqual({
      format: 'account-figures/1',
      asOf,
      source: 'book.json, filtered',
      units: '{"equity":"USD","leverage":"times"}',
    });
  });

  it('behavior: a hundred and fifty thousand rows, group by group', async () => {
    const file = fileOf(figuresParquet(numbers(150_000, (row) => row / 8)));
    const rows = await parquetReadObjects({ file });
    expect(rows).toHaveLength(150_000);
    expect(rows.every(({ row }, i) => row === i / 8)).toBe(true);
  });

  it('behavior: no account', async () => {
    expect(await parquetReadObjects({ file: fileOf(figuresParquet({ ...TABLE, rowCount: 0 })) })).toEqual([]);
  });
});
