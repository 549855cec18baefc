/**
 * Who carries it (rules DS-14…DS-16): shares of the largest, Herfindahl and Gini of a positive amount over accounts. Amounts that
 * are not above zero carry nothing and have no share: they are counted apart, never clamped into the total.
 */
import { type OrderScratch, orderRows } from '../kernel/order.ts';
import { type OrderKey, type SelectScratch, selectWindow } from '../kernel/select.ts';

export interface Concentration {
  /** Accounts with an amount above zero, and what they add up to. */
  readonly holders: number;
  readonly total: number;
  /** Share of the k largest in the total, in the order of the ks asked for; 1 where there are no more than k. */
  readonly topShares: readonly number[];
  /** Σ share²: 1 ÷ holders when all are alike, 1 when one holds all. */
  readonly herfindahl: number;
  /** 0 when all holders are alike; 1 − 1 ÷ holders when one holds nearly all. */
  readonly gini: number;
  /** Accounts that take part with an amount ≤ 0, and with none known. */
  readonly withoutAmount: number;
  readonly unknown: number;
}

/**
 * Concentration of amounts × unit rate over the accounts that the mask lets through. With x₁ ≤ … ≤ xₙ the amounts above zero and
 * X their sum: top-k share = Σ of the k last ÷ X; Herfindahl = Σ (x ÷ X)²; Gini = Σ (2i − n − 1)·xᵢ ÷ (n·X). Sums are
 * compensated: relative error below 1e-14. Undefined where nobody holds anything. `rows` and `amounts` are memory of `count` entries
 * that is written over; afterwards rows[0, holders) are the holders, smallest first.
 */
export function concentration(...input: Parameters<typeof concentrationSteps>): Concentration | undefined {
  const steps = concentrationSteps(...input);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** The same step by step: nothing else may write to `rows`, `amounts` and the mask meanwhile. */
export function* concentrationSteps(
  count: number,
  values: Float64Array,
  unitRate: Float64Array,
  mask: Uint8Array,
  ks: readonly number[],
  rows: Uint32Array,
  amounts: Float64Array,
  scratch: OrderScratch,
): Generator<void, Concentration | undefined> {
  let holders = 0;
  let withoutAmount = 0;
  let unknown = 0;
  for (let row = 0; row < count; row++) {
    if (mask[row] === 0) continue;
    const amount = values[row]! * unitRate[row]!;
    amounts[row] = amount;
    if (amount > 0 && amount < Number.POSITIVE_INFINITY) rows[holders++] = row;
    else if (amount <= 0) withoutAmount++;
    else unknown++;
  }
  if (holders === 0) return undefined;
  yield;
  orderRows(rows, holders, amounts, false, scratch);
  yield;
  const total = sumOf(rows, 0, holders, amounts);
  const topShares = ks.map((k) => (k >= holders ? 1 : sumOf(rows, holders - k, holders, amounts) / total));
  yield;
  const herfindahl = herfindahlOf(rows, holders, amounts, total);
  yield;
  return { holders, total, topShares, herfindahl, gini: giniOf(rows, holders, amounts, total), withoutAmount, unknown };
}

/** Σ amounts of rows[from, to), compensated (Neumaier 1974). */
function sumOf(rows: Uint32Array, from: number, to: number, amounts: Float64Array): number {
  let sum = 0;
  let lost = 0;
  for (let i = from; i < to; i++) {
    const amount = amounts[rows[i]!]!;
    const next = sum + amount;
    lost += sum >= amount ? sum - next + amount : amount - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Σ (amount ÷ total)², smallest first; every term ≥ 0. */
function herfindahlOf(rows: Uint32Array, holders: number, amounts: Float64Array, total: number): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < holders; i++) {
    const share = amounts[rows[i]!]! / total;
    const square = share * share;
    const next = sum + square;
    lost += sum >= square ? sum - next + square : square - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Σ (2i − n − 1)·share ÷ n over the rows, smallest first, i from 1. */
function giniOf(rows: Uint32Array, holders: number, amounts: Float64Array, total: number): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < holders; i++) {
    const term = (2 * i + 1 - holders) * (amounts[rows[i]!]! / total);
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
  }
  return (sum + lost) / holders;
}

/**
 * The k largest amounts among the rows that the mask lets through (DS-17): whales by notional. Writes their rows to `out`, largest
 * first, and returns how many there are; `amounts` hold no unit rate of their own.
 */
export const largest = (
  count: number,
  amounts: Float64Array,
  mask: Uint8Array,
  k: number,
  out: Uint32Array,
  scratch: SelectScratch,
): number => selectWindow(count, mask, [{ keys: amounts, falling: true }], 0, k, out, scratch);

/**
 * The k accounts nearest to liquidation by money (DS-18): margin excess × unit rate, least first, of those that carry something;
 * those past their line come first, an excess that is not known last. `carries` and `buffers` are memory of `count` entries.
 */
export function nearestByBuffer(
  count: number,
  marginExcess: Float64Array,
  unitRate: Float64Array,
  notional: Float64Array,
  mask: Uint8Array,
  k: number,
  out: Uint32Array,
  carries: Uint8Array,
  buffers: Float64Array,
  scratch: SelectScratch,
): number {
  for (let row = 0; row < count; row++) {
    carries[row] = mask[row] !== 0 && notional[row] !== 0 ? 1 : 0;
    buffers[row] = marginExcess[row]! * unitRate[row]!;
  }
  const order: OrderKey[] = [{ keys: buffers, falling: false }];
  return selectWindow(count, carries, order, 0, k, out, scratch);
}
