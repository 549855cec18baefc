import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barDecay, decayFacts, ewmaVariance, garchLongRunVariance, garchVariance } from './ewma.ts';
import {
  type Bar,
  closeToCloseVolatility,
  garmanKlassVolatility,
  parkinsonVolatility,
  rogersSatchellVolatility,
  yangZhangVolatility,
  yangZhangWeight,
} from './range.ts';
import {
  annualVolatility,
  BAR_MS,
  dailyVolatility,
  fromDailyVolatility,
  longRunCorrelation,
  longRunDailyVolatility,
  stressVolatility,
  type VolatilityEstimate,
  warmStart,
  withClose,
  withPrice,
} from './stream.ts';
import file from './vectors/volatility.json' with { type: 'json' };

// biome-ignore lint/suspicious/noExplicitAny: every vector has a shape of its own.
const vector = (id: string): any => file.vectors.find((entry) => entry.id === id);

describe('VO-1 the average', () => {
  it('EWMA-HULL', () => {
    const { inputs, expected, tol } = vector('EWMA-HULL');
    const variance = ewmaVariance(inputs.sigma_prev ** 2, inputs.u, inputs.lam);
    expect(Math.abs(variance - expected.var)).toBeLessThanOrEqual(tol);
    expect(Math.abs(Math.sqrt(variance) - expected.sigma)).toBeLessThanOrEqual(tol);
  });

  it('EWMA-094', () => {
    const { inputs, expected, tol } = vector('EWMA-094');
    const facts = decayFacts(inputs.lam);
    expect(Math.abs(facts.halfLifeDays - expected.half_life)).toBeLessThanOrEqual(tol);
    expect(Math.abs(facts.memoryDays - expected.days_999)).toBeLessThanOrEqual(1e-10);
    expect(Math.abs(facts.meanWeightDays - expected.centre_of_mass)).toBeLessThanOrEqual(tol);
    expect(Math.abs(facts.effectiveCount - expected.n_eff)).toBeLessThanOrEqual(tol);
  });

  it('GARCH-HULL', () => {
    const { inputs, expected, tol } = vector('GARCH-HULL');
    const terms = { constant: inputs.omega, returnWeight: inputs.alpha, varianceWeight: inputs.beta };
    expect(Math.abs(garchVariance(terms, inputs.sigma_prev ** 2, inputs.u) - expected.var)).toBeLessThanOrEqual(tol);
    expect(Math.abs(garchLongRunVariance(terms) - expected.VL)).toBeLessThanOrEqual(tol);
    expect(garchLongRunVariance({ ...terms, varianceWeight: 0.87 })).toBeNaN();
  });

  it('six bars of four hours forget what one day forgets', () => {
    expect(barDecay(4) ** 6).toBeCloseTo(0.94, 14);
  });
});

describe('VO-5 ranges', () => {
  const { inputs, expected, tol } = vector('RANGEVOL');
  const bars: Bar[] = inputs.open.map((open: number, i: number) => ({
    open,
    high: inputs.high[i],
    low: inputs.low[i],
    close: inputs.close[i],
  }));
  const year = Math.sqrt(inputs.annualise);

  it.each([
    ['parkinson', parkinsonVolatility],
    ['garman_klass', garmanKlassVolatility],
    ['rogers_satchell', rogersSatchellVolatility],
    ['yang_zhang', yangZhangVolatility],
    ['close_close', closeToCloseVolatility],
  ] as const)('RANGEVOL %s', (name, estimator) => {
    expect(Math.abs(estimator(bars) * year - expected[name])).toBeLessThanOrEqual(tol);
  });

  it('RANGEVOL weight of the open-to-close part', () => {
    expect(Math.abs(yangZhangWeight(bars.length - 1) - expected.yz_k)).toBeLessThanOrEqual(tol);
  });
});

const HOUR = 3_600_000;

/** The plain recursion over closes that all have a price. */
const recursion = (daily: number, closes: readonly number[]): number => {
  let variance = daily ** 2 / 6;
  for (let i = 1; i < closes.length; i++)
    variance = 0.94 ** (1 / 6) * variance + (1 - 0.94 ** (1 / 6)) * Math.log(closes[i]! / closes[i - 1]!) ** 2;
  return Math.sqrt(variance * 6);
};

describe('the running estimate', () => {
  it('VO-3: starts at the shipped volatility of the market, at the largest one for a market without a past', () => {
    expect(dailyVolatility(warmStart('BTC'))).toBeCloseTo(0.03073, 12);
    expect(annualVolatility(warmStart('BTC'))).toBeCloseTo(0.03073 * Math.sqrt(365), 12);
    expect(warmStart('BTC').origin).toBe('history');
    expect(dailyVolatility(warmStart('UNHEARD'))).toBeCloseTo(0.07301, 12);
    expect(warmStart('UNHEARD').origin).toBe('assumed');
    expect(longRunDailyVolatility('UNHEARD')).toBeUndefined();
  });

  it('VO-2, VO-4: the last price of each bar of four hours is its close, and counts once the next bar has a price', () => {
    const closes = [100, 103, 99, 120, 118];
    let estimate = fromDailyVolatility(0.03, 'history');
    closes.forEach((close, bar) => {
      estimate = withPrice(estimate, bar * BAR_MS + HOUR, close * 1.5);
      estimate = withPrice(estimate, bar * BAR_MS + BAR_MS - 1, close);
      expect(dailyVolatility(estimate)).toBeCloseTo(recursion(0.03, closes.slice(0, bar)), 14);
    });
    expect(dailyVolatility(withPrice(estimate, 5 * BAR_MS, 1))).toBeCloseTo(recursion(0.03, closes), 14);
  });

  it('VO-4: a hole of k bars is one return of k bars', () => {
    const start = withClose(fromDailyVolatility(0.03, 'history'), 0, 100);
    const across = withClose(start, 3, 110);
    const keep = 0.94 ** (3 / 6);
    expect(across.variance).toBeCloseTo(keep * (0.03 ** 2 / 6) + ((1 - keep) * Math.log(1.1) ** 2) / 3, 16);
    expect(across.barCount).toBe(3);
    expect(withClose(across, 3, 500)).toBe(across);
    expect(withClose(across, 1, 500)).toBe(across);
  });

  it('VO-4: late, doubled and set-back prices', () => {
    const at = (estimate: VolatilityEstimate, hour: number, price: number): VolatilityEstimate => withPrice(estimate, hour * HOUR, price);
    const before = at(at(warmStart('BTC'), 9, 100), 9.5, 101);
    expect(at(before, 9.25, 50)).toBe(before);
    expect(at(before, 9.5, 101)).toEqual(before);
    const back = at(before, 1, 50);
    expect(back.variance).toBe(before.variance);
    expect(back.close).toBeUndefined();
    expect(at(at(back, 4.5, 51), 8.5, 52).barCount).toBe(1);
  });

  it('does not depend on how often a bar is looked at', () => {
    let reached = 0;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 50, max: 200 }), { minLength: 8, maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (prices, skip) => {
          const whole = prices.reduce((estimate, price, i) => withPrice(estimate, i * HOUR, price), warmStart('ETH'));
          const sparse = prices.reduce(
            (estimate, price, i) =>
              i % 4 === 3 || i % skip === 0 || i === prices.length - 1 ? withPrice(estimate, i * HOUR, price) : estimate,
            warmStart('ETH'),
          );
          expect(sparse.variance).toBeCloseTo(whole.variance, 14);
          reached++;
        },
      ),
      { numRuns: 200 },
    );
    expect(reached).toBeGreaterThanOrEqual(200);
  });

  it('VO-6: a stress display never falls below three quarters of the long run', () => {
    expect(stressVolatility(0.01, 0.03)).toBeCloseTo(0.0225, 15);
    expect(stressVolatility(0.04, 0.03)).toBe(0.04);
  });

  it('VO-7: correlations', () => {
    expect(longRunCorrelation('BTC', 'ETH')).toBe(0.819);
    expect(longRunCorrelation('ETH', 'BTC')).toBe(0.819);
    expect(longRunCorrelation('X', 'X')).toBe(1);
    expect(longRunCorrelation('X', 'BTC')).toBeGreaterThan(0.55);
    expect(longRunCorrelation('X', 'BTC')).toBeLessThan(0.68);
  });
});
