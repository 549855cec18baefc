/**
 * The price of one market, every other price held, at which a pool meets a threshold (rules LQ-1…LQ-5):
 * equity(x) = share × requirement(x), share 1 for liquidation, the venue's share for its backstop, 0 for bankruptcy.
 * Solved in the row that holds at x. All legs of the pool on that instrument move together (hedge mode shares one price).
 */
import { type Figure, map, map2, none, type Outcome, some } from '../../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { constantTerm, crossing, type Direction, evaluateTerms, polynomial, type Term } from '../curve.ts';
import { legTerm } from '../margin/leg.ts';
import type { PoolSums } from '../margin/pool.ts';
import type { ResolvedTable } from '../margin/table.ts';
import type { Leg, Pool } from '../resolve.ts';
import type { PriceRounding, VenueRules } from '../rules.ts';

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

/** Everything but this market as one constant, and each mover as a term. */
function termsOf(leg: Leg, pool: Pool, sums: PoolSums, share: Decimal): Outcome<Setup> {
  if (!leg.v.ok) return leg.v;
  const isMover = (other: Leg): boolean => other.instrument.id === leg.instrument.id;
  const fixed = healthWithout(pool, sums, share, isMover);
  if (!fixed.ok) return fixed;
  const moving = movingCollateral(leg, pool);
  if (!moving.ok) return moving;
  const terms: Term[] = [constantTerm(fixed.value.minus(moving.value.times(leg.v.value)))];
  if (!moving.value.isZero()) terms.push({ breaks: [], pieces: [polynomial(ZERO, moving.value)] });
  const movers = pool.legs.filter(isMover);
  for (const mover of movers) {
    if (!mover.settlePrice.ok) return mover.settlePrice;
    const table: Outcome<ResolvedTable> = share.isZero() ? some(EMPTY_TABLE) : mover.table;
    if (!table.ok) return table;
    terms.push(legTerm(mover, table.value, mover.settlePrice.value, share, leg.v.value));
  }
  return some({ terms, v: leg.v.value, movers });
}

/**
 * c of LQ-8: Σ amount × factor of the pool's collateral in this market's base asset, times the price of the settle currency; 0 where collateral is held. Linear markets;
 * a reason where the settle currency has no price.
 */
export function movingCollateral(leg: Leg, pool: Pool): Outcome<Decimal> {
  if (!leg.rules.collateralMoves || leg.instrument.contract === 'inverse') return some(ZERO);
  const own = pool.collateral.filter(({ asset }) => asset === leg.instrument.base);
  if (own.length === 0) return some(ZERO);
  return map(leg.settlePrice, (settle) => own.reduce((sum, { amount, factor }) => sum.plus(amount.times(factor)), ZERO).times(settle));
}

/** equity − share × requirement of a pool less what the movers themselves add to it, unit of account: the part that stays when they move. */
export function healthWithout(pool: Pool, sums: PoolSums, share: Decimal, isMover: (leg: Leg) => boolean): Outcome<Decimal> {
  const equity = map2(sums.collateral, sums.unrealizedPnl, (collateral, profit) => collateral.plus(profit));
  if (!equity.ok) return equity;
  const required = share.isZero() ? some(ZERO) : map2(sums.maintenanceMargin, sums.liquidationFees, (a, b) => a.plus(b));
  if (!required.ok) return required;
  let fixed = equity.value.minus(share.times(required.value));
  for (const [i, mover] of pool.legs.entries()) {
    if (!isMover(mover)) continue;
    fixed = fixed.minus(number(sums.legPnl, i));
    if (!share.isZero()) fixed = fixed.plus(share.times(ownRequirement(mover, sums, i)));
  }
  return some(fixed);
}

/** What a mover itself adds to the pool's requirement and its term states anew; a fee at the bankruptcy price is a constant and stays. */
const ownRequirement = (mover: Leg, sums: PoolSums, i: number): Decimal =>
  mover.rules.fee === 'taker-at-bankruptcy-price'
    ? number(sums.legMaintenance, i)
    : number(sums.legMaintenance, i).plus(number(sums.legFees, i));

/** Stands in where a share of 0 makes every requirement vanish. */
const EMPTY_TABLE: ResolvedTable = {
  measure: 'notional',
  join: 'continuous',
  tiers: [],
  maintenanceSlope: ZERO,
  initialSlope: ZERO,
  initialMarginRate: undefined,
};

/** A leg's figure that is known to be there because the pool's sum of them is. */
const number = (figures: readonly Figure[], i: number): Decimal => {
  const figure = figures[i];
  if (!figure?.ok) throw new Error('a sum was known while one of its parts was not');
  return figure.value;
};

/** The rounding that holds for this leg: its own where it has one, else the venue's; `none` without a tick (LQ-5). */
export const roundingOf = (leg: Leg, rules: VenueRules): PriceRounding =>
  leg.priceTick ? (leg.rules.priceRounding ?? rules.priceRounding) : 'none';

/**
 * The price as the venue publishes it (LQ-5), quote per base. `tick-against-trader`: to the tick, up for a long, down for a
 * short. `tick-apart`: the liquidation price so, the bankruptcy price the other way. `one-tick-early`: a liquidation price one tick nearer to the trader's mark (+ for a long, − for a short), not rounded.
 * Source: Bybit, BitMEX and KuCoin position responses; OKX isolated position responses, all one tick off the exact root.
 */
export function publishedPrice(leg: Leg, price: Figure, rules: VenueRules, threshold: 'liquidation' | 'bankruptcy'): Figure {
  const tick = leg.priceTick;
  const rounding = roundingOf(leg, rules);
  if (!price.ok || !tick || rounding === 'none') return price;
  if (rounding === 'one-tick-early') return threshold === 'liquidation' ? some(price.value.plus(tick.times(leg.side))) : price;
  const steps = price.value.div(tick);
  const isUp = leg.side > 0 === (rounding === 'tick-against-trader' || threshold === 'liquidation');
  return some((isUp ? steps.ceil() : steps.floor()).times(tick));
}

/** side × (mark − price) ÷ mark: positive while the threshold is ahead, ≤ 0 once it is passed (LQ-4). */
export function distanceTo(leg: Leg, price: Figure): Figure {
  if (!price.ok) return price;
  if (!leg.mark.ok) return leg.mark;
  return some(leg.mark.value.minus(price.value).div(leg.mark.value).times(leg.side));
}
