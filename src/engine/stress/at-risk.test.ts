import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { touchProbability24h } from '../first-passage/touch-law.ts';
import { caseFloors } from '../testing/floors.ts';
import {
  type AtRiskState,
  atRisk,
  beginAtRisk,
  commonShockRatio,
  drawPaths,
  fundCoverage,
  mergeAtRisk,
  quantileOf,
  shortfallOf,
} from './at-risk.ts';
import { drawPath, type PathModel, pathModel } from './paths.ts';
import { modelOf } from './testing/accounts.ts';
import vectors from './vectors/distance.json' with { type: 'json' };

const reached = caseFloors();
const model = modelOf({ BTC: 0.03, ETH: 0.04 }, [['BTC', 'ETH', 0.8]], 'log');
const lowest = (path: Float64Array, count: number, market: number): number => {
  let low = 0;
  for (let i = market; i < path.length; i += count) low = Math.min(low, path[i]!);
  return low;
};
/** A book of one long of 100 with its line at −6 %, bankrupt at −8 %. */
const evaluate = (path: Float64Array, { covariance }: PathModel) => {
  const low = Math.exp(lowest(path, covariance.markets.length, 0));
  return { liquidated: low < 0.94 ? 100 : 0, deficit: Math.max(0, 92 - 100 * low) };
};

describe('LR-1, LR-2 paths', () => {
  it('a path is a matter of seed and number alone', () => {
    for (const law of ['exogenous', 'touch'] as const) {
      const of = pathModel(model, law, 1, 24);
      expect(drawPath(of, 7, 3)).toEqual(drawPath(of, 7, 3));
      expect(drawPath(of, 7, 3)).not.toEqual(drawPath(of, 7, 4));
      expect(drawPath(of, 7, 3)).not.toEqual(drawPath(of, 8, 3));
      expect(drawPath(of, 7, 3).every(Number.isFinite)).toBe(true);
    }
  });
  it('touch: 4,000 paths touch as often as the law says, looked at 400 times a day', () => {
    const of = pathModel(modelOf({ BTC: 0.03 }, [], 'log'), 'touch', 1, 400);
    const counts = [1, 2, 3].map(() => 0);
    const paths = 4000;
    for (let i = 0; i < paths; i++) {
      const low = lowest(drawPath(of, 11, i), 1, 0);
      for (const d of [1, 2, 3]) if (low <= -d * 0.03) counts[d - 1]!++;
    }
    for (const [i, count] of counts.entries()) {
      const p = touchProbability24h(i + 1);
      // Four standard errors, and what is missed between two looks.
      expect(Math.abs(count / paths - p), `${i + 1}σ`).toBeLessThan(4 * Math.sqrt(p / paths) + 0.06 * p);
    }
  });
  it('exogenous: variance of a day about σ² and a little for jumps; correlated; fat', () => {
    const of = pathModel(model, 'exogenous', 1, 24);
    const [n, count] = [4000, 2];
    const ends = Array.from({ length: n }, (_, i) => drawPath(of, 5, i).slice(-count));
    const moment = (f: (end: Float64Array) => number): number => ends.reduce((sum, end) => sum + f(end), 0) / n;
    const variance = moment((end) => end[0]! ** 2);
    expect(Math.sqrt(variance) / 0.03).toBeGreaterThan(0.85);
    expect(Math.sqrt(variance) / 0.03).toBeLessThan(1.25);
    expect(moment((end) => end[0]! ** 4) / variance ** 2).toBeGreaterThan(3.3);
    expect(moment((end) => end[0]! * end[1]!) / Math.sqrt(variance * moment((end) => end[1]! ** 2))).toBeGreaterThan(0.65);
  });
  it('no σ, no move; two markets that are one move as one; no such span', () => {
    const still = drawPath(pathModel(modelOf({ A: 0 }, [], 'log'), 'exogenous', 3, 50), 1, 1);
    expect(still.every((value) => value === 0)).toBe(true);
    const twins = drawPath(pathModel(modelOf({ A: 0.03, B: 0.06 }, [['A', 'B', 1]], 'log'), 'touch', 1, 10), 1, 1);
    for (let i = 0; i < twins.length; i += 2) expect(twins[i + 1]).toBeCloseTo(2 * twins[i]!, 12);
    for (const [days, steps] of [
      [0, 1],
      [Number.POSITIVE_INFINITY, 1],
      [1, 0],
      [1, 1.5],
    ] as const)
      expect(() => pathModel(model, 'touch', days, steps)).toThrow(RangeError);
  });
});

describe('LR-3 pieces', () => {
  it('the same figures however the paths are shared out, in whatever order they come back', () => {
    const of = pathModel(model, 'touch', 1, 12);
    const whole = atRisk(drawPaths(beginAtRisk(3, 60), 0, 60, of, evaluate));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 }), fc.integer({ min: 0, max: 100 }), (cuts, turn) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), 60];
        const pieces = edges.slice(1).map((to, i) => drawPaths(beginAtRisk(3, 60), edges[i]!, to - edges[i]!, of, evaluate));
        const turned = pieces.map((_, i) => pieces[(i + turn) % pieces.length]!);
        const joined = turned.reduce<AtRiskState>(mergeAtRisk, beginAtRisk(3, 60));
        expect(atRisk(joined)).toEqual(whole);
        reached('pieces', 40);
      }),
      { numRuns: 50 },
    );
  });
  it('nothing drawn has no figures; a part says how much; other runs do not join', () => {
    expect(atRisk(beginAtRisk(3, 10))).toEqual({ ok: false, reason: 'not-applicable' });
    const part = atRisk(drawPaths(beginAtRisk(3, 10), 8, 5, pathModel(model, 'touch', 1, 4), evaluate));
    expect(part.ok && [part.value.done, part.value.paths]).toEqual([2, 10]);
    expect(() => mergeAtRisk(beginAtRisk(3, 10), beginAtRisk(4, 10))).toThrow(RangeError);
  });
});

describe('LR-4, LR-5 figures', () => {
  it('COVER-1', () => {
    const { inputs, expected } = vectors['COVER-1'];
    const sorted = Float64Array.from(inputs.losses_m).sort();
    expect(quantileOf(sorted, inputs.alpha).value).toBeCloseTo(expected.LaR_style_q95_type7, 12);
    expect(shortfallOf(sorted, inputs.alpha)).toBeCloseTo(expected.ES95, 12);
    const coverage = fundCoverage(inputs.fund_m, expected.ES95);
    expect(coverage.ok && coverage.value).toBeCloseTo(expected.coverage, 12);
    expect(fundCoverage(10, 0)).toEqual({ ok: false, reason: 'not-applicable' });
  });
  it('the interval holds the quantile, the shortfall is beyond it, one sample is its own quantile', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: 1, maxLength: 300 }), (values) => {
        const sorted = Float64Array.from(values).sort();
        for (const p of [0.95, 0.99]) {
          const { low, value, high } = quantileOf(sorted, p);
          expect(low <= value && value <= high).toBe(true);
          expect(shortfallOf(sorted, p)).toBeLessThanOrEqual(sorted[sorted.length - 1]! * (1 + 1e-12));
          expect(shortfallOf(sorted, p)).toBeGreaterThanOrEqual(low * (1 - 1e-12));
          reached('quantiles', 150);
        }
      }),
    );
    expect(quantileOf(Float64Array.of(5), 0.99)).toEqual({ value: 5, low: 5, high: 5 });
  });
  it('LR-4: the interval of ranks covers the true quantile about as often as it says', () => {
    let [state, covered] = [12345, 0];
    const uniform = (): number => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    for (let run = 0; run < 400; run++) {
      const sorted = Float64Array.from({ length: 400 }, uniform).sort();
      const { low, high } = quantileOf(sorted, 0.95);
      if (low <= 0.95 && 0.95 <= high) covered++;
    }
    expect(covered / 400).toBeGreaterThan(0.91);
    expect(covered / 400).toBeLessThan(0.99);
  });
});

describe('LR-6 collateral liquidity ratio', () => {
  it('CLR-1 with nothing ahead, less with others ahead, mark with infinite depth, reasons', () => {
    const { inputs, expected } = vectors['CLR-1'];
    const ratio = (ahead: number, debt = inputs.debt_usd, delta = expected.delta_usd) =>
      commonShockRatio(inputs.collateral_usd, ahead, debt, delta);
    const alone = ratio(0);
    expect(alone.ok && alone.value).toBeCloseTo(expected.CLR, 9);
    const crowded = ratio(20e6);
    expect(crowded.ok && alone.ok && crowded.value < alone.value).toBe(true);
    expect(ratio(5, inputs.debt_usd, Number.POSITIVE_INFINITY)).toEqual({ ok: true, value: expected.mark_cover });
    expect(ratio(0, 0)).toEqual({ ok: false, reason: 'no-debt' });
    expect(ratio(0, 1, 0)).toEqual({ ok: false, reason: 'no-depth' });
  });
});
