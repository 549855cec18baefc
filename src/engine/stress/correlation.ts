/**
 * Correlation of markets from their past returns: exponentially weighted, begun at the shipped history, shrunk, and blended for stress.
 * Rules DI-7, DI-8 of docs/spec/distance.md. Doubles: a statistic decides nothing.
 */
import { DAILY_DECAY, HOURS_PER_DAY } from '../volatility/ewma.ts';
import { longRunCorrelation } from '../volatility/stream.ts';
import type { Market, ShockModel } from './types.ts';

export type Matrix = readonly (readonly number[])[];

export interface Shrunk {
  /** s = min(1, b² ÷ d²): share of the target μI. */
  readonly shrinkage: number;
  /** Mean variance. */
  readonly mean: number;
  readonly covariance: number[][];
}

/**
 * DI-7: Ledoit and Wolf (2004), (1 − s)S + s·μI. `weights` of the rows sum to 1 (equal ones where absent): S = Σ w·xx',
 * b² = Σ w²·‖xx' − S‖², d² = ‖S − μI‖²; with equal weights that is the published estimator. `isCentred`: the weighted mean is taken off first.
 * Rows of returns, one number a market; none gives `undefined`.
 */
export function ledoitWolf(rows: Matrix, weights?: readonly number[], isCentred = true): Shrunk | undefined {
  const width = rows[0]?.length ?? 0;
  if (width === 0) return undefined;
  const weight = (t: number): number => weights?.[t] ?? 1 / rows.length;
  const mean = Array.from({ length: width }, (_, i) => (isCentred ? rows.reduce((sum, row, t) => sum + weight(t) * row[i]!, 0) : 0));
  const centred = rows.map((row) => row.map((value, i) => value - mean[i]!));
  const sample = square(width, (i, j) => centred.reduce((sum, row, t) => sum + weight(t) * row[i]! * row[j]!, 0));
  const variance = sample.reduce((sum, row, i) => sum + row[i]!, 0) / width;
  let spread = 0;
  centred.forEach((row, t) => {
    let distance = 0;
    for (let i = 0; i < width; i++) for (let j = 0; j < width; j++) distance += (row[i]! * row[j]! - sample[i]![j]!) ** 2;
    spread += weight(t) ** 2 * distance;
  });
  let away = 0;
  for (let i = 0; i < width; i++) for (let j = 0; j < width; j++) away += (sample[i]![j]! - (i === j ? variance : 0)) ** 2;
  const shrinkage = away > 0 ? Math.min(1, spread / away) : 0;
  const covariance = square(width, (i, j) => (1 - shrinkage) * sample[i]![j]! + (i === j ? shrinkage * variance : 0));
  return { shrinkage, mean: variance, covariance };
}

const square = (width: number, value: (i: number, j: number) => number): number[][] =>
  Array.from({ length: width }, (_, i) => Array.from({ length: width }, (__, j) => value(i, j)));

export interface PriceHistory {
  readonly markets: readonly Market[];
  /** Closes > 0, oldest first, one row a bar, one number a market; NaN where a market had none. */
  readonly closes: Matrix;
  readonly barHours: number;
}

/**
 * DI-7: correlation from closes. Each market's log returns are divided by their own weighted σ, so that the shrinkage acts on correlation;
 * row weights (1 − λ)λ^age with λ per bar, λ^n of the whole stays with the shipped history from which it starts. Bars in which a market has no
 * return are left out for all. A market that never moved keeps the history's row. Diagonal 1, positive semidefinite.
 */
export function correlationOf({ markets, closes, barHours }: PriceHistory, decayPerDay = DAILY_DECAY): number[][] {
  const prior = square(markets.length, (i, j) => longRunCorrelation(markets[i]!, markets[j]!));
  const decay = decayPerDay ** (barHours / HOURS_PER_DAY);
  const rows = returnsOf(closes);
  if (rows.length === 0) return prior;
  const total = 1 - decay ** rows.length;
  const weights = rows.map((_, t) => ((1 - decay) * decay ** (rows.length - 1 - t)) / total);
  const sigma = markets.map((_, i) => Math.sqrt(rows.reduce((sum, row, t) => sum + weights[t]! * row[i]! ** 2, 0)));
  if (sigma.some((value) => !(value > 0))) return prior;
  const shrunk = ledoitWolf(
    rows.map((row) => row.map((value, i) => value / sigma[i]!)),
    weights,
    false,
  );
  if (!shrunk) return prior;
  const mixed = square(markets.length, (i, j) => (1 - total) * prior[i]![j]! + total * shrunk.covariance[i]![j]!);
  return square(markets.length, (i, j) => (i === j ? 1 : mixed[i]![j]! / Math.sqrt(mixed[i]![i]! * mixed[j]![j]!)));
}

function returnsOf(closes: Matrix): number[][] {
  const rows: number[][] = [];
  for (let t = 1; t < closes.length; t++) {
    const row = closes[t]!.map((close, i) => Math.log(close / closes[t - 1]![i]!));
    if (row.every(Number.isFinite)) rows.push(row);
  }
  return rows;
}

/** DI-8: correlation towards which a stress blends: seen in 2026, when the mean of ten majors was 0.877. */
export const STRESS_CORRELATION = 0.9;

/** DI-8: (1 − share)·C + share·(every pair at `toward`). `share` and `toward` in [0, 1]: positive semidefinite if C is. */
export const stressed = (correlation: Matrix, share: number, toward = STRESS_CORRELATION): number[][] =>
  square(correlation.length, (i, j) => (i === j ? 1 : (1 - share) * correlation[i]![j]! + share * toward));

/** The pairs of a matrix, as a shock model takes them. */
export const pairsOf = (markets: readonly Market[], correlation: Matrix): [Market, Market, number][] =>
  markets.flatMap((a, i) => markets.slice(i + 1).map((b, j): [Market, Market, number] => [a, b, correlation[i]![i + 1 + j]!]));

/** DI-8: β of a market to a reference: correlation × σ ÷ σ of the reference. */
export const betaOf = (correlation: number, sigma: number, referenceSigma: number): number => (correlation * sigma) / referenceSigma;

/** DI-8: a model in stress: every σ times `volatility` > 0, correlation blended by `share`. */
export function stressModel(model: ShockModel, volatility: number, share: number, toward = STRESS_CORRELATION): ShockModel {
  const markets = [...model.sigma.keys()];
  const index = new Map(markets.map((market, i) => [market, i]));
  const matrix = square(markets.length, (i, j) => (i === j ? 1 : 0));
  for (const [a, b, value] of model.correlation) {
    const [i, j] = [index.get(a), index.get(b)];
    if (i === undefined || j === undefined) continue;
    matrix[i]![j] = value;
    matrix[j]![i] = value;
  }
  const sigma = new Map([...model.sigma].map(([market, value]) => [market, value * volatility]));
  return { ...model, sigma, correlation: pairsOf(markets, stressed(matrix, share, toward)) };
}
