/**
 * GMX's arithmetic of a position (GX-3…GX-8 of docs/spec/venues/gmx-v2.md). Dollars and tokens as decimals; where the contracts floor, so do these.
 * Source: gmx-io/gmx-interface@a78e920e sdk/src/utils/positions, gmx-io/gmx-synthetics@a5c0c883 PositionUtils.isPositionLiquidatable.
 */
import { type Figure, none, some } from '../../domain/outcome.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';

/** What stands against the collateral before closing, dollars, ≥ 0. */
export interface PendingFees {
  readonly funding: Decimal;
  readonly borrowing: Decimal;
}

/** collateral + profit − funding − borrowing, dollars (GX-3). */
export const netValue = (collateral: Decimal, profit: Decimal, { funding, borrowing }: PendingFees): Decimal =>
  collateral.plus(profit).minus(funding).minus(borrowing);

/** The same less the fee to close, with the impact of closing (signed) (GX-3). */
export const netValueAfterAllFees = (
  collateral: Decimal,
  profit: Decimal,
  fees: PendingFees,
  impact: Decimal,
  closingFee: Decimal,
): Decimal => netValue(collateral, profit, fees).plus(impact).minus(closingFee);

/** ⌊size × 10,000 ÷ net value⌋, basis points (GX-4); `insolvent` where nothing is left. */
export function leverageBps(size: Decimal, collateral: Decimal, profit: Decimal, fees: PendingFees): Figure {
  const left = netValue(collateral, profit, fees);
  return left.lte(ZERO) ? none('insolvent') : some(size.times(10_000).div(left).floor());
}

/** Impact that counts against a liquidation: none in favour, and no more against than size × its greatest share (GX-5). */
export const countedImpact = (impact: Decimal, size: Decimal, shareMax: Decimal): Decimal =>
  Decimal.max(Decimal.min(impact, ZERO), size.times(shareMax).negated());

/**
 * Collateral below which a position is liquidated (GX-6): max(size × factor, minimum) − profit + closing fee − counted impact, dollars; below zero where profit alone
 * carries it.
 */
export const leastCollateral = (required: Decimal, profit: Decimal, closingFee: Decimal, counted: Decimal): Decimal =>
  required.minus(profit).plus(closingFee).minus(counted);

/** remaining < minimum, or ≤ 0, or < size × factor (GX-7). */
export const isLiquidatable = (remaining: Decimal, size: Decimal, minimum: Decimal, factor: Decimal): boolean =>
  remaining.lt(minimum) || remaining.lte(ZERO) || remaining.lt(size.times(factor));

/** Open interest of one side in one collateral. */
export interface InterestBucket {
  readonly size: Decimal;
  readonly tokens: Decimal;
}

/**
 * Profit of the traders of a side against its pool (GX-8), dollars: Σ tokens × price − size for longs; since v2.2c each collateral's is counted only where it is a
 * profit.
 */
export const poolProfit = (buckets: readonly InterestBucket[], price: Decimal, isLong: boolean, isPerCollateral: boolean): Decimal =>
  buckets.reduce((sum, { size, tokens }) => {
    const value = tokens
      .times(price)
      .minus(size)
      .times(isLong ? 1 : -1);
    return sum.plus(isPerCollateral ? Decimal.max(value, ZERO) : value);
  }, ZERO);

/** A winner's profit where the pool's is capped: × pool × factor ÷ pool profit; a loss is never scaled (GX-8). */
export function cappedProfit(profit: Decimal, pool: Decimal, poolUsd: Decimal, factorMax: Decimal): Decimal {
  const most = poolUsd.times(factorMax);
  return profit.gt(ZERO) && pool.gt(most) ? profit.times(most).div(pool) : profit;
}

/**
 * GMX v1's price (GX-9), quote per base, to 4 decimals: the nearer of two thresholds, what is left pays the fees, and leverage stays within its maximum.
 * Collateral, size, fees in dollars; `leverageMax` 100 for one per cent.
 */
export function v1LiquidationPrice(
  position: { readonly size: Decimal; readonly collateral: Decimal; readonly entryPrice: Decimal; readonly isLong: boolean },
  fees: { readonly funding: Decimal; readonly liquidation: Decimal; readonly marginFeeBps: Decimal },
  leverageMax: Decimal,
): Decimal {
  const { size, collateral, entryPrice, isLong } = position;
  const margin = size.times(fees.marginFeeBps).div(10_000);
  const byFees = collateral.minus(fees.funding).minus(margin).minus(fees.liquidation);
  const byLeverage = collateral.minus(fees.funding).minus(size.div(leverageMax));
  // The threshold that leaves less room comes first.
  const room = Decimal.min(byFees, byLeverage).div(size);
  const price = entryPrice.times(isLong ? ONE.minus(room) : ONE.plus(room));
  return price.toDecimalPlaces(4, Decimal.ROUND_HALF_UP);
}
