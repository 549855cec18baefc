import { describe, expect, it } from 'vitest';
import type { Book } from '../domain/book.ts';
import { readBook, readBookLenient, writeBook } from './leverage-book.ts';
import { changed, faultsOf, fullBook, type Json, TEST_VENUES } from './testing/books.ts';

const read = (book: Json): Book => readBook(JSON.stringify(book), TEST_VENUES);
const BTC = '/instruments/sm:BTC~1USD';
const FIRST = '/accounts/0/positions/0';

describe('BF-9 to BF-16 readBook: a valid book', () => {
  it('default: every field arrives', () => {
    const book = read(fullBook());
    const instrument = book.instruments.get('sm:BTC/USD')!;
    expect(instrument.id).toBe('sm:BTC/USD');
    expect(instrument.markPrice!.toFixed()).toBe('65546');
    expect(instrument.tiers!.map((tier) => tier.maintenanceDeduction!.toFixed())).toEqual(['0', '1875000']);
    expect(book.instruments.get('sm:NOMARK')).not.toHaveProperty('markPrice');
    expect(book.assets.get('WETH')!.liquidationThreshold!.toFixed()).toBe('0.83');
    expect(book.accounts.map((account) => [account.id, account.balances.length, account.positions.length])).toEqual([
      ['17df694e61', 1, 4],
      ['second', 1, 1],
      ['third', 2, 0],
    ]);
    expect(book.accounts[0]!.balances[0]!.derived).toBe(true);
    expect(book.accounts[0]!.positions[0]!.size.toFixed()).toBe('-12.5');
  });

  it('BF-4: thirty digits and JSON numbers survive by their text', () => {
    const text = JSON.stringify(fullBook()).replace('"65546.000000000000000000000000000001"', '65546.000000000000000000000000000001');
    expect(readBook(text, TEST_VENUES).instruments.get('st:BTC')!.markPrice!.toFixed()).toBe('65546.000000000000000000000000000001');
  });

  it.each([
    ['only what must be there', { format: 'leverage-book/1', asOf: '2026-02-05T18:34:00.123Z', accounts: [] }],
    ['an offset of zero', { format: 'leverage-book/1', asOf: '2026-02-05T18:34:00+00:00', accounts: [] }],
    ['a mark that is not known', changed(fullBook(), `${BTC}/markPrice`, undefined)],
    ['an asset that is not priced', changed(fullBook(), '/assets/WETH', undefined)],
    [
      'no deduction at all',
      changed(changed(fullBook(), `${BTC}/tiers/0/maintenanceDeduction`, undefined), `${BTC}/tiers/1/maintenanceDeduction`, undefined),
    ],
    [
      'an excerpt of a table: one row with a deduction',
      changed(fullBook(), `${BTC}/tiers`, [{ notionalFloor: '0', maintenanceMarginRate: '1', maintenanceDeduction: '7' }]),
    ],
    ['a deduction rounded by its publisher', changed(fullBook(), `${BTC}/tiers/1/maintenanceDeduction`, '1875000.03')],
    [
      'isolated positions without balances',
      changed(
        {
          ...fullBook(),
          accounts: [
            {
              id: 'x',
              venue: 'smooth',
              positions: [{ instrument: 'sm:NOMARK', size: '1', entryPrice: '1', marginMode: 'isolated', isolatedMargin: '0' }],
            },
          ],
        },
        '/unit',
        'USD',
      ),
    ],
    [
      'other names of Object.prototype as ids',
      changed(fullBook(), '/instruments/toString', {
        venue: 'smooth',
        contract: 'linear',
        base: 'T',
        quote: 'USD',
        settle: 'USD',
        contractSize: '1',
      }),
    ],
  ])('default: %s', (_, book) => {
    expect(faultsOf(() => read(book as Json))).toEqual([]);
  });
});

/** pointer of the change, the value put there (undefined: taken away), pointer of the fault (when another), what its message says. */
const BAD: readonly (readonly [string, Json | undefined, string | undefined, string])[] = [
  ['/format', 'leverage-book/2', undefined, 'expected "leverage-book/1"'],
  ['/format', undefined, undefined, 'is required'],
  ['/asOf', undefined, undefined, 'is required'],
  ['/asOf', '2026-02-05', undefined, 'expected a time in UTC'],
  ['/asOf', '2026-02-30T00:00:00Z', undefined, 'expected a time in UTC'],
  ['/asOf', '2026-02-05T24:00:00Z', undefined, 'expected a time in UTC'],
  ['/asOf', '2026-02-05T18:34:00+01:00', undefined, 'expected a time in UTC'],
  ['/asOf', 1770316440000, undefined, 'expected a string'],
  ['/unit', '', undefined, 'must not be empty'],
  ['/prices', {}, undefined, 'unknown field'],
  ['/toString', {}, undefined, 'unknown field'],
  ['/instruments', [], undefined, 'expected an object, found an array'],
  ['/assets', null, undefined, 'expected an object, found null'],
  ['/accounts', {}, undefined, 'expected an array, found an object'],
  ['/accounts', undefined, undefined, 'is required'],
  ['/accounts/1', 7, undefined, 'expected an object, found 7'],
  [BTC, 'x', undefined, 'expected an object'],
  [`${BTC}/venue`, 'mtgox', undefined, 'unknown venue "mtgox"; known are lender, smooth, stepped'],
  [`${BTC}/venue`, 'constructor', undefined, 'unknown venue'],
  [`${BTC}/venue`, 'lender', undefined, 'has no derivative contracts'],
  [`${BTC}/contract`, 'quanto', undefined, 'expected "linear" or "inverse", found "quanto"'],
  [`${BTC}/base`, '', undefined, 'must not be empty'],
  [`${BTC}/settle`, undefined, undefined, 'is required'],
  [`${BTC}/contractSize`, '0', undefined, 'must be above zero'],
  [`${BTC}/contractSize`, undefined, undefined, 'is required'],
  [`${BTC}/markPrice`, '0', undefined, 'must be above zero'],
  [`${BTC}/markPrice`, '-65546', undefined, 'must be above zero'],
  [`${BTC}/markPrice`, 'NaN', undefined, 'expected a decimal number, found "NaN"'],
  [`${BTC}/markPrice`, '', undefined, 'expected a decimal number, found ""'],
  [`${BTC}/markPrice`, null, undefined, 'expected a decimal number as a string, found null'],
  [`${BTC}/indexPrice`, '-1', undefined, 'must be above zero'],
  [`${BTC}/takerFeeRate`, '1.5', undefined, 'must be a fraction below 1'],
  [`${BTC}/priceTick`, '0', undefined, 'must be above zero'],
  [`${BTC}/multiplier`, '1', undefined, 'unknown field'],
  [`${BTC}/tiers`, [], undefined, 'must not be empty'],
  [`${BTC}/tiers/0/notionalFloor`, '1', undefined, 'the first row must begin at 0'],
  [`${BTC}/tiers/1/notionalFloor`, '0', undefined, 'rows must be sorted'],
  [`${BTC}/tiers/1/notionalFloor`, '-5', undefined, 'must not be below zero'],
  [`${BTC}/tiers/1/maxLeverage`, '41', undefined, 'must not be above the row before (40), found 41'],
  [`${BTC}/tiers/1/maxLeverage`, '0', undefined, 'must be above zero'],
  [`${BTC}/tiers/1/maintenanceMarginRate`, '0', undefined, 'must be above zero'],
  [`${BTC}/tiers/1/maintenanceMarginRate`, '2.5', undefined, 'must be a fraction'],
  [`${BTC}/tiers/1/maintenanceDeduction`, '1875001', undefined, 'a deduction of 1875000 would join the rows, found 1875001'],
  [`${BTC}/tiers/1/maintenanceDeduction`, undefined, undefined, 'is required on every row'],
  [`${BTC}/tiers/1/notionalCap`, '1', undefined, 'unknown field'],
  ['/instruments/st:BTC/tiers/1/maintenanceDeduction', '1', undefined, 'no deduction'],
  ['/assets/WETH/price', '0', undefined, 'must be above zero'],
  ['/assets/WETH/collateralFactor', '1.01', undefined, 'must be a fraction'],
  ['/assets/WETH/loanToValue', '80.5', undefined, 'must be a fraction'],
  ['/assets/WETH/liquidationThreshold', '-0.1', undefined, 'must be a fraction'],
  ['/assets/WETH/liquidationBonus', '-0.05', undefined, 'must not be below zero'],
  ['/assets/BTC/unit', 'EUR', '/accounts/1/balances/0/asset', '"BTC" is priced in EUR, the account is counted in USD'],
  ['/accounts/0/id', '', undefined, 'must not be empty'],
  ['/accounts/0/id', 5, undefined, 'expected a string, found 5'],
  ['/accounts/2/id', '17df694e61', undefined, '"17df694e61" is already the id of /accounts/0'],
  ['/accounts/0/venue', 'ftx', undefined, 'unknown venue "ftx"'],
  ['/accounts/0/label', 7, undefined, 'expected a string'],
  ['/accounts/0/equity', '1', undefined, 'unknown field'],
  ['/accounts/0/balances', undefined, undefined, 'is required'],
  ['/accounts/0/balances', {}, undefined, 'expected an array'],
  ['/accounts/0/balances/0/asset', undefined, undefined, 'is required'],
  ['/accounts/0/balances/0/amount', 'Infinity', undefined, 'expected a decimal number'],
  ['/accounts/0/balances/0/amount', true, undefined, 'expected a decimal number as a string, found true'],
  ['/accounts/0/balances/0/derived', 'yes', undefined, 'expected true or false'],
  ['/accounts/2/balances/0/liquidationThreshold', '1.2', undefined, 'must be a fraction'],
  ['/accounts/0/maintenanceMarginOther', '-1', undefined, 'must not be below zero'],
  [
    '/accounts/2/positions',
    [{ instrument: 'st:BTC', size: '1', entryPrice: '1', marginMode: 'cross' }],
    undefined,
    'a lending account has only balances',
  ],
  ['/accounts/1/venue', 'smooth', '/accounts/1/positions/0/instrument', '"st:BTC" trades on stepped, the account is on smooth'],
  [`${FIRST}/instrument`, 'sm:DOGE', undefined, 'unknown instrument "sm:DOGE"'],
  [`${FIRST}/instrument`, '__proto__', undefined, 'unknown instrument'],
  [`${FIRST}/size`, '0', undefined, 'must not be zero'],
  [`${FIRST}/size`, '-0.000', undefined, 'must not be zero'],
  [`${FIRST}/size`, ' ', undefined, 'expected a decimal number, found " "'],
  [`${FIRST}/size`, '1e400', undefined, 'is out of range'],
  [`${FIRST}/size`, ['1'], undefined, 'expected a decimal number as a string, found an array'],
  [`${FIRST}/size`, { value: '1' }, undefined, 'found an object'],
  [`${FIRST}/entryPrice`, '0', undefined, 'must be above zero'],
  [`${FIRST}/entryPrice`, undefined, undefined, 'is required'],
  [`${FIRST}/marginMode`, 'portfolio', undefined, 'expected "cross" or "isolated", found "portfolio"'],
  [`${FIRST}/marginMode`, 'isolated', `${FIRST}/isolatedMargin`, 'is required for an isolated position'],
  [`${FIRST}/isolatedMargin`, '10', undefined, 'a cross position has no margin of its own'],
  [`${FIRST}/leverage`, '0', undefined, 'must be above zero'],
  [`${FIRST}/markPrice`, '1', undefined, 'unknown field'],
  [`${FIRST}/size`, '3', '/accounts/0/positions/1', 'a second long cross position in "sm:BTC/USD", after /accounts/0/positions/0'],
  ['/accounts/0/positions/3/maxLeverage', '5', undefined, 'not both'],
  ['/accounts/1/positions/0/maxLeverage', '5', undefined, 'derives no maintenance rate from a maximum leverage'],
  ['/accounts/0/positions/3/tiers/0/notionalFloor', '3', undefined, 'the first row must begin at 0'],
];

describe('BF-9 to BF-16 readBook: a fault has the pointer of what is wrong', () => {
  it.each(BAD)('error: %s = %j', (pointer, value, at, message) => {
    const faults = faultsOf(() => read(changed(fullBook(), pointer, value)));
    expect(faults).toEqual([{ pointer: at ?? pointer, message: expect.stringContaining(message) }]);
  });

  it('error: 1e400 and a bare NaN as JSON numbers', () => {
    const text = JSON.stringify(fullBook());
    expect(faultsOf(() => readBook(text.replace('"-12.5"', '1e400'), TEST_VENUES))).toEqual([
      { pointer: `${FIRST}/size`, message: '"1e400" is out of range: |x| must lie between 1e-40 and 1e40' },
    ]);
    expect(faultsOf(() => readBook(text.replace('"-12.5"', 'NaN'), TEST_VENUES))[0]!.pointer).toBe(`${FIRST}/size`);
    expect(faultsOf(() => readBook(text.replace('"-12.5"', '-Infinity'), TEST_VENUES))[0]!.pointer).toBe(`${FIRST}/size`);
  });

  it('error: a name that reaches a prototype', () => {
    const text = JSON.stringify(fullBook()).replace('"label":', '"__proto__":{"x":1},"label":');
    expect(faultsOf(() => readBook(text, TEST_VENUES))[0]!.pointer).toBe('/accounts/0/__proto__');
  });

  it('error: an empty name of an instrument', () => {
    expect(faultsOf(() => read(changed(fullBook(), '/assets/', { price: '1' })))).toEqual([
      { pointer: '/assets/', message: 'a name must not be empty' },
    ]);
  });

  it.each([['[]'], ['"x"'], ['null'], ['12']])('error: %s is no book', (text) => {
    expect(faultsOf(() => readBook(text, TEST_VENUES))).toEqual([{ pointer: '', message: expect.stringContaining('expected an object') }]);
  });

  it('behavior: as many faults as there are: no call runs out of arguments', () => {
    const position = { instrument: 'st:BTC', size: '0', entryPrice: '1', marginMode: 'cross' };
    const faults = faultsOf(() =>
      read(
        changed(
          fullBook(),
          '/accounts/1/positions',
          Array.from({ length: 130_000 }, () => position),
        ),
      ),
    );
    expect(faults.length).toBe(130_000);
    const tier = { notionalFloor: '0', maintenanceMarginRate: '0.1' };
    const tiers = faultsOf(() =>
      read(
        changed(
          fullBook(),
          '/instruments/st:BTC/tiers',
          Array.from({ length: 130_000 }, () => tier),
        ),
      ),
    );
    expect(tiers.length).toBe(129_999);
  });

  it('behavior: every fault of a book is reported, each once', () => {
    let book: Json = fullBook();
    for (const pointer of [`${BTC}/markPrice`, `${FIRST}/size`, '/accounts/1/balances/0/amount', '/assets/BTC/price'])
      book = changed(book, pointer, 'x');
    book = changed(book, '/accounts/2/note', 'x');
    expect(faultsOf(() => read(book)).map((fault) => fault.pointer)).toEqual([
      `${BTC}/markPrice`,
      '/assets/BTC/price',
      `${FIRST}/size`,
      '/accounts/1/balances/0/amount',
      '/accounts/2/note',
    ]);
  });
});

describe('BF-17 readBookLenient: one bad account never hides the others', () => {
  const lenient = (book: Json) => {
    const { book: kept, faults } = readBookLenient(JSON.stringify(book), TEST_VENUES);
    return { ids: kept.accounts.map((account) => account.id), faults: faults.map((fault) => fault.pointer) };
  };

  it('default: a good book has no faults', () => {
    expect(lenient(fullBook())).toEqual({ ids: ['17df694e61', 'second', 'third'], faults: [] });
  });

  it('behavior: a faulty account is left out with its faults', () => {
    expect(lenient(changed(fullBook(), `${FIRST}/size`, 'x'))).toEqual({ ids: ['second', 'third'], faults: [`${FIRST}/size`] });
  });

  it('behavior: a faulty instrument takes down the accounts that use it, and only those', () => {
    expect(lenient(changed(fullBook(), '/instruments/st:BTC/markPrice', '-1'))).toEqual({
      ids: ['17df694e61', 'third'],
      faults: ['/instruments/st:BTC/markPrice', '/accounts/1/positions/0/instrument'],
    });
  });

  it('behavior: a faulty asset takes down those that hold it or settle in it', () => {
    expect(lenient(changed(fullBook(), '/assets/BTC/price', '0'))).toEqual({
      ids: ['17df694e61', 'third'],
      faults: ['/assets/BTC/price', '/accounts/1/balances/0/asset'],
    });
  });

  it('behavior: of two accounts with one id the first keeps it', () => {
    expect(lenient(changed(fullBook(), '/accounts/1/id', '17df694e61'))).toEqual({
      ids: ['17df694e61', 'third'],
      faults: ['/accounts/1/id'],
    });
  });

  it('behavior: an unknown field at the top leaves the rest readable', () => {
    expect(lenient(changed(fullBook(), '/note', 'x'))).toEqual({ ids: ['17df694e61', 'second', 'third'], faults: ['/note'] });
  });

  it.each(['/format', '/asOf', '/accounts', '/instruments', '/assets'])('error: without a right %s nothing can be read', (pointer) => {
    expect(faultsOf(() => lenient(changed(fullBook(), pointer, 7))).map((fault) => fault.pointer)).toEqual([pointer]);
  });
});

describe('BF-18 writeBook', () => {
  it('default: what is written reads back the same, and writes the same', () => {
    const book = read(fullBook());
    const text = writeBook(book);
    expect(readBook(text, TEST_VENUES)).toEqual(book);
    expect(writeBook(readBook(text, TEST_VENUES))).toBe(text);
  });

  it('behavior: nothing is stated that the book does not state, and no feed time is written', () => {
    const book = read({ format: 'leverage-book/1', asOf: '2026-02-05T18:34:00Z', accounts: [] });
    expect(JSON.parse(writeBook(book))).toEqual({
      format: 'leverage-book/1',
      asOf: '2026-02-05T18:34:00Z',
      instruments: {},
      assets: {},
      accounts: [],
    });
    const full = read(fullBook());
    const ticked = new Map([...full.instruments].map(([id, instrument]) => [id, { ...instrument, markTimeMs: 1 }]));
    expect(writeBook({ ...full, instruments: ticked })).toBe(writeBook(full));
  });
});
