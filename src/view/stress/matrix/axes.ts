/** What the two axes may move, as a form chooses it. */
import type { StressAxis } from '../../../store/types.ts';

/** A market's name, or one of the two that move every other market. */
export type AxisChoice = string;

export const ALL_OTHERS = '*all';
export const ALL_OTHERS_SIGMA = '*sigma';

/**
 * σ of a day by market: standard deviation of daily log returns, Binance spot closes, January 2021 to March 2026. What the map moves by
 * where an axis counts in σ.
 */
export const SIGMAS: Readonly<Record<string, number>> = {
  BTC: 0.0307,
  ETH: 0.0415,
  SOL: 0.059,
  BNB: 0.0424,
  XRP: 0.0517,
  DOGE: 0.073,
  ADA: 0.0508,
  AVAX: 0.0606,
  LINK: 0.0531,
  LTC: 0.0457,
};
/** Of a market that is not among them: an assumption. */
export const SIGMA_OTHERWISE = 0.06;

export const REACHES = [0.1, 0.2, 0.4, 0.6, 0.9] as const;
/** In σ, for the same place in the list. */
export const SIGMA_REACHES = [2, 4, 8, 12, 16] as const;

export function axisOf(choice: AxisChoice, reach: number): StressAxis {
  if (choice === ALL_OTHERS) return { kind: 'sigma', sigmas: {}, otherwise: 1, reach: REACHES[reach] ?? 0.4 };
  if (choice === ALL_OTHERS_SIGMA) return { kind: 'sigma', sigmas: SIGMAS, otherwise: SIGMA_OTHERWISE, reach: SIGMA_REACHES[reach] ?? 8 };
  return { kind: 'market', market: choice, reach: REACHES[reach] ?? 0.4 };
}

/** The two that are chosen first: the largest two markets; beside the only one every other. */
export const firstAxes = (markets: readonly string[]): readonly [AxisChoice, AxisChoice] => [markets[0] ?? 'BTC', markets[1] ?? ALL_OTHERS];
