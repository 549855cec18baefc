/**
 * The figures of the price model (rules FD-15 to FD-19): which market moves how much, with which others, and how it jumps.
 * Volatilities are fractions per year of 365 days, jump sizes are log-returns, times say their unit.
 */

export interface MarketParameters {
  readonly market: string;
  /** Price at the start, decimal text. */
  readonly startPrice: string;
  /** σ̄: annual volatility of the market, fraction. */
  readonly annualVolatility: number;
  /** β: log-move of this market per log-move of a common jump downward. */
  readonly jumpBeta: number;
}

/** What a regime multiplies; `correlationMean` blends the correlation matrix towards one until its mean off the diagonal is that. */
export interface RegimeParameters {
  readonly volatilityFactor: number;
  readonly jumpIntensityFactor: number;
  readonly correlationMean?: number;
}

/**
 * Start prices: mark prices of Hyperliquid, all at one instant, 2026-02-06 05:09 UTC.
 * Volatility and jump β of the first six: fitted, as is the rest of the model. Of ADA, AVAX, LINK, LTC, which the fit left
 * out: 0.87 × sample volatility 2021–26 and 1.25 × downside β to BTC (0.970, 1.157, 1.015, 0.872; 1.240, 1.407, 1.349,
 * 1.287), both rounded to 0.05, the ratios that the six have on average.
 */
export const MARKETS: readonly MarketParameters[] = [
  { market: 'BTC', startPrice: '65133', annualVolatility: 0.55, jumpBeta: 1 },
  { market: 'ETH', startPrice: '1911.7', annualVolatility: 0.75, jumpBeta: 1.3 },
  { market: 'SOL', startPrice: '78.225', annualVolatility: 0.95, jumpBeta: 1.6 },
  { market: 'BNB', startPrice: '623.93', annualVolatility: 0.65, jumpBeta: 1.2 },
  { market: 'XRP', startPrice: '1.2946', annualVolatility: 0.85, jumpBeta: 1.5 },
  { market: 'DOGE', startPrice: '0.091175', annualVolatility: 1.05, jumpBeta: 1.7 },
  { market: 'ADA', startPrice: '0.25263', annualVolatility: 0.85, jumpBeta: 1.55 },
  { market: 'AVAX', startPrice: '8.4125', annualVolatility: 1, jumpBeta: 1.75 },
  { market: 'LINK', startPrice: '8.138', annualVolatility: 0.9, jumpBeta: 1.7 },
  { market: 'LTC', startPrice: '51.095', annualVolatility: 0.75, jumpBeta: 1.6 },
];

/** Correlation of daily log-returns, Binance spot closes 2021-01-01 to 2026-03-16, 1,895 days, in the order of `MARKETS`. */
export const CORRELATION: readonly (readonly number[])[] = [
  [1, 0.819, 0.6229, 0.6671, 0.6107, 0.5363, 0.6806, 0.6362, 0.7028, 0.7199],
  [0.819, 1, 0.6705, 0.681, 0.6194, 0.5206, 0.7157, 0.6668, 0.7785, 0.7532],
  [0.6229, 0.6705, 1, 0.594, 0.5259, 0.4036, 0.6047, 0.6367, 0.617, 0.5624],
  [0.6671, 0.681, 0.594, 1, 0.5415, 0.3851, 0.5886, 0.6035, 0.6314, 0.633],
  [0.6107, 0.6194, 0.5259, 0.5415, 1, 0.3922, 0.6445, 0.5697, 0.6316, 0.6482],
  [0.5363, 0.5206, 0.4036, 0.3851, 0.3922, 1, 0.4952, 0.4476, 0.4964, 0.5057],
  [0.6806, 0.7157, 0.6047, 0.5886, 0.6445, 0.4952, 1, 0.703, 0.7259, 0.6763],
  [0.6362, 0.6668, 0.6367, 0.6035, 0.5697, 0.4476, 0.703, 1, 0.6719, 0.6234],
  [0.7028, 0.7785, 0.617, 0.6314, 0.6316, 0.4964, 0.7259, 0.6719, 1, 0.7381],
  [0.7199, 0.7532, 0.5624, 0.633, 0.6482, 0.5057, 0.6763, 0.6234, 0.7381, 1],
];

/**
 * A market beyond those: as volatile as the most volatile of the fit, its jumps as wide; it leans on the mean of the others so much that
 * two of its kind correlate as two of those do on average.
 */
export const OTHER_MARKET = { startPrice: '1', annualVolatility: 1.05, jumpBeta: 1.75 } as const;

/** Two log-volatility factors, each an Ornstein–Uhlenbeck process with a stationary variance and a half-life. */
export const VOLATILITY = {
  /** Share of σ̄² that diffuses; jumps carry the rest. */
  diffusionShare: 0.95,
  slow: { variance: 0.55, halfLifeDays: 20 },
  fast: { variance: 0.5, halfLifeDays: 0.75 },
  /** Share of a volatility innovation that all markets have in common, of what the return does not explain. */
  commonShare: 0.75,
  /** ρ: correlation of a market's volatility innovation with its own return. Weak, as measured. */
  returnCorrelation: -0.1,
} as const;

/** Common jumps: a Hawkes process with an exponential kernel. */
export const JUMPS = {
  /** λ0, per day. */
  baseIntensity: 0.06,
  /** n: mean number of jumps that one jump brings about directly. */
  branchingRatio: 0.25,
  halfLifeHours: 1.5,
  upProbability: 0.45,
  /** Means of the exponential sizes, log-return of BTC. */
  meanDown: 0.026,
  meanUp: 0.02,
  /** β of a jump upward ÷ β downward. */
  upBetaFactor: 0.8,
  /** Spread of a market's own response: factor e^(spread·ξ + mean), whose expectation is 1. */
  responseSpread: 0.35,
  responseMean: -0.061,
  /** No step loses more than 95 % to jumps. */
  floor: Math.log(0.05),
  /** Excitation starts empty this long before the first price: 6⅔ half-lives, 1 % from stationary. */
  warmUpHours: 10,
} as const;

export const REGIMES = {
  calm: { volatilityFactor: 0.6, jumpIntensityFactor: 1 },
  normal: { volatilityFactor: 1, jumpIntensityFactor: 1 },
  stress: { volatilityFactor: 2.5, jumpIntensityFactor: 10, correlationMean: 0.9 },
} as const satisfies Record<string, RegimeParameters>;

export type Regime = keyof typeof REGIMES;
