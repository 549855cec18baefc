/** The command line as its user meets it: files in, files out, one line a fault. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { bookOf } from './domain/book-columns.ts';
import { readCsv } from './formats/csv.ts';
import { readBook, readBookLenient, writeBook } from './formats/leverage-book.ts';
import { population } from './session/desk/population.ts';
import { randomBook, seeded } from './session/desk/testing/random-books.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), 'plimsoll-convert-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

interface Run {
  readonly status: number | null;
  readonly output: Buffer;
  readonly errors: readonly { error: { pointer: string; message: string } }[];
}

function convert(args: readonly string[], input?: Uint8Array): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts/run.mjs'), 'convert', ...args], { cwd: FOLDER });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => err.push(piece));
    child.stdin.on('error', () => undefined);
    child.on('error', reject);
    child.on('close', (status) => {
      const lines = Buffer.concat(err).toString('utf8').split('\n');
      resolve({
        status,
        output: Buffer.concat(out),
        errors: lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Run['errors'][number]),
      });
    });
    child.stdin.end(input);
  });
}

const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const write = (name: string, text: string | Uint8Array): void => writeFileSync(join(FOLDER, name), text);

/** Generated accounts, and one with what the others lack: digits beyond a double, names that need quoting, its own tiers. */
const generated = writeBook(bookOf(population({ accounts: 40, seed: 3, asOf: '2026-02-05T18:34:00Z' })));
const BOOK = JSON.parse(generated) as { accounts: object[] };
BOOK.accounts.push({
  id: 'last, "of" all',
  venue: 'hyperliquid',
  label: '=1+1\nor so',
  balances: [{ asset: 'USDC', amount: '0.1234567890123456789012345678901', derived: true }],
  positions: [
    {
      instrument: 'hl:BTC',
      size: '-0.00000000000000000001',
      entryPrice: '123456789012345678.000000000001',
      marginMode: 'isolated',
      isolatedMargin: '-1',
      tiers: [{ notionalFloor: '0', maintenanceMarginRate: '0.015', maxLeverage: '33.333333333333333333333' }],
    },
  ],
});
const CANONICAL = writeBook(readBook(JSON.stringify(BOOK)));

describe('FF-15 convert', () => {
  it('default: JSON to CSV to Parquet to JSON is the same book, byte for byte', async () => {
    write('book.json', JSON.stringify(BOOK));
    for (const [from, to] of [
      ['book.json', 'book.csv'],
      ['book.csv', 'book.parquet'],
      ['book.parquet', 'back.json'],
    ] as const) {
      const run = await convert([from, to]);
      expect(run.errors).toEqual([]);
      expect(run.status).toBe(0);
      expect(JSON.parse(run.output.toString())).toMatchObject({ accounts: 41, balances: 41 });
    }
    expect(read('back.json')).toBe(CANONICAL);
    expect(await convert(['book.json', 'written-anew.json'])).toMatchObject({ status: 0 });
    expect(read('written-anew.json')).toBe(CANONICAL);
  });

  it('behavior: standard input and output, forms by option, doubles in Parquet', async () => {
    const csv = await convert(['--from', 'json', '--to', 'csv', '-', '-'], Buffer.from(generated));
    expect(csv.status).toBe(0);
    expect(writeBook(readCsv(csv.output.toString()))).toBe(generated);
    const parquet = await convert(['--from', 'csv', '--to', 'parquet', '--numbers', 'double', '-', '-'], csv.output);
    expect(parquet.errors).toEqual([]);
    const json = await convert(['--from', 'parquet', '--to', 'json', '-', '-'], parquet.output);
    expect(json.output.toString()).toBe(generated);
  });

  it('FF-17: --keep-going writes what can be read and reports the rest', async () => {
    write('damaged.csv', read('book.csv').replace(/^(balance,[0-9a-f]+,\w[\w-]*,.*?),[-\d.]+(,+.*)$/m, '$1,half$2'));
    expect(await convert(['damaged.csv', 'none.json'])).toMatchObject({
      status: 2,
      errors: [{ error: { pointer: expect.stringMatching(/^\/rows\/\d+\/\w+$/) } }],
    });
    expect(existsSync(join(FOLDER, 'none.json'))).toBe(false);
    const run = await convert(['--keep-going', 'damaged.csv', 'rest.json']);
    expect(run).toMatchObject({ status: 2, errors: [{ error: { message: expect.stringContaining('line') } }] });
    expect(readBook(read('rest.json')).accounts).toHaveLength(40);
  });
});

describe('FF-1 convert: every kind of account', () => {
  it('default: accounts of nine venues come through all three forms, digit for digit, and a second chain the other way round', async () => {
    const { book } = readBookLenient(writeBook(randomBook(seeded(8), { accounts: 120 })));
    const names = new Set(book.accounts.map(({ venue }) => venue));
    // The generator's: every kind of contract, margin and table that a venue has.
    expect(names.size).toBe(9);
    write('all.json', writeBook(book));
    for (const chain of [
      ['all.json', 'all.parquet', 'all.csv', 'all-1.json'],
      ['all.json', 'all-2.csv', 'all-2.parquet', 'all-2.json'],
    ]) {
      for (const [i, to] of chain.slice(1).entries()) expect(await convert([chain[i]!, to])).toMatchObject({ status: 0, errors: [] });
      expect(read(chain.at(-1)!)).toBe(writeBook(book));
    }
    console.log(`converted: ${book.accounts.length} accounts of ${[...names].join(', ')}`);
  });
});

describe('FF-18 convert: error', () => {
  it.each<[string, string[], string]>([
    ['no files', [], 'name two files'],
    ['one file', ['book.json'], 'name two files'],
    ['an ending that says nothing', ['book.json', 'book.xlsx'], 'cannot tell what book.xlsx is'],
    ['a form that is none', ['--to', 'xml', 'book.json', '-'], '--to is json, csv, parquet'],
    ['an option that is none', ['--fast', 'book.json', 'x.csv'], '--fast'],
    ['doubles in CSV', ['--numbers', 'double', 'book.json', 'x.csv'], 'goes with Parquet'],
    ['doubles that would lose digits', ['--numbers', 'double', 'book.json', 'x.parquet'], 'more digits than a double holds'],
    ['a file that is not there', ['missing.csv', 'x.json'], 'cannot read missing.csv: no such file'],
    ['a Parquet file that is not there', ['missing.parquet', 'x.json'], 'cannot read missing.parquet: no such file'],
    ['a folder that is not there', ['book.json', 'nowhere/x.csv'], 'cannot write nowhere/x.csv: no such file or directory'],
    ['CSV named Parquet', ['--from', 'parquet', 'book.csv', 'x.json'], 'does not end with PAR1'],
    ['Parquet named CSV', ['--from', 'csv', 'book.parquet', 'x.json'], 'UTF-8'],
    ['CSV named JSON', ['--from', 'json', 'book.csv', 'x.parquet'], 'expected a JSON value'],
  ])('%s', async (_, args, message) => {
    const run = await convert(args);
    expect(run.status).toBe(2);
    expect(run.output.toString()).toBe('');
    expect(run.errors[0]!.error.message).toContain(message);
    expect(readdirSync(FOLDER).filter((name) => name.startsWith('x.') || name.endsWith('.part'))).toEqual([]);
  });

  it('a Parquet file that is cut off', async () => {
    write('cut.parquet', readFileSync(join(FOLDER, 'book.parquet')).subarray(0, -9));
    expect(await convert(['cut.parquet', 'x.json'])).toMatchObject({ status: 2, errors: [{ error: { pointer: '' } }] });
  });
});
