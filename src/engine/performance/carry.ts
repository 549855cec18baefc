/** What holding costs: funding and interest, and how long a buffer lasts if prices stand still (rules PE-10 to PE-13 of docs/spec/performance.md). */
import { type Figure, none, some } from '../../domain/outcome.ts';
import { type Decimal, ZERO } from '../../domain/units.ts';

const YEAR_HOURS = 365 * 24;
const HOUR_MS = 3_600_000;

/** PE-10: money a position gets at a funding time, −size × mark × rate: longs pay a positive rate. */
export const fundingPayment = (size: Decimal, markPrice: Decimal, fundingRate: Decimal): Decimal =>
  size.times(markPrice).times(fundingRate).negated();

/** PE-10: a funding rate as a simple rate per year of 365 days. */
export const yearlyFundingRate = (fundingRate: Decimal, intervalMs: number): Decimal =>
  fundingRate.times(YEAR_HOURS).times(HOUR_MS).div(intervalMs);

/** One position's funding, as it stands. */
export interface FundingTerms {
  readonly size: Decimal;
  readonly markPrice: Decimal;
  /** Fraction per interval, + longs pay. */
  readonly fundingRate: Decimal;
  readonly intervalMs: number;
}

/** PE-11: money per hour that all positions together receive (+) or pay (−), if rates and prices stand still. */
export const fundingPerHour = (positions: readonly FundingTerms[]): Decimal =>
  positions.reduce(
    (sum, { size, markPrice, fundingRate, intervalMs }) =>
      sum.plus(fundingPayment(size, markPrice, fundingRate).times(HOUR_MS).div(intervalMs)),
    ZERO,
  );

/**
 * PE-12: hours until funding alone has used up `marginExcess`, if rates and prices stand still: excess ÷ what is paid an hour. `never` where
 * funding is received or nothing; `already` where there is no excess.
 */
export function hoursToLiquidationByFunding(marginExcess: Decimal, perHour: Decimal): Figure {
  if (marginExcess.lte(ZERO)) return none('already');
  return perHour.gte(ZERO) ? none('never') : some(marginExcess.div(perHour.negated()));
}

/**
 * PE-13: years until interest alone takes a health factor to 1: ln HF ÷ (borrow rate − supply rate), rates a year, compounded continuously.
 * `never` where supply earns as much as debt costs; `already` from 1 down.
 */
export function yearsToLiquidationByInterest(healthFactor: Decimal, borrowRate: Decimal, supplyRate: Decimal): Figure {
  if (healthFactor.lte(1)) return none('already');
  const spread = borrowRate.minus(supplyRate);
  return spread.lte(ZERO) ? none('never') : some(healthFactor.ln().div(spread));
}
