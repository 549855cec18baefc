import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Book, MarginTier, Position } from '../../domain/book.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import type { AccountAssessment } from '../../engine/types.ts';
import { type Case, type Computed, difference, oracleCases, readPlainJson, Tally } from '../testing/cases.ts';
import { generic } from './index.ts';

const d = (value: string | number): Decimal => new Decimal(value);

interface Setup {
  readonly tiers?: readonly MarginTier[];
  readonly size?: string;
  readonly entryPrice?: string;
  readonly markPrice?: string;
  readonly balance?: string;
  readonly takerFeeRate?: string;
  readonly position?: Partial<Position>;
}

function assess({
  tiers,
  size = '1',
  entryPrice = '100',
  markPrice = '100',
  balance = '50',
  takerFeeRate,
  position,
}: Setup): AccountAssessment {
  const instrument = {
    id: 'X',
    venue: 'generic',
    contract: 'linear',
    base: 'X',
    quote: 'USD',
    settle: 'USD',
    contractSize: ONE,
    markPrice: d(markPrice),
    ...(tiers ? { tiers } : {}),
    ...(takerFeeRate ? { takerFeeRate: d(takerFeeRate) } : {}),
  } as const;
  const held: Position = { instrument: 'X', size: d(size), entryPrice: d(entryPrice), marginMode: 'cross', ...position };
  const account = { id: 'a', venue: 'generic', balances: [{ asset: 'USD', amount: d(balance) }], positions: [held] };
  const book: Book = {
    format: 'leverage-book/1',
    asOf: '2026-01-01T00:00:00Z',
    instruments: new Map([['X', instrument]]),
    assets: new Map(),
    accounts: [account],
  };
  return assessAccount(account, book, generic.rules);
}

const number = (figure: { ok: boolean; value?: Decimal }): Decimal => {
  if (!figure.ok || !figure.value) throw new Error('expected a number');
  return figure.value;
};

/** Rows given by their upper bounds, [cap, rate], the last unbounded: the next row's floor is the cap before it. */
const tiersOfCaps = (rows: readonly (readonly [string, string])[]): MarginTier[] =>
  rows.map(([, rate], i) => ({ notionalFloor: i === 0 ? ZERO : d(rows[i - 1]![0]), maintenanceMarginRate: d(rate) }));

/** Maintenance from the engine; deduction = rate × notional − maintenance, with the rate of the slice that the last dollar falls in. */
function runCase(item: Case): Record<string, Computed> {
  const { notional, tiers } = item.input as { notional: string; tiers: [string, string][] };
  const rows = tiersOfCaps(tiers);
  const maintenanceMargin = number(assess({ tiers: rows, size: d(notional).div(100).toFixed() }).positions[0]!.maintenanceMargin);
  const row = rows.filter((tier) => tier.notionalFloor.lt(notional)).at(-1)!;
  return { maintenanceMargin, deduction: row.maintenanceMarginRate.times(notional).minus(maintenanceMargin) };
}

const vectors = readPlainJson(new URL('./vectors/tiers.json', import.meta.url)) as Case[];
const collected = oracleCases('cex', 'generic').map((item) => ({ ...item, tolerance: { rel: String(item.tolerance) } }));

describe.each([
  ['vectors', vectors, 2],
  ['oracle cases', collected, 0],
] as const)('%s', (title, cases, floor) => {
  const tally = new Tally(`generic ${title}`);
  afterAll(() => tally.print());
  it('GE-1: maintenance and deduction', () => {
    for (const item of cases) {
      const computed = runCase(item);
      for (const [name, expected] of Object.entries(item.expected)) {
        expect(tally.note(difference(computed[name], expected, item.tolerance)), `${item.id} ${name}`).toBeUndefined();
      }
    }
    if (cases.length === 0) tally.skip('all: the reference folder is not beside the project');
    expect(cases.length).toBeGreaterThanOrEqual(floor);
  });
});

const FLAT: MarginTier[] = [{ notionalFloor: ZERO, maxLeverage: d(10), maintenanceMarginRate: d('0.05') }];

describe('rules', () => {
  it('GE-1: a stated deduction and a derived one are the same table', () => {
    const derived = tiersOfCaps([
      ['50000', '0.004'],
      ['250000', '0.005'],
      ['inf', '0.01'],
    ]);
    const stated = derived.map((tier, i) => ({ ...tier, maintenanceDeduction: d([0, 50, 1300][i]!) }));
    for (const size of ['499.99', '500', '500.01', '2499', '2500', '99999']) {
      const of = (tiers: readonly MarginTier[]) => assess({ tiers, size, balance: '100000' }).positions[0]!;
      expect(of(stated).maintenanceMargin).toEqual(of(derived).maintenanceMargin);
      expect(of(stated).liquidationPrice).toEqual(of(derived).liquidationPrice);
    }
  });

  it('GE-2: a margin ratio of 1 is liquidated, just below is not', () => {
    expect(assess({ tiers: FLAT, balance: '5' }).pools[0]!.isLiquidatable).toEqual({ ok: true, value: true });
    expect(assess({ tiers: FLAT, balance: '5.00000001' }).pools[0]!.isLiquidatable).toEqual({ ok: true, value: false });
  });

  it('GE-3: a taker fee stands beside maintenance where the instrument has one, and not otherwise', () => {
    const free = assess({ tiers: FLAT, entryPrice: '100', balance: '20' });
    const charged = assess({ tiers: FLAT, entryPrice: '100', balance: '20', takerFeeRate: '0.001' });
    expect(number(free.liquidationFees).toFixed()).toBe('0');
    expect(number(charged.liquidationFees).toFixed()).toBe('0.1');
    // (e − m ÷ q) ÷ (1 − r − f)
    expect(number(free.positions[0]!.liquidationPrice).toFixed(12)).toBe(d(80).div('0.95').toFixed(12));
    expect(number(charged.positions[0]!.liquidationPrice).toFixed(12)).toBe(d(80).div('0.949').toFixed(12));
  });

  it('GE-4: initial margin by the chosen leverage, else by the row', () => {
    expect(number(assess({ tiers: FLAT }).initialMargin).toFixed()).toBe('10');
    expect(number(assess({ tiers: FLAT, position: { leverage: d(4) } }).initialMargin).toFixed()).toBe('25');
    const unlimited = FLAT.map(({ maxLeverage: _, ...tier }) => tier);
    expect(assess({ tiers: unlimited }).initialMargin).toMatchObject({ ok: false, reason: 'not-applicable' });
  });

  it('GE-5: without tiers nothing is guessed', () => {
    const assessment = assess({});
    expect(assessment.maintenanceMargin).toEqual({ ok: false, reason: 'missing-tiers', subject: 'X' });
    expect(assessment.positions[0]!.liquidationPrice).toEqual({ ok: false, reason: 'missing-tiers', subject: 'X' });
    expect(number(assessment.equity).toFixed()).toBe('50');
    expect(assessment.indeterminate).toEqual([{ reason: 'missing-tiers', subject: 'X', pools: ['cross'] }]);
  });

  it('an isolated position is the cross account of one', () => {
    const cross = assess({ tiers: FLAT, balance: '20' });
    const isolated = assess({ tiers: FLAT, balance: '0', position: { marginMode: 'isolated', isolatedMargin: d(20) } });
    expect(isolated.positions[0]!.liquidationPrice).toEqual(cross.positions[0]!.liquidationPrice);
    expect(isolated.positions[0]!.bankruptcyPrice).toEqual(cross.positions[0]!.bankruptcyPrice);
  });

  it('at the liquidation price the margin excess is zero, fee and tiers included', () => {
    let reached = 0;
    const tiers = tiersOfCaps([
      ['50000', '0.004'],
      ['250000', '0.005'],
      ['inf', '0.01'],
    ]);
    fc.assert(
      fc.property(fc.integer({ min: -50_000, max: 50_000 }), fc.integer({ min: 1, max: 2_000_000 }), fc.boolean(), (size, balance, fee) => {
        if (size === 0) return;
        const setup: Setup = { tiers, size: String(size), balance: String(balance), ...(fee ? { takerFeeRate: '0.0005' } : {}) };
        const price = assess(setup).positions[0]!.liquidationPrice;
        if (!price.ok) return;
        reached++;
        const there = assess({ ...setup, markPrice: price.value.toFixed() });
        expect(number(there.marginExcess).abs().div(price.value.times(size).abs()).toNumber()).toBeLessThan(1e-30);
      }),
      { numRuns: 400, seed: 5, endOnFailure: true },
    );
    expect(reached).toBeGreaterThan(200);
  });
});
