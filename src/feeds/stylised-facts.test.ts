/**
 * FD-16: the simulated stream beside the markets it stands for: 8 paths of 1,897 days at a step of 4 hours.
 * Bands and real figures: daily Binance spot closes 2021-01-01 to 2026-03-16 (1,897 days) and 4-hour bars of the same source.
 * Kurtosis bands are wide because the left tail index of crypto returns is 2.3–2.9: fourth moments hardly converge.
 */
import { describe, expect, it } from 'vitest';
import { createPriceModel } from './price-model.ts';
import { MARKETS, type Regime } from './price-model-parameters.ts';
import { correlation, excessKurtosis, laggedCorrelation, mean, median } from './testing/statistics.ts';

const STEP_MS = 4 * 3_600_000;
const STEPS_PER_DAY = 6;

/** Log-returns by market, per step and per day. */
const simulate = (seed: number, regime: Regime, days: number) => {
  const model = createPriceModel(seed, regime, STEP_MS);
  const steps: number[][] = MARKETS.map(() => []);
  const daily: number[][] = MARKETS.map(() => []);
  const last = new Float64Array(MARKETS.length);
  const lastDay = new Float64Array(MARKETS.length);
  for (let k = 1; k <= days * STEPS_PER_DAY; k++) {
    model.step();
    model.logReturns.forEach((value, i) => {
      steps[i]!.push(value - last[i]!);
      if (k % STEPS_PER_DAY === 0) daily[i]!.push(value - lastDay[i]!);
    });
    last.set(model.logReturns);
    if (k % STEPS_PER_DAY === 0) lastDay.set(model.logReturns);
  }
  return { steps, daily, jumpCount: model.jumpCount() };
};

const PATHS = Array.from({ length: 8 }, (_, i) => simulate(i + 1, 'normal', 1_897));
const absolute = (values: readonly number[]): number[] => values.map(Math.abs);
const byName = (name: string): number => MARKETS.findIndex(({ market }) => market === name);
const medianOf = (figure: (path: (typeof PATHS)[number]) => number): number => median(PATHS.map(figure));
const annualVolatility = (daily: readonly number[]): number => Math.sqrt(365 * mean(daily.map((x) => x * x)));

const facts: (readonly [fact: string, real: string, band: readonly [number, number], figure: (path: (typeof PATHS)[number]) => number])[] =
  [
    ['daily excess kurtosis', '3.9', [1.5, 15], ({ daily }) => excessKurtosis(daily[0]!)],
    ['4 h excess kurtosis', '8.5', [3, 25], ({ steps }) => excessKurtosis(steps[0]!)],
    ['ACF |r|, 1 day', '0.155', [0.08, 0.3], ({ daily }) => laggedCorrelation(absolute(daily[0]!), absolute(daily[0]!), 1)],
    ['ACF |r|, 5 days', '0.115', [0, 0.3], ({ daily }) => laggedCorrelation(absolute(daily[0]!), absolute(daily[0]!), 5)],
    ['ACF |r|, 20 days', '0.067', [0, 0.3], ({ daily }) => laggedCorrelation(absolute(daily[0]!), absolute(daily[0]!), 20)],
    ['ACF |r|, 1 × 4 h', '0.231', [0.1, 0.35], ({ steps }) => laggedCorrelation(absolute(steps[0]!), absolute(steps[0]!), 1)],
    ['ACF |r|, 6 × 4 h', '0.191', [0.08, 0.3], ({ steps }) => laggedCorrelation(absolute(steps[0]!), absolute(steps[0]!), 6)],
    ['ACF |r|, 30 × 4 h', '0.131', [0.03, 0.25], ({ steps }) => laggedCorrelation(absolute(steps[0]!), absolute(steps[0]!), 30)],
    ['ACF r, 1 day', '-0.04', [-0.06, 0.06], ({ daily }) => laggedCorrelation(daily[0]!, daily[0]!, 1)],
    [
      'leverage effect, mean of 1–5 days',
      '-0.04',
      [-0.12, 0.12],
      ({ daily }) => mean([1, 2, 3, 4, 5].map((lag) => laggedCorrelation(daily[0]!, absolute(daily[0]!), lag))),
    ],
    ['BTC–ETH daily correlation', '0.82', [0.72, 0.86], ({ daily }) => correlation(daily[0]!, daily[byName('ETH')]!)],
    ['jumps per day', '–', [0.068, 0.092], ({ jumpCount }) => jumpCount / 1_897],
  ];

describe('FD-16 stylised facts, BTC, median of 8 paths', () => {
  it.each(facts)('%s (real %s) inside its band', (fact, real, [low, high], figure) => {
    const found = medianOf(figure);
    const all = PATHS.map(figure);
    console.log(
      `${fact}: real ${real}, simulated ${found.toFixed(3)} (${Math.min(...all).toFixed(3)} to ${Math.max(...all).toFixed(3)}), band ${low} to ${high}`,
    );
    expect(found).toBeGreaterThanOrEqual(low);
    expect(found).toBeLessThanOrEqual(high);
  });

  it('all ten markets: volatility as set within 10 %, tails fatter than normal, clustering, no drift of sign', () => {
    MARKETS.forEach(({ market, annualVolatility: set }, i) => {
      const volatility = medianOf(({ daily }) => annualVolatility(daily[i]!));
      const kurtosis = medianOf(({ daily }) => excessKurtosis(daily[i]!));
      const clustering = medianOf(({ daily }) => laggedCorrelation(absolute(daily[i]!), absolute(daily[i]!), 1));
      const drift = medianOf(({ daily }) => laggedCorrelation(daily[i]!, daily[i]!, 1));
      expect(Math.abs(volatility / set - 1), market).toBeLessThan(0.1);
      expect(kurtosis, market).toBeGreaterThan(1.5);
      expect(kurtosis, market).toBeLessThan(15);
      expect(clustering, market).toBeGreaterThan(0.08);
      expect(clustering, market).toBeLessThan(0.3);
      expect(Math.abs(drift), market).toBeLessThan(0.06);
    });
  });

  it('a calm market moves less than a normal one, a stressed one more and more together', () => {
    const figures = (regime: Regime) => {
      const paths = [1, 2, 3, 4].map((seed) => simulate(seed, regime, 1_000));
      return {
        volatility: median(paths.map(({ daily }) => annualVolatility(daily[0]!))),
        together: median(paths.map(({ daily }) => correlation(daily[byName('SOL')]!, daily[byName('XRP')]!))),
        jumps: median(paths.map(({ jumpCount }) => jumpCount / 1_000)),
      };
    };
    const [calm, normal, stress] = [figures('calm'), figures('normal'), figures('stress')];
    console.log('regimes (BTC volatility, SOL–XRP correlation, jumps per day):', JSON.stringify({ calm, normal, stress }));
    expect(calm.volatility / normal.volatility).toBeGreaterThan(0.55);
    expect(calm.volatility / normal.volatility).toBeLessThan(0.75);
    expect(stress.volatility / normal.volatility).toBeGreaterThan(2.2);
    expect(stress.volatility / normal.volatility).toBeLessThan(3);
    expect(stress.together).toBeGreaterThan(normal.together + 0.15);
    expect(stress.jumps / normal.jumps).toBeGreaterThan(8);
    expect(stress.jumps / normal.jumps).toBeLessThan(12);
  });
});
