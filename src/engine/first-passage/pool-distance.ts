/**
 * How far a whole pool is from its end, in standard deviations of 24 hours, and how likely it is to get there within them (rules FP-10
 * to FP-12 of docs/spec/first-passage.md).
 *
 * To first order the margin excess of a pool is M(x) = M₀ + Σ cₖxₖ, xₖ the return of market k. The smallest shock that ends it, in
 * units of its own likelihood, has the size d = M₀ ÷ √(c'Σc) and the direction x = −M₀ · Σc ÷ (c'Σc): first-order reliability (Hasofer
 * and Lind 1974). One liquidation price per position would be wrong for a pool of several.
 */
import { DOWNWARD, type TouchLaw, touchProbability24h, UPWARD } from './touch-law.ts';

export interface Exposure {
  readonly market: string;
  /** c: change of the margin excess per unit of relative price change, in money. Perpetual: size × price − rate × |notional|. */
  readonly sensitivity: number;
  /** σ₂₄ₕ of the market, fraction. */
  readonly dailyVolatility: number;
}

export interface ShortestShock {
  /** d: below 0 once the pool is past its end; ∞ where no price can move the excess and there is some. */
  readonly distance: number;
  /** Relative change of each market's price, in the order given. */
  readonly shock: readonly number[];
  /** Share of the pool's variance that each market brings; they sum to 1 and may be negative. */
  readonly shares: readonly number[];
}

/** FP-10: the smallest shock that takes `marginExcess` to 0. `correlation` of two markets' returns. */
export function shortestShock(
  marginExcess: number,
  exposures: readonly Exposure[],
  correlation: (a: string, b: string) => number,
): ShortestShock {
  const covarianceTimes = exposures.map((a) =>
    exposures.reduce((sum, b) => sum + correlation(a.market, b.market) * a.dailyVolatility * b.dailyVolatility * b.sensitivity, 0),
  );
  const variance = exposures.reduce((sum, { sensitivity }, i) => sum + sensitivity * covarianceTimes[i]!, 0);
  if (!(variance > 0)) {
    const distance = marginExcess > 0 ? Number.POSITIVE_INFINITY : marginExcess < 0 ? Number.NEGATIVE_INFINITY : 0;
    return { distance, shock: exposures.map(() => 0), shares: exposures.map(() => 0) };
  }
  return {
    distance: marginExcess / Math.sqrt(variance),
    shock: covarianceTimes.map((value) => (-marginExcess * value) / variance),
    shares: exposures.map(({ sensitivity }, i) => (sensitivity * covarianceTimes[i]!) / variance),
  };
}

/** FP-11: the law of the direction that ends the pool: upward only where every price would have to rise, else downward, the fatter one. */
export const lawOf = (exposures: readonly Exposure[]): TouchLaw =>
  exposures.length > 0 && exposures.every(({ sensitivity }) => sensitivity < 0) ? UPWARD : DOWNWARD;

/** FP-12: probability that the pool reaches its end within 24 hours: the touch law at the distance of its shortest shock. */
export const poolTouchProbability24h = (distance: number, exposures: readonly Exposure[]): number =>
  touchProbability24h(distance, lawOf(exposures));
