import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, ZERO } from '../../domain/units.ts';
import { fundingPayment, fundingPerHour, hoursToLiquidationByFunding, yearlyFundingRate, yearsToLiquidationByInterest } from './carry.ts';
import { type CostMethod, costBasis, type Trade, unrealizedPnl } from './cost-basis.ts';
import { depthPerLogMove, exitFigures, hoursToSell, saleProceeds } from './exit.ts';
import {
  calmarOfReturns,
  calmarRatio,
  largestDrawdown,
  performanceOf,
  presentDrawdown,
  timeWeightedCurve,
  totalReturn,
  yearlyGrowth,
} from './returns.ts';
import file from './vectors/performance.json' with { type: 'json' };

// biome-ignore lint/suspicious/noExplicitAny: every vector has a shape of its own.
const vector = (id: string): any => file.vectors.find((entry) => entry.id === id);
const d = (value: number | string): Decimal => new Decimal(value);
const close = (actual: number, wanted: number, tolerance: number): void => {
  expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(tolerance);
};
const numberOf = <T>(outcome: { ok: boolean; value?: T }): T => {
  expect(outcome.ok).toBe(true);
  return outcome.value as T;
};

describe('PE-1 to PE-6 returns', () => {
  it('CALMAR', () => {
    const { inputs, expected, tol } = vector('CALMAR');
    const returns: number[] = inputs.returns_pct.map((percent: number) => percent / 100);
    const index = [1];
    for (const value of returns) index.push(index.at(-1)! * (1 + value));
    close(largestDrawdown(index).depth, expected.max_drawdown, tol);
    close(numberOf(calmarOfReturns(returns, 52)), expected.weekly_calmar_52, tol);
    close(numberOf(calmarOfReturns(returns, 12)), expected.monthly_calmar_12, tol);
    close(numberOf(calmarOfReturns(returns, 252)), expected.daily_252, tol);
    expect(numberOf(calmarOfReturns(returns))).toBeGreaterThan(expected.daily_252);
  });

  it('PE-1: flows change no return', () => {
    const samples = [100, 110, 160, 80].map((equity, i) => ({ timeMs: i * 10, equity }));
    const flows = [
      { timeMs: 0, amount: 1e6 },
      { timeMs: 15, amount: 50 },
      { timeMs: 30, amount: -80 },
    ];
    const curve = timeWeightedCurve(samples, flows);
    expect(curve.map(({ index }) => index)).toEqual([1, 1.1, 1.1, 1.1].map((value) => expect.closeTo(value, 12)));
    expect(numberOf(totalReturn(curve))).toBeCloseTo(0.1, 12);
  });

  it('PE-1: a deposit of any size at any time leaves the curve as it is', () => {
    let reached = 0;
    const returns = fc.array(fc.integer({ min: -40, max: 60 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(returns, fc.nat(11), fc.integer({ min: 0, max: 1_000_000 }), (percents, at, amount) => {
        const plain = [100];
        const paid = [100];
        for (const [i, percent] of percents.entries()) {
          plain.push(plain.at(-1)! * (1 + percent / 100));
          paid.push(paid.at(-1)! * (1 + percent / 100) + (i === at ? amount : 0));
        }
        const samples = (equities: readonly number[]) => equities.map((equity, timeMs) => ({ timeMs, equity }));
        const flows = at < percents.length ? [{ timeMs: at + 1, amount }] : [];
        const with_ = timeWeightedCurve(samples(paid), flows).map(({ index }) => index);
        timeWeightedCurve(samples(plain), []).forEach(({ index }, i) => {
          expect(with_[i]! / index).toBeCloseTo(1, 9);
        });
        reached++;
      }),
      { numRuns: 300 },
    );
    expect(reached).toBeGreaterThanOrEqual(300);
  });

  it('PE-1: nothing grows from nothing', () => {
    const samples = [100, -5, 40].map((equity, timeMs) => ({ timeMs, equity }));
    const curve = timeWeightedCurve(samples, []);
    expect(curve.map(({ index }) => index)).toEqual([1, expect.closeTo(-0.05, 12)]);
    expect(timeWeightedCurve([], [])).toEqual([]);
  });

  it('PE-3 to PE-5: edges', () => {
    expect(largestDrawdown([1, 2, 1, 3, 1.5, 4])).toEqual({ depth: -0.5, peak: 1, trough: 2 });
    expect(presentDrawdown([1, 4, 3])).toBeCloseTo(-0.25, 12);
    expect(presentDrawdown([])).toBe(0);
    expect(calmarRatio([1, 2, 3], 1)).toEqual({ ok: false, reason: 'not-applicable' });
    expect(calmarRatio([1, 0.5], 0).ok).toBe(false);
    expect(yearlyGrowth(0, 2)).toBe(-1);
    expect(yearlyGrowth(4, 2)).toBe(1);
    expect(performanceOf([])).toMatchObject({ days: 0, presentDrawdown: 0, totalReturn: { ok: false } });
  });

  it('PE-6: of a curve of two years', () => {
    const curve = [1, 0.8, 1.21].map((index, i) => ({ timeMs: i * 365 * 86_400_000, index, periodReturn: 0 }));
    const figures = performanceOf(curve);
    expect(numberOf(figures.calmar)).toBeCloseTo(0.1 / 0.2, 12);
    expect(figures.days).toBe(730);
  });
});

const tradesOf = (list: readonly (readonly [string, number, string])[]): Trade[] =>
  list.map(([side, size, price]) => ({ size: d(side === 'buy' ? size : -size), price: d(price) }));

describe('PE-7 to PE-9 cost basis', () => {
  it.each([
    ['COST-FIFO', 'fifo'],
    ['COST-LIFO', 'lifo'],
    ['COST-AVG', 'average'],
  ] as const)('%s', (id, method) => {
    const { inputs, expected } = vector(id);
    const basis = costBasis(tradesOf(inputs.trades), method);
    expect(basis.realizedPnl.toNumber()).toBe(expected.realised);
    expect(basis.size.toNumber()).toBe(expected.remaining);
    expect(basis.cost.toNumber()).toBe(expected.cost_basis);
    if (expected.avg !== undefined) expect(basis.lots[0]?.price.toNumber()).toBe(expected.avg);
  });

  it('PE-7: shorts, a flip through zero, fees apart', () => {
    const basis = costBasis(
      [
        { size: d(-2), price: d(100), fee: d('0.1') },
        { size: d(5), price: d(90), fee: d('0.2') },
      ],
      'fifo',
    );
    expect(basis.realizedPnl.toFixed()).toBe('20');
    expect(basis.fees.toFixed()).toBe('0.3');
    expect(basis.lots.map(({ size, price }) => `${size}@${price}`)).toEqual(['3@90']);
    expect(unrealizedPnl(basis, d(95)).toFixed()).toBe('15');
  });

  it('PE-9: realised + unrealised is the same under every method, and is the cash flow at the mark', () => {
    let reached = 0;
    const trade = fc
      .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 500 }))
      .filter(([size]) => size !== 0)
      .map(([size, price]): Trade => ({ size: d(size), price: d(price) }));
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 25 }), fc.integer({ min: 1, max: 500 }), (trades, mark) => {
        const wanted = trades.reduce((sum, { size, price }) => sum.plus(size.times(d(mark).minus(price))), ZERO);
        for (const method of ['fifo', 'lifo', 'average'] satisfies CostMethod[]) {
          const basis = costBasis(trades, method);
          expect(
            basis.realizedPnl
              .plus(unrealizedPnl(basis, d(mark)))
              .minus(wanted)
              .abs()
              .toNumber(),
          ).toBeLessThan(1e-30);
          expect(basis.lots.every(({ size }) => size.isNegative() === basis.size.isNegative())).toBe(true);
          expect(basis.lots.reduce((sum, { size }) => sum.plus(size), ZERO).eq(basis.size)).toBe(true);
        }
        reached++;
      }),
      { numRuns: 200 },
    );
    expect(reached).toBeGreaterThanOrEqual(200);
  });
});

describe('PE-10 to PE-13 carry', () => {
  it('FUND-1', () => {
    const { inputs, expected, tol } = vector('FUND-1');
    const payment = fundingPayment(d(inputs.qty), d(inputs.mark), d(inputs.rate_8h)).times(inputs.intervals);
    close(payment.toNumber(), expected.payment_long, tol);
    close(yearlyFundingRate(d(inputs.rate_8h), 8 * 3_600_000).toNumber(), expected.apr, tol);
  });

  it('FUND-TTL', () => {
    const { inputs, expected, tol } = vector('FUND-TTL');
    const perHour = fundingPerHour([
      { size: d(1), markPrice: d(inputs.notional), fundingRate: d(inputs.funding_8h), intervalMs: 8 * 3_600_000 },
    ]);
    const hours = numberOf(hoursToLiquidationByFunding(d(inputs.buffer_usd), perHour)).toNumber();
    close(hours, expected.hours, tol);
    close(hours / 8, expected.intervals, tol);
  });

  it('HF-DECAY', () => {
    const { inputs, expected, tol } = vector('HF-DECAY');
    const years = numberOf(yearsToLiquidationByInterest(d(inputs.HF0), d(inputs.borrow_apr_cont), d(inputs.supply_apr_cont))).toNumber();
    close(years, expected.years, tol);
    close(years * 365, expected.days_365, 1e-9);
  });

  it('shorts receive; what is received never ends a pool', () => {
    const terms = { markPrice: d(100), fundingRate: d('0.001'), intervalMs: 3_600_000 };
    expect(fundingPerHour([{ ...terms, size: d(-3) }]).toFixed()).toBe('0.3');
    expect(
      fundingPerHour([
        { ...terms, size: d(-3) },
        { ...terms, size: d(3) },
      ]).isZero(),
    ).toBe(true);
    expect(hoursToLiquidationByFunding(d(1), d(1))).toEqual({ ok: false, reason: 'never' });
    expect(hoursToLiquidationByFunding(d(1), ZERO)).toEqual({ ok: false, reason: 'never' });
    expect(hoursToLiquidationByFunding(ZERO, d(-1))).toEqual({ ok: false, reason: 'already' });
    expect(yearsToLiquidationByInterest(d(1), d('0.1'), ZERO)).toEqual({ ok: false, reason: 'already' });
    expect(yearsToLiquidationByInterest(d(2), d('0.1'), d('0.1'))).toEqual({ ok: false, reason: 'never' });
  });
});

describe('PE-14, PE-15 exit', () => {
  it('CLR-1', () => {
    const { inputs, expected, tol } = vector('CLR-1');
    const delta = depthPerLogMove(inputs.depth_2pct_usd, 0.02);
    const figures = exitFigures(inputs.collateral_usd, inputs.debt_usd, delta);
    close(delta, expected.delta_usd, tol);
    close(figures.proceeds, expected.proceeds, tol);
    close(figures.haircut, expected.haircut, tol);
    close(numberOf(figures.liquidityRatio), expected.CLR, tol);
    close(numberOf(figures.markRatio), expected.mark_cover, tol);
    close(numberOf(figures.saleToCoverDebt), expected.max_sale_to_cover_debt, tol);
  });

  it('TTL-1', () => {
    const { inputs, expected, tol } = vector('TTL-1');
    close(hoursToSell(inputs.position_usd, inputs.adv, inputs.participation), expected.hours, tol);
  });

  it('PE-14: a book brings less than it is deep, and a debt beyond it is never covered', () => {
    expect(saleProceeds(1e12, 100)).toBeCloseTo(100, 9);
    expect(exitFigures(50, 0, 100)).toMatchObject({ liquidityRatio: { ok: false, reason: 'no-debt' }, saleToCoverDebt: { value: 0 } });
    expect(exitFigures(1e9, 101, 100).saleToCoverDebt).toEqual({ ok: false, reason: 'never' });
    expect(exitFigures(50, 49, 100).saleToCoverDebt).toEqual({ ok: false, reason: 'never' });
    expect(exitFigures(0, 1, 100).haircut).toBe(0);
  });
});
