/** CSV, Parquet and JSON are the same book: random books there and back, damaged files refused or read as what they say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Book } from '../domain/book.ts';
import { bookOf } from '../domain/book-columns.ts';
import { columnsOf } from '../domain/book-columns-builder.ts';
import { InputError } from '../domain/fault.ts';
import { readCsv, readCsvColumns, writeCsv } from './csv.ts';
import { bookFaults, readBook, writeBook } from './leverage-book.ts';
import { readParquet, writeParquet } from './parquet.ts';
import { arbitraryBook } from './testing/arbitrary-book.ts';
import { fullBook, type Json, TEST_VENUES } from './testing/books.ts';

const read = (json: Json): Book => readBook(JSON.stringify(json), TEST_VENUES);

describe('FF-1 flat books', () => {
  it('property: any book comes back from CSV, from Parquet and from one through the other, byte for byte', () => {
    let positions = 0;
    let balances = 0;
    fc.assert(
      fc.property(arbitraryBook, (json) => {
        const book = read(json);
        const text = writeBook(book);
        const fromCsv = readCsv(writeCsv(columnsOf(book)), TEST_VENUES);
        expect(fromCsv).toEqual(book);
        const fromParquet = readParquet(writeParquet(columnsOf(fromCsv)), TEST_VENUES);
        expect(fromParquet).toEqual(book);
        expect(writeBook(fromParquet)).toBe(text);
        expect(writeCsv(columnsOf(fromParquet))).toBe(writeCsv(columnsOf(book)));
        positions += book.accounts.reduce((sum, account) => sum + account.positions.length, 0);
        balances += book.accounts.reduce((sum, account) => sum + account.balances.length, 0);
      }),
      { numRuns: 75, seed: 21 },
    );
    expect(positions).toBeGreaterThan(75);
    expect(balances).toBeGreaterThan(75);
  });

  it('property: a CSV file with damaged cells is refused with places, or read as a book that JSON would accept', () => {
    const lines = writeCsv(columnsOf(read(fullBook())))
      .trimEnd()
      .split('\n');
    const grid = lines.map((line) => line.split(','));
    const names = grid[0]!;
    const cell = fc.record({
      row: fc.nat({ max: grid.length - 2 }),
      column: fc.nat({ max: names.length - 1 }),
      text: fc.oneof(
        fc.constantFrom(
          '',
          '0',
          '-1',
          '1',
          'NaN',
          'Infinity',
          '1e400',
          '1e-7',
          '0x10',
          '1,5',
          '"1,5"',
          ' 1',
          "'",
          "'1",
          '=1',
          'cross',
          'isolated',
        ),
        fc.constantFrom(
          'position',
          'balance',
          'tier',
          'account',
          'smooth',
          'stepped',
          'lender',
          'USDC',
          'WETH',
          'sm:BTC/USD',
          'second',
          'EUR',
        ),
        fc.string({ maxLength: 5 }),
      ),
    });
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 3 }), (changes) => {
        const damaged = grid.map((cells) => [...cells]);
        for (const { row, column, text } of changes) damaged[row + 1]![column] = text;
        const text = damaged.map((cells) => cells.join(',')).join('\n');
        try {
          const book = readCsv(`${text}\n`, TEST_VENUES);
          expect(bookFaults(book, TEST_VENUES)).toEqual([]);
          taken++;
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.faults.length).toBeGreaterThan(0);
          for (const { pointer, message } of error.faults) {
            expect(message).not.toBe('');
            expect(pointer).toMatch(/^(?:|\/rows(?:\/\d+(?:\/.*)?)?|\/columns\/.*)$/s);
          }
          refused++;
        }
      }),
      { numRuns: 400, seed: 22 },
    );
    expect(refused).toBeGreaterThan(240);
    expect(taken).toBeGreaterThan(7);
  });

  it('property: read leniently, every account is right in itself or left out with a reason', () => {
    const lines = writeCsv(columnsOf(read(fullBook())))
      .trimEnd()
      .split('\n');
    const whole = read(fullBook());
    const change = fc.record({
      at: fc.nat({ max: lines.join('\n').length }),
      length: fc.nat({ max: 12 }),
      put: fc.string({ maxLength: 3 }),
    });
    let partial = 0;
    fc.assert(
      fc.property(change, ({ at, length, put }) => {
        const text = `${lines.join('\n')}\n`;
        const damaged = (text.slice(0, at) + put + text.slice(at + length)).replace(/,21\n/, ',\n');
        try {
          const { columns, faults, skippedCount, faultCount } = readCsvColumns(damaged, { ...TEST_VENUES, isLenient: true });
          const book = bookOf(columns);
          expect(bookFaults(book, TEST_VENUES)).toEqual([]);
          expect(faultCount).toBe(faults.length);
          if (skippedCount > 0) expect(faults.length).toBeGreaterThan(0);
          // a damaged id is another account
          const names = damaged.split('\n').map((line) => line.split(',')[1] ?? '');
          const isRenamed = names.some((name) => !['', 'account', ...whole.accounts.map(({ id }) => id)].includes(name));
          for (const account of isRenamed ? [] : book.accounts) {
            const before = whole.accounts.find(({ id }) => id === account.id);
            if (faults.length > 0 && before) expect(account.positions.length).toBe(before.positions.length);
          }
          if (faults.length > 0 && book.accounts.length > 0) partial++;
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 400, seed: 23 },
    );
    expect(partial).toBeGreaterThan(50);
  });
});
