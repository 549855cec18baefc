/**
 * The price of one market, every other price held, at which a pool stands at a level that is not its end (rules LV-1 to LV-3 of
 * docs/spec/margin.md): a margin ratio, a margin excess. The same solver as a liquidation price.
 */
import { type Figure, none, type Outcome, some } from '../../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import type { PoolSums } from '../margin/pool.ts';
import type { Collateral, Leg, Pool } from '../resolve.ts';
import { thresholdPrice } from './price.ts';

/** LV-1: requirement ÷ equity = ratio, that is equity = requirement ÷ ratio. Ratio > 0; 1 is the liquidation price, unrounded. */
export const ratioPrice = (leg: Leg, pool: Pool, sums: PoolSums, ratio: Decimal): Figure => thresholdPrice(leg, pool, sums, ONE.div(ratio));

/** LV-2: equity − requirement = excess, in the unit of account: the liquidation price of a pool that has that much less. */
export function excessPrice(leg: Leg, pool: Pool, sums: PoolSums, excess: Decimal): Figure {
  const { collateral } = sums;
  return collateral.ok ? thresholdPrice(leg, pool, { ...sums, collateral: some(collateral.value.minus(excess)) }, ONE) : collateral;
}

interface Moving {
  readonly still: Decimal;
  readonly moving: Decimal;
}

/** Σ weight × value of the items, apart by whether they are of the asset. */
function apart(items: readonly Collateral[], asset: string, weightOf: (item: Collateral) => Figure): Outcome<Moving> {
  let still = ZERO;
  let moving = ZERO;
  for (const item of items) {
    const weight = weightOf(item);
    if (!item.price.ok) return item.price;
    if (!weight.ok) return weight;
    const value = item.amount.abs().times(item.price.value).times(weight.value);
    if (item.asset === asset) moving = moving.plus(value);
    else still = still.plus(value);
  }
  return some({ still, moving });
}

/**
 * LV-3: lending, price of `asset` at which debt ÷ risk-adjusted collateral = ratio: with the asset's price × t, D₀ + D·t = ratio (A₀ + A·t).
 * `never` where no price above zero does it.
 */
export function lendingRatioPrice(asset: string, pool: Pool, ratio: Decimal): Figure {
  const own = pool.collateral.find((item) => item.asset === asset);
  if (!own) return none('not-applicable', asset);
  const held = apart(
    pool.collateral.filter(({ amount }) => amount.gt(0)),
    asset,
    (item) => item.liquidationThreshold,
  );
  const owed = apart(
    pool.collateral.filter(({ amount }) => amount.lt(0)),
    asset,
    () => some(ONE),
  );
  if (!held.ok) return held;
  if (!owed.ok) return owed;
  if (!own.price.ok) return own.price;
  const slope = owed.value.moving.minus(ratio.times(held.value.moving));
  if (slope.isZero()) return none('never');
  const t = ratio.times(held.value.still).minus(owed.value.still).minus(pool.maintenanceMarginOther).div(slope);
  return t.gt(0) ? some(t.times(own.price.value)) : none('never');
}
