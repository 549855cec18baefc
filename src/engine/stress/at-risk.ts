/**
 * Liquidations-at-risk and value-at-risk from simulated paths. Rules LR-3…LR-6 of docs/spec/liquidations-at-risk.md. Doubles.
 *
 * LaR: quantile of the notional liquidated on a path. VaR: quantile of its net insolvent debt. (Definitions of Gauntlet, risk.gauntlet.network/faq.)
 * What is known is kept path by path, so that pieces drawn anywhere join to one and the same answer.
 */
import { none, type Outcome, some } from '../../domain/outcome.ts';
import { drawPath, type PathModel } from './paths.ts';

/** What one path does. Money ≥ 0. */
export interface PathLoss {
  readonly liquidated: number;
  /** Debt that no collateral covers. */
  readonly deficit: number;
}

/** Judges one path: log(price ÷ price now), step × markets + market. */
export type EvaluatePath = (path: Float64Array, model: PathModel) => PathLoss;

/** Paths that were drawn. NaN where a path has not been. Plain data: it can be sent and taken up again. */
export interface AtRiskState {
  readonly seed: number;
  readonly liquidated: Float64Array;
  readonly deficit: Float64Array;
}

export const beginAtRisk = (seed: number, paths: number): AtRiskState => ({
  seed,
  liquidated: new Float64Array(paths).fill(Number.NaN),
  deficit: new Float64Array(paths).fill(Number.NaN),
});

/** LR-3: the state after `count` more paths from number `from` on; those drawn already are not drawn again. */
export function drawPaths(state: AtRiskState, from: number, count: number, model: PathModel, evaluate: EvaluatePath): AtRiskState {
  const next = { seed: state.seed, liquidated: state.liquidated.slice(), deficit: state.deficit.slice() };
  const end = Math.min(from + count, next.liquidated.length);
  for (let i = from; i < end; i++) {
    if (!Number.isNaN(next.liquidated[i]!)) continue;
    const { liquidated, deficit } = evaluate(drawPath(model, state.seed, i), model);
    next.liquidated[i] = liquidated;
    next.deficit[i] = deficit;
  }
  return next;
}

/** LR-3: two pieces of one run, in any order. Throws `RangeError` where they are of different runs. */
export function mergeAtRisk(a: AtRiskState, b: AtRiskState): AtRiskState {
  if (a.seed !== b.seed || a.liquidated.length !== b.liquidated.length) throw new RangeError('pieces of different runs');
  const join = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, i) => (Number.isNaN(value) ? y[i]! : value));
  return { seed: a.seed, liquidated: join(a.liquidated, b.liquidated), deficit: join(a.deficit, b.deficit) };
}

export interface Quantile {
  readonly value: number;
  /** Ends of the 95 % interval from the order of the samples, whatever their law; the largest sample where the upper end lies beyond all. */
  readonly low: number;
  readonly high: number;
}

export interface TailFigures {
  readonly mean: number;
  /** Standard error of the mean. */
  readonly error: number;
  readonly at95: Quantile;
  readonly at99: Quantile;
  /** Mean of the worst 5 and 1 per cent. */
  readonly shortfall95: number;
  readonly shortfall99: number;
}

export interface AtRisk {
  readonly done: number;
  readonly paths: number;
  readonly seed: number;
  /** LaR. */
  readonly liquidated: TailFigures;
  /** VaR. */
  readonly deficit: TailFigures;
}

/** LR-4: the figures of the paths drawn so far; `not-applicable` before the first. */
export function atRisk({ seed, liquidated, deficit }: AtRiskState): Outcome<AtRisk> {
  const drawn = liquidated.filter((value) => !Number.isNaN(value)).sort();
  if (drawn.length === 0) return none('not-applicable');
  const deficits = deficit.filter((value) => !Number.isNaN(value)).sort();
  return some({ done: drawn.length, paths: liquidated.length, seed, liquidated: tailOf(drawn), deficit: tailOf(deficits) });
}

/** The figures of samples in rising order, one at least. */
export function tailOf(sorted: Float64Array): TailFigures {
  const mean = sumOf(sorted) / sorted.length;
  const spread = sumOf(sorted.map((value) => (value - mean) ** 2));
  return {
    mean,
    error: sorted.length > 1 ? Math.sqrt(spread / (sorted.length - 1) / sorted.length) : 0,
    at95: quantileOf(sorted, 0.95),
    at99: quantileOf(sorted, 0.99),
    shortfall95: shortfallOf(sorted, 0.95),
    shortfall99: shortfallOf(sorted, 0.99),
  };
}

/** Neumaier's compensated sum. */
function sumOf(values: Float64Array): number {
  let [sum, rest] = [0, 0];
  for (const value of values) {
    const next = sum + value;
    rest += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + rest;
}

const NORMAL_975 = 1.959963984540054;

/** LR-4: type 7, linear between the two samples about (n − 1)·p; interval by ranks np ± 1.96·√(np(1 − p)). */
export function quantileOf(sorted: Float64Array, p: number): Quantile {
  const last = sorted.length - 1;
  const at = last * p;
  const below = Math.floor(at);
  const value = sorted[below]! + (at - below) * (sorted[Math.min(below + 1, last)]! - sorted[below]!);
  const half = NORMAL_975 * Math.sqrt(sorted.length * p * (1 - p));
  const rank = (k: number): number => sorted[Math.min(last, Math.max(0, k))]!;
  const low = rank(Math.floor(sorted.length * p - half) - 1);
  const high = rank(Math.ceil(sorted.length * p + half));
  return { value, low: Math.min(low, value), high: Math.max(high, value) };
}

/** LR-4: mean of the worst share 1 − p, the sample at its edge counted by the part that lies in it (Acerbi and Tasche 2002). */
export function shortfallOf(sorted: Float64Array, p: number): number {
  const share = sorted.length * (1 - p);
  // n(1 − p) of whole numbers is a whole number but for rounding.
  const size = Math.abs(share - Math.round(share)) < 1e-9 * sorted.length ? Math.round(share) : share;
  const whole = Math.floor(size);
  const worst = sumOf(sorted.slice(sorted.length - whole));
  const edge = size - whole;
  return size > 0 ? (worst + (edge > 0 ? edge * sorted[Math.max(0, sorted.length - whole - 1)]! : 0)) / size : sorted[sorted.length - 1]!;
}

/** LR-5: insurance fund ÷ expected shortfall of deficits; `not-applicable` where no path leaves one: nothing to cover. */
export const fundCoverage = (fund: number, shortfall: number): Outcome<number> =>
  shortfall > 0 ? some(fund / shortfall) : none('not-applicable');

/**
 * LR-6: collateral liquidity ratio when `ahead` of the same asset is sold before: δ(e^(−a ÷ δ) − e^(−(a + Q) ÷ δ)) ÷ debt. With nothing ahead it
 * is the plain one. `no-debt` where nothing is owed, `no-depth` where there is no book.
 */
export function commonShockRatio(value: number, ahead: number, debt: number, delta: number): Outcome<number> {
  if (!(debt > 0)) return none('no-debt');
  if (!(delta > 0)) return none('no-depth');
  if (delta === Number.POSITIVE_INFINITY) return some(value / debt);
  return some((delta * Math.exp(-ahead / delta) * -Math.expm1(-value / delta)) / debt);
}
