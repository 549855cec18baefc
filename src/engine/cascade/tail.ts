/** Losses of many paths as figures: quantiles, expected shortfall, what the fund covers. Rule CA-27 of docs/spec/cascade.md. */
import { none, type Outcome, some } from '../../domain/outcome.ts';

/** Slack against the rounding of (n − 1)·p and n·(1 − p). */
const SLACK = 1e-9;

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** Quantile by linear interpolation between order statistics (Hyndman and Fan, type 7), 0 ≤ p ≤ 1. `not-applicable` without values. */
export function quantile(values: readonly number[], p: number): Outcome<number> {
  if (values.length === 0) return none('not-applicable');
  const ordered = sorted(values);
  const place = (ordered.length - 1) * p;
  const below = Math.floor(place + SLACK);
  const low = ordered[below] as number;
  const high = ordered[Math.min(below + 1, ordered.length - 1)] as number;
  return some(low + Math.max(0, place - below) * (high - low));
}

/** Mean of the worst 1 − p of the values, the last one counted by its share: expected shortfall, 0 < p < 1. */
export function expectedShortfall(values: readonly number[], p: number): Outcome<number> {
  if (values.length === 0) return none('not-applicable');
  const ordered = sorted(values).reverse();
  const count = Math.min(ordered.length, values.length * (1 - p));
  const whole = Math.floor(count + SLACK);
  const part = count - whole > SLACK ? count - whole : 0;
  const sum = ordered.slice(0, whole).reduce((total, value) => total + value, 0) + part * (ordered[whole] ?? 0);
  return some(sum / (whole + part));
}

/** Fund ÷ expected shortfall of the deficits; `never` where nothing is ever missing. */
export function fundCoverage(fund: number, deficits: readonly number[], p: number): Outcome<number> {
  const shortfall = expectedShortfall(deficits, p);
  if (!shortfall.ok) return shortfall;
  return shortfall.value > 0 ? some(fund / shortfall.value) : none('never');
}
