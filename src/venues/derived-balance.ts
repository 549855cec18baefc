/** Balances that a response does not state but implies. */
import type { Account, Book } from '../domain/book.ts';
import { type Figure, map, none } from '../domain/outcome.ts';
import type { Decimal } from '../domain/units.ts';
import { assessAccount } from '../engine/assess.ts';
import type { VenueRules } from '../engine/rules.ts';

/**
 * The cross balance B that makes a reported liquidation price x true: at x the pool's equity equals its requirement, so
 * B = requirement(x) − profit(x) = −(margin excess at x with no balance), every other mark as it stands. In the account's unit,
 * as exact as x. `account` must have one cross pool and no balances. Not for a fee that itself depends on the balance.
 */
export function balanceOfLiquidationPrice(account: Account, book: Book, rules: VenueRules, instrument: string, price: Decimal): Figure {
  const market = book.instruments.get(instrument);
  if (!market) return none('missing-mark', instrument);
  const instruments = new Map(book.instruments).set(instrument, { ...market, markPrice: price });
  const pool = assessAccount(account, { ...book, instruments }, rules).pools.find((candidate) => candidate.kind === 'cross');
  return pool ? map(pool.marginExcess, (excess) => excess.negated()) : none('no-position');
}

/** Cross profit and requirement of an account as it stands: what an equity or a ratio is turned into a balance with. */
export interface CrossSums {
  readonly unrealizedPnl: Figure;
  readonly initialMargin: Figure;
  readonly maintenanceMargin: Figure;
  readonly liquidationFees: Figure;
}

/** Sums over the cross pools of `account`, in its unit. */
export function crossSums(account: Account, book: Book, rules: VenueRules): CrossSums {
  const { unrealizedPnl, initialMargin, maintenanceMargin, liquidationFees } = assessAccount(account, book, rules);
  return { unrealizedPnl, initialMargin, maintenanceMargin, liquidationFees };
}

/**
 * `rate` as a venue would publish it: to six decimals where that lies within 1e-5 of it, unchanged otherwise. For a rate that
 * is worked back from amounts printed with a few decimals.
 */
export function publishedRate(rate: Decimal): Decimal {
  const rounded = rate.toDecimalPlaces(6);
  return !rounded.isZero() && rounded.div(rate).minus(1).abs().lt('1e-5') ? rounded : rate;
}
