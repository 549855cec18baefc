/**
 * "No number" is a value with a reason (rule OUT-1). Nothing in the engine answers −1, 0, NaN, Infinity
 * or undefined for want of data.
 */
import type { Decimal } from './units.ts';

/** Every reason for which a figure has no number. Closed: a new reason is added here and in docs/spec. */
export const REASONS = {
  never: 'no price above zero reaches the threshold while everything else holds',
  already: 'the threshold is already passed and no price of this market alone cures it',
  'no-debt': 'nothing is owed, so there is nothing to measure against',
  'no-position': 'there is no open position',
  'no-collateral': 'there is no collateral',
  'missing-mark': 'the price it depends on is not known',
  'stale-mark': 'the price it depends on is too old to trust',
  'missing-tiers': 'no margin table is known for the instrument',
  'missing-threshold': 'no liquidation threshold is known for a collateral asset',
  insolvent: 'equity is zero or negative, so a ratio to it means nothing',
  'not-applicable': 'the figure does not exist for this kind of account',
  'no-depth': 'the book cannot take the volume that would have to be traded',
  unsupported: 'the venue computes this in a way that is not modelled',
} as const;

export type Reason = keyof typeof REASONS;

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: Reason; readonly subject?: string };

/** A number, or the reason why there is none. */
export type Figure = Outcome<Decimal>;

export const some = <T>(value: T): Outcome<T> => ({ ok: true, value });

/** No number, for `reason`; `subject` names the instrument or asset that causes it. */
export const none = (reason: Reason, subject?: string): Outcome<never> =>
  subject === undefined ? { ok: false, reason } : { ok: false, reason, subject };

/** Applies `f` to the value, keeps the reason otherwise. */
export const map = <A, B>(outcome: Outcome<A>, f: (value: A) => B): Outcome<B> => (outcome.ok ? some(f(outcome.value)) : outcome);

/** The reasons that mean "data is missing", as against "the answer is that there is none". They make an account indeterminate. */
export const INDETERMINATE_REASONS: ReadonlySet<Reason> = new Set<Reason>([
  'missing-mark',
  'stale-mark',
  'missing-tiers',
  'missing-threshold',
  'unsupported',
]);

/** Applies `f` to two values; the first missing one gives its reason. */
export const map2 = <A, B, C>(a: Outcome<A>, b: Outcome<B>, f: (a: A, b: B) => C): Outcome<C> => {
  if (!a.ok) return a;
  return b.ok ? some(f(a.value, b.value)) : b;
};

/** All values, or the first reason met. Order matters only for which reason is named. */
export const all = <T>(outcomes: readonly Outcome<T>[]): Outcome<T[]> => {
  const values: T[] = [];
  for (const outcome of outcomes) {
    if (!outcome.ok) return outcome;
    values.push(outcome.value);
  }
  return some(values);
};
