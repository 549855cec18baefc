/**
 * Volatility as an exponentially weighted average of squared returns (rules VO-1 to VO-4 of docs/spec/volatility.md).
 * Floats: a statistic decides nothing exactly. Variances are per bar, volatilities per the square root of the time they name.
 */

/** λ per day of the shipped estimator (RiskMetrics 1996): half-life 11.2 days. */
export const DAILY_DECAY = 0.94;

export const HOURS_PER_DAY = 24;

/** VO-1: λ of a bar of `barHours`, λ_day^(h ÷ 24): the half-life in days does not depend on the bar. */
export const barDecay = (barHours: number, dailyDecay = DAILY_DECAY): number => dailyDecay ** (barHours / HOURS_PER_DAY);

/** VO-1: v ← λv + (1 − λ)r². Log-return r of the last bar, variance per bar. Source: Hull, Options, Futures and Other Derivatives. */
export const ewmaVariance = (variance: number, logReturn: number, decay: number): number => decay * variance + (1 - decay) * logReturn ** 2;

/** What a decay λ per day means. */
export interface DecayFacts {
  /** Days after which a return weighs half: ln ½ ÷ ln λ. */
  readonly halfLifeDays: number;
  /** Days that carry 99.9 % of the weight: ln 0.001 ÷ ln λ. */
  readonly memoryDays: number;
  /** 1 ÷ (1 − λ). */
  readonly meanWeightDays: number;
  /** Equally weighted returns that would estimate as well: (1 + λ) ÷ (1 − λ). */
  readonly effectiveCount: number;
}

export const decayFacts = (decay: number): DecayFacts => ({
  halfLifeDays: Math.log(0.5) / Math.log(decay),
  memoryDays: Math.log(0.001) / Math.log(decay),
  meanWeightDays: 1 / (1 - decay),
  effectiveCount: (1 + decay) / (1 - decay),
});

export interface GarchTerms {
  /** ω, variance per bar. */
  readonly constant: number;
  /** α: weight of the last squared return. */
  readonly returnWeight: number;
  /** β: weight of the last variance. */
  readonly varianceWeight: number;
}

/** GARCH(1,1), v ← ω + αr² + βv: a check beside the average, not what is shown (Hull). */
export const garchVariance = ({ constant, returnWeight, varianceWeight }: GarchTerms, variance: number, logReturn: number): number =>
  constant + returnWeight * logReturn ** 2 + varianceWeight * variance;

/** Variance it returns to, ω ÷ (1 − α − β); NaN where it returns to none. */
export const garchLongRunVariance = ({ constant, returnWeight, varianceWeight }: GarchTerms): number => {
  const pull = 1 - returnWeight - varianceWeight;
  return pull > 0 ? constant / pull : Number.NaN;
};
