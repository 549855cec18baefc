import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  exitProbability,
  logDrift,
  MONITORING_SHIFT,
  meanTouchTime,
  medianTouchTime,
  monitoredLogDistance,
  type Passage,
  terminalProbability,
  touchProbability,
} from './barrier.ts';
import { jumpTouchProbability } from './jumps.ts';
import { expTimesNormal, normalProbability } from './normal.ts';
import { lawOf, poolTouchProbability24h, shortestShock } from './pool-distance.ts';
import { studentTouchProbability } from './student-mixture.ts';
import { DOWNWARD, sigmaDistance, studentTail, touchDistance, touchProbability24h, UPWARD } from './touch-law.ts';
import file from './vectors/first-passage.json' with { type: 'json' };

/** Every vector has a shape of its own. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
type Vector = any;

const YEAR = 365;
let run = 0;

const close = (actual: number, wanted: number | string, tolerance: number): void => {
  expect(Math.abs(actual - Number(wanted))).toBeLessThanOrEqual(tolerance);
};

const passageOf = ({ S, barrier, mu, sigma, T, T_days }: Vector): Passage => ({
  logDistance: Math.log(barrier / S),
  volatility: sigma,
  logDrift: logDrift(mu, sigma),
  time: T ?? T_days / YEAR,
});

const CHECKS: readonly (readonly [RegExp, (vector: Vector) => void])[] = [
  [
    /^FPT-[HG]/,
    ({ id, inputs, expected }) => {
      const probability = touchProbability(passageOf(inputs));
      close(probability, expected.P, 1e-12);
      if (!id.startsWith('FPT-H')) return;
      const paid = 15 * Math.exp(-inputs.mu * inputs.T);
      close(paid * probability, expected.cash_15_at_expiry, 1e-4);
      close(paid * (1 - probability), expected.no_touch_cash, 1e-4);
    },
  ],
  [
    /^FPT-Z/,
    ({ inputs, expected, tol }) => {
      const passage = { logDistance: -inputs.buffer_sigmas, volatility: 1, logDrift: inputs.log_drift, time: 1 };
      close(touchProbability(passage), expected.P, tol);
      close(terminalProbability(passage), expected.P_terminal, tol);
    },
  ],
  [
    /^FPT-M/,
    ({ inputs, expected, tol }) =>
      close(medianTouchTime(Math.log(inputs.barrier / inputs.S), inputs.sigma) * YEAR, expected.median_days, tol),
  ],
  [
    /^FPT-D1/,
    ({ inputs, expected, tol }) => {
      const passage = passageOf(inputs);
      const shifted = monitoredLogDistance(passage.logDistance, inputs.sigma, 1 / 24 / YEAR);
      close(MONITORING_SHIFT, expected.beta, 1e-14);
      close(inputs.S * Math.exp(shifted), expected.shifted_barrier, 1e-9);
      close(touchProbability({ ...passage, logDistance: shifted }), expected.P, tol);
    },
  ],
  [
    /^FPT-DB/,
    ({ inputs, expected, tol }) => {
      const passage = passageOf({ ...inputs, barrier: inputs.lower });
      const upper = Math.log(inputs.upper / inputs.S);
      close(exitProbability({ ...passage, lower: passage.logDistance, upper }), expected.P_exit, tol);
      close(touchProbability(passage) + touchProbability({ ...passage, logDistance: upper }), expected.bonferroni_upper, tol);
    },
  ],
  [/^FPT-T/, ({ inputs, expected, tol }) => close(studentTouchProbability(passageOf(inputs), inputs.mu, inputs.df), expected.P, tol)],
  [
    /^FPT-K/,
    ({ inputs, expected, tol }) => {
      const jump = {
        logDistance: Math.log(inputs.barrier / inputs.S),
        time: inputs.T_days,
        volatility: inputs.sigma_daily,
        logDrift: inputs.mu_log,
        intensity: inputs.lam_per_day,
        upProbability: inputs.p_up,
        meanUp: 1 / inputs.eta_up,
        meanDown: 1 / inputs.eta_down,
      };
      close(jumpTouchProbability(jump), expected.P, tol);
      close(touchProbability(jump), expected.P_diffusion_only, tol);
    },
  ],
  [
    /^TOUCH-LAW/,
    ({ inputs, expected, tol }) =>
      inputs.d.forEach((d: number, i: number) => {
        close(touchProbability24h(d, { degrees: inputs.nu, scale: inputs.k }), expected.P[i], tol);
        close(touchProbability({ logDistance: -d, volatility: 1, logDrift: 0, time: 1 }), expected.P_gauss[i], 1e-12);
      }),
  ],
  [
    /^TOUCH-LEV/,
    ({ inputs, expected, tol }) =>
      inputs.leverage.forEach((leverage: number, i: number) => {
        const level = (1 - 1 / leverage) / (1 - inputs.mmr);
        const d = sigmaDistance(1, level, inputs.sigma_ann / Math.sqrt(YEAR), 1);
        close((1 - level) * 100, expected.buffer_pct[i], tol);
        close(d, expected.d[i], tol);
        close(touchProbability24h(d), expected.P24h[i], tol);
      }),
  ],
  [
    /^RST-[12]$/,
    ({ inputs, expected, tol }) => {
      const exposures = inputs.notional.map((notional: number, i: number) => ({
        market: String(i),
        sensitivity: notional - inputs.mmr[i] * Math.abs(notional),
        dailyVolatility: inputs.sigma_daily[i],
      }));
      const correlation = (a: string, b: string): number => (a === b ? 1 : (inputs.rho ?? inputs.corr[Number(a)][Number(b)]));
      const shock = shortestShock(inputs.M0, exposures, correlation);
      close(shock.distance, expected.d_star, tol);
      expected.x_star.forEach((x: number, i: number) => {
        close(shock.shock[i]!, x, tol);
      });
      expected.component_share?.forEach((share: number, i: number) => {
        close(shock.shares[i]!, share, tol);
      });
      if (expected.P_touch_24h_empirical_law !== undefined)
        close(poolTouchProbability24h(shock.distance, exposures), expected.P_touch_24h_empirical_law, tol);
    },
  ],
  [
    /^RATIO-DISTANCE/,
    ({ inputs, expected, tol }) =>
      inputs.ratio.forEach((ratio: number, i: number) => {
        const distance = (1 / ratio - 1) * inputs.mmr;
        close(distance * 100, expected.price_distance_pct[i], tol);
        close(medianTouchTime(distance, inputs.sigma_ann) * YEAR * 24 * 60, expected.median_minutes_to_liquidation[i], tol);
      }),
  ],
];

const verify = (vector: Vector): void => {
  const check = CHECKS.find(([pattern]) => pattern.test(vector.id));
  if (!check) throw new Error(`no check for ${vector.id}`);
  check[1](vector);
  run++;
};

describe('vectors', () => {
  it.each((file.vectors as Vector[]).map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => verify(vector));

  it('those of the reference, where it is there', () => {
    const path = resolve(process.cwd(), '../shared/science/test-vectors.json');
    if (!existsSync(path)) {
      console.log(`first passage: ${run} vectors passed; no ../shared`);
      return;
    }
    const all: Vector[] = JSON.parse(readFileSync(path, 'utf8')).vectors;
    const wanted = all.filter(({ id }) => CHECKS.some(([pattern]) => pattern.test(id)));
    const own = new Map((file.vectors as Vector[]).map((vector) => [vector.id, JSON.stringify([vector.inputs, vector.expected])]));
    const others = wanted.filter(({ id, inputs, expected }) => own.get(id) !== JSON.stringify([inputs, expected]));
    others.forEach(verify);
    console.log(
      `first passage: ${wanted.length} of the reference, ${wanted.length - others.length} of them our own; ${run} passed, 0 skipped`,
    );
    expect(wanted.length).toBeGreaterThanOrEqual(file.vectors.length);
  });
});

describe('the normal distribution', () => {
  it('far out', () => {
    expect(normalProbability(-10)).toBeCloseTo(7.619853024160527e-24, 36);
    expect(normalProbability(-38) / 2.885428351004e-316).toBeCloseTo(1, 6);
    expect(normalProbability(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(normalProbability(Number.POSITIVE_INFINITY)).toBe(1);
    expect(expTimesNormal(5000, -100) / (Math.exp(0) / (100 * Math.sqrt(2 * Math.PI)))).toBeCloseTo(1 - 1e-4, 7);
  });

  it('has no step where series and fraction meet', () => {
    for (const y of [2, -2]) {
      const x = y * Math.SQRT2;
      const step = normalProbability(x + 1e-12) - normalProbability(x - 1e-12);
      expect(step).toBeCloseTo((2e-12 * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI), 14);
    }
  });
});

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const passages = fc.record({ logDistance: real(-3, -1e-6), volatility: real(1e-3, 3), logDrift: real(-5, 5), time: real(1e-6, 5) });

describe('first passage, properties', () => {
  it('FP-1, FP-2: a probability, never below the terminal one, mirrored upward, less likely further away, likelier with time', () => {
    let reached = 0;
    fc.assert(
      fc.property(passages, real(1.0001, 3), (passage, more) => {
        const p = touchProbability(passage);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(p).toBeGreaterThanOrEqual(terminalProbability(passage));
        expect(touchProbability({ ...passage, logDistance: -passage.logDistance, logDrift: -passage.logDrift })).toBe(p);
        expect(touchProbability({ ...passage, logDistance: passage.logDistance * more })).toBeLessThanOrEqual(p + 1e-13);
        expect(touchProbability({ ...passage, time: passage.time * more })).toBeGreaterThanOrEqual(p - 1e-13);
        const driftless = { ...passage, logDrift: 0 };
        expect(touchProbability({ ...driftless, volatility: passage.volatility * more })).toBeGreaterThanOrEqual(
          touchProbability(driftless) - 1e-13,
        );
        reached++;
      }),
      { numRuns: 1000 },
    );
    expect(reached).toBeGreaterThanOrEqual(1000);
  });

  it('FP-3: at the median time, without drift, the chance is one half', () => {
    for (const [b, s] of [
      [-0.1, 0.55],
      [0.3, 1.2],
      [-2, 0.1],
    ] as const)
      expect(touchProbability({ logDistance: b, volatility: s, logDrift: 0, time: medianTouchTime(b, s) })).toBeCloseTo(0.5, 14);
    expect(meanTouchTime(-0.1, -0.5)).toBeCloseTo(0.2, 15);
    expect(meanTouchTime(-0.1, 0.5)).toBeUndefined();
    expect(meanTouchTime(-0.1, 0)).toBeUndefined();
  });

  it('FP-4: seen rarely is seen less', () => {
    for (const b of [-0.1, 0.1]) {
      const passage = { logDistance: b, volatility: 0.5, logDrift: 0, time: 0.1 };
      const monitored = { ...passage, logDistance: monitoredLogDistance(b, 0.5, 1 / 365) };
      expect(touchProbability(monitored)).toBeLessThan(touchProbability(passage));
    }
  });

  it('FP-5: either barrier: at least the likelier, at most the sum; sines and images meet', () => {
    let reached = 0;
    fc.assert(
      fc.property(real(-1, -0.01), real(0.01, 1), real(0.05, 2), real(-2, 2), real(1e-4, 2), (lower, upper, volatility, nu, time) => {
        const p = exitProbability({ lower, upper, volatility, logDrift: nu, time });
        const down = touchProbability({ logDistance: lower, volatility, logDrift: nu, time });
        const up = touchProbability({ logDistance: upper, volatility, logDrift: nu, time });
        expect(p).toBeGreaterThanOrEqual(Math.max(down, up));
        expect(p).toBeLessThanOrEqual(Math.min(1, down + up));
        reached++;
      }),
      { numRuns: 500 },
    );
    expect(reached).toBeGreaterThanOrEqual(500);
    // σ²T ÷ L² of 0.1 from both sides.
    const at = (time: number): number => exitProbability({ lower: -0.4, upper: 0.6, volatility: 1, logDrift: 0.3, time });
    expect(at(0.1 + 1e-12)).toBeCloseTo(at(0.1 - 1e-12), 10);
  });

  it('extremes give probabilities, not NaN', () => {
    const sizes = [0, 1e-300, 1e-12, 1e-3, 1, 50, 1e6, 1e150];
    let reached = 0;
    for (const b of sizes)
      for (const volatility of sizes)
        for (const drift of [0, 1e-9, 1, 1e6, 1e100])
          for (const time of sizes)
            for (const sign of [1, -1]) {
              const p = touchProbability({ logDistance: -b, volatility, logDrift: sign * drift, time });
              expect(p >= 0 && p <= 1).toBe(true);
              const exit = exitProbability({ lower: -b, upper: b, volatility, logDrift: sign * drift, time });
              expect(exit >= 0 && exit <= 1).toBe(true);
              reached++;
            }
    expect(reached).toBe(5120);
  });

  it('FP-14: without jumps it is the diffusion', () => {
    const passage = { logDistance: 0.05, volatility: 0.03, logDrift: 0.001, time: 2 };
    const jumps = { ...passage, intensity: 0, upProbability: 0.5, meanUp: 0.02, meanDown: 0.02 };
    expect(jumpTouchProbability(jumps)).toBe(touchProbability(passage));
    expect(jumpTouchProbability({ ...jumps, intensity: 1e-6 })).toBeCloseTo(touchProbability(passage), 5);
  });

  it('FP-14: figure of Kou and Wang (2003), their example with b = 0.3 in one year', () => {
    const jump = {
      logDistance: 0.3,
      time: 1,
      volatility: 0.2,
      logDrift: 0.1,
      intensity: 3,
      upProbability: 0.5,
      meanUp: 0.02,
      meanDown: 0.03,
    };
    expect(jumpTouchProbability(jump)).toBeCloseTo(0.25584302, 6);
  });
});

describe('the touch law', () => {
  it.each([
    [0.01, 4.26],
    [0.05, 2.32],
    [0.1, 1.72],
    [0.25, 1.04],
    [0.5, 0.56],
  ])('FP-8: a probability of %s is a distance of %s', (probability, distance) => {
    expect(touchDistance(probability)).toBeCloseTo(distance, 2);
    expect(touchProbability24h(touchDistance(probability))).toBeCloseTo(probability, 13);
  });

  it('FP-7: falls with distance for both laws, without a step, to the furthest distance', () => {
    for (const law of [DOWNWARD, UPWARD]) {
      let last = 1;
      for (let d = 0.01; d < 1e12; d *= 1.01) {
        const p = touchProbability24h(d, law);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThan(last);
        last = p;
      }
      expect(touchProbability24h(Number.POSITIVE_INFINITY, law)).toBe(0);
      expect(touchProbability24h(0, law)).toBe(1);
      expect(touchProbability24h(-3, law)).toBe(1);
      expect(touchProbability24h(Number.NaN, law)).toBeNaN();
      const edge = (Math.sqrt(law.degrees) / 0.1) as number;
      expect(studentTail(law.degrees, edge * (1 + 1e-12)) / studentTail(law.degrees, edge * (1 - 1e-12))).toBeCloseTo(1, 9);
    }
    expect(touchDistance(0)).toBe(Number.POSITIVE_INFINITY);
    expect(touchDistance(1)).toBe(0);
  });

  it('FP-7: rises are the thinner side beyond two deviations', () => {
    for (let d = 2; d < 20; d++) expect(touchProbability24h(d, UPWARD)).toBeLessThan(touchProbability24h(d, DOWNWARD));
  });
});

describe('pools', () => {
  const all = (): number => 1;

  it('FP-10: one market: the linear distance of its price', () => {
    const shock = shortestShock(10, [{ market: 'A', sensitivity: 200, dailyVolatility: 0.03 }], all);
    expect(shock.distance).toBeCloseTo(10 / 6, 14);
    expect(shock.shock[0]).toBeCloseTo(-0.05, 15);
    expect(shock.shares).toEqual([1]);
  });

  it('FP-10: scale does not matter, more excess is further', () => {
    const exposures = [
      { market: 'A', sensitivity: 200, dailyVolatility: 0.03 },
      { market: 'B', sensitivity: -90, dailyVolatility: 0.05 },
    ];
    const half = (a: string, b: string): number => (a === b ? 1 : 0.5);
    const base = shortestShock(10, exposures, half);
    const scaled = exposures.map((e) => ({ ...e, sensitivity: e.sensitivity * 7 }));
    expect(shortestShock(70, scaled, half).distance).toBeCloseTo(base.distance, 12);
    expect(shortestShock(11, exposures, half).distance).toBeGreaterThan(base.distance);
    const left = 10 + exposures.reduce((sum, e, i) => sum + e.sensitivity * base.shock[i]!, 0);
    expect(left).toBeCloseTo(0, 12);
  });

  it('FP-10: what no price can move', () => {
    expect(shortestShock(10, [], all).distance).toBe(Number.POSITIVE_INFINITY);
    expect(shortestShock(-1, [], all).distance).toBe(Number.NEGATIVE_INFINITY);
    expect(shortestShock(0, [{ market: 'A', sensitivity: 0, dailyVolatility: 0.1 }], all).distance).toBe(0);
  });

  it('FP-11: only shorts take the upward law', () => {
    const short = { market: 'A', sensitivity: -1, dailyVolatility: 0.03 };
    expect(lawOf([short])).toBe(UPWARD);
    expect(lawOf([short, { ...short, sensitivity: 1 }])).toBe(DOWNWARD);
    expect(lawOf([])).toBe(DOWNWARD);
  });
});
