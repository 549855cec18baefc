import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account, Book, MarginTier } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import { assessAccount } from '../assess.ts';
import { sumPool } from '../margin/pool.ts';
import { movedBook } from '../moved-book.ts';
import { resolveAccount } from '../resolve.ts';
import { d, plainRules } from '../testing/books.ts';
import { caseFloors } from '../testing/floors.ts';
import { attribute, type Parts } from './attribution.ts';
import { applyScenario, NO_SCENARIO, type Scenario } from './scenario.ts';
import { accountOf, type Held, NAMES } from './testing/accounts.ts';
import { newlyUnder, previewTiers } from './tier-preview.ts';

const reached = caseFloors();
const rules = plainRules();

/** The account with a haircut collateral, a coin-settled leg and a peg that differs by venue. */
function rich(held: readonly Held[], cash: number, venue = 'test'): { book: Book; account: Account } {
  const { book, account } = accountOf(held, cash);
  const instruments = new Map(book.instruments);
  instruments.set('coin', {
    id: 'coin',
    venue,
    contract: 'inverse',
    base: 'BTC',
    quote: 'USD',
    settle: 'BTC',
    contractSize: d(1),
    markPrice: d(1),
    tiers: [{ notionalFloor: d(0), maintenanceMarginRate: d('0.01') }],
  });
  const assets = new Map([
    ['BTC', { symbol: 'BTC', price: d(1), collateralFactor: d('0.9') }],
    ['USDE', { symbol: 'USDE', price: d('0.999'), collateralFactor: d('0.95') }],
  ]);
  const positions = [...account.positions, { instrument: 'coin', size: d(-3000), entryPrice: d('1.1'), marginMode: 'cross' as const }];
  const balances = [...account.balances, { asset: 'BTC', amount: d(5000) }, { asset: 'USDE', amount: d(7000) }];
  return { book: { ...book, instruments, assets }, account: { ...account, venue, positions, balances } };
}

const share = fc.integer({ min: -99, max: 150 }).map((n) => d(n).div(100));
const scenarios: fc.Arbitrary<Scenario> = fc.record({
  name: fc.constant(''),
  all: fc.integer({ min: -60, max: 60 }).map((n) => d(n).div(100)),
  betas: fc.constant(new Map([['SOL', d('1.5')]])),
  moves: fc.array(fc.tuple(fc.constantFrom(...NAMES), share), { maxLength: 3 }).map((moves) => new Map(moves)),
  pegs: fc.constantFrom<Scenario['pegs']>(
    [],
    [{ asset: 'USDE', venue: 'test', move: d('-0.35') }],
    [{ asset: 'USDE', venue: null, move: d('-0.1') }],
  ),
  funding: fc.constantFrom(d(0), d('0.001'), d('-0.002')),
  volatility: fc.constant(d(1)),
});
const heldList = fc.array(
  fc.record({
    base: fc.constantFrom(...NAMES),
    notional: fc
      .integer({ min: -400, max: 400 })
      .filter((n) => n !== 0)
      .map((n) => n * 1000),
    tiers: fc.constantFrom<Held['tiers']>([[0.01]], [[0.004], [0.01, 100_000]], [[0.005], [0.02, 50_000], [0.05, 250_000]]),
  }),
  { minLength: 1, maxLength: 4 },
);
const NAMED = ['profit', 'collateral', 'haircut', 'requirement', 'tier', 'marginExcess'] as const;

describe('SC-1, SC-2 a book in a scenario', () => {
  it('without pegs, betas and funding it is the moved book', () => {
    const { book } = rich([{ base: 'ETH', notional: 1000, tiers: [[0.01]] }], 100);
    const moves = new Map([
      ['ETH', d('-0.2')],
      ['USDE', d('-0.1')],
    ]);
    const ours = applyScenario(book, { ...NO_SCENARIO, all: d('-0.1'), moves }).bookOf('test');
    expect(ours).toEqual(movedBook(book, 'USD', { all: d('-0.1'), byMarket: moves }));
  });
  it('nothing: the same prices, and the book itself untouched', () => {
    const { book, account } = rich([], 100);
    const before = JSON.stringify([...book.assets]);
    const { bookOf, accountOf: of } = applyScenario(book, NO_SCENARIO);
    expect(bookOf('test')).toEqual(book);
    expect(of(account)).toBe(account);
    applyScenario(book, { ...NO_SCENARIO, all: d('-1') }).bookOf('test');
    expect(JSON.stringify([...book.assets])).toBe(before);
  });
  it('a peg of one venue leaves the others their mark', () => {
    const { book } = rich([], 100);
    const pegs = [{ asset: 'USDE', venue: 'binance-usdm', move: d('-0.35') }];
    const { bookOf } = applyScenario(book, { ...NO_SCENARIO, pegs });
    expect(bookOf('binance-usdm').assets.get('USDE')!.price!.toFixed()).toBe('0.64935');
    expect(bookOf('bybit').assets.get('USDE')!.price!.toFixed()).toBe('0.999');
  });
  it('SC-3: longs pay what shorts receive', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: -50, max: 50 }), fc.boolean(), (size, bps, isolated) => {
        const paid = [size, -size].map((notional) => {
          const { book, account } = accountOf([{ base: 'BTC', notional, tiers: [[0.01]] }], 1000);
          const own: Account = isolated
            ? { ...account, positions: account.positions.map((p) => ({ ...p, marginMode: 'isolated', isolatedMargin: d(500) })) }
            : account;
          const { bookOf, accountOf: of } = applyScenario(book, { ...NO_SCENARIO, all: d('-0.3'), funding: d(bps).div(10_000) });
          const equity = (one: Account) =>
            resolveAccount(one, bookOf('test'), rules).pools.reduce((sum, pool) => {
              const { equity: value } = sumPool(pool);
              return value.ok ? sum.plus(value.value) : sum;
            }, d(0));
          return equity(of(own)).minus(equity(own));
        });
        expect(paid[0]!.plus(paid[1]!).isZero()).toBe(true);
        expect(paid[0]!.eq(d(size).times('0.7').times(bps).div(-10_000))).toBe(true);
        reached('funding', 80);
      }),
    );
  });
});

describe('SC-5, SC-6 what moved the number', () => {
  it('parts sum to the whole, to the last digit, and the whole is what the engine says', () => {
    fc.assert(
      fc.property(heldList, fc.integer({ min: 1, max: 100 }), scenarios, fc.boolean(), (held, cash, scenario, hasTiers) => {
        const { book, account } = rich(held, cash * 1000);
        const rows: MarginTier[] = [{ notionalFloor: d(0), maintenanceMarginRate: d('0.03') }];
        const tiers = new Map(hasTiers ? [['t:0', rows]] : []);
        const result = attribute(account, book, rules, scenario, tiers);
        if (!result.ok) throw new Error(result.reason);
        const { before, after, drivers } = result.value;
        for (const name of NAMED) {
          const sum = drivers.reduce((total, { parts }) => total.plus(parts[name]), new Decimal(0));
          expect(sum.eq(after[name].minus(before[name])), name).toBe(true);
        }
        const { bookOf, accountOf: of } = applyScenario(book, scenario);
        const tiered = hasTiers
          ? {
              ...bookOf('test'),
              instruments: new Map(bookOf('test').instruments).set('t:0', { ...bookOf('test').instruments.get('t:0')!, tiers: rows }),
            }
          : bookOf('test');
        const { marginExcess } = assessAccount(of(account), tiered, rules);
        if (!marginExcess.ok) throw new Error(marginExcess.reason);
        expect(marginExcess.value.minus(after.marginExcess).abs().lt('1e-12')).toBe(true);
        reached('sums', 30);
      }),
      { numRuns: 40 },
    );
  });
  it('names the market, the tier that was crossed, and the haircut', () => {
    const { book, account } = accountOf([{ base: 'BTC', notional: -90_000, tiers: [[0.004], [0.01, 100_000]] }], 50_000);
    const priced = { ...book, assets: new Map([['ETH', { symbol: 'ETH', price: d(10), collateralFactor: d('0.8') }]]) };
    const own = { ...account, balances: [...account.balances, { asset: 'ETH', amount: d(100) }] };
    const moves = new Map([
      ['BTC', d('0.2')],
      ['ETH', d('-0.5')],
    ]);
    const result = attribute(own, priced, rules, { ...NO_SCENARIO, moves });
    if (!result.ok) throw new Error(result.reason);
    const of = (market: string): Record<string, string> => {
      const { parts } = result.value.drivers.find(({ driver }) => driver.kind === 'market' && driver.market === market)!;
      return Object.fromEntries(NAMED.map((name: keyof Parts) => [name, parts[name].toFixed()]));
    };
    // 90,000 → 108,000 short: −18,000; 0.4 % of 18,000 more; 0.6 % of the 8,000 above the floor.
    expect(of('BTC')).toEqual({ profit: '-18000', collateral: '0', haircut: '0', requirement: '72', tier: '48', marginExcess: '-18120' });
    expect(of('ETH')).toEqual({ profit: '0', collateral: '-500', haircut: '-100', requirement: '0', tier: '0', marginExcess: '-400' });
  });
  it('what is not known gives its reason', () => {
    const { book, account } = rich([{ base: 'BTC', notional: 1000, tiers: [[0.01]] }], 100);
    const blind = { ...book, assets: new Map() };
    expect(attribute(account, blind, rules, NO_SCENARIO)).toMatchObject({ ok: false, reason: 'missing-mark' });
  });
});

describe('SC-7 new margin tiers', () => {
  it('who falls under water, and who was', () => {
    const accounts = [500, 1500, 6000].map((cash, i) => ({
      ...accountOf([{ base: 'BTC', notional: 100_000, tiers: [[0.01]] }], cash).account,
      id: `a${i}`,
    }));
    const { book } = accountOf([{ base: 'BTC', notional: 100_000, tiers: [[0.01]] }], 0);
    const rows = new Map([['t:0', [{ notionalFloor: d(0), maintenanceMarginRate: d('0.05') }]]]);
    const previews = previewTiers(accounts, book, () => rules, rows);
    expect(previews.map(({ before, after }) => [before.ok && before.value, after.ok && after.value])).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ]);
    expect(newlyUnder(previews).map(({ account }) => account)).toEqual(['a1']);
    expect(previewTiers(accounts, book, () => rules, new Map([['other', rows.get('t:0')!]]))).toEqual([]);
  });
});
