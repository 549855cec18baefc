/**
 * How far one market must move until a pool is a given number of σ from its end: the touch law turned round (rules FP-15, FP-16 of
 * docs/spec/first-passage.md). A level of probability is the distance that FP-8 gives it.
 */
import type { Exposure } from './pool-distance.ts';

/**
 * FP-15: of a pool that one market moves, and that `shock` (relative, > −1) ends. After a move x the shock left is
 * (1 + shock) ÷ (1 + x) − 1, so |ln| of it is distance × σ at 1 + x = (1 + shock) e^(±distance × σ), up where a fall ends it.
 */
export const moveToDistance = (shock: number, dailyVolatility: number, distance: number): number =>
  (1 + shock) * Math.exp((shock < 0 ? 1 : -1) * distance * dailyVolatility) - 1;

const STEPS = 200;
const BISECTIONS = 60;
/** No rise beyond eleven times the price is looked at. */
const RISE_MAX = 10;

/**
 * FP-16: of a pool of several, the others held: the nearest x in the direction that hurts at which (excess + c x) ÷ √(c'Σc) = distance, with
 * the market's own c growing as its price, c (1 + x). Exact for linear contracts while no tier is crossed. NaN where no move does it.
 */
export function moveOfOneToDistance(
  excess: number,
  exposures: readonly Exposure[],
  market: string,
  distance: number,
  correlation: (a: string, b: string) => number,
): number {
  const own = exposures.find((exposure) => exposure.market === market);
  if (!own || own.sensitivity === 0) return Number.NaN;
  const { sensitivity } = own;
  const covariance = (a: Exposure): number =>
    exposures.reduce((sum, b) => sum + correlation(a.market, b.market) * a.dailyVolatility * b.dailyVolatility * b.sensitivity, 0);
  const variance = exposures.reduce((sum, one) => sum + one.sensitivity * covariance(one), 0);
  const mixed = 2 * sensitivity * covariance(own);
  const square = (sensitivity * own.dailyVolatility) ** 2;
  const left = (x: number): number => (excess + sensitivity * x) / Math.sqrt(variance + x * (mixed + x * square)) - distance;
  const furthest = sensitivity > 0 ? -1 : RISE_MAX;
  let near = 0;
  if (!(left(near) > 0)) return Number.NaN;
  for (let i = 1; i < STEPS; i++) {
    let far = (furthest * i) / STEPS;
    if (left(far) > 0) {
      near = far;
      continue;
    }
    for (let k = 0; k < BISECTIONS; k++) {
      const middle = (near + far) / 2;
      if (left(middle) > 0) near = middle;
      else far = middle;
    }
    return far;
  }
  return Number.NaN;
}
