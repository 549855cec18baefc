/**
 * A lending pool (rules LE-1…LE-6). C = Σ collateral value, A = Σ collateral × liquidation threshold, D = Σ debt value:
 * equity C − D; health factor A ÷ D; margin ratio D ÷ A; margin excess A − D; maintenance C − A, so that equity − maintenance = A − D;
 * initial margin C − Σ collateral × loan-to-value, so that free collateral is what may still be borrowed; leverage C ÷ (C − D).
 * Source: Aave v3 GenericLogic.calculateUserAccountData, unrounded; the integer forms are in venues/aave-v3.
 */
import { all, type Figure, map, map2, none, type Outcome, some } from '../../domain/outcome.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import type { UniformShock } from '../liquidation/shock.ts';
import { overEquity } from '../margin/pool.ts';
import type { Collateral, Pool } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import type { PoolFigures } from '../types.ts';

export interface LendingSums {
  readonly collateral: Figure;
  readonly debt: Figure;
  readonly riskAdjusted: Figure;
  readonly borrowable: Figure;
}

const total = (figures: readonly Figure[]): Figure => map(all(figures), (values) => values.reduce((sum, value) => sum.plus(value), ZERO));
const worthOf = (item: Collateral): Figure => map(item.price, (price) => item.amount.times(price));
const weighted = (item: Collateral, weight: Figure): Figure => map2(worthOf(item), weight, (value, share) => value.times(share));

/** C, D, A and Σ C × loan-to-value in the unit of account; debts positive. */
export function sumLending(pool: Pool): LendingSums {
  const assets = pool.collateral.filter((item) => item.amount.gt(0));
  const debts = pool.collateral.filter((item) => item.amount.lt(0));
  return {
    collateral: total(assets.map(worthOf)),
    debt: map(total(debts.map(worthOf)), (value) => value.negated().plus(pool.maintenanceMarginOther)),
    riskAdjusted: total(assets.map((item) => weighted(item, item.liquidationThreshold))),
    borrowable: total(assets.map((item) => weighted(item, item.loanToValue))),
  };
}

/** A ÷ D: < 1 is liquidatable. `no-debt` where nothing is owed. */
export const healthFactor = (sums: LendingSums): Figure =>
  sums.debt.ok && sums.debt.value.isZero() ? none('no-debt') : map2(sums.riskAdjusted, sums.debt, (a, d) => a.div(d));

/** D ÷ A; 0 without debt; `no-collateral` where something is owed against nothing that counts. */
const lendingRatio = (sums: LendingSums): Figure => {
  if (!sums.debt.ok) return sums.debt;
  if (sums.debt.value.isZero()) return some(ZERO);
  if (!sums.riskAdjusted.ok) return sums.riskAdjusted;
  return sums.riskAdjusted.value.isZero() ? none('no-collateral') : some(sums.debt.value.div(sums.riskAdjusted.value));
};

/** D > 0 and A < D; equality is safe on Aave (LE-3), the boundary of the venue decides. */
export const isLendingLiquidatable = (sums: LendingSums, rules: VenueRules): Outcome<boolean> => {
  if (sums.debt.ok && sums.debt.value.isZero()) return some(false);
  return map2(sums.riskAdjusted, sums.debt, (a, d) => (rules.boundary === 'below' ? a.lt(d) : a.lte(d)));
};

/** Every figure of a lending pool. Money signed, unclamped. */
export function lendingFigures(sums: LendingSums, shock: UniformShock): PoolFigures {
  const { collateral, debt, riskAdjusted, borrowable } = sums;
  const minus = (a: Figure, b: Figure): Figure => map2(a, b, (x, y) => x.minus(y));
  const equity = minus(collateral, debt);
  const noDebt = debt.ok && debt.value.isZero();
  const freeCollateral = minus(borrowable, debt);
  const shockOr = (figure: Figure): Figure => (noDebt ? none('no-debt') : figure);
  return {
    equity,
    grossNotional: collateral,
    netNotional: collateral,
    leverage: overEquity(collateral, equity),
    netLeverage: overEquity(collateral, equity),
    initialMargin: minus(collateral, borrowable),
    maintenanceMargin: minus(collateral, riskAdjusted),
    liquidationFees: some(ZERO),
    marginRatio: lendingRatio(sums),
    healthFactor: healthFactor(sums),
    marginExcess: minus(riskAdjusted, debt),
    freeCollateral,
    withdrawable: map(freeCollateral, (value) => Decimal.max(ZERO, value)),
    unrealizedPnl: none('not-applicable'),
    uniformShock: shockOr(shock.nearest),
    uniformShockDown: shockOr(shock.down),
    uniformShockUp: shockOr(shock.up),
  };
}
