/** Cascades in which every venue closes by its own procedure, on books of several venues, contracts and kinds of collateral. */
import { describe, expect, it } from 'vitest';
import type { Account, Asset, Book, Instrument } from '../domain/book.ts';
import { Decimal } from '../domain/units.ts';
import { runCascade } from '../engine/cascade/cascade.ts';
import { feedbackOf } from '../engine/cascade/feedback.ts';
import type { Cascade, CascadeInput } from '../engine/cascade/types.ts';
import { venues } from './registry.ts';
import type { Venue } from './venue.ts';

const d = (value: string | number): Decimal => new Decimal(value);
const venueOf = (id: string): Venue => venues[id] as Venue;
const byMarket = (values: Record<string, number | string>): Map<string, Decimal> =>
  new Map(Object.entries(values).map(([market, value]) => [market, d(value)]));

const instrument = (venue: string, base: string, price: number, over: Partial<Instrument> = {}): Instrument => ({
  id: `${venue}:${base}`,
  venue,
  contract: 'linear',
  base,
  quote: 'USD',
  settle: 'USD',
  contractSize: d(1),
  markPrice: d(price),
  tiers: [{ notionalFloor: d(0), maintenanceMarginRate: d('0.02'), maxLeverage: d(25) }],
  ...over,
});

const account = (id: string, venue: string, balances: Record<string, number>, sizes: Record<string, number>, entry = 100): Account => ({
  id,
  venue,
  balances: Object.entries(balances).map(([asset, amount]) => ({ asset, amount: d(amount) })),
  positions: Object.entries(sizes).map(([held, size]) => ({
    instrument: held,
    size: d(size),
    entryPrice: d(entry),
    marginMode: 'cross',
    leverage: d(10),
  })),
});

const bookOf = (instruments: readonly Instrument[], accounts: readonly Account[], assets: readonly Asset[] = []): Book => ({
  format: 'leverage-book/1',
  asOf: '2026-01-01T00:00:00Z',
  instruments: new Map(instruments.map((one) => [one.id, one])),
  assets: new Map(assets.map((one) => [one.symbol, one])),
  accounts,
});

const play = (book: Book, over: Partial<CascadeInput>): Cascade =>
  runCascade({
    book,
    rulesOf: (venue) => venueOf(venue).rules,
    shock: new Map(),
    depth: new Map(),
    procedure: (venue) => venueOf(venue).closure,
    leftovers: 'keep',
    funds: new Map(),
    deleveraging: 'pro-rata',
    ...over,
  });

const perpetual = ['hyperliquid', 'binance-usdm', 'bybit', 'okx', 'dydx-v4', 'generic'];

describe('CA-17 each venue by its own procedure', () => {
  it.each(perpetual)('%s: ends, says only numbers, and what the fund paid adds up', (venue) => {
    for (const base of ['AAA', 'BTC'])
      for (const fall of ['-0.06', '-0.1', '-0.3'])
        for (const depth of [byMarket({}), byMarket({ [base]: 5000 }), byMarket({ [base]: 300 })]) {
          const instruments = [instrument(venue, base, 100)];
          const held = `${venue}:${base}`;
          const book = bookOf(instruments, [
            account('long', venue, { USD: 5_000 }, { [held]: 500 }),
            account('small', venue, { USD: 200 }, { [held]: 20 }),
            account('short', venue, { USD: 30_000 }, { [held]: -600 }),
            account('far', venue, { USD: 50_000 }, { [held]: 500 }),
          ]);
          const cascade = play(book, { shock: byMarket({ [base]: fall }), depth, funds: new Map([['all', d(100)]]) });
          expect(cascade.end).toBe('settled');
          // A limit that the book does not meet is the only thing that may be in a procedure's way.
          for (const { reason } of cascade.unjudged) expect([reason, depth.size]).toEqual(['no-depth', 1]);
          const paid = d(100).minus(cascade.insuranceFundEnd).plus(cascade.socialised).plus(cascade.uncovered);
          const [flow] = cascade.funds;
          expect(cascade.deficits.minus(flow?.income ?? 0).eq(paid)).toBe(true);
          for (const value of [
            ...cascade.prices.values(),
            cascade.liquidatedNotional,
            ...cascade.accounts.flatMap(({ cash }) => [...cash.values()]),
          ])
            expect(value.isFinite()).toBe(true);
          const touched = [...cascade.closed, ...cascade.unjudged.map((one) => one.account)];
          if (fall !== '-0.06') expect(touched).toContain('long');
          if (depth.size === 0) expect(cascade.prices.get(base)?.eq(d(100).times(d(1).plus(fall)))).toBe(true);
        }
  });

  it('generic, one position each and no fee: the same as whole pools', () => {
    const held = 'generic:AAA';
    const book = bookOf(
      [instrument('generic', 'AAA', 100)],
      [
        account('a', 'generic', { USD: 500 }, { [held]: 50 }),
        account('b', 'generic', { USD: 1_100 }, { [held]: 50 }),
        account('s', 'generic', { USD: 9_000 }, { [held]: -100 }),
      ],
    );
    const over = { shock: byMarket({ AAA: '-0.09' }), depth: byMarket({ AAA: 300 }) };
    const [own, whole] = [play(book, over), play(book, { ...over, procedure: 'full' })];
    expect(own.closed).toEqual(whole.closed);
    expect([...own.prices]).toEqual([...whole.prices]);
    expect(own.deficits.minus(whole.deficits).abs().lte('1e-5')).toBe(true);
    expect(whole.closed.length).toBeGreaterThan(0);
  });

  it('Hyperliquid closes a large position by a fifth, so less is forced than whole', () => {
    const held = 'hyperliquid:AAA';
    const book = bookOf([instrument('hyperliquid', 'AAA', 100)], [account('a', 'hyperliquid', { USD: 40_000 }, { [held]: 4_000 })]);
    const over = { shock: byMarket({ AAA: '-0.083' }), depth: byMarket({ AAA: 1e7 }) };
    const [own, whole] = [play(book, over), play(book, { ...over, procedure: 'full' as const })];
    expect(own.liquidity.volume.get('AAA')?.eq(800)).toBe(true);
    expect(whole.liquidity.volume.get('AAA')?.eq(4_000)).toBe(true);
    expect((own.prices.get('AAA') as Decimal).gt(whole.prices.get('AAA') as Decimal)).toBe(true);
  });
});

describe('CA-9 loans', () => {
  const assets: Asset[] = [
    { symbol: 'WETH', price: d(2000), liquidationThreshold: d('0.83'), loanToValue: d('0.8'), liquidationBonus: d('0.05') },
    { symbol: 'USDC', price: d(1), liquidationThreshold: d('0.78'), loanToValue: d('0.75'), liquidationBonus: d('0.05') },
  ];
  const loan = (id: string, collateral: number, debt: number): Account => account(id, 'aave-v3', { WETH: collateral, USDC: -debt }, {});
  const book = bookOf([], [loan('a', 100, 150_000), loan('b', 100, 120_000)], assets);

  it('a liquidator calls while the sale of the collateral repays it; whole: everything is sold', () => {
    const over = { shock: byMarket({ WETH: '-0.12' }), depth: byMarket({ WETH: 5_000 }) };
    const own = play(book, over);
    expect(own.closed).toEqual(['a']);
    const sold = own.liquidity.volume.get('WETH') as Decimal;
    expect(sold.gt(0) && sold.lt(100)).toBe(true);
    const whole = play(book, { ...over, procedure: 'full' });
    expect(whole.liquidity.volume.get('WETH')?.eq(100)).toBe(true);
    const debtor = whole.accounts.find((one) => one.account === 'a');
    expect([...(debtor?.cash.keys() ?? [])]).toEqual(['USD']);
    const left = debtor?.cash.get('USD') as Decimal;
    expect(left.gt(20_000) && left.lt(26_000)).toBe(true);
  });

  it('where selling costs more than the bonus nobody calls, and it is said', () => {
    const cascade = play(book, { shock: byMarket({ WETH: '-0.12' }), depth: byMarket({ WETH: 200 }) });
    expect(cascade.liquidity.volume.get('WETH') ?? d(0)).toEqual(d(0));
    expect(cascade.unjudged.map(({ account: id, reason }) => [id, reason])).toEqual([['a', 'no-depth']]);
  });

  it('under water and sold whole: the fund pays the rest of the debt', () => {
    const cascade = play(book, { shock: byMarket({ WETH: '-0.4' }), procedure: 'full', funds: new Map([['all', d(50_000)]]) });
    expect(cascade.closed).toEqual(['a', 'b']);
    expect(cascade.deficits.eq(30_000)).toBe(true);
    expect(cascade.insuranceFundEnd.eq(20_000)).toBe(true);
  });
});

describe('CA-5, CA-6, CA-13 venues, contracts, collateral', () => {
  it('a venue’s own mark of a collateral liquidates there alone', () => {
    const assets: Asset[] = [{ symbol: 'USDE', price: d(1) }];
    const instruments = [instrument('generic', 'AAA', 100), instrument('okx', 'AAA', 100)];
    const book = bookOf(
      instruments,
      [account('g', 'generic', { USDE: 1_000 }, { 'generic:AAA': 80 }), account('o', 'okx', { USDE: 1_000 }, { 'okx:AAA': 80 })],
      assets,
    );
    const cascade = play(book, { procedure: 'full', venueShock: new Map([['generic', byMarket({ USDE: '-0.9' })]]) });
    expect(cascade.closed).toEqual(['g']);
    expect(cascade.unjudged).toEqual([]);
  });

  it('funds by venue: a shortfall is taken from winners of its own venue only', () => {
    const instruments = [instrument('generic', 'AAA', 100), instrument('okx', 'AAA', 100)];
    const book = bookOf(instruments, [
      account('g', 'generic', { USD: 300 }, { 'generic:AAA': 80 }),
      account('w', 'generic', { USD: 9_000 }, { 'generic:AAA': -10 }),
      account('v', 'okx', { USD: 9_000 }, { 'okx:AAA': -200 }),
    ]);
    const cascade = play(book, {
      procedure: 'full',
      shock: byMarket({ AAA: '-0.1' }),
      funds: new Map([['okx', d(10_000)]]),
      fundOf: (venue) => venue,
    });
    expect(cascade.deficits.eq(500)).toBe(true);
    expect(
      cascade.funds.map(({ fund, takers, uncovered }) => [
        fund,
        takers.map((taker) => [taker.account, taker.taken.toNumber()]),
        uncovered.toNumber(),
      ]),
    ).toEqual([
      ['okx', [], 0],
      ['generic', [['w', 100]], 400],
    ]);
  });

  it('an inverse contract trades its worth in the base; at a price of zero it is given up', () => {
    const inverse = instrument('generic', 'AAA', 100, { contract: 'inverse', settle: 'AAA', quote: 'USD', contractSize: d(10) });
    const assets: Asset[] = [{ symbol: 'AAA', price: d(100) }];
    const book = bookOf([inverse], [account('i', 'generic', { AAA: 10 }, { 'generic:AAA': 900 })], assets);
    const cascade = play(book, { procedure: 'full', shock: byMarket({ AAA: '-0.1' }), depth: byMarket({ AAA: 1_000 }) });
    expect(cascade.closed).toEqual(['i']);
    expect(cascade.liquidity.volume.get('AAA')?.minus(100).abs().lt('1e-30')).toBe(true);
    expect(cascade.liquidatedNotional.gt(8_900) && cascade.liquidatedNotional.lt(9_500)).toBe(true);
    const zero = play(book, { procedure: 'full', shock: byMarket({ AAA: -1 }) });
    expect(zero.unjudged).toMatchObject([{ account: 'i', reason: 'unsupported', subject: 'generic:AAA' }]);
  });

  it('an isolated position is closed alone', () => {
    const base = account('x', 'generic', { USD: 5_000 }, { 'generic:AAA': 50 });
    const isolated: Account = {
      ...base,
      positions: [
        ...base.positions,
        { instrument: 'generic:AAA', size: d(10), entryPrice: d(100), marginMode: 'isolated', isolatedMargin: d(50), leverage: d(20) },
      ],
    };
    const cascade = play(bookOf([instrument('generic', 'AAA', 100)], [isolated]), { procedure: 'full', shock: byMarket({ AAA: '-0.1' }) });
    expect(cascade.closed).toEqual(['x']);
    expect(cascade.liquidity.volume.get('AAA')?.eq(10)).toBe(true);
    expect(cascade.deficits.eq(50)).toBe(true);
  });

  it('a missing mark: the account is named, neither closed nor called safe; in G as well', () => {
    const { markPrice: _, ...blind } = instrument('generic', 'BBB', 1);
    const book = bookOf(
      [instrument('generic', 'AAA', 100), blind],
      [account('m', 'generic', { USD: 100 }, { 'generic:AAA': 50, 'generic:BBB': 1 })],
    );
    const reason = { account: 'm', pool: 'cross', reason: 'missing-mark', subject: 'generic:BBB' };
    expect(play(book, { procedure: 'full', shock: byMarket({ AAA: '-0.5' }) })).toMatchObject({ closed: [], unjudged: [reason] });
    const feedback = feedbackOf({ book, rulesOf: (venue) => venueOf(venue).rules, step: d('0.1'), depth: byMarket({ AAA: 5 }) });
    expect(feedback).toMatchObject({ radius: 0, unjudged: [reason], markets: ['AAA'] });
  });
});
