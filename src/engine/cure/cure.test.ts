/** CU rules of docs/spec/cure.md; vectors CURE-1 and TOXIC-1…3 of the risk-science test vectors (this project's own derivations). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account, Book } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import { aaveV3Rules } from '../../venues/aave-v3/rules.ts';
import { sumPool } from '../margin/pool.ts';
import { resolveAccount } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import { bookOf, d, legSpec, plainRules } from '../testing/books.ts';
import { defaultUnits, type Units } from '../trade/units.ts';
import { curesOf } from './cures.ts';
import { depositCure, transferCure } from './deposit.ts';
import { hedgeCure } from './hedge.ts';
import type { Cure, FoundCure } from './outcome.ts';
import { reduceAllCure, reduceCure } from './reduce.ts';
import { type CureTarget, type Scene, standingOf } from './target.ts';
import { healthFactorAfter, sellAndRepayCure, toxicRegion } from './toxic.ts';

const fine: Units = { lotOf: () => d('0.000001'), unitOf: () => d('0.000001') };
const RATIO: CureTarget = { kind: 'margin-ratio', level: d('0.65') };

const sceneOf = (book: Book, over: Partial<Scene> & { rules?: VenueRules } = {}): Scene => ({
  book,
  rules: plainRules(),
  units: fine,
  ...over,
});
const found = (cure: Cure): FoundCure => {
  if (!cure.ok) throw new Error(`no cure: ${cure.why} ${cure.reason ?? ''} ${cure.of ?? ''}`);
  return cure;
};

/** E = 900, MM = 800, notional 100,000. */
function cureOne(size = d(1000)): { book: Book; account: Account } {
  const spec = {
    size,
    entry: d(100),
    mark: d(100),
    tiers: [{ notionalFloor: d(0), maintenanceMarginRate: d('0.008'), maxLeverage: d(50) }],
    contract: 'linear' as const,
  };
  return bookOf([spec], d(900));
}

describe('CURE-1', () => {
  const { book, account } = cureOne();

  it('CU-7 tops up MM ÷ 0.65 − E, up to the smallest unit', () => {
    expect(found(depositCure(account, sceneOf(book), 'cross', RATIO, 'USD')).amount.toFixed()).toBe('330.769231');
  });

  it('CU-9 reduces 0.26875 without cost and 0.3208955… with 0.2 % of slippage', () => {
    expect(found(reduceCure(account, sceneOf(book), 'cross', RATIO, 0)).amount.toFixed()).toBe('268.75');
    const dear = found(reduceCure(account, sceneOf(book, { slippage: d('0.002') }), 'cross', RATIO, 0));
    expect(dear.amount.toFixed()).toBe('320.895523');
    expect(dear.cost.toFixed()).toBe('64.179105');
  });

  it('CU-11 says that selling cannot cure from a slippage of 1.2308 % on', () => {
    const at = (slippage: string) => reduceCure(account, sceneOf(book, { slippage: d(slippage) }), 'cross', { ...RATIO }, 0);
    // All of it sold at 1.22 % costs more than there is: the line still rises, and ends below zero.
    expect(at('0.0122')).toMatchObject({ ok: false, why: 'out-of-reach' });
    expect(at('0.0124')).toMatchObject({ ok: false, why: 'costs-exceed-relief' });
  });

  it('CU-7 scales a deposit by the asset’s factor', () => {
    const assets = new Map(book.assets).set('GEM', { symbol: 'GEM', price: d(2), collateralFactor: d('0.5') });
    const scene = sceneOf({ ...book, assets });
    expect(found(depositCure(account, scene, 'cross', RATIO, 'GEM')).amount.toFixed()).toBe('330.769231');
    const nothing = new Map(book.assets).set('GEM', { symbol: 'GEM', price: d(2), collateralFactor: d(0) });
    expect(depositCure(account, sceneOf({ ...book, assets: nothing }), 'cross', RATIO, 'GEM')).toMatchObject({ why: 'counts-for-nothing' });
    expect(depositCure(account, scene, 'cross', RATIO, 'DUST')).toMatchObject({ why: 'unknown', reason: 'missing-mark', of: 'DUST' });
  });
});

describe('tier falls (CU-3, CU-9)', () => {
  const at = (size: string, equity: string, tiers: readonly [string, string][], join: 'continuous' | 'step') => {
    const rows = tiers.map(([floor, rate]) => ({ notionalFloor: d(floor), maintenanceMarginRate: d(rate), maxLeverage: d(20) }));
    const { book, account } = bookOf([{ size: d(size), entry: d(100), mark: d(100), tiers: rows, contract: 'linear' }], d(equity));
    const scene = sceneOf(book, { rules: plainRules({ tableJoin: join }) });
    return found(reduceCure(account, scene, 'cross', RATIO, 0)).amount.toFixed();
  };

  it('the rows of MM-TIER: 600,000 against 3,400 must fall to 452,000, where 0.005·N − 50 = 0.65 × 3,400', () => {
    const rows: [string, string][] = [
      ['0', '0.004'],
      ['50000', '0.005'],
      ['500000', '0.01'],
    ];
    expect(at('6000', '3400', rows, 'continuous')).toBe('1480');
  });

  it('a stepped table: leaving the row is enough, its floor is not', () => {
    const rows: [string, string][] = [
      ['0', '0.005'],
      ['250000', '0.01'],
    ];
    // 300,000 needs 3,000; just below 250,000 it needs 1,250, and 0.65 × 2,000 is 1,300.
    expect(at('3000', '2000', rows, 'step')).toBe('500.000001');
  });
});

describe('toxic region (CU-14)', () => {
  it('TOXIC-1: below a health factor of 0.84, above a loan to value of 95.24 %', () => {
    const region = toxicRegion(d('0.8'), d('0.05'));
    expect(region.healthFactorBelow.toFixed()).toBe('0.84');
    expect(region.loanToValueAbove.toFixed(16)).toBe('0.9523809523809524');
  });

  it('TOXIC-2 improves, TOXIC-3 worsens', () => {
    const repaidHalf = (debt: number) => healthFactorAfter(d(80), d(debt), d('0.8'), d('0.05'), d(debt).times('0.5')).toNumber();
    expect(repaidHalf(82)).toBeCloseTo(1.111219512195122, 12);
    expect(repaidHalf(97)).toBeCloseTo(0.8094845360824742, 12);
  });

  const lending = (debt: string): { book: Book; account: Account } => {
    const account: Account = {
      id: 'l',
      venue: 'aave-v3',
      balances: [
        { asset: 'WETH', amount: d(1) },
        { asset: 'USDC', amount: d(debt).negated() },
      ],
      positions: [],
    };
    const assets = new Map([
      ['WETH', { symbol: 'WETH', price: d(100), liquidationThreshold: d('0.8'), loanToValue: d('0.7'), liquidationBonus: d('0.05') }],
      ['USDC', { symbol: 'USDC', price: d(1), liquidationThreshold: d('0.78'), loanToValue: d('0.75') }],
    ]);
    return {
      book: { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', instruments: new Map(), assets, accounts: [account] },
      account,
    };
  };
  const ONE_TEN: CureTarget = { kind: 'health-factor', level: d('1.1') };

  it('repays and adds collateral to the level, and no unit less', () => {
    const { book, account } = lending('82');
    const scene = sceneOf(book, { rules: aaveV3Rules, units: defaultUnits });
    const repaid = found(depositCure(account, scene, 'lending', ONE_TEN, 'USDC'));
    expect(repaid.kind).toBe('repay');
    expect(repaid.amount.toFixed()).toBe('9.272728');
    const added = found(depositCure(account, scene, 'lending', ONE_TEN, 'WETH'));
    expect(added.kind).toBe('deposit');
    expect(added.amount.toFixed()).toBe('0.1275');
  });

  it('sells collateral to repay where that helps, and says where it makes things worse', () => {
    const scene = (debt: string) => sceneOf(lending(debt).book, { rules: aaveV3Rules, units: defaultUnits, slippage: d('0.05') });
    const helped = found(sellAndRepayCure(lending('82').account, scene('82'), ONE_TEN, 'WETH', 'USDC'));
    expect(standingOf(helped.account, scene('82'), 'lending', ONE_TEN)).toMatchObject({ value: { isMet: true } });
    const toxic = sellAndRepayCure(lending('97').account, scene('97'), ONE_TEN, 'WETH', 'USDC');
    expect(toxic).toMatchObject({ ok: false, why: 'worsens-while-selling' });
  });
});

describe('other pools (CU-8, CU-11)', () => {
  const twoPools = (cash: string) => {
    const made = bookOf(
      [
        { size: d(100), entry: d(100), mark: d(98), tiers: TIER, contract: 'linear' },
        { size: d(50), entry: d(100), mark: d(100), tiers: TIER, contract: 'linear' },
      ],
      d(cash),
    );
    const [first, second] = made.account.positions;
    if (!first || !second) throw new Error('two positions');
    const account: Account = { ...made.account, positions: [{ ...first, marginMode: 'isolated', isolatedMargin: d(250) }, second] };
    return { book: made.book, account };
  };
  const TIER = [{ notionalFloor: d(0), maintenanceMarginRate: d('0.01'), maxLeverage: d(50) }];

  it('moves margin from cross and says that the cross pool is worse for it', () => {
    const { book, account } = twoPools('1000');
    const cure = found(transferCure(account, sceneOf(book), 'cross', 'isolated:t:0:0', RATIO, 'USD'));
    expect(cure.amount.toFixed()).toBe('100.769231');
    expect(cure.worsens.map(({ pool, isLiquidatable }) => ({ pool, isLiquidatable }))).toEqual([{ pool: 'cross', isLiquidatable: false }]);
  });

  it('refuses what would liquidate the pool that pays, or is not there', () => {
    const poor = twoPools('110');
    const move = () => transferCure(poor.account, sceneOf(poor.book), 'cross', 'isolated:t:0:0', RATIO, 'USD');
    expect(move()).toMatchObject({ ok: false, why: 'other-pool-falls' });
    const none = twoPools('50');
    expect(transferCure(none.account, sceneOf(none.book), 'cross', 'isolated:t:0:0', RATIO, 'USD')).toMatchObject({ why: 'out-of-reach' });
  });

  it('CU-2 an isolated position closed whole is met, though the other side of a hedge then has its name', () => {
    const { book, account } = twoPools('0');
    const [first] = account.positions;
    if (!first) throw new Error('a position');
    const hedged: Account = { ...account, positions: [first, { ...first, size: d(-100), isolatedMargin: d(-150) }] };
    const scene = sceneOf(book);
    const alone: Account = { ...account, positions: [first] };
    for (const level of ['0.9', '0.2', '0.01']) {
      const target: CureTarget = { kind: 'margin-ratio', level: d(level) };
      const cure = found(reduceCure(hedged, scene, 'isolated:t:0:0', target, 0));
      expect(cure.amount.toFixed()).toBe(found(reduceCure(alone, scene, 'isolated:t:0:0', target, 0)).amount.toFixed());
    }
  });

  it('CU-15 lists every cure, and those that fail with their reason', () => {
    const { book, account } = twoPools('1000');
    expect(curesOf(account, sceneOf(book), 'isolated:t:0:0', RATIO).map(({ kind, ok }) => `${kind} ${ok}`)).toEqual([
      'deposit true',
      'transfer true',
      'reduce true',
    ]);
  });
});

describe('properties', () => {
  const LOT = d('0.001');
  const coarse: Units = { lotOf: () => LOT, unitOf: () => d('0.01') };
  const sized = legSpec(['linear', 'inverse']).map((spec) => ({
    ...spec,
    size: spec.size.div(LOT).round().plus(1).times(LOT),
    contract: 'linear' as const,
  }));
  const levels = fc.integer({ min: 20, max: 90 }).map((n) => d(n).div(100));
  /** Cash that puts equity at 0.5 to 3 times maintenance, to the cent. */
  const cases = fc
    .tuple(fc.array(sized, { minLength: 1, maxLength: 3 }), fc.integer({ min: 50, max: 300 }), levels, fc.nat(20))
    .map(([specs, times, level, bps]) => {
      const { book, account } = bookOf(specs, d(0));
      const pool = resolveAccount(account, book, plainRules()).pools[0];
      const sums = pool && sumPool(pool);
      if (!sums?.maintenanceMargin.ok || !sums.unrealizedPnl.ok) throw new Error('a pool');
      const cash = sums.maintenanceMargin.value.times(times).div(100).minus(sums.unrealizedPnl.value).toDecimalPlaces(2);
      return [specs, cash, level, bps] as const;
    });

  it('CU-3: the cure reaches the target on the book, one step less does not', () => {
    const reached = { deposit: 0, reduce: 0, 'reduce-all': 0 };
    fc.assert(
      fc.property(cases, ([specs, cash, level, bps]) => {
        const { book, account } = bookOf(specs, cash);
        const scene = sceneOf(book, { units: coarse, slippage: d(bps).div(10_000) });
        const target: CureTarget = { kind: 'margin-ratio', level };
        const isMet = (of: Account) => {
          const standing = standingOf(of, scene, 'cross', target);
          return standing.ok && standing.value.isMet;
        };
        const deposit = depositCure(account, scene, 'cross', target, 'USD');
        if (deposit.ok && deposit.amount.gt(0)) {
          expect(isMet(deposit.account)).toBe(true);
          const less = deposit.amount.minus('0.01');
          expect(isMet({ ...account, balances: [{ asset: 'USD', amount: cash.plus(less) }] })).toBe(false);
          reached.deposit++;
        }
        const reduce = reduceCure(account, scene, 'cross', target, 0);
        if (reduce.ok && reduce.amount.gt(0)) {
          expect(isMet(reduce.account)).toBe(true);
          const before = account.positions[0]?.size ?? d(0);
          expect(
            before
              .minus(reduce.account.positions[0]?.instrument === 't:0' ? (reduce.account.positions[0]?.size ?? 0) : 0)
              .abs()
              .eq(reduce.amount),
          ).toBe(true);
          expect(reduce.amount.mod(LOT).isZero() || reduce.amount.eq(before.abs())).toBe(true);
          reached.reduce++;
        }
        const all = reduceAllCure(account, scene, 'cross', target);
        if (all.ok && all.amount.gt(0)) {
          expect(isMet(all.account)).toBe(true);
          for (const position of all.account.positions) {
            const was = account.positions.find(({ instrument }) => instrument === position.instrument);
            expect(was?.size.isNegative()).toBe(position.size.isNegative());
          }
          reached['reduce-all']++;
        }
      }),
      { numRuns: 150 },
    );
    expect(reached.deposit).toBeGreaterThan(50);
    expect(reached.reduce).toBeGreaterThan(10);
    expect(reached['reduce-all']).toBeGreaterThan(10);
  }, 30_000);

  it('CU-9: a reduction of one lot less misses the target, tiers that fall included', () => {
    let checked = 0;
    fc.assert(
      fc.property(cases, ([specs, cash, level, bps]) => {
        const { book, account } = bookOf(specs.slice(0, 1), cash);
        const scene = sceneOf(book, { units: coarse, slippage: d(bps).div(10_000) });
        const target: CureTarget = { kind: 'margin-ratio', level };
        const cure = reduceCure(account, scene, 'cross', target, 0);
        if (!cure.ok || cure.amount.lte(LOT) || cure.account.positions.length === 0) return;
        const held = cure.account.positions[0];
        if (!held) return;
        // The state one lot earlier, priced by hand: profit realised, cost paid, both against the account.
        const spec = specs[0];
        if (!spec) return;
        const closed = cure.amount.minus(LOT);
        const profit = closed.times(spec.mark.minus(spec.entry)).times(spec.size.isNegative() ? -1 : 1);
        const cost = closed.times(spec.mark).times(scene.slippage ?? 0);
        const amount = cash.plus(profit.div('0.01').floor().times('0.01')).minus(cost.div('0.01').ceil().times('0.01'));
        const size = spec.size.minus(closed.times(spec.size.isNegative() ? -1 : 1));
        const before: Account = { ...account, balances: [{ asset: 'USD', amount }], positions: [{ ...held, size }] };
        expect(standingOf(before, scene, 'cross', target)).toMatchObject({ value: { isMet: false } });
        checked++;
      }),
      { numRuns: 300 },
    );
    expect(checked).toBeGreaterThan(10);
  }, 30_000);

  it('CU-1: a distance is kept when the prices move so far, both ways', () => {
    const { book, account } = cureOne();
    const target: CureTarget = { kind: 'distance', level: d('0.05') };
    const cure = found(depositCure(account, sceneOf(book), 'cross', target, 'USD'));
    // At 95: equity 900 + x − 5,000, maintenance 760.
    expect(cure.amount.toFixed()).toBe('4860');
    expect(depositCure(account, sceneOf(book), 'cross', { kind: 'distance', level: d(1) }, 'USD')).toMatchObject({ why: 'no-target' });
  });

  it('CU-13: the hedge along the shortest shock is sold where the shock falls, and holds under that shock', () => {
    const { book, account } = cureOne();
    const moves = new Map([['B0', d('-0.02')]]);
    const target: CureTarget = { kind: 'scenario', moves };
    const cure = found(hedgeCure(account, sceneOf(book), 'cross', target, moves));
    expect(cure.amount.isNegative()).toBe(true);
    expect(standingOf(cure.account, sceneOf(book), 'cross', target)).toMatchObject({ value: { isMet: true } });
    // 900 − 2·q − 0.784·q ≥ 0 at 98: q ≤ 323.27.
    expect(cure.account.positions[0]?.size.toFixed()).toBe(d(900).div(d('2.784')).toDecimalPlaces(6, Decimal.ROUND_DOWN).toFixed());
  });

  it('CU-13: of two markets both are traded along the shock, each to its lot, and a smaller shock needs less', () => {
    const tiers = [{ notionalFloor: d(0), maintenanceMarginRate: d('0.01'), maxLeverage: d(50) }];
    const leg = (size: string) => ({ size: d(size), entry: d(100), mark: d(100), tiers, contract: 'linear' as const });
    const { book, account } = bookOf([leg('1000'), leg('-300')], d(6000));
    const hedge = (scale: number) => {
      const moves = new Map([
        ['B0', d('-0.06').times(scale)],
        ['B1', d('-0.03').times(scale)],
      ]);
      const target: CureTarget = { kind: 'scenario', moves };
      const cure = found(hedgeCure(account, sceneOf(book), 'cross', target, moves));
      expect(standingOf(cure.account, sceneOf(book), 'cross', target)).toMatchObject({ value: { isMet: true } });
      const [long, short] = cure.account.positions;
      expect(
        long?.size
          .minus(1000)
          .times(d('0.5'))
          .minus(short?.size.plus(300) ?? 0)
          .abs()
          .lte('0.000001'),
      ).toBe(true);
      return cure.amount.abs();
    };
    expect(hedge(1).lt(hedge(1.2))).toBe(true);
  });
});
