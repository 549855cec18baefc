/**
 * How far an account is from its line when all markets move at once, and by which move. Rules DI-1…DI-9 of docs/spec/distance.md.
 * Money is exact; σ, correlations and distances are doubles: they measure, they decide nothing.
 */
import type { Account, Book } from '../../domain/book.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { VenueRules } from '../rules.ts';

/** A base asset or a collateral asset: `BTC`. Every instrument of that base and every balance in it move together. */
export type Market = string;

/** `simple`: relative price changes are normal. `log`: their logarithms are, so that no price falls below zero. */
export type ShockSpace = 'log' | 'simple';

export interface ShockModel {
  /** σ of a day, fraction ≥ 0. A market that is not named does not move. */
  readonly sigma: ReadonlyMap<Market, number>;
  /** Correlation of pairs of named markets in [−1, 1]; 0 of a pair that is not named, 1 of a market with itself. */
  readonly correlation: readonly (readonly [Market, Market, number])[];
  readonly space: ShockSpace;
}

export interface ShortestShock {
  /** √(z'Σ⁻¹z), in σ of a day, ≥ 0; 0 on the line. */
  readonly distance: number;
  /** Nothing nearer than this reaches the line: equal to `distance` where that is proved, a lower bound where it is not. */
  readonly atLeast: number;
  /** Relative price change by market (−0.1 is a fall of 10 %), in both spaces, of every market of the model that the pool depends on. */
  readonly shock: ReadonlyMap<Market, number>;
  /** Share of the pool's variance by market at the shock; they sum to 1, hedges are negative. */
  readonly share: ReadonlyMap<Market, number>;
  /** σ per √day by which prices without drift, whose logarithms lose ½σ² a day, come nearer to the line along the shock; 0 in simple space. */
  readonly drift: number;
  /** The pool whose line is reached. */
  readonly pool: string;
}

/**
 * The shortest shock of an account: of its nearest pool. `never` where no move of the named markets reaches the line, `already` where it is
 * past it, `no-position` where nothing is open; what is not known gives its own reason.
 *
 * Throws `InputError` with pointers into `{ sigma, correlation }` where σ is negative, a pair names an unknown market or is named twice with
 * two values, or the matrix is not positive semidefinite.
 */
export type ShortestShockOf = (account: Account, book: Book, rules: VenueRules, model: ShockModel) => Outcome<ShortestShock>;
