import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessAccount } from '../assess.ts';
import { touchProbability24h } from '../first-passage/touch-law.ts';
import { resolveAccount } from '../resolve.ts';
import { plainRules } from '../testing/books.ts';
import { caseFloors } from '../testing/floors.ts';
import { betaOf, correlationOf, ledoitWolf, pairsOf, stressed, stressModel } from './correlation.ts';
import { covarianceOf } from './covariance.ts';
import { distancesOf, modelBetas, nearestPool, normalTouchProbability } from './distances.ts';
import { bookExitCost, impactLeverage, intervalsToLiquidation, rootExitCost, rootImpact, yearsToLiquidation } from './impact.ts';
import { moveToLine } from './ray.ts';
import { poolSurface, shortestShock } from './shortest-shock.ts';
import { accountOf, type Held, modelOf, NAMES } from './testing/accounts.ts';
import vectors from './vectors/distance.json' with { type: 'json' };

const reached = caseFloors();
const rules = plainRules();

describe('DI-7 correlation', () => {
  it('LW-1: the published estimator', () => {
    const { inputs, expected } = vectors['LW-1'];
    const shrunk = ledoitWolf(inputs.X)!;
    expect(shrunk.shrinkage).toBeCloseTo(expected.shrinkage, 12);
    expect(shrunk.mean).toBeCloseTo(expected.mu, 15);
    for (const [i, row] of expected.cov.entries())
      for (const [j, value] of row.entries()) expect(shrunk.covariance[i]![j]).toBeCloseTo(value, 15);
  });
  it('nothing known: the shipped history; a market that stands still too', () => {
    const empty = correlationOf({ markets: ['BTC', 'ETH'], closes: [], barHours: 4 });
    expect(empty).toEqual([
      [1, 0.819],
      [0.819, 1],
    ]);
    const flat = Array.from({ length: 30 }, (_, t) => [100 + (t % 2), 50]);
    expect(correlationOf({ markets: ['BTC', 'ETH'], closes: flat, barHours: 4 })).toEqual(empty);
  });
  it('a long history of two markets that move as one is nearly 1, and shrinks towards 0 with noise', () => {
    const closes = Array.from({ length: 600 }, (_, t) => [100 * Math.exp(Math.sin(t * 1.7) / 20), 10 * Math.exp(Math.sin(t * 1.7) / 10)]);
    expect(correlationOf({ markets: ['A', 'B'], closes, barHours: 24 })[0]![1]).toBeGreaterThan(0.95);
  });
  it('DI-8: a model in stress has wider σ and closer markets, and an unknown pair counts from 0', () => {
    const own = modelOf({ BTC: 0.03, ETH: 0.04, SOL: 0.05 }, [['BTC', 'ETH', 0.8]], 'log');
    const stress = stressModel(own, 2.5, 0.5);
    expect([...stress.sigma.values()].map((value) => value.toFixed(4))).toEqual(['0.0750', '0.1000', '0.1250']);
    expect(stress.correlation.map(([, , value]) => value.toFixed(4))).toEqual(['0.8500', '0.4500', '0.4500']);
    expect(stressModel(own, 1, 0).correlation[0]).toEqual(['BTC', 'ETH', 0.8]);
  });
  it('DI-8: what it answers, and its stress, are correlation matrices', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: 50, max: 150, noNaN: true }), { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (closes, share) => {
          const matrix = correlationOf({ markets: NAMES, closes, barHours: 4 });
          const stress = stressed(matrix, share);
          for (const one of [matrix, stress]) {
            expect(one.flat().every((value) => Math.abs(value) <= 1 + 1e-12)).toBe(true);
            const sigma = new Map(NAMES.map((name) => [name, 0.03]));
            expect(covarianceOf({ sigma, correlation: pairsOf(NAMES, one), space: 'log' }).factor).toHaveLength(3);
            reached('matrices', 100);
          }
        },
      ),
    );
  });
});

describe('no NaN anywhere', () => {
  it('tiny and huge positions, no σ and σ of ten, all correlations 1, prices to zero', () => {
    const size = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -4, max: 12 })).map(([m, e]) => (m || 1) * 10 ** e);
    const row = fc.record({
      base: fc.constantFrom(...NAMES),
      notional: size,
      tiers: fc.constantFrom<Held['tiers']>([[0]], [[1]], [[0.004], [0.01, 100_000]]),
    });
    const sigma = fc.constantFrom(0, 1e-6, 0.03, 10);
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 4 }),
        size,
        fc.tuple(sigma, sigma, sigma),
        fc.constantFrom(0, 0.5, 1),
        fc.constantFrom<'log' | 'simple'>('log', 'simple'),
        (list, cash, [a, b, c], rho, space) => {
          const { book, account } = accountOf(list, cash);
          const pairs = pairsOf(
            NAMES,
            NAMES.map((_, i) => NAMES.map((__, j) => (i === j ? 1 : rho))),
          );
          const own = modelOf({ BTC: a, ETH: b, SOL: c }, pairs, space);
          const betas = new Map(NAMES.map((name, i) => [name, i - 0.5]));
          for (const one of distancesOf(account, book, rules, { ...own, reference: 'BTC', betas })) {
            const text = JSON.stringify(one, (_, value) => (value instanceof Map ? [...value] : Number.isNaN(value) ? 'NaN' : value));
            expect(text, text).not.toContain('NaN');
            if (one.shortest.ok) expect(Number.isFinite(one.shortest.value.distance)).toBe(true);
            reached('extremes', 60);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('DI-9 three distances', () => {
  const held: Held[] = [
    { base: 'BTC', notional: 200_000, tiers: [[0.01]] },
    { base: 'ETH', notional: -150_000, tiers: [[0.015]] },
    { base: 'SOL', notional: 80_000, tiers: [[0.03]] },
  ];
  const cash = 20_000 + 2000 + 2250 + 2400;
  const model = modelOf(
    { BTC: 0.028, ETH: 0.038, SOL: 0.052 },
    [
      ['BTC', 'ETH', 0.82],
      ['BTC', 'SOL', 0.62],
      ['ETH', 'SOL', 0.67],
    ],
    'log',
  );
  it('RST-2: BTC alone, all by beta, and the shortest', () => {
    const { book, account } = accountOf(held, cash);
    const betas = modelBetas(model, 'BTC');
    if (!betas.ok) throw new Error(betas.reason);
    expect(betas.value.get('ETH')).toBe(betaOf(0.82, 0.038, 0.028));
    const [distances] = distancesOf(account, book, rules, { ...model, reference: 'BTC', betas: betas.value });
    const btc = distances!.alone[0]!;
    expect(btc.fall.ok && btc.fall.value.move).toBeCloseTo(vectors['RST-2'].expected.btc_only_drop_needed, 12);
    expect(btc.rise).toEqual({ ok: false, reason: 'never' });
    const shortest = distances!.shortest;
    if (!shortest.ok) throw new Error(shortest.reason);
    expect(shortest.value.probability24h).toBe(touchProbability24h(shortest.value.distance));
    expect(nearestPool([distances!])).toEqual(shortest);
  });
  it('FORM-2: probability over a day and a week, against the formula and the simulation', () => {
    const { book, account } = accountOf(held, cash);
    const shock = shortestShock(account, book, rules, model);
    if (!shock.ok) throw new Error(shock.reason);
    for (const id of ['FORM-2-1d', 'FORM-2-7d'] as const) {
      const { inputs, expected } = vectors[id];
      expect(shock.value.drift).toBeCloseTo(expected.drift_toward_barrier_sigma_per_sqrt_day, 9);
      expect(normalTouchProbability(shock.value, inputs.T_days) / expected.P_touch).toBeCloseTo(1, 7);
    }
    expect(Math.abs(normalTouchProbability(shock.value, 7) - vectors['RST-2-MC-7d'].expected.MC)).toBeLessThan(0.003);
  });
  it('all betas 1: the uniform shock of the account, tiers and all', () => {
    const row = fc.record({
      base: fc.constantFrom(...NAMES),
      notional: fc
        .integer({ min: -400, max: 400 })
        .filter((n) => n !== 0)
        .map((n) => n * 1000),
      tiers: fc.constantFrom<Held['tiers']>([[0.01]], [[0.004], [0.01, 100_000]]),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 200 }), fc.boolean(), (list, money, stepped) => {
        const of = plainRules(stepped ? { tableJoin: 'step' } : {});
        const { book, account } = accountOf(list, money * 1000);
        const surface = poolSurface(resolveAccount(account, book, of).pools[0]!, of, NAMES, 'USD');
        const moveOf = (side: 'fall' | 'rise') => (surface.ok ? moveToLine(surface.value, [1, 1, 1], side) : surface);
        const { uniformShockDown, uniformShockUp } = assessAccount(account, book, of);
        for (const [ours, theirs] of [
          [moveOf('fall'), uniformShockDown],
          [moveOf('rise'), uniformShockUp],
        ] as const) {
          if (theirs.ok && theirs.value.gt(1e5)) continue;
          // Met at a price of zero and not before: no price for the engine.
          if (ours.ok !== theirs.ok && ours.ok && ours.value <= -1 + 1e-9) continue;
          expect(ours.ok).toBe(theirs.ok);
          if (ours.ok && theirs.ok) {
            expect(Math.abs(ours.value - theirs.value.toNumber())).toBeLessThan(1e-9 * Math.max(1, Math.abs(ours.value)));
            reached('uniform', 60);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('DI-10, DI-11 impact and time', () => {
  it('CRITLEV-1', () => {
    const { inputs, expected } = vectors['CRITLEV-1'];
    const impact = rootImpact(inputs.Y, inputs.sigma_daily, inputs.Q_over_V);
    expect(impact).toBeCloseTo(expected.I, 12);
    const leverage = impactLeverage(inputs.leverage, rootExitCost(impact));
    expect(leverage.adjusted.ok && leverage.adjusted.value).toBeCloseTo(expected.impact_adjusted_leverage, 11);
    expect(leverage.critical.ok && leverage.critical.value).toBeCloseTo(expected.critical_leverage, 11);
    expect(leverage.isAboveHalfCritical).toBe(false);
    expect(impactLeverage(60, 0.01).isAboveHalfCritical).toBe(true);
    expect(impactLeverage(100, 0.01).adjusted).toEqual({ ok: false, reason: 'insolvent' });
    expect(impactLeverage(20, 0).critical).toEqual({ ok: false, reason: 'never' });
  });
  it('exit cost of an exponential book: CLR-1, nothing sold, no depth, infinite depth', () => {
    const { inputs, expected } = vectors['CLR-1'];
    expect(bookExitCost(inputs.collateral_usd, expected.delta_usd)).toBeCloseTo(expected.haircut, 9);
    expect([bookExitCost(0, 5), bookExitCost(5, 0), bookExitCost(0, 0), bookExitCost(5, Number.POSITIVE_INFINITY)]).toEqual([0, 1, 0, 0]);
  });
  it('HF-DECAY, FUND-TTL', () => {
    const { inputs, expected } = vectors['HF-DECAY'];
    const years = yearsToLiquidation(inputs.HF0, inputs.borrow_apr_cont, inputs.supply_apr_cont);
    expect(years.ok && years.value * 365).toBeCloseTo(expected.days_365, 9);
    expect(yearsToLiquidation(1.05, 0.02, 0.02)).toEqual({ ok: false, reason: 'never' });
    expect(yearsToLiquidation(1, 0.1, 0)).toEqual({ ok: false, reason: 'already' });
    const funding = vectors['FUND-TTL'];
    const intervals = intervalsToLiquidation(funding.inputs.buffer_usd, funding.inputs.notional, funding.inputs.funding_8h);
    expect(intervals.ok && intervals.value).toBeCloseTo(funding.expected.intervals, 9);
    expect(intervalsToLiquidation(5000, -200_000, 0.0003)).toEqual({ ok: false, reason: 'never' });
  });
});
