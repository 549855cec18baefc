/** How an account did, with deposits and withdrawals taken out (rules PE-1 to PE-6 of docs/spec/performance.md). Floats: statistics. */
import { none, type Outcome, some } from '../../domain/outcome.ts';

const DAY_MS = 86_400_000;
/** These markets do not close: a year has 365 days. Said beside every figure that is per year. */
export const YEAR_DAYS = 365;

export interface EquitySample {
  readonly timeMs: number;
  /** Money, signed. */
  readonly equity: number;
}

/** Money that came in (+) or went out (−) without being earned or lost. */
export interface Flow {
  readonly timeMs: number;
  readonly amount: number;
}

export interface CurvePoint {
  readonly timeMs: number;
  /** Worth of 1 put in at the first sample, all flows removed. */
  readonly index: number;
  /** Return since the sample before, fraction; 0 at the first. */
  readonly periodReturn: number;
}

/**
 * PE-1: the time-weighted curve. Return of a period = (equity at its end − flows in it) ÷ equity at its start − 1; a flow belongs to the
 * period that ends at or after it. Both lists in order of time. It ends before the first period that starts at or below zero: a return on
 * nothing is no number.
 */
export function timeWeightedCurve(samples: readonly EquitySample[], flows: readonly Flow[]): CurvePoint[] {
  const curve: CurvePoint[] = [];
  let next = 0;
  for (const [i, { timeMs, equity }] of samples.entries()) {
    if (i === 0) {
      while (next < flows.length && flows[next]!.timeMs <= timeMs) next++;
      curve.push({ timeMs, index: 1, periodReturn: 0 });
      continue;
    }
    let flow = 0;
    while (next < flows.length && flows[next]!.timeMs <= timeMs) flow += flows[next++]!.amount;
    const before = samples[i - 1]!.equity;
    if (!(before > 0)) break;
    const periodReturn = (equity - flow) / before - 1;
    curve.push({ timeMs, index: curve.at(-1)!.index * (1 + periodReturn), periodReturn });
  }
  return curve;
}

/** PE-2: return over the whole curve, fraction. */
export const totalReturn = (curve: readonly Pick<CurvePoint, 'index'>[]): Outcome<number> =>
  curve.length < 2 ? none('not-applicable') : some(curve.at(-1)!.index / curve[0]!.index - 1);

export interface Drawdown {
  /** (trough ÷ peak) − 1, ≤ 0. */
  readonly depth: number;
  /** Places in the list. */
  readonly peak: number;
  readonly trough: number;
}

/** PE-3: the deepest fall from a peak; the first of equal ones. Depth 0 of a curve that never fell, −1 and beyond of one that lost all. */
export function largestDrawdown(index: readonly number[]): Drawdown {
  let peak = 0;
  let worst: Drawdown = { depth: 0, peak: 0, trough: 0 };
  for (const [i, value] of index.entries()) {
    if (value > index[peak]!) peak = i;
    const depth = value / index[peak]! - 1;
    if (depth < worst.depth) worst = { depth, peak, trough: i };
  }
  return worst;
}

/** PE-3: the fall from the highest so far to now, ≤ 0; 0 of nothing. */
export const presentDrawdown = (index: readonly number[]): number =>
  index.length === 0 ? 0 : index.at(-1)! / index.reduce((top, value) => Math.max(top, value)) - 1;

/** PE-4: growth a year that the total return over `years` comes to: (end ÷ start)^(1 ÷ years) − 1. −1 where all is lost. */
export const yearlyGrowth = (growth: number, years: number): number => (growth <= 0 ? -1 : growth ** (1 / years) - 1);

/** PE-5: Calmar ratio: yearly growth ÷ |largest drawdown|. None without a drawdown or without time. */
export function calmarRatio(index: readonly number[], years: number): Outcome<number> {
  const { depth } = largestDrawdown(index);
  if (depth === 0 || !(years > 0)) return none('not-applicable');
  return some(yearlyGrowth(index.at(-1)! / index[0]!, years) / -depth);
}

/** PE-5 of returns of equal periods; `periodsPerYear` 365 for days, which is the default here; others use 252 for a closed market. */
export function calmarOfReturns(returns: readonly number[], periodsPerYear = YEAR_DAYS): Outcome<number> {
  const index = [1];
  for (const value of returns) index.push(index.at(-1)! * (1 + value));
  return calmarRatio(index, returns.length / periodsPerYear);
}

export interface PerformanceFigures {
  readonly totalReturn: Outcome<number>;
  readonly largestDrawdown: Drawdown;
  readonly presentDrawdown: number;
  readonly calmar: Outcome<number>;
  readonly days: number;
}

/** PE-6: all of it, of one curve. */
export function performanceOf(curve: readonly CurvePoint[]): PerformanceFigures {
  const index = curve.map((point) => point.index);
  const days = curve.length < 2 ? 0 : (curve.at(-1)!.timeMs - curve[0]!.timeMs) / DAY_MS;
  return {
    totalReturn: totalReturn(curve),
    largestDrawdown: largestDrawdown(index),
    presentDrawdown: presentDrawdown(index),
    calmar: calmarRatio(index, days / YEAR_DAYS),
    days,
  };
}
