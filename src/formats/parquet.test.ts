import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet/src/index.js';
import { describe, expect, it } from 'vitest';
import type { Book } from '../domain/book.ts';
import { bookOf } from '../domain/book-columns.ts';
import { columnsOf } from '../domain/book-columns-builder.ts';
import { InputError } from '../domain/fault.ts';
import { bookFaults, readBook, writeBook } from './leverage-book.ts';
import { footerStart, ParquetReader, readParquet, readParquetColumns, TAIL_BYTES, writeParquet } from './parquet.ts';
import { changed, faultsOf, fullBook, type Json, TEST_VENUES } from './testing/books.ts';
import { type Column, dataPageHeader, FACTS, fileOf, writeOldPages, writeTable } from './testing/parquet-files.ts';

const bookOfJson = (json: Json): Book => readBook(JSON.stringify(json), TEST_VENUES);
const FULL = bookOfJson(fullBook());
const refused = (bytes: Uint8Array) => faultsOf(() => readParquet(bytes, TEST_VENUES));

/** A small table: one instrument, one asset, one account. */
const column = (name: string, ...data: Column['data']): Column => ({ name, data });
const TABLE: readonly Column[] = [
  column('row', 'instrument', 'asset', 'balance', 'position'),
  column('account', null, null, 'a1', 'a1'),
  column('venue', 'smooth', null, 'smooth', 'smooth'),
  column('instrument', 'BTC-PERP', null, null, 'BTC-PERP'),
  column('asset', null, 'USDC', 'USDC', null),
  column('size', null, null, null, '-0.5'),
  column('entryPrice', null, null, null, '60000'),
  column('marginMode', null, null, null, 'cross'),
  column('amount', null, null, '1000', null),
  column('contract', 'linear', null, null, null),
  column('base', 'BTC', null, null, null),
  column('quote', 'USD', null, null, null),
  column('settle', 'USDC', null, null, null),
  column('contractSize', '1', null, null, null),
  column('markPrice', '65546', null, null, null),
  column('price', null, '1', null, null),
];
const withColumn = (name: string, change: Partial<Column>): Column[] =>
  TABLE.map((before) => (before.name === name ? { ...before, ...change } : before));

describe('FF-10 readParquet', () => {
  it('default: what writeParquet writes, whole and group by group', () => {
    const bytes = writeParquet(columnsOf(FULL));
    expect(readParquet(bytes, TEST_VENUES)).toEqual(FULL);
    const start = footerStart(bytes.subarray(bytes.length - TAIL_BYTES), bytes.length);
    const reader = new ParquetReader(bytes.slice(start), bytes.length, TEST_VENUES);
    for (const { from, to } of reader.groups) reader.readGroup(bytes.slice(from, to));
    expect(bookOf(reader.finish().columns)).toEqual(FULL);
  });

  it('default: another reader finds the same cells', async () => {
    const rows = await parquetReadObjects({ file: writeParquet(columnsOf(FULL)).slice().buffer as ArrayBuffer });
    expect(rows).toHaveLength(21);
    expect(rows.filter(({ row }) => row === 'position').map(({ account, instrument, size }) => [account, instrument, size])).toEqual([
      ['17df694e61', 'sm:BTC/USD', '-12.5'],
      ['17df694e61', 'sm:BTC/USD', '0.000000000000000000000000000001'],
      ['17df694e61', 'sm:BTC/USD', '2'],
      ['17df694e61', 'sm:NOMARK', '3'],
      ['second', 'st:BTC', '1000'],
    ]);
  });

  it('default: pages of both versions, packed or not, with and without dictionaries', () => {
    const book = readParquet(writeTable(TABLE), TEST_VENUES);
    expect(book.accounts[0]!.positions[0]!.size.toFixed()).toBe('-0.5');
    expect(readParquet(writeTable(TABLE, FACTS, { codec: 'UNCOMPRESSED' }), TEST_VENUES)).toEqual(book);
    expect(readParquet(writeOldPages(TABLE as Parameters<typeof writeOldPages>[0]), TEST_VENUES)).toEqual(book);
  });

  it('behavior: the facts may stand in a row instead', () => {
    const facts: Record<string, string> = { row: 'book', format: 'leverage-book-flat/1', asOf: '2026-02-05T18:34:00Z' };
    const empty = TABLE[0]!.data.map(() => null);
    const columns = [...TABLE, { name: 'format', data: empty }, { name: 'asOf', data: empty }].map(({ name, data }) => ({
      name,
      data: [facts[name] ?? null, ...data],
    }));
    expect(readParquet(writeTable(columns, []), TEST_VENUES)).toEqual(readParquet(writeTable(TABLE), TEST_VENUES));
    expect(readParquet(writeTable(columns), TEST_VENUES)).toEqual(readParquet(writeTable(TABLE), TEST_VENUES));
    expect(refused(writeTable(TABLE, []))[0]!.message).toContain('no book row');
  });

  it('FF-11: doubles are read by their shortest text where the file says that they are meant', () => {
    const element = { type: 'DOUBLE' } as const;
    const columns = withColumn('size', { data: [null, null, null, 0.1 + 0.2], element });
    const facts = [...FACTS, { key: 'numbers', value: 'double' }];
    expect(readParquet(writeTable(columns, facts), TEST_VENUES).accounts[0]!.positions[0]!.size.toFixed()).toBe('0.30000000000000004');
    expect(refused(writeTable(columns))).toMatchObject([{ pointer: '/columns/size' }]);
    expect(refused(writeTable(columns))[0]!.message).toContain('may have been rounded');
    for (const [value, message] of [
      [Number.NaN, 'found "NaN"'],
      [Number.POSITIVE_INFINITY, 'found "Infinity"'],
      [1e300, 'out of range'],
      [5e-324, 'out of range'],
      [-0, 'must not be zero'],
    ] as const) {
      const faults = refused(writeTable(withColumn('size', { data: [null, null, null, value], element }), facts));
      expect(faults.map(({ pointer }) => pointer)).toEqual(['/rows/3/size']);
      expect(faults[0]!.message).toContain(message);
    }
  });

  it('FF-11: whole numbers are read exactly', () => {
    const columns = withColumn('amount', { data: [null, null, 9007199254740993n, null], element: { type: 'INT64' } });
    expect(readParquet(writeTable(columns), TEST_VENUES).accounts[0]!.balances[0]!.amount.toFixed()).toBe('9007199254740993');
    const small = withColumn('amount', { data: [null, null, -7, null], element: { type: 'INT32' } });
    expect(readParquet(writeTable(small), TEST_VENUES).accounts[0]!.balances[0]!.amount.toFixed()).toBe('-7');
  });

  it('FF-11: the double form holds the same book, and refuses one with more digits', () => {
    const json = changed(fullBook(), '/accounts/0/positions/1/size', '0.0001');
    const book = bookOfJson(json);
    const bytes = writeParquet(columnsOf(book), { numbers: 'double' });
    expect(readParquet(bytes, TEST_VENUES)).toEqual(book);
    const long = bookOfJson(changed(json, '/accounts/0/balances/0/amount', '0.12345678901234567890'));
    expect(faultsOf(() => writeParquet(columnsOf(long), { numbers: 'double' }))[0]!.message).toContain('more digits than a double holds');
  });

  it('behavior: a truth value as such, and a column without any type', () => {
    const derived = [...TABLE, { name: 'derived', data: [null, null, true, null], element: { type: 'BOOLEAN' } as const }];
    expect(readParquet(writeTable(derived), TEST_VENUES).accounts[0]!.balances[0]!.derived).toBe(true);
    const untyped = { type: 'INT32', logical_type: { type: 'NULL' } } as const;
    expect(readParquet(writeTable([...TABLE, { name: 'label', data: [null, null, null, null], element: untyped }]), TEST_VENUES)).toEqual(
      readParquet(writeTable(TABLE), TEST_VENUES),
    );
  });
});

describe('FF-12 readParquet: error', () => {
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'too short'],
    ['text', Uint8Array.from('row,account\n'.repeat(9), (sign) => sign.charCodeAt(0)), 'does not end with PAR1'],
    ['a column of floats', writeTable(withColumn('size', { data: [null, null, null, 0.5], element: { type: 'FLOAT' } })), 'found FLOAT'],
    [
      'numbers where names belong',
      writeTable(withColumn('account', { data: [null, null, 1, 1], element: { type: 'INT32' } })),
      'text is wanted',
    ],
    [
      'decimals in binary',
      writeTable(
        withColumn('size', { data: [null, null, null, 5], element: { type: 'INT32', converted_type: 'DECIMAL', scale: 1, precision: 5 } }),
      ),
      'found INT32 DECIMAL',
    ],
    [
      'times',
      writeTable(withColumn('amount', { data: [null, null, 5n, null], element: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' } })),
      'found INT64 TIMESTAMP_MILLIS',
    ],
    ['an unknown column', writeTable([...TABLE, column('prize', null, null, null, null)]), 'unknown column "prize"'],
    ['another word for numbers', writeTable(TABLE, [...FACTS, { key: 'numbers', value: 'float' }]), 'not "float"'],
    ['another format', writeTable(TABLE, [{ key: 'format', value: 'x' }, FACTS[1]!]), 'expected "leverage-book-flat/1"'],
  ])('%s', (_, bytes, message) => {
    expect(refused(bytes)[0]!.message).toContain(message);
  });

  it('a fault of a row has its place', () => {
    const faults = refused(writeTable(withColumn('size', { data: [null, null, null, 'half'] })));
    expect(faults).toMatchObject([{ pointer: '/rows/3/size', row: 3, column: 'size' }]);
    const reading = readParquetColumns(writeTable(withColumn('size', { data: [null, null, null, 'half'] })), {
      ...TEST_VENUES,
      isLenient: true,
    });
    expect(reading).toMatchObject({ skippedCount: 1, faultCount: 1 });
  });

  it('a file cut off anywhere is refused', () => {
    for (const bytes of [writeParquet(columnsOf(FULL)), writeTable(TABLE)]) {
      for (let length = 0; length < bytes.length; length++) {
        if (refused(bytes.subarray(0, length)).length === 0) expect.fail(`taken although cut off after ${length} bytes`);
      }
    }
  });

  it('a hole anywhere is refused: the footer and the rest no longer agree', () => {
    const bytes = writeParquet(columnsOf(FULL));
    for (let at = 4; at < bytes.length - 12; at += 7) {
      const hole = new Uint8Array(bytes.length - 5);
      hole.set(bytes.subarray(0, at));
      hole.set(bytes.subarray(at + 5), at);
      if (refused(hole).length === 0) expect.fail(`taken although 5 bytes are missing at ${at}`);
    }
  });

  it('property: with any bytes changed, a file of ours is refused or is still the same book', () => {
    const bytes = writeParquet(columnsOf(FULL));
    const text = writeBook(FULL);
    let refusedCount = 0;
    const change = fc.record({ at: fc.nat({ max: bytes.length - 1 }), value: fc.nat({ max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const damaged = bytes.slice();
        for (const { at, value } of changes) damaged[at] = value;
        try {
          expect(writeBook(readParquet(damaged, TEST_VENUES))).toBe(text);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          refusedCount++;
        }
      }),
      { numRuns: 700, seed: 31 },
    );
    expect(refusedCount).toBeGreaterThan(450);
  });

  it('property: with any bytes changed, a file without a check sum is refused or read as a book that could be', () => {
    const files = [
      writeTable(TABLE),
      writeTable(TABLE, FACTS, { codec: 'UNCOMPRESSED' }),
      writeOldPages(TABLE as Parameters<typeof writeOldPages>[0]),
    ];
    let refusedCount = 0;
    const change = fc.record({ file: fc.nat({ max: 2 }), at: fc.nat({ max: 100_000 }), value: fc.nat({ max: 255 }) });
    fc.assert(
      fc.property(change, ({ file, at, value }) => {
        const damaged = files[file]!.slice();
        damaged[at % damaged.length] = value;
        try {
          expect(bookFaults(readParquet(damaged, TEST_VENUES), TEST_VENUES)).toEqual([]);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          refusedCount++;
        }
      }),
      { numRuns: 2000, seed: 32 },
    );
    expect(refusedCount).toBeGreaterThan(700);
  });

  it('what would unpack to more than memory is refused at once', () => {
    const run = [0xfe, 0xff, 0xff, 0xff, 0x0f, 0x01];
    const page = (count: number, content: readonly number[]): number[] => [...dataPageHeader(content.length, count, 0), ...content];
    const only = [{ name: 'row' }, { name: 'account' }, { name: 'venue' }];
    const levels = [run.length, 0, 0, 0, ...run];
    const bomb = (count: number, rows: number): Uint8Array =>
      fileOf(only, [page(count, levels), page(count, levels), page(count, levels)], rows);
    expect(refused(bomb(2_000_000_000, 2_000_000_000))[0]!.message).toContain('2000000 at most');
    expect(refused(bomb(2_000_000_000, 4))[0]!.message).toContain('more rows than its group');
    expect(refused(bomb(4, 4))[0]!.message).toContain('cut off');
    const empty = [8, 0, 0, 0, 0x80, 0x89, 0x7a, 0x00, 0, 0, 0, 0];
    const nulls = (rows: number): Uint8Array =>
      fileOf(
        only,
        only.map(() => page(rows, empty)),
        rows,
      );
    expect(refused(nulls(1_000_000)).at(-1)!.message).toContain('more than 1000 faults');
  });

  it('ten million columns are refused at once', () => {
    const footer = (length: number, bytes: Uint8Array): Uint8Array => {
      const file = new Uint8Array(4 + bytes.length + 8);
      file.set([0x50, 0x41, 0x52, 0x31]);
      file.set(bytes, 4);
      new DataView(file.buffer).setUint32(4 + bytes.length, length, true);
      file.set([0x50, 0x41, 0x52, 0x31], bytes.length + 8);
      return file;
    };
    const wide = new Uint8Array(50_000_000);
    expect(refused(footer(wide.length, wide))[0]!.message).toContain('too many columns');
    // version 1, then a schema that says it has as many elements as there are bytes
    const listed = new Uint8Array(3_000_000);
    listed.set([0x15, 0x02, 0x19, 0xfc, 0x80, 0xda, 0xc4, 0x09]);
    expect(refused(footer(listed.length, listed))[0]!.message).toMatch(/columns|longer than the file/);
    const nested = new Uint8Array(1_000_000).fill(0x1c);
    expect(refused(footer(nested.length, nested))[0]!.message).toContain('nested deeper');
    const endless = new Uint8Array(3_000_000).fill(0xff);
    endless[0] = 0x16;
    expect(refused(footer(endless.length, endless))[0]!.message).toContain('longer than its type');
  });
});
