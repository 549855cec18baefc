import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Book } from './book.ts';
import { accountOf, bookOf, numberTextAt, plainText, textAt } from './book-columns.ts';
import { BookColumnsBuilder, columnsOf, doubleOf, TextBuilder } from './book-columns-builder.ts';
import { Decimal } from './units.ts';

const d = (text: string): Decimal => new Decimal(text);

const BOOK: Book = {
  format: 'leverage-book/1',
  asOf: '2026-02-05T18:34:00Z',
  unit: 'USD',
  instruments: new Map([
    [
      'x:BTC',
      {
        id: 'x:BTC',
        venue: 'x',
        contract: 'linear',
        base: 'BTC',
        quote: 'USD',
        settle: 'USDC',
        contractSize: d('1'),
        markPrice: d('65546'),
      },
    ],
  ]),
  assets: new Map([['USDC', { symbol: 'USDC', price: d('1') }]]),
  accounts: [
    {
      id: 'first',
      venue: 'x',
      label: '',
      unit: 'EUR',
      balances: [
        { asset: 'USDC', amount: d('13755080.700000000000000000001'), derived: false },
        { asset: 'NOT-LISTED', amount: d('-1e-39'), derived: true, liquidationThreshold: d('0.83') },
      ],
      positions: [
        { instrument: 'x:BTC', size: d('-12.5'), entryPrice: d('71210.4'), marginMode: 'cross', leverage: d('20') },
        {
          instrument: 'x:BTC',
          size: d('0.1'),
          entryPrice: d('123456789012345678901234567890'),
          marginMode: 'isolated',
          isolatedMargin: d('-6728'),
          tiers: [{ notionalFloor: d('0'), maintenanceMarginRate: d('0.05') }],
        },
      ],
      initialMarginOther: d('0.3333333333333333333333'),
    },
    { id: 'näxt 😀 \ud800', venue: 'y', balances: [], positions: [] },
  ],
};

describe('FF-2 a book as columns', () => {
  it('default: there and back gives the same book, digit for digit', () => {
    expect(bookOf(columnsOf(BOOK))).toEqual(BOOK);
  });

  it('behavior: one account, and a part of the book', () => {
    const columns = columnsOf(BOOK);
    expect(accountOf(columns, 1)).toEqual(BOOK.accounts[1]);
    expect(bookOf(columns, 1).accounts).toEqual(BOOK.accounts.slice(1));
    expect(bookOf(columns, 0, 1).accounts).toEqual(BOOK.accounts.slice(0, 1));
  });

  it('behavior: only a number that its double does not say keeps a text', () => {
    const { balances, positions } = columnsOf(BOOK);
    expect([...balances.amount.exact]).toEqual([[0, '13755080.700000000000000000001']]);
    expect([...positions.entryPrice.exact]).toEqual([[1, '123456789012345678901234567890']]);
    expect(numberTextAt(balances.amount, 1)).toBe('-0.000000000000000000000000000000000000001');
    expect(positions.maxLeverage).toBeUndefined();
    expect(Number.isNaN(positions.leverage!.value[1]!)).toBe(true);
  });

  it('property: the double and its text together are the number', () => {
    let kept = 0;
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat({ max: 39 }), (digits, scale) => {
        const number = new Decimal(digits.toString()).times(new Decimal(10).pow(-scale));
        const { value, text } = doubleOf(number);
        expect(new Decimal(text ?? plainText(value)).eq(number)).toBe(true);
        if (text !== undefined) kept++;
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(kept).toBeGreaterThan(500);
  });

  it('behavior: an account that is taken back leaves no trace', () => {
    const builder = new BookColumnsBuilder();
    for (const instrument of BOOK.instruments.values()) builder.addInstrument(instrument);
    const addRows = (): void => {
      builder.balance(builder.assetCode('USDC'), 1, '1.00000000000000000001', 0);
      builder.balanceParameter('loanToValue', 0.5, undefined);
      builder.position(0, 1, undefined, 2, '2.00000000000000000001', false);
      builder.positionSetting('leverage', 3, undefined);
      builder.positionTiers([]);
    };
    builder.account({ id: 'kept', venue: 'x' });
    addRows();
    builder.discard();
    builder.balance(builder.assetCode('USDC'), 5, undefined, 0);
    builder.position(0, 7, undefined, 8, undefined, false);
    builder.account({ id: 'next', venue: 'x' });
    const book = bookOf(builder.finished('2026-02-05T18:34:00Z'));
    expect(book.accounts).toEqual([
      { id: 'kept', venue: 'x', balances: [], positions: [] },
      {
        id: 'next',
        venue: 'x',
        balances: [{ asset: 'USDC', amount: d('5') }],
        positions: [{ instrument: 'x:BTC', size: d('7'), entryPrice: d('8'), marginMode: 'cross' }],
      },
    ]);
  });

  it('property: texts of any length and any code units come back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 20 }), (texts) => {
        const builder = new TextBuilder();
        for (const text of texts) builder.push(text);
        const column = builder.finished();
        expect(texts.map((_, i) => textAt(column, i))).toEqual(texts);
      }),
      { numRuns: 200, seed: 2 },
    );
    const builder = new TextBuilder();
    const long = 'abc'.repeat(5000);
    builder.push(long);
    expect(textAt(builder.finished(), 0)).toBe(long);
  });
});
