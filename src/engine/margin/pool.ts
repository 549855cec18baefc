/** A pool's money: equity, requirements and what follows from them, in the unit of account. Rules PF-1…PF-8 of docs/spec/margin.md. */
import { all, type Figure, map, map2, none, type Outcome, some } from '../../domain/outcome.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { crossing, polynomial, type Term } from '../curve.ts';
import type { Collateral, Leg, Pool } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import { initialMarginOf, inUnit, maintenanceMarginOf, notionalAt, notionalOf, takerFeeAt, unrealizedPnlOf } from './leg.ts';

/** What every figure of a pool is made of. Each is summed once. */
export interface PoolSums {
  readonly collateral: Figure;
  readonly unrealizedPnl: Figure;
  /** collateral + unrealized profit (PF-1). */
  readonly equity: Figure;
  readonly grossNotional: Figure;
  readonly netNotional: Figure;
  readonly initialMargin: Figure;
  readonly maintenanceMargin: Figure;
  readonly liquidationFees: Figure;
  /** By leg, unit of account. */
  readonly legMaintenance: readonly Figure[];
  readonly legInitial: readonly Figure[];
  readonly legFees: readonly Figure[];
  readonly legPnl: readonly Figure[];
}

/** amount × price × factor: a debt counts in full, a positive balance by 1 − haircut. */
export const collateralValue = (item: Collateral): Figure => map(item.price, (price) => item.amount.times(price).times(item.factor));

const sum = (figures: readonly Figure[], extra: Decimal = ZERO): Figure =>
  map(all(figures), (values) => values.reduce((total, value) => total.plus(value), extra));

/** Sums the pool once. A figure that depends on something unknown carries the reason; the others stay numbers. */
export function sumPool(pool: Pool): PoolSums {
  const collateral = sum(pool.collateral.map(collateralValue));
  const legPnl = pool.legs.map(unrealizedPnlOf);
  const notional = pool.legs.map(notionalOf);
  const unrealizedPnl = sum(legPnl);
  const equity = map2(collateral, unrealizedPnl, (a, b) => a.plus(b));
  const legMaintenance = pool.legs.map((leg) => inUnit(leg, maintenanceMarginOf(leg)));
  const legInitial = pool.legs.map((leg) => (leg.rules.initialLeverage === 'own-equity' ? equity : inUnit(leg, initialMarginOf(leg))));
  const legFees = pool.legs.map((leg) => closingFee(leg, pool, collateral, legPnl));
  return {
    collateral,
    unrealizedPnl,
    equity,
    grossNotional: sum(notional),
    netNotional: sum(pool.legs.map((leg, i) => map(notional[i] as Figure, (value) => (leg.side < 0 ? value.negated() : value)))),
    initialMargin: sum(legInitial, pool.initialMarginOther),
    maintenanceMargin: sum(legMaintenance, pool.maintenanceMarginOther),
    liquidationFees: sum(legFees),
    legMaintenance,
    legInitial,
    legFees,
    legPnl,
  };
}

/** The fee beside maintenance in the liquidation test of one leg (MR-2), unit of account. */
function closingFee(leg: Leg, pool: Pool, collateral: Figure, legPnl: readonly Figure[]): Figure {
  if (leg.rules.fee === 'taker')
    return inUnit(
      leg,
      map(leg.v, (v) => takerFeeAt(leg, v)),
    );
  if (leg.rules.fee !== 'taker-at-bankruptcy-price') return some(ZERO);
  const others = sum(pool.legs.flatMap((other, i) => (other === leg ? [] : [legPnl[i] as Figure])));
  const cash = map2(collateral, others, (a, b) => a.plus(b));
  return map2(
    map2(cash, leg.settlePrice, (a, settle) => ({ a, settle })),
    leg.v,
    ({ a, settle }, v) => feeAtBankruptcy(leg, a, settle, v),
  );
}

/**
 * takerFeeRate × |delta| × v*, where v* is the price at which cash + profit just pays that fee: cash + delta(v* − entryV) = f·|delta|·v*.
 * A position that no price bankrupts pays the fee on its present value. Source: Bybit classic inverse, BP = (1 + f)·Q ÷ (V + balance).
 */
function feeAtBankruptcy(leg: Leg, cash: Decimal, settlePrice: Decimal, v: Decimal): Decimal {
  const perV = leg.delta.abs();
  const equityAfterFee: Term = {
    breaks: [],
    pieces: [
      polynomial(
        cash.minus(leg.delta.times(leg.entryV).times(settlePrice)),
        leg.delta.minus(leg.takerFeeRate.times(perV)).times(settlePrice),
      ),
    ],
  };
  const bankrupt = crossing([equityAfterFee], v, leg.delta.isNegative() ? 'up' : 'down');
  return leg.takerFeeRate.times(notionalAt(leg, bankrupt.ok ? bankrupt.value : v)).times(settlePrice);
}

/** Numerator ÷ equity; `insolvent` when equity ≤ 0 and there is something to carry, `no-position` when there is nothing at all. */
export const overEquity = (numerator: Figure, equity: Figure): Figure => {
  if (!numerator.ok) return numerator;
  if (!equity.ok) return equity;
  if (equity.value.gt(0)) return some(numerator.value.div(equity.value));
  return none(equity.value.isZero() && numerator.value.isZero() ? 'no-position' : 'insolvent');
};

/** Whether the venue would close the pool now: equity < requirement, or ≤ where the venue says so (MR-5). Nothing open: never. */
export function isLiquidatable(pool: Pool, sums: PoolSums, rules: VenueRules): Outcome<boolean> {
  if (pool.legs.length === 0 && pool.maintenanceMarginOther.isZero()) return some(false);
  const requirement = map2(sums.maintenanceMargin, sums.liquidationFees, (a, b) => a.plus(b));
  return map2(
    sums.equity,
    requirement,
    (equity, required) => required.gt(0) && (rules.boundary === 'below' ? equity.lt(required) : equity.lte(required)),
  );
}

/** max(0, the venue's rule): what may leave. Default rule: equity − initial margin (PF-8). */
export function withdrawableOf(sums: PoolSums, rules: VenueRules): Figure {
  const { equity, initialMargin, grossNotional } = sums;
  if (!equity.ok) return equity;
  if (!initialMargin.ok) return initialMargin;
  if (!grossNotional.ok) return grossNotional;
  const totals = { equity: equity.value, initialMargin: initialMargin.value, grossNotional: grossNotional.value };
  return some(Decimal.max(ZERO, rules.withdrawable ? rules.withdrawable(totals) : totals.equity.minus(totals.initialMargin)));
}
