/** What crosses of the machine made visible (rules AM-9 to AM-11 of docs/spec/alarms.md) and of old prices (ST-7). Plain data. */
import type { Freshness } from '../../domain/freshness.ts';
import type { Severity } from '../../policy/alarms/rules.ts';

/** Where a level stands on the gauges if only equity changed; NaN where it has no place. For drawing. */
export interface LevelPlace {
  readonly ratio: number;
  /** Size of the common move of all prices that would be left. */
  readonly distance: number;
}

/** What comes next if prices go on the wrong way. */
export interface NextStep {
  /** The rule; 'venue' where no rule comes before liquidation. */
  readonly rule: string;
  readonly severity: Severity | 'liquidation';
  /** Armed already: time until it counts if it stays so; NaN while it is not armed. */
  readonly countsInMs: number;
  /** Its delay, for showing how much of it has run. */
  readonly onDelayMs: number;
  /** The market whose price alone leads there soonest, counted in its σ; '' where there is none. */
  readonly market: string;
  /** That price, decimal text, and its relative move from now; '' where there is none. */
  readonly price: string;
  readonly move: string;
  /** Why there is no price; '' where there is one, or the rule is armed. */
  readonly reason: string;
}

/** A pool's buffer less what may have gone unseen (ST-5). */
export interface AgedPool {
  readonly freshness: Freshness;
  /** Of the oldest input, and its market. ∞: a price is missing altogether; NaN: there is none. */
  readonly ageMs: number;
  readonly market: string;
  /** Buffer in money, signed, and what was taken off; '' where that is not known. */
  readonly buffer: string;
  readonly shrinkage: string;
  /** |uniform shock| in proportion; '' where there is none. */
  readonly distance: string;
  /** Too old to be shown as a figure (ST-6). */
  readonly isStruck: boolean;
  /** Of positions, in the account's order, while the pool is not live. */
  readonly positions: readonly { readonly row: number; readonly distance: string }[];
}
