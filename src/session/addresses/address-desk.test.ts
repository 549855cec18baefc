/** WL-3 to WL-8: what was read of addresses, put together. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account, Book } from '../../domain/book.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import { movedBook } from '../../engine/moved-book.ts';
import { bookOf, d, type LegSpec, legSpec } from '../../engine/testing/books.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { readBook } from '../../formats/leverage-book.ts';
import { venues } from '../../venues/registry.ts';
import { MIXED_BOOK } from '../testing/fixtures.ts';
import type { AddressReading } from './account-look.ts';
import { AddressDesk, AS_OF_MAX_MS } from './address-desk.ts';
import { shockedBook } from './dollars.ts';
import type { AddressesFrame, AddressRow, WatchedAddress } from './messages.ts';

const AS_OF_MS = Date.parse('2026-01-01T00:00:00Z');
const note = caseFloors();
const at = (i: number, source = 'hyperliquid'): WatchedAddress => ({ source, address: `0x${String(i).padStart(40, '0')}` });
const rowOf = (where: WatchedAddress, state: AddressRow['state'] = 'read'): AddressRow => ({
  ...where,
  sourceName: where.source,
  state,
  why: '',
  readMs: AS_OF_MS,
  asOfMs: AS_OF_MS,
  nextMs: AS_OF_MS,
  isPushed: false,
});
const finished = (desk: AddressDesk): AddressDesk => {
  while (desk.isWorking) desk.work();
  return desk;
};
const frameOf = (readings: readonly (readonly [WatchedAddress, AddressReading])[], move = '-0.1', asset: string | null = null) => {
  const desk = new AddressDesk();
  desk.setShock(move, asset);
  for (const [where, reading] of readings) desk.take(where, reading);
  return finished(desk).frame(
    readings.map(([where]) => rowOf(where)),
    null,
    AS_OF_MS,
  );
};

/** A generated account at a venue that the registry knows, with its instruments apart from those of others. */
function readingOf(specs: readonly LegSpec[], balance: Decimal, mode: 'cross' | 'isolated', i: number): AddressReading {
  const { book, account } = bookOf(specs, balance, mode);
  const instruments = new Map([...book.instruments].map(([id, instrument]) => [id, { ...instrument, venue: 'generic' }]));
  const named: Account = { ...account, id: `account ${i}`, venue: 'generic' };
  return { book: { ...book, instruments, accounts: [named] }, theirs: [{ account: named.id, equity: '1', positions: [] }] };
}
const readings = fc
  .array(
    fc.record({
      specs: fc.array(legSpec(), { maxLength: 3 }),
      balance: fc.integer({ min: -1_000, max: 900_000 }),
      isIsolated: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((all) =>
    all.map(({ specs, balance, isIsolated }, i) => [at(i), readingOf(specs, d(balance), isIsolated ? 'isolated' : 'cross', i)] as const),
  );
const genericRules = venues.generic!.rules;
const sumOfPools = (reading: AddressReading, name: 'equity' | 'grossNotional', book: Book = reading.book): Decimal => {
  const { pools } = assessAccount(reading.book.accounts[0]!, book, genericRules);
  return pools.reduce((sum, pool) => (pool[name].ok ? sum.plus(pool[name].value) : sum), ZERO);
};
const timeless = ({ addresses: _, ...frame }: AddressesFrame) => frame;

describe('WL-4 totals', () => {
  it('equal the sum of single assessments, isolated positions included, now and under the shock', () => {
    fc.assert(
      fc.property(readings, fc.integer({ min: -90, max: 200 }), (list, percent) => {
        const move = d(percent).div(100);
        const { totals, venues: byVenue, accounts } = frameOf(list, move.toFixed());
        const sum = (of: (reading: AddressReading) => Decimal): string =>
          list.reduce((all, [, reading]) => all.plus(of(reading)), ZERO).toFixed();
        expect(totals.equity.text).toBe(sum((reading) => sumOfPools(reading, 'equity')));
        expect(totals.grossNotional.text).toBe(sum((reading) => sumOfPools(reading, 'grossNotional')));
        const moved = (reading: AddressReading) => movedBook(reading.book, 'USD', { all: move, byMarket: new Map() });
        expect(totals.shockedEquity.text).toBe(sum((reading) => sumOfPools(reading, 'equity', moved(reading))));
        expect(byVenue).toMatchObject([{ venue: 'generic', accounts: list.length, equity: totals.equity }]);
        expect(accounts.reduce((all, { equity }) => all.plus(equity.text), ZERO).toFixed()).toBe(totals.equity.text);
        expect(Object.values(totals.states).reduce((a, b) => a + b, 0)).toBe(list.length);
        note('totals', 25);
      }),
      { numRuns: 25 },
    );
  });

  it('a permutation of the list, or of the order in which it was read, changes nothing', () => {
    fc.assert(
      fc.property(
        readings.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
        ),
        ([list, shuffled]) => {
          expect(timeless(frameOf(shuffled))).toEqual(timeless(frameOf(list)));
          note('permutations', 15);
        },
      ),
      { numRuns: 15 },
    );
  });
});

const MIXED = readBook(JSON.stringify({ ...MIXED_BOOK, asOf: '2026-01-01T00:00:00Z' }));
const only = (id: string): AddressReading => ({
  book: { ...MIXED, accounts: MIXED.accounts.filter((account) => account.id === id) },
  theirs: [],
});

describe('WL-5 dollars', () => {
  const inUnit = (unit: string, assets: object, ids = 'lender'): AddressReading => {
    const { book } = only(ids);
    const lender = { ...book.accounts[0]!, unit };
    return {
      book: {
        ...book,
        unit,
        assets: new Map(
          Object.entries(assets).map(([symbol, price]) => [symbol, { ...book.assets.get(symbol), symbol, price: d(price as string) }]),
        ),
        accounts: [lender],
      },
      theirs: [],
    };
  };
  it('a unit that is no dollar is converted by the reading’s own price of it', () => {
    const { totals, accounts } = frameOf([[at(1), inUnit('WETH', { WETH: '1', USDT: '0.0005' })]]);
    // 10 − 9,000 × 0.0005 = 5.5 WETH, at 1 ÷ 0.0005 = 2,000 dollars.
    expect(accounts[0]).toMatchObject({ unit: 'WETH', equity: { text: '5.5' } });
    expect(totals).toMatchObject({ equity: { text: '11000' }, leftOut: 0 });
  });
  it('without such a price the account is left out of the sums and counted, and listed all the same', () => {
    const { totals, accounts } = frameOf([
      [at(1), inUnit('EURX', { WETH: '2000', USDT: '1' })],
      [at(2), only('oracle')],
    ]);
    expect(totals).toMatchObject({ accounts: 2, leftOut: 0 });
    const blind = inUnit('EURX', { WETH: '2000' });
    const { totals: partly } = frameOf([
      [at(1), blind],
      [at(2), only('oracle')],
    ]);
    expect(partly).toMatchObject({ accounts: 2, leftOut: 1, equity: { text: '2055' } });
    expect(accounts).toHaveLength(2);
    expect(frameOf([[at(1), blind]]).totals.equity).toMatchObject({ text: '', reason: 'missing-mark' });
  });
  it('is the moved book of a what-if for accounts in dollars; under a shocked unit what is dear there becomes cheap', () => {
    const { book } = only('perp');
    const shock = { move: d('-0.3'), asset: null };
    const moved = movedBook(book, 'USDC', { all: d('-0.3'), byMarket: new Map() });
    const shocked = shockedBook(book, 'USDC', shock);
    const marks = (b: Book) =>
      [...b.instruments.values()].filter(({ quote }) => quote === 'USD').map(({ markPrice }) => markPrice?.toFixed());
    expect(marks(shocked)).toEqual(marks(moved));
    expect([...shocked.assets.values()].map(({ price }) => price?.toFixed())).toEqual(
      [...moved.assets.values()].map(({ price }) => price?.toFixed()),
    );
    const inEther = inUnit('WETH', { WETH: '1', USDT: '0.0005' }).book;
    expect(
      shockedBook(inEther, 'WETH', { move: d('-0.5'), asset: 'WETH' })
        .assets.get('USDT')
        ?.price?.toFixed(),
    ).toBe('0.001');
  });
});

describe('WL-6 the same collateral across venues', () => {
  const list = [
    [at(1), only('perp')],
    [at(2, 'dydx-v4'), only('oracle')],
    [at(3, 'aave-v3:base'), only('lender')],
  ] as const;
  it('one line an asset, one column a venue; wrapped ones stand apart; positions and debts are signed', () => {
    const { matrix } = frameOf(list);
    expect(matrix.venues.map(({ venueName }) => venueName)).toEqual(['Aave v3', 'dYdX v4', 'Hyperliquid']);
    const cell = (asset: string, venue: string) =>
      matrix.cells[matrix.assets.indexOf(asset)]?.[matrix.venues.findIndex((one) => one.venue === venue)];
    expect(cell('USDC', 'hyperliquid')).toMatchObject({
      amount: { text: '66728' },
      collateral: { text: '66728' },
      exposure: { text: '0' },
    });
    expect(cell('BTC', 'hyperliquid')).toMatchObject({
      amount: { text: '0' },
      exposure: { text: '-131092' },
      shockedLoss: { text: '13109.2' },
    });
    expect(cell('USDT', 'aave-v3')).toMatchObject({ exposure: { text: '-9000' }, shockedLoss: { text: '0' } });
    expect(cell('WETH', 'aave-v3')).toMatchObject({ collateral: { text: '19124' }, shockedLoss: { text: '-1912.4' } });
    expect(cell('ETH', 'aave-v3')).toBeNull();
    expect(matrix.sums[matrix.assets.indexOf('USDC')]).toMatchObject({ collateral: { text: '68728' } });
  });
  it('parts of the shock add up to what it takes, where no two of them multiply', () => {
    const { matrix, totals } = frameOf(list);
    const parts = matrix.sums.reduce((sum, { shockedLoss }) => sum.plus(shockedLoss.text), ZERO);
    expect(parts.toFixed()).toBe(new Decimal(totals.shockedEquity.text).minus(totals.equity.text).toFixed());
  });
  it('a dollar token that falls takes from whoever holds it, also where accounts are counted in it', () => {
    const { matrix, totals } = frameOf(list, '-0.08', 'USDC');
    const moved = matrix.sums.filter(({ shockedLoss }) => shockedLoss.text !== '0').length;
    expect(moved).toBe(1);
    expect(new Decimal(totals.shockedEquity.text).lt(totals.equity.text)).toBe(true);
  });
  it('a cell of which a part is not known is not known', () => {
    const { book } = only('lender');
    const blind = {
      ...book,
      assets: new Map(
        [...book.assets].map(([symbol, { price: _, ...rest }]) => [symbol, symbol === 'WETH' ? rest : { ...rest, price: d(1) }]),
      ),
    };
    const { matrix } = frameOf([...list.slice(0, 2), [at(3, 'aave-v3:base'), { book: blind, theirs: [] }]]);
    expect(matrix.assets[0]).toBe('WETH');
    expect(matrix.sums[0]?.collateral).toMatchObject({ text: '', reason: 'missing-mark' });
  });
});

describe('WL-7 the venue’s own figures', () => {
  it('are counted over the list, with the worst difference of each account and the reasons', () => {
    const reading: AddressReading = {
      ...only('oracle'),
      theirs: [{ account: 'oracle', equity: '2055', freeCollateral: '1', positions: [{ instrument: 'dy:ETH', liquidationPrice: null }] }],
    };
    const { accounts, meter } = frameOf([[at(2, 'dydx-v4'), reading]]);
    expect(accounts[0]).toMatchObject({ stated: 3, agreeing: 1, worst: { figure: 'freeCollateral', reason: 'not explained' } });
    expect(meter).toMatchObject({ compared: 3, agreeing: 1, reasons: { 'not explained': 1, 'one has no price': 1 } });
    expect(meter.worstGap).toBeGreaterThan(100);
    expect(meter.medianGap).toBeCloseTo(meter.worstGap / 2, 9);
    const desk = new AddressDesk();
    desk.take(at(2, 'dydx-v4'), reading);
    expect(desk.compare('dydx-v4:oracle')?.map(({ figure, ours, theirs }) => [figure, ours, theirs])).toEqual([
      ['equity', '2055', '2055'],
      ['freeCollateral', expect.any(String), '1'],
      ['liquidationPrice', expect.any(String), ''],
    ]);
    // The nearest position has the venue's price beside ours: here that it says there is none; not stated is another thing.
    expect(accounts[0]?.nearest).toMatchObject({ instrument: 'dy:ETH', theirs: { text: '', reason: 'never' } });
    const priced = (positions: AddressReading['theirs'][number]['positions']) =>
      frameOf([[at(2, 'dydx-v4'), { ...reading, theirs: [{ account: 'oracle', positions }] }]]).accounts[0]?.nearest?.theirs?.text;
    expect([priced([{ instrument: 'dy:ETH', liquidationPrice: '1234.5' }]), priced([])]).toEqual(['1234.5', undefined]);
    const lending = (healthFactor?: string | null) =>
      frameOf([
        [
          at(3, 'aave-v3:base'),
          { ...only('lender'), theirs: [{ account: 'lender', positions: [], ...(healthFactor === undefined ? {} : { healthFactor }) }] },
        ],
      ]).accounts[0]?.theirHealthFactor;
    expect([lending('1.5')?.text, lending(null)?.reason, lending()]).toEqual(['1.5', 'no-debt', undefined]);
    expect(desk.compare('dydx-v4:nobody')).toBeUndefined();
    expect(frameOf([]).meter).toMatchObject({ compared: 0, medianGap: Number.NaN });
  });
});

describe('WL-3, WL-8 what is read, and how old it is', () => {
  const safe = readingOf([], d(1_000), 'cross', 0);
  const shownAt = (readMs: number, state: AddressRow['state']) => {
    const desk = new AddressDesk();
    desk.take(at(1), safe);
    return finished(desk).frame([{ ...rowOf(at(1), state), readMs }], null, AS_OF_MS).accounts[0]?.riskState;
  };
  it('an address that is not read within its limit, or whose reading was old when it came, is stale and never safe', () => {
    expect(shownAt(AS_OF_MS, 'read')).toBe('healthy');
    for (const state of ['late', 'refused', 'waiting', 'reading'] as const) expect(shownAt(AS_OF_MS, state)).toBe('stale');
    expect(shownAt(AS_OF_MS + AS_OF_MAX_MS, 'read')).toBe('healthy');
    expect(shownAt(AS_OF_MS + AS_OF_MAX_MS + 1, 'read')).toBe('stale');
  });
  it('a new reading takes the place of the one before; what left the list is gone', () => {
    const desk = new AddressDesk();
    desk.take(at(1), safe);
    finished(desk);
    desk.take(at(1), {
      ...safe,
      book: { ...safe.book, accounts: [{ ...safe.book.accounts[0]!, balances: [{ asset: 'USD', amount: d(7) }] }] },
    });
    // Until it was looked at, the one before stands.
    expect(desk.frame([rowOf(at(1))], null, AS_OF_MS).totals.equity.text).toBe('1000');
    expect(finished(desk).frame([rowOf(at(1))], null, AS_OF_MS).totals.equity.text).toBe('7');
    desk.take(at(1), null);
    expect(desk.frame([], null, AS_OF_MS).totals).toMatchObject({ accounts: 0, equity: { text: '0' } });
  });
  it('a book that our own reader would refuse changes nothing, and why is said', () => {
    const desk = new AddressDesk();
    expect(desk.take(at(1), safe)).toBe('');
    const account = {
      ...safe.book.accounts[0]!,
      positions: [{ instrument: 'nowhere', size: d(1), entryPrice: d(1), marginMode: 'cross' as const }],
    };
    expect(desk.take(at(1), { ...safe, book: { ...safe.book, accounts: [account] } })).toMatch(/book that cannot be: \/accounts\/0/);
    expect(finished(desk).frame([rowOf(at(1))], null, AS_OF_MS).totals.equity.text).toBe('1000');
  });
  it('a move is a decimal, held where what-ifs are', () => {
    const desk = new AddressDesk();
    expect(() => desk.setShock('much', null)).toThrow();
    desk.setShock('-5', null);
    expect(desk.frame([], null, 0).shock).toEqual({ move: '-0.999', asset: null });
  });
});
