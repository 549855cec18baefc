/** What dYdX shows of an account beside the engine's figures: parent totals, margin usage, buying power (DY-30…DY-32). */
import { all, type Figure, map, map2, none, some } from '../../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import type { AccountAssessment, PoolFigures } from '../../engine/types.ts';

export interface ParentTotals {
  /** Σ equity of the parent and of all its children, USDC, signed. */
  readonly equity: Figure;
  /** Σ free collateral of the same, as the indexer sums it; the app shows the parent's own alone. */
  readonly freeCollateral: Figure;
}

/** Totals of a parent subaccount over its accounts: every pool of each, isolated ones and idle children included (DY-30). */
export function parentTotals(assessments: readonly AccountAssessment[]): ParentTotals {
  const pools = assessments.flatMap((assessment) => assessment.pools);
  const total = (of: (pool: PoolFigures) => Figure): Figure =>
    map(all(pools.map(of)), (values) => values.reduce((sum, value) => sum.plus(value), ZERO));
  return { equity: total((pool) => pool.equity), freeCollateral: total((pool) => pool.freeCollateral) };
}

/** 1 − free collateral ÷ equity = initial margin ÷ equity, a fraction (DY-31); `insolvent` at equity ≤ 0. */
export const marginUsage = (pool: PoolFigures): Figure =>
  pool.equity.ok && pool.equity.value.lte(0)
    ? none('insolvent')
    : map2(pool.freeCollateral, pool.equity, (free, equity) => ONE.minus(free.div(equity)));

/** Free collateral ÷ initial margin fraction: notional that can still be opened in a market, USDC, signed (DY-32). */
export const buyingPower = (pool: PoolFigures, initialMarginFraction: Decimal): Figure =>
  initialMarginFraction.gt(0)
    ? map2(pool.freeCollateral, some(initialMarginFraction), (free, rate) => free.div(rate))
    : none('not-applicable');
