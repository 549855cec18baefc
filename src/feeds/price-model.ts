/**
 * Prices of ten markets and of any others under a factor stochastic-volatility model with common jumps (rules FD-15 to FD-18, FD-26), for
 * any step Δ:
 *
 *   rᵢ = √(vᵢΔ)·(Lε)ᵢ − ½vᵢΔ + max(Jᵢ, ln 0.05)
 *   vᵢ = 0.95·σ̄ᵢ²·exp(hˢᵢ + hᶠᵢ − ½(Vˢ + Vᶠ))
 *
 * L is the Cholesky factor of the correlation matrix; hˢ and hᶠ are stationary Ornstein–Uhlenbeck processes (variance V,
 * half-lives 20 days and 18 hours) stepped exactly, their innovations ρ·(Lε)ᵢ + √(1−ρ²)(√0.75·common + √0.25·own).
 * v is per year of 365 days. Volatility of a step is the one at its beginning.
 */

import { type Draw, normalsFrom, uniformStream } from '../domain/random.ts';
import { createJumps } from './jumps.ts';
import {
  CORRELATION,
  JUMPS,
  MARKETS,
  type MarketParameters,
  OTHER_MARKET,
  REGIMES,
  type Regime,
  type RegimeParameters,
  VOLATILITY,
} from './price-model-parameters.ts';

const DAY_MS = 86_400_000;
const YEAR_DAYS = 365;

export interface PriceModel {
  readonly markets: readonly MarketParameters[];
  /** log(price ÷ start price) by market, updated in place by `step`. */
  readonly logReturns: Float64Array;
  /** Variance per year by market, at the end of the last step. */
  readonly variances: Float64Array;
  readonly step: () => void;
  /** Common jumps so far. */
  readonly jumpCount: () => number;
}

/** Lower triangle L with L·Lᵀ = matrix, row by row. Throws RangeError where the matrix is not positive definite. */
export const cholesky = (matrix: readonly (readonly number[])[]): Float64Array[] => {
  const rows: Float64Array[] = [];
  for (let i = 0; i < matrix.length; i++) {
    const row = new Float64Array(i + 1);
    for (let j = 0; j <= i; j++) {
      const other = j === i ? row : rows[j]!;
      let rest = matrix[i]![j]!;
      for (let k = 0; k < j; k++) rest -= row[k]! * other[k]!;
      if (j < i) row[j] = rest / other[j]!;
      else if (rest > 0) row[i] = Math.sqrt(rest);
      else throw new RangeError(`the correlation matrix is not positive definite at row ${i}`);
    }
    rows.push(row);
  }
  return rows;
};

/** Mean of a correlation matrix off its diagonal. */
const meanCorrelation = (matrix: readonly (readonly number[])[]): number => {
  let sum = 0;
  for (let i = 0; i < matrix.length; i++) for (let j = 0; j < i; j++) sum += matrix[i]![j]!;
  return sum / ((matrix.length * (matrix.length - 1)) / 2);
};

/** Blends `matrix` with the matrix of ones, C' = (1 − w)·C + w·11ᵀ, w such that the mean off the diagonal is `mean` (FD-18). */
export const blendCorrelation = (matrix: readonly (readonly number[])[], mean: number): number[][] => {
  const present = meanCorrelation(matrix);
  const weight = (mean - present) / (1 - present);
  return matrix.map((row, i) => row.map((value, j) => (i === j ? 1 : value + weight * (1 - value))));
};

/** One log-volatility factor of all markets: h ← a·h + √(V(1 − a²))·η, a = 2^(−Δ ÷ half-life). */
interface Factor {
  readonly state: Float64Array;
  readonly keep: number;
  readonly spread: number;
  readonly stationary: number;
  readonly common: Draw;
  readonly own: readonly Draw[];
}

const createFactor = (
  name: 'slow' | 'fast',
  markets: readonly MarketParameters[],
  stepDays: number,
  streamOf: (purpose: string) => Draw,
): Factor => {
  const { variance, halfLifeDays } = VOLATILITY[name];
  const keep = 2 ** (-stepDays / halfLifeDays);
  return {
    state: new Float64Array(markets.length),
    keep,
    /** 1 − a² by expm1, which keeps its digits when Δ is milliseconds. */
    spread: Math.sqrt(-variance * Math.expm1((-2 * Math.LN2 * stepDays) / halfLifeDays)),
    stationary: Math.sqrt(variance),
    common: normalsFrom(streamOf(`volatility/${name}/common`)),
    own: markets.map(({ market }) => normalsFrom(streamOf(`volatility/${name}/${market}`))),
  };
};

const RETURN_WEIGHT = VOLATILITY.returnCorrelation;
const REST_WEIGHT = Math.sqrt(1 - RETURN_WEIGHT ** 2);
const COMMON_WEIGHT = REST_WEIGHT * Math.sqrt(VOLATILITY.commonShare);
const OWN_WEIGHT = REST_WEIGHT * Math.sqrt(1 - VOLATILITY.commonShare);

/** Moves one factor by innovations that lean on the return shocks: `keep`·h + `spread`·η. */
const moveFactor = (factor: Factor, shocks: Float64Array, keep: number, spread: number): void => {
  const common = factor.common();
  for (let i = 0; i < shocks.length; i++) {
    const innovation = RETURN_WEIGHT * shocks[i]! + COMMON_WEIGHT * common + OWN_WEIGHT * factor.own[i]!();
    factor.state[i] = keep * factor.state[i]! + spread * innovation;
  }
};

/**
 * The model at its start: log-volatilities drawn from their stationary law, jump excitation after ten hours of warm-up. `others` are
 * markets beyond the ten; they move none of those.
 */
export const createPriceModel = (seed: number, regime: Regime, stepMs: number, others: readonly string[] = []): PriceModel => {
  if (!(Number.isSafeInteger(stepMs) && stepMs > 0))
    throw new RangeError(`a step is a whole number of milliseconds above 0, found ${stepMs}`);
  const { volatilityFactor, jumpIntensityFactor, correlationMean }: RegimeParameters = REGIMES[regime];
  const streamOf = (purpose: string): Draw => uniformStream(seed, `price/${purpose}`);
  const stepDays = stepMs / DAY_MS;
  const stepYears = stepDays / YEAR_DAYS;
  const markets: readonly MarketParameters[] = [...MARKETS, ...others.map((market) => ({ market, ...OTHER_MARKET }))];
  const count = markets.length;
  const fitted = MARKETS.length;
  const correlation = correlationMean === undefined ? CORRELATION : blendCorrelation(CORRELATION, correlationMean);
  const lower = cholesky(correlation);
  const mean = meanCorrelation(correlation);
  // Of the mean of the fitted shocks to variance 1, times √mean: two others share `mean`.
  const shared = Math.sqrt(mean / (fitted * (1 + (fitted - 1) * mean)));
  const own = Math.sqrt(1 - mean);
  const epsilon = markets.map(({ market }) => normalsFrom(streamOf(`return/${market}`)));
  const slow = createFactor('slow', markets, stepDays, streamOf);
  const fast = createFactor('fast', markets, stepDays, streamOf);
  const jumps = createJumps(markets, jumpIntensityFactor, streamOf);
  const base = markets.map(
    ({ annualVolatility }) =>
      Math.log(VOLATILITY.diffusionShare * (annualVolatility * volatilityFactor) ** 2) -
      (VOLATILITY.slow.variance + VOLATILITY.fast.variance) / 2,
  );
  const drawn = new Float64Array(fitted);
  const shocks = new Float64Array(count);
  const variances = new Float64Array(count);
  const logReturns = new Float64Array(count);
  let stepCount = 0;

  const drawShocks = (): void => {
    let all = 0;
    for (let i = 0; i < fitted; i++) {
      drawn[i] = epsilon[i]!();
      const row = lower[i]!;
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += row[j]! * drawn[j]!;
      shocks[i] = sum;
      all += sum;
    }
    for (let i = fitted; i < count; i++) shocks[i] = shared * all + own * epsilon[i]!();
  };
  const updateVariances = (): void => {
    for (let i = 0; i < count; i++) variances[i] = Math.exp(base[i]! + slow.state[i]! + fast.state[i]!);
  };

  drawShocks();
  moveFactor(slow, shocks, 0, slow.stationary);
  moveFactor(fast, shocks, 0, fast.stationary);
  updateVariances();

  return {
    markets,
    logReturns,
    variances,
    step: () => {
      stepCount++;
      drawShocks();
      const jumped = jumps.advanceTo(stepCount * stepDays);
      for (let i = 0; i < count; i++) {
        const variance = variances[i]! * stepYears;
        logReturns[i] = logReturns[i]! + Math.sqrt(variance) * shocks[i]! - variance / 2 + Math.max(jumped[i]!, JUMPS.floor);
      }
      moveFactor(slow, shocks, slow.keep, slow.spread);
      moveFactor(fast, shocks, fast.keep, fast.spread);
      updateVariances();
    },
    jumpCount: jumps.count,
  };
};
