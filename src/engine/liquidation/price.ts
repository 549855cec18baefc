/**
 * The price of one market, every other price held, at which a pool meets a threshold (rules LQ-1…LQ-5):
 * equity(x) = share × requirement(x), share 1 for liquidation, the venue's share for its backstop, 0 for bankruptcy.
 * Solved in the row that holds at x. All legs of the pool on that instrument move together (hedge mode shares one price).
 */
import { type Figure, none, type Outcome, some } from '../../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { constantTerm, crossing, type Direction, evaluateTerms, type Term } from '../curve.ts';
import { legTerm } from '../margin/leg.ts';
import type { PoolSums } from '../margin/pool.ts';
import type { ResolvedTable } from '../margin/table.ts';
import type { Leg, Pool } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';

/**
 * Mark at which the threshold is met, quote per base, unrounded. Healthy: the nearest such price in the direction that hurts;
 * `never` when no price above zero does. Already past: the nearest price that would cure it, `already` when none does.
 */
export function thresholdPrice(leg: Leg, pool: Pool, sums: PoolSums, share: Decimal): Figure {
  const setup = termsOf(leg, pool, sums, share);
  if (!setup.ok) return setup;
  const { terms, v, movers } = setup.value;
  const health = evaluateTerms(terms, v);
  const healthy = health.gte(0);
  const oneWay = healthy && movers.length === 1 && movers.every((mover) => mover.table.ok && mover.table.value.join !== 'slope');
  const directions: Direction[] = oneWay ? [leg.delta.isNegative() ? 'up' : 'down'] : ['down', 'up'];
  const prices = directions.flatMap((direction) => {
    const x = crossing(terms, v, direction);
    return x.ok ? [leg.instrument.contract === 'inverse' ? ONE.div(x.value) : x.value] : [];
  });
  const mark = leg.mark.ok ? leg.mark.value : ONE;
  const nearest = prices.sort((a, b) => a.minus(mark).abs().comparedTo(b.minus(mark).abs()))[0];
  return nearest ? some(nearest) : none(healthy ? 'never' : 'already');
}

interface Setup {
  readonly terms: readonly Term[];
  readonly v: Decimal;
  readonly movers: readonly Leg[];
}

function termsOf(leg: Leg, pool: Pool, sums: PoolSums, share: Decimal): Outcome<Setup> {
  if (!leg.v.ok) return leg.v;
  if (!sums.collateral.ok) return sums.collateral;
  const terms: Term[] = [];
  const movers: Leg[] = [];
  let fixed = sums.collateral.value.minus(share.times(pool.maintenanceMarginOther));
  for (const [i, other] of pool.legs.entries()) {
    const constantFee = other.rules.fee === 'taker-at-bankruptcy-price' ? figure(sums.legFees, i) : some(ZERO);
    if (!constantFee.ok) return constantFee;
    if (other.instrument.id === leg.instrument.id) {
      if (!other.settlePrice.ok) return other.settlePrice;
      const table: Outcome<ResolvedTable> = share.isZero() ? some(EMPTY_TABLE) : other.table;
      if (!table.ok) return table;
      terms.push(legTerm(other, table.value, other.settlePrice.value, share, leg.v.value));
      movers.push(other);
      fixed = fixed.minus(share.times(constantFee.value));
      continue;
    }
    const pnl = figure(sums.legPnl, i);
    if (!pnl.ok) return pnl;
    fixed = fixed.plus(pnl.value);
    if (share.isZero()) continue;
    const maintenance = figure(sums.legMaintenance, i);
    const fee = figure(sums.legFees, i);
    if (!maintenance.ok) return maintenance;
    if (!fee.ok) return fee;
    fixed = fixed.minus(share.times(maintenance.value.plus(fee.value)));
  }
  return some({ terms: [constantTerm(fixed), ...terms], v: leg.v.value, movers });
}

/** Stands in where a share of 0 makes every requirement vanish. */
const EMPTY_TABLE: ResolvedTable = {
  measure: 'notional',
  join: 'continuous',
  tiers: [],
  maintenanceSlope: ZERO,
  initialSlope: ZERO,
  initialMarginRate: undefined,
};

const figure = (figures: readonly Figure[], i: number): Figure => figures[i] as Figure;

/**
 * The venue's published rounding: to the instrument's tick against the trader – up for a long, down for a short – where the
 * venue rounds at all and a tick is known; otherwise unchanged (LQ-5). Source: Bybit, BitMEX and KuCoin position responses.
 */
export function quantizePriceAgainstTrader(leg: Leg, price: Figure, rules: VenueRules): Figure {
  const tick = leg.instrument.priceTick;
  if (!price.ok || rules.priceRounding === 'none' || !tick) return price;
  const steps = price.value.div(tick);
  return some((leg.side > 0 ? steps.ceil() : steps.floor()).times(tick));
}

/** side × (mark − price) ÷ mark: positive while the threshold is ahead, ≤ 0 once it is passed (LQ-4). */
export function distanceTo(leg: Leg, price: Figure): Figure {
  if (!price.ok) return price;
  if (!leg.mark.ok) return leg.mark;
  return some(leg.mark.value.minus(price.value).div(leg.mark.value).times(leg.side));
}
