/**
 * The running volatility of one market, from the prices of a stream (rules VO-2 to VO-4 and VO-6). A value in, a value out: what is
 * known is plain data and can be kept, sent and taken up again.
 */
import { barDecay, DAILY_DECAY, ewmaVariance } from './ewma.ts';
import history from './history.json' with { type: 'json' };

/** VO-2: bars of four hours, cut at whole multiples of their length since the epoch: 00, 04, 08, … UTC. */
export const BAR_MS = 4 * 3_600_000;
const DAY_MS = 86_400_000;
const BARS_PER_DAY = DAY_MS / BAR_MS;
const YEAR_DAYS = 365;
const BAR_DECAY = barDecay(BAR_MS / 3_600_000, DAILY_DECAY);

/** VO-6: of this share of the long-run volatility no stress display goes below. */
const STRESS_FLOOR_SHARE = 0.75;

export interface VolatilityEstimate {
  /** Variance per bar, log-returns. */
  readonly variance: number;
  /** Bars since the warm start that contributed a return. */
  readonly barCount: number;
  /** Where the first variance came from: the market's own past, or the most volatile of the known markets. */
  readonly origin: 'history' | 'assumed';
  /** Close of the last complete bar, and its number; absent before there is one. */
  readonly close?: { readonly bar: number; readonly price: number };
  /** The running bar: its number, the time and price of the newest price in it. */
  readonly running?: { readonly bar: number; readonly timeMs: number; readonly price: number };
}

const DAILY_VOLATILITY: ReadonlyMap<string, number> = new Map(Object.entries(history.dailyVolatility));
const ASSUMED_DAILY_VOLATILITY = Math.max(...DAILY_VOLATILITY.values());

/** Standard deviation of daily log-returns in the shipped history, or undefined where the market is not in it. */
export const longRunDailyVolatility = (market: string): number | undefined => DAILY_VOLATILITY.get(market);

/** VO-3: the estimate before the first price: the market's long-run variance; of a market not in the history, the largest there is. */
export const warmStart = (market: string): VolatilityEstimate => {
  const known = DAILY_VOLATILITY.get(market);
  return fromDailyVolatility(known ?? ASSUMED_DAILY_VOLATILITY, known === undefined ? 'assumed' : 'history');
};

/** The estimate that starts at a given volatility, fraction per √day. */
export const fromDailyVolatility = (daily: number, origin: VolatilityEstimate['origin']): VolatilityEstimate => ({
  variance: daily ** 2 / BARS_PER_DAY,
  barCount: 0,
  origin,
});

/**
 * VO-4: the estimate after one more price (> 0) at a whole number of ms since the epoch. The last price of a bar is its close; it
 * counts once a later bar has a price. A return across k bars, when some had no price, counts as k bars of variance r² ÷ k. A price
 * older than the newest one is late and is not taken; older by more than a bar, the clock was set back, and the bars begin anew there
 * with the variance as it is.
 */
export function withPrice(estimate: VolatilityEstimate, timeMs: number, price: number): VolatilityEstimate {
  const bar = Math.floor(timeMs / BAR_MS);
  const { running } = estimate;
  if (!running) return { ...estimate, running: { bar, timeMs, price } };
  if (timeMs < running.timeMs - BAR_MS) {
    const { variance, barCount, origin } = estimate;
    return { variance, barCount, origin, running: { bar, timeMs, price } };
  }
  if (timeMs < running.timeMs) return estimate;
  if (bar === running.bar) return { ...estimate, running: { bar, timeMs, price } };
  return { ...withClose(estimate, running.bar, running.price), running: { bar, timeMs, price } };
}

/** The estimate after the close of one more bar, given by its number since the epoch. Bars not after the last one change nothing. */
export function withClose(estimate: VolatilityEstimate, bar: number, price: number): VolatilityEstimate {
  const { close } = estimate;
  if (!close) return { ...estimate, close: { bar, price } };
  const bars = bar - close.bar;
  if (bars <= 0) return estimate;
  const perBar = Math.log(price / close.price) / Math.sqrt(bars);
  return {
    ...estimate,
    variance: ewmaVariance(estimate.variance, perBar, BAR_DECAY ** bars),
    barCount: estimate.barCount + bars,
    close: { bar, price },
  };
}

/** σ of 24 hours as the touch law takes it: raw, of complete bars alone. Fraction per √day. */
export const dailyVolatility = ({ variance }: VolatilityEstimate): number => Math.sqrt(variance * BARS_PER_DAY);

/** Fraction per √year of 365 days. */
export const annualVolatility = (estimate: VolatilityEstimate): number => dailyVolatility(estimate) * Math.sqrt(YEAR_DAYS);

/** VO-6: for stress displays only, max(σ, 0.75 × long-run σ), both per √day: a quiet week does not shrink a stress. */
export const stressVolatility = (daily: number, longRunDaily: number): number => Math.max(daily, STRESS_FLOOR_SHARE * longRunDaily);

const CORRELATION_INDEX: ReadonlyMap<string, number> = new Map(history.correlationMarkets.map((market, i) => [market, i]));
const MEAN_CORRELATION = meanOffDiagonal(history.correlation);

function meanOffDiagonal(matrix: readonly (readonly number[])[]): number {
  const off = matrix.flatMap((row, i) => row.filter((_, j) => j !== i));
  return off.reduce((sum, value) => sum + value, 0) / off.length;
}

/** VO-7: correlation of daily returns of two markets in the shipped history; of a market not in it, the mean of all pairs. */
export const longRunCorrelation = (a: string, b: string): number => {
  if (a === b) return 1;
  const i = CORRELATION_INDEX.get(a);
  const j = CORRELATION_INDEX.get(b);
  return i === undefined || j === undefined ? MEAN_CORRELATION : history.correlation[i]![j]!;
};
