/** The smallest hedge along the direction that is most dangerous to a pool. Rule CU-13. */
import type { Account } from '../../domain/book.ts';
import { type Decimal, ZERO } from '../../domain/units.ts';
import type { Leg } from '../resolve.ts';
import { poolOf } from './deposit.ts';
import { type Cure, refuse } from './outcome.ts';
import { type Plan, planOf, solved, tradable } from './reduce.ts';
import type { CureTarget, Scene } from './target.ts';

/** A hedge of more than this many times what the pool holds is none. */
const MOST = 4n;

/**
 * Trades in the pool's own markets along `direction` (CU-13): market → relative move of the shortest shock that ends the pool,
 * x = −M₀ · Σc ÷ c'Σc. The gradient of the pool's risk √(c'Σc) in its exposures is Σc ÷ √(c'Σc), so risk falls fastest when
 * notional is traded in proportion to x itself: sold where the shock falls, bought where it rises. One step is a lot of the market with the
 * largest trade; the others follow rounded to their nearest lot. A position may pass through zero. The target should be a `distance` or a
 * `scenario`: a ratio of margin to equity is not lowered by holding more.
 */
export function hedgeCure(
  account: Account,
  scene: Scene,
  poolId: string,
  target: CureTarget,
  direction: ReadonlyMap<string, Decimal>,
): Cure {
  const pool = poolOf(account, scene, poolId);
  if (!pool) return refuse('hedge', '', 'no-pool');
  const legs = hedgeLegs(tradable(pool), scene, direction);
  const lead = legs.reduce<HedgeLeg | undefined>((most, leg) => (most?.pull.abs().gte(leg.pull.abs()) ? most : leg), undefined);
  if (!lead || lead.pull.isZero()) return refuse('hedge', '', 'nothing-there');
  // Money traded per step: one lot of the leading market.
  const changeAt = ({ pull, perSize, lot }: HedgeLeg, steps: bigint): Decimal => {
    const money = lead.lot.times(lead.perSize).times(steps.toString()).times(pull.div(lead.pull.abs()));
    return money.div(perSize).div(lot).round().times(lot);
  };
  const plan = (steps: bigint): Plan =>
    planOf(
      account,
      scene,
      legs.map((leg) => ({ leg: leg.leg, change: changeAt(leg, steps) })),
    );
  const held = legs.reduce((sum, { leg, perSize }) => sum.plus(leg.position.size.abs().times(perSize)), ZERO);
  const limit = BigInt(held.div(lead.lot.times(lead.perSize)).ceil().toFixed()) * MOST;
  const zeros = legs.flatMap((hedged) => zeroOf(hedged, lead));
  const name = { kind: 'hedge', subject: lead.leg.instrument.id } as const;
  return solved(account, scene, poolId, target, name, plan, [...zeros, ...quarters(limit)], limit, (steps) => changeAt(lead, steps));
}

interface HedgeLeg {
  readonly leg: Leg;
  readonly lot: Decimal;
  /** Unit of account for one unit of size, > 0. */
  readonly perSize: Decimal;
  /** Move of its market, signed as the trade. */
  readonly pull: Decimal;
}

/** One leg per instrument: hedge legs of one instrument share a price and a trade. */
function hedgeLegs(legs: readonly Leg[], { units }: Scene, direction: ReadonlyMap<string, Decimal>): HedgeLeg[] {
  const seen = new Set<string>();
  return legs.flatMap((leg) => {
    const pull = direction.get(leg.instrument.base) ?? ZERO;
    if (seen.has(leg.instrument.id) || pull.isZero() || !leg.v.ok || !leg.settlePrice.ok) return [];
    seen.add(leg.instrument.id);
    const perSize = leg.instrument.contractSize.times(leg.v.value).times(leg.settlePrice.value);
    return [{ leg, lot: units.lotOf(leg.instrument, leg.position.size), perSize, pull }];
  });
}

/** Step at which the leg passes zero, where the requirement turns. */
function zeroOf({ leg, perSize, pull }: HedgeLeg, lead: HedgeLeg): bigint[] {
  if (leg.side > 0 === pull.gt(0)) return [];
  const perStep = lead.lot.times(lead.perSize).times(pull.abs()).div(lead.pull.abs());
  const at = BigInt(leg.position.size.abs().times(perSize).div(perStep).floor().toFixed());
  return [at - 1n, at, at + 1n];
}

/** Sixty-four even stretches: tiers bend the line where no closed form says. */
const quarters = (limit: bigint): bigint[] => Array.from({ length: 63 }, (_, i) => (limit * BigInt(i + 1)) / 64n);
