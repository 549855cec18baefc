import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Book } from '../domain/book.ts';
import { bookOf } from '../domain/book-columns.ts';
import { columnsOf } from '../domain/book-columns-builder.ts';
import { InputError } from '../domain/fault.ts';
import { CsvReader, readCsv, readCsvColumns, writeCsv } from './csv.ts';
import { readBook } from './leverage-book.ts';
import { changed, faultsOf, fullBook, type Json, TEST_VENUES } from './testing/books.ts';

const read = (text: string): Book => readCsv(text, TEST_VENUES);
const refused = (text: string) => faultsOf(() => read(text));
const lenient = (text: string) => readCsvColumns(text, { ...TEST_VENUES, isLenient: true });
const bookOfJson = (json: Json): Book => readBook(JSON.stringify(json), TEST_VENUES);

/** A file as a person would write it. */
const HEADER =
  'row,account,venue,instrument,asset,size,entryPrice,marginMode,amount,contract,base,quote,settle,contractSize,markPrice,price,format,asOf';
const BY_HAND = `${HEADER}
book,,,,,,,,,,,,,,,,leverage-book-flat/1,2026-02-05T18:34:00Z
instrument,,smooth,BTC-PERP,,,,,,linear,BTC,USD,USDC,1,65546,,,
asset,,,,USDC,,,,,,,,,,,1,,
balance,a1,smooth,,USDC,,,,1000,,,,,,,,,
position,a1,,BTC-PERP,,-0.5,60000,cross,,,,,,,,,,
position,a1,,BTC-PERP,,0.25,61000.50,cross,,,,,,,,,,
balance,a2,smooth,,USDC,,,,-12.5,,,,,,,,,
`;

describe('FF-3 readCsv', () => {
  it('default: a file written by hand', () => {
    const book = read(BY_HAND);
    expect(book.asOf).toBe('2026-02-05T18:34:00Z');
    expect(book.accounts.map(({ id, venue }) => [id, venue])).toEqual([
      ['a1', 'smooth'],
      ['a2', 'smooth'],
    ]);
    expect(book.accounts[0]!.positions.map(({ size, entryPrice }) => [size.toFixed(), entryPrice.toFixed()])).toEqual([
      ['-0.5', '60000'],
      ['0.25', '61000.5'],
    ]);
    expect(book.accounts[1]!.balances[0]!.amount.toFixed()).toBe('-12.5');
  });

  it('default: the sample, with the venues that there are', () => {
    const text = readFileSync(new URL('../../public/samples/book.csv', import.meta.url), 'utf8');
    const book = readCsv(text);
    expect(book.accounts.map(({ id, venue }) => `${id} ${venue}`)).toEqual([
      'whale-7 hyperliquid',
      'eth-basis generic',
      '0xlender aave-v3',
    ]);
    expect(book.accounts[0]!.label).toBe('Desk A, whale 7');
    expect(writeCsv(columnsOf(book))).toBe(text);
  });

  it.each([
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['mixed line ends', (text: string) => text.replace(/\n/g, (_, at: number) => (at % 2 === 0 ? '\n' : '\r\n'))],
    ['no line end after the last row', (text: string) => text.trimEnd()],
    ['blank lines', (text: string) => text.replaceAll('\n', '\n\n').replace('\n\n', '\n\r\n')],
    ['semicolons', (text: string) => text.replaceAll(',', ';')],
    ['tabs', (text: string) => text.replaceAll(',', '\t')],
    ['quotes around everything', (text: string) => text.replace(/[^,\n]+/g, '"$&"')],
    [
      'columns in another order',
      (text: string) =>
        text
          .split('\n')
          .map((line) => line.split(',').reverse().join(','))
          .join('\n'),
    ],
    ['numbers as programs print them', (text: string) => text.replace('-0.5', '-5.0e-1')],
  ])('FF-5: %s', (_, change) => {
    expect(read(change(BY_HAND))).toEqual(read(BY_HAND));
  });

  it('FF-6: names that a spreadsheet takes for formulas, and what would be lost in cells, come back', () => {
    const names = ['=1+1', '+1', '-1', '@x', "'x", '', '\tx', 'a,b', 'say "x"', 'two\nlines', '\r\n', 'x\r', ' x ', '\0', '\ufeffx', '😀'];
    const json = { ...fullBook() };
    const account = (json.accounts as Json[])[0]!;
    json.accounts = names.map((label, i) => ({ ...(account as { [key: string]: Json }), id: `${i} ${label}`, label }));
    const book = bookOfJson(json);
    const text = writeCsv(columnsOf(book));
    expect(read(text)).toEqual(book);
    for (const line of text.split('\n')) for (const cell of line.split(',')) expect(cell).not.toMatch(/^"?[=+@\t]/);
  });

  it('FF-6: half a character is refused, not replaced', () => {
    const book = bookOfJson(changed(fullBook(), '/accounts/0/label', 'x'));
    const broken: Book = { ...book, accounts: [{ ...book.accounts[0]!, label: '\ud800' }] };
    expect(faultsOf(() => writeCsv(columnsOf(broken)))[0]!.pointer).toBe('/accounts/0/label');
  });

  it('behavior: pieces of any size give the same book, lines are counted through quoted line breaks', () => {
    const book = bookOfJson(changed(fullBook(), '/accounts/0/label', 'three\nlines,\r\nand "quotes"'));
    const text = writeCsv(columnsOf(book));
    for (const size of [1, 2, 3, 7, 64, 1000]) {
      const reader = new CsvReader(TEST_VENUES);
      for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
      expect(bookOf(reader.finish().columns)).toEqual(book);
    }
    const damaged = text.replace('lender,,,,USDC,,,,,,-12000', 'lender,,,,USDC,,,,,,-12000x');
    expect(refused(damaged)).toMatchObject([{ row: 21, line: 25, column: 'amount' }]);
  });

  it('behavior: an account row says that there is truly no collateral', () => {
    const cross = BY_HAND.replace('balance,a1,smooth,,USDC,,,,1000,,,,,,,,,\n', '').replace('position,a1,,', 'position,a1,smooth,');
    expect(refused(cross)).toMatchObject([{ pointer: '/rows/3', line: 5 }]);
    const stated = cross.replace('position,a1,smooth,', 'account,a1,smooth,,,,,,,,,,,,,,,\nposition,a1,,');
    expect(read(stated).accounts[0]!.balances).toEqual([]);
  });
});

/** What is changed, the pointers of the faults. */
describe('FF-9 readCsv: error', () => {
  it.each<[string, string, string[]]>([
    ['an empty file', '', ['']],
    ['only a header', `${HEADER}\n`, ['']],
    [
      'JSON',
      '{"format":"leverage-book/1"}',
      ['/columns/{"format":"leverage-book~11"}', '/columns/row', '/columns/account', '/columns/venue'],
    ],
    ['an unknown column', BY_HAND.replace('price,format', 'prize,format'), ['/columns/prize']],
    ['a column that stands twice', BY_HAND.replace('price,format', 'amount,format'), ['/columns/amount']],
    ['no book row', BY_HAND.replace(/^book.*\n/m, ''), ['']],
    ['two book rows that differ', BY_HAND.replace(/^book.*\n/m, (line) => `${line}${line.replace('18:34', '18:35')}`), ['/rows/1']],
    ['another format', BY_HAND.replace('flat/1', 'flat/2'), ['/rows/0/format']],
    ['no time', BY_HAND.replace('2026-02-05T18:34:00Z', ''), ['/rows/0/asOf']],
    ['a day that does not exist', BY_HAND.replace('02-05', '02-30'), ['/rows/0/asOf']],
    ['lines that end with a carriage return alone', BY_HAND.replaceAll('\n', '\r'), ['']],
    ['a kind of row that is none', BY_HAND.replace('balance,a2', 'balanse,a2'), ['/rows/6/row', '/rows/6/account']],
    ['no kind', BY_HAND.replace('balance,a2', ',a2'), ['/rows/6/row', '/rows/6/account']],
    ['no account', BY_HAND.replace('balance,a2', 'balance,'), ['/rows/6/account', '/rows/3/account']],
    ['a cell too few', BY_HAND.replace('1000,,', '1000,'), ['/rows/3', '/rows/4/account']],
    ['a cell too many', BY_HAND.replace('1000,,', '1000,,,'), ['/rows/3', '/rows/4/account']],
    ['a word where a number is wanted', BY_HAND.replace('-0.5', 'NaN'), ['/rows/4/size']],
    ['a decimal comma', BY_HAND.replaceAll(',', ';').replace('-0.5', '-0,5'), ['/rows/4/size']],
    ['a blank before a number', BY_HAND.replace('-0.5', ' -0.5'), ['/rows/4/size']],
    ['beyond any market', BY_HAND.replace('-0.5', '1e400'), ['/rows/4/size']],
    ['a position of nothing', BY_HAND.replace('-0.5', '-0.0'), ['/rows/4/size']],
    ['a negative price', BY_HAND.replace('60000', '-60000'), ['/rows/4/entryPrice']],
    ['no margin mode', BY_HAND.replace('60000,cross', '60000,'), ['/rows/4/marginMode']],
    ['an isolated position without margin', BY_HAND.replace('60000,cross', '60000,isolated'), ['/rows/4/isolatedMargin']],
    ['an unknown instrument', BY_HAND.replace('a1,,BTC-PERP', 'a1,,ETH-PERP'), ['/rows/4/instrument']],
    ['an unknown venue', BY_HAND.replace('balance,a2,smooth', 'balance,a2,rough'), ['/rows/6/venue']],
    ['no venue', BY_HAND.replace('balance,a2,smooth', 'balance,a2,'), ['/rows/6/venue']],
    ['two venues in one account', BY_HAND.replace('position,a1,,', 'position,a1,stepped,'), ['/rows/4/venue']],
    ['a twin', BY_HAND.replace('0.25,', '-0.25,'), ['/rows/5']],
    ['a cell of another kind of row', BY_HAND.replace('-0.5,60000,cross,', '-0.5,60000,cross,7'), ['/rows/4/amount']],
    ['a price of zero', BY_HAND.replace('65546', '0'), ['/rows/1/markPrice', '/rows/4/instrument', '/rows/5/instrument']],
    [
      'an instrument twice',
      BY_HAND.replace(/^instrument.*\n/m, '$&$&'),
      ['/rows/2/instrument', '/rows/5/instrument', '/rows/6/instrument'],
    ],
    ['rows of an account apart', `${BY_HAND}balance,a1,smooth,,USDC,,,,5,,,,,,,,,\n`, ['/rows/7/account']],
    ['an instrument after the accounts', `${BY_HAND}${BY_HAND.split('\n')[2]}\n`, ['/rows/7/row']],
    ['a quote that is not closed', BY_HAND.replace('balance,a2', 'balance,"a2'), ['']],
    ['a quote that swallows lines', BY_HAND.replace('-0.5', '"-0.5').replace('0.25,', '0.25",'), ['']],
    ['a quote within quotes', BY_HAND.replace('balance,a2', 'balance,"a"2"'), ['/rows/6', '/rows/3/account']],
    ['a NUL in a number', BY_HAND.replace('1000', '10\u000000'), ['/rows/3/amount']],
  ])('%s', (_, text, pointers) => {
    expect(refused(text).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('names line and column for people', () => {
    const [fault] = refused(BY_HAND.replace('-0.5', 'half'));
    expect(fault!.message).toBe('expected a decimal number, found "half" (line 6, column size)');
    expect(refused(BY_HAND.replace('0.25,', '-0.25,'))[0]!.message).toContain('after /rows/4 (line 7)');
    expect(refused(BY_HAND.replace('65546', '0'))[1]!.message).toContain('depends on /rows/1, which cannot be read');
  });

  it('FF-7: a file cut off anywhere is refused', () => {
    const text = writeCsv(columnsOf(bookOfJson(fullBook())));
    for (let length = 0; length < text.length; length++) {
      const faults = refused(text.slice(0, length));
      if (faults.length === 0) expect.fail(`taken although cut off after ${length} characters`);
    }
    expect(refused(text)).toEqual([]);
  });

  it('ten million columns are refused at once', () => {
    const header = `row${',column'.repeat(10_000_000)}\n`;
    expect(refused(header)[0]!.message).toContain('header line is longer');
    expect(refused(`row${','.repeat(2000)}\n`)[0]!.message).toContain('2001 columns');
  });

  it.each<[string, string, string]>([
    ['a row of five million cells', `${HEADER}\n${','.repeat(5_000_000)}\n`, 'found 5000001'],
    ['a quote that is open for 20 MB', `${HEADER}\n"${'x'.repeat(20_000_000)}`, 'is a quote left open'],
    ['a number of a million digits', BY_HAND.replace('1000', '9'.repeat(1_000_000)), 'at most 100 characters'],
    ['quotes and nothing else', `${HEADER}\n${'"'.repeat(1_000_001)}\n`, 'never closed'],
  ])('a hopeless input fails soon: %s', (_, text, message) => {
    expect(refused(text)[0]!.message).toContain(message);
  });

  it('a file of nothing but faults is given up', () => {
    const faults = faultsOf(() => lenient(BY_HAND + 'nonsense\n'.repeat(120_000)));
    expect(faults.at(-1)!.message).toContain('more than 100000 faults');
    expect(refused(BY_HAND + 'nonsense\n'.repeat(120_000)).at(-1)!.message).toContain('more than 1000 faults');
  });
});

describe('FF-9 readCsvColumns, leniently', () => {
  const ids = (text: string): string[] => bookOf(lenient(text).columns).accounts.map(({ id }) => id);

  it('default: a fault takes down its account and no other', () => {
    const reading = lenient(BY_HAND.replace('-0.5', 'half'));
    expect(bookOf(reading.columns).accounts.map(({ id }) => id)).toEqual(['a2']);
    expect(reading).toMatchObject({ faultCount: 1, skippedCount: 1 });
    expect([...reading.skippedReasons]).toEqual([['size: expected a decimal number, found "half"', 1]]);
  });

  it('behavior: a row that cannot be told takes down both accounts it may belong to', () => {
    const text = `${BY_HAND}balance,a3,smooth,,USDC,,,,1,,,,,,,,,\nbalance,a4,smooth,,USDC,,,,1,,,,,,,,,\n`;
    expect(ids(text)).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(ids(text.replace('balance,a3', 'mystery\nbalance,a3'))).toEqual(['a1', 'a4']);
    expect(ids(text.replace('balance,a3', 'mystery,a3,,,,,,,,,,,,,,,,\nbalance,a3'))).toEqual(['a1', 'a2', 'a4']);
    expect(ids(text.replace('balance,a1', 'mystery\nbalance,a1'))).toEqual(['a2', 'a3', 'a4']);
  });

  it('behavior: an account whose rows do not stand together is left out whole, the others keep their rows', () => {
    const text = `${BY_HAND}balance,a3,smooth,,USDC,,,,3,,,,,,,,,\nbalance,a1,smooth,,USDC,,,,5,,,,,,,,,\n`;
    const reading = lenient(text);
    const book = bookOf(reading.columns);
    expect(book.accounts.map(({ id, balances }) => [id, balances.map(({ amount }) => amount.toFixed())])).toEqual([
      ['a2', ['-12.5']],
      ['a3', ['3']],
    ]);
    expect(reading.skippedCount).toBe(2);
  });

  it('behavior: what an entry that cannot be read takes with it', () => {
    expect(ids(BY_HAND.replace('65546', '-1'))).toEqual(['a2']);
    expect(ids(BY_HAND.replace('USDC,,,,,,,,,,,1,,', 'USDC,,,,,,,,,,,-1,,'))).toEqual([]);
  });

  it('error: where nothing can be read', () => {
    for (const text of ['', 'x\n', BY_HAND.replace('flat/1', 'flat/2')]) expect(() => lenient(text)).toThrow(InputError);
  });
});
