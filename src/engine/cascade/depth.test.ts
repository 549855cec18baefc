import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { caseFloors } from '../testing/floors.ts';
import { profitDrawdown, takenFrom } from './deleveraging.ts';
import { averageOf, collateralLiquidity, depthOf, impactOf, isFillable } from './depth.ts';
import { expectedShortfall, fundCoverage, quantile } from './tail.ts';
import { sharedVectors, vectorOf, vectors } from './testing/vectors.ts';
import type { Deleveraging, Winner } from './types.ts';

const d = (value: string | number): Decimal => new Decimal(value);
const reached = caseFloors();

const number = (figure: { ok: boolean; value?: Decimal | number }): number => {
  if (!figure.ok) throw new Error('expected a number');
  return Number(figure.value);
};

const close = (found: number, wanted: number, relative = 1e-12): void => {
  expect(Math.abs(found - wanted), `${found} against ${wanted}`).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(wanted)));
};

describe('the vectors', () => {
  it('are the shared reference’s, where that lies beside the project', () => {
    const shared = sharedVectors();
    console.log(shared ? `cascade vectors: ${vectors.length} compared with the shared file` : 'cascade vectors: no shared file, skipped');
    for (const vector of shared ? vectors : []) expect(shared?.find(({ id }) => id === vector.id)).toEqual(vector);
  });
});

describe('CA-1…CA-4 the exponential book', () => {
  it('DEPTH-1: $30m into a book of $20m for one per cent', () => {
    const { inputs, expected } = vectorOf('DEPTH-1');
    const depth = depthOf(d(inputs.depth_1pct_usd), d('0.01'));
    close(number(depth), expected.delta_usd_per_unit_log);
    const after = impactOf(d(inputs.Q), d(number(depth)));
    close(Number(after.ln()), expected.log_move);
    close(Number(after.minus(1).times(100)), expected.pct);
  });

  it('behavior: an infinite book has no impact, an empty one no depth, a storm thins it', () => {
    expect(impactOf(d(5), undefined).eq(1) && averageOf(d(5), undefined).eq(1)).toBe(true);
    expect(depthOf(d(0), d('0.01'))).toEqual({ ok: false, reason: 'no-depth' });
    expect(depthOf(d(20), d('0.01'), ZERO, 'BTC')).toEqual({ ok: false, reason: 'no-depth', subject: 'BTC' });
    for (const [amount, fall, share] of [
      [-1, 0.01, 1],
      [1, 0, 1],
      [1, 1, 1],
      [1, 0.01, -1],
    ] as const)
      expect(depthOf(d(amount), d(fall), d(share)).ok).toBe(false);
    close(number(depthOf(d(20), d('0.01'), d('0.05'))) * 20, number(depthOf(d(20), d('0.01'))));
  });

  it('behavior: buying a thousand depths has no price, selling any number has', () => {
    expect([isFillable(d(-1001), ONE), isFillable(d(-999), ONE), isFillable(d('1e9'), ONE), isFillable(d(-1e9), undefined)]).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(impactOf(d('1e9'), ONE).isFinite()).toBe(true);
  });

  it('property: splitting a sale changes neither price nor proceeds, and proceeds grow with what is sold', () => {
    const share = fc
      .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: -16, max: -3 }), fc.boolean())
      .map(([mantissa, exponent, isBought]) => d(isBought ? -mantissa : mantissa).times(d(10).pow(exponent)));
    const depths = fc.integer({ min: -6, max: 6 }).map((exponent) => d(7).times(d(10).pow(exponent)));
    fc.assert(
      fc.property(share, share, depths, (x, y, depth) => {
        const [a, b] = [x.times(depth), y.times(depth)];
        const proceeds = (volume: Decimal): Decimal => volume.times(averageOf(volume, depth));
        const [after, whole] = [impactOf(a, depth), impactOf(a.plus(b), depth)];
        expect(after.times(impactOf(b, depth)).minus(whole).abs().lte(whole.times('1e-36'))).toBe(true);
        const parts = proceeds(a).plus(proceeds(b).times(after));
        expect(proceeds(a.plus(b)).minus(parts).abs().lte(Decimal.max(whole, 1).times(depth).times('1e-24'))).toBe(true);
        expect(proceeds(a.plus(depth.times('1e-9'))).gt(proceeds(a))).toBe(true);
        reached('additive', 500);
      }),
      { numRuns: 500 },
    );
  });

  it('property: the series and the formula agree where they meet', () => {
    for (const x of ['9.99e-13', '1.001e-12', '-9.99e-13', '-1.001e-12']) {
      const exact = ONE.minus(d(x).div(2)).plus(d(x).pow(2).div(6)).minus(d(x).pow(3).div(24));
      expect(averageOf(d(x), ONE).minus(exact).abs().lte('1e-26')).toBe(true);
    }
  });
});

describe('CA-18 collateral liquidity', () => {
  it('CLR-1', () => {
    const { inputs, expected } = vectorOf('CLR-1');
    const depth = d(number(depthOf(d(inputs.depth_2pct_usd), d('0.02'))));
    close(Number(depth), expected.delta_usd);
    const found = collateralLiquidity(d(inputs.collateral_usd), d(inputs.debt_usd), depth);
    close(Number(found.proceeds), expected.proceeds);
    close(Number(found.haircut), expected.haircut);
    close(number(found.ratio), expected.CLR);
    close(number(found.markRatio), expected.mark_cover);
    close(number(found.saleToRepay), expected.max_sale_to_cover_debt);
  });

  it('behavior: no debt, no depth limit, a debt no sale repays', () => {
    expect(collateralLiquidity(d(1), ZERO, ONE).ratio).toEqual({ ok: false, reason: 'no-debt' });
    expect(number(collateralLiquidity(d(3), d(2), undefined).ratio)).toBe(1.5);
    expect(collateralLiquidity(d(9), d(2), d(2)).saleToRepay).toEqual({ ok: false, reason: 'never' });
  });
});

describe('CA-27 tails', () => {
  it('COVER-1', () => {
    const { inputs, expected } = vectorOf('COVER-1');
    close(number(quantile(inputs.losses_m, inputs.alpha)), expected.LaR_style_q95_type7);
    close(number(expectedShortfall(inputs.losses_m, inputs.alpha)), expected.ES95);
    close(number(fundCoverage(inputs.fund_m, inputs.losses_m, inputs.alpha)), expected.coverage);
  });

  it('behavior: nothing at all, nothing missing, a broken last value', () => {
    expect(quantile([], 0.5).ok || expectedShortfall([], 0.5).ok).toBe(false);
    expect(fundCoverage(5, [0, 0], 0.95)).toEqual({ ok: false, reason: 'never' });
    close(number(expectedShortfall([1, 2, 3, 4], 0.625)), (4 + 0.5 * 3) / 1.5);
    expect([number(quantile([3, 1, 2], 0)), number(quantile([3, 1, 2], 1))]).toEqual([1, 3]);
  });
});

const winnersOf = (rows: readonly { id: string; pnl: number; lev: number; entry_notional: number }[]): Winner[] =>
  rows.map(({ id, pnl, lev, entry_notional }) => ({
    account: id,
    venue: 'test',
    profit: d(pnl),
    unrealizedPnl: d(pnl),
    startNotional: d(entry_notional),
    entryNotional: d(entry_notional),
    notional: d(lev),
    equity: ONE,
  }));

describe('CA-14, CA-15 deleveraging', () => {
  const { inputs } = vectorOf('ADL-PRORATA');
  const winners = winnersOf(inputs.winners);
  const taken = (rule: Deleveraging, deficit = inputs.deficit): number[] => takenFrom(winners, d(deficit), rule).map(Number);

  it('ADL-PRORATA', () => {
    const { w1, w2, w3 } = vectorOf('ADL-PRORATA').expected.taken;
    taken('pro-rata').forEach((value, i) => {
      close(value, [w1, w2, w3][i]);
    });
  });

  it('ADL-RISKAWARE', () => {
    const { w1, w2, w3 } = vectorOf('ADL-RISKAWARE').expected.taken;
    taken('risk-aware').forEach((value, i) => {
      close(value, [w1, w2, w3][i]);
    });
  });

  it('ADL-QUEUE: whole winners, 20 more than was missing; the venues’ own order is the same where nobody held before', () => {
    const { pnl_taken } = vectorOf('ADL-QUEUE').expected;
    expect(taken('queue')).toEqual([0, pnl_taken.w2, pnl_taken.w3]);
    expect(taken('venue')).toEqual([0, pnl_taken.w2, pnl_taken.w3]);
    expect(taken('none')).toEqual([0, 0, 0]);
  });

  it('behavior: more is missing than was won; nobody won', () => {
    for (const rule of ['pro-rata', 'risk-aware', 'queue', 'venue'] as const) {
      expect(taken(rule, 1000)).toEqual([100, 50, 30]);
      expect(takenFrom([], d(5), rule)).toEqual([]);
    }
  });

  it('property: nobody gives more than was won, and the proportional rules take what is missing, no more', () => {
    const row = fc.record({
      id: fc.constant('w'),
      pnl: fc.integer({ min: 1, max: 1000 }),
      lev: fc.integer({ min: 0, max: 50 }),
      entry_notional: fc.integer({ min: 1, max: 5000 }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 5000 }), (rows, missing) => {
        const held = winnersOf(rows);
        const won = held.reduce((sum, winner) => sum.plus(winner.profit), ZERO);
        for (const rule of ['pro-rata', 'risk-aware', 'queue', 'venue'] as const) {
          const given = takenFrom(held, d(missing), rule);
          const total = given.reduce((sum, value) => sum.plus(value), ZERO);
          expect(given.every((value, i) => value.gte(0) && value.lte((held[i] as Winner).profit))).toBe(true);
          if (rule === 'pro-rata') expect(total.minus(Decimal.min(won, missing)).abs().lt('1e-30')).toBe(true);
          if (rule === 'risk-aware') expect(total.lte(d(missing).plus('1e-30'))).toBe(true);
        }
        reached('deleveraged', 200);
      }),
      { numRuns: 200 },
    );
  });

  it('ADL-TRIGGER', () => {
    const { inputs: given, expected } = vectorOf('ADL-TRIGGER');
    const found = profitDrawdown(given.symbol_pnl.map(d), given.pool_balance.map(d));
    found.forEach((value, i) => {
      close(Number(value), expected.ratio[i]);
    });
  });
});

/** Models that are kept for comparison only: no part of the engine. Their figures are checked by their own formulas, so that they can be quoted. */
describe('comparison models', () => {
  it.each(vectors.filter(({ id }) => id.startsWith('SQRT')))('$id: the square-root law', ({ inputs, expected }) => {
    const impact = inputs.Y * inputs.sigma_daily * Math.sqrt(inputs.Q / inputs.ADV);
    close(impact, expected.impact);
    close((2 / 3) * impact, expected.avg_slippage);
  });

  it.each(vectors.filter(({ id }) => id.startsWith('ALMGREN')))('$id: permanent and temporary impact', ({ inputs, expected }) => {
    const permanent = 0.314 * inputs.sigma_daily * inputs.X_over_V * inputs.Theta_over_V ** 0.25;
    const temporary = 0.142 * inputs.sigma_daily * (inputs.X_over_V / inputs.T) ** 0.6;
    close(permanent * 1e4, expected.permanent_bp);
    close((permanent / 2 + temporary) * 1e4, expected.cost_bp);
  });

  it('GLT-1: leverage targeting, one round', () => {
    const { inputs, expected } = vectorOf('GLT-1');
    const held = (n: number, k: number): number => inputs.weights[n][k];
    const returns = [0, 1].map((n) => held(n, 0) * inputs.F1[0] + held(n, 1) * inputs.F1[1]);
    const sales = [0, 1].map((k) =>
      [0, 1].reduce((sum, n) => sum + held(n, k) * inputs.leverage_D_over_E[n] * inputs.A[n] * (returns[n] as number), 0),
    );
    sales.forEach((value, k) => {
      close(value, expected.asset_sales[k]);
    });
    const impact = sales.map((value, k) => value * inputs.L_per_dollar[k]);
    const loss = [0, 1].reduce(
      (sum, n) => sum + inputs.A[n] * (held(n, 0) * (impact[0] as number) + held(n, 1) * (impact[1] as number)),
      0,
    );
    close(loss / (expected.equity[0] + expected.equity[1]), expected.AV);
    close(expected.S[0] + expected.S[1], expected.sum_S);
  });

  it.each([
    ['EN-2', 0],
    ['EN-B-0.1', 0.1],
  ])('%s: the greatest clearing vector', (id, shock) => {
    const { inputs, expected } = vectorOf(id);
    const owed = inputs.L.map((row: number[]) => row.reduce((sum, value) => sum + value, 0)) as number[];
    const outside = owed.map((_, i) =>
      inputs.e ? inputs.e[i] : inputs.external_assets[i] * (1 - shock) - inputs.external_liabilities_senior[i],
    );
    let paid = owed;
    for (let k = 0; k < 500; k++)
      paid = owed.map((due, i) => {
        const income = owed.reduce((sum, total, j) => sum + (total > 0 ? (inputs.L[j][i] / total) * (paid[j] as number) : 0), 0);
        return Math.max(0, Math.min(due, outside[i] + income));
      });
    paid.forEach((value, i) => {
      close(value, expected.clearing[i], 1e-9);
    });
  });
});
