/** The smallest reduction that cures a pool, of one market or of all in proportion, at the mark with its fees. Rules CU-9, CU-10. */
import type { Account } from '../../domain/book.ts';
import { type Outcome, some } from '../../domain/outcome.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { notionalAt } from '../margin/leg.ts';
import type { Leg, Pool } from '../resolve.ts';
import { applyTrade } from '../trade/trade.ts';
import { lotsIn, sizeOfLots } from '../trade/units.ts';
import { poolOf } from './deposit.ts';
import { type Cure, type CureKind, foundCure, refuse, settled } from './outcome.ts';
import { smallestSteps } from './search.ts';
import { type CureTarget, isTarget, type Scene, type Standing, standingOf } from './target.ts';

export interface Plan {
  readonly account: Account;
  readonly cost: Decimal;
  readonly costAsset: string | undefined;
}

/** Fee and slippage of closing a leg, fraction of the traded value. */
export const costRateOf = (leg: Leg, { slippage }: Scene): Decimal => leg.takerFeeRate.plus(slippage ?? ZERO);

/** Trades at the mark, one after another; costs are summed where they are paid in one asset. */
export function planOf(account: Account, scene: Scene, trades: readonly { readonly leg: Leg; readonly change: Decimal }[]): Plan {
  let plan: Plan = { account, cost: ZERO, costAsset: undefined };
  for (const { leg, change } of trades) {
    if (!leg.mark.ok || change.isZero()) continue;
    const trade = { index: leg.index, change, price: leg.mark.value, costRate: costRateOf(leg, scene) };
    const traded = applyTrade(plan.account, leg.instrument, trade, scene.units.unitOf(leg.instrument.settle));
    const isSame = plan.costAsset === undefined || plan.costAsset === traded.asset;
    plan = { account: traded.account, cost: isSame ? plan.cost.plus(traded.cost) : plan.cost, costAsset: plan.costAsset ?? traded.asset };
  }
  return plan;
}

/** The smallest reduction of one position (CU-9): whole lots, the last broken lot only with the whole position. */
export function reduceCure(account: Account, scene: Scene, poolId: string, target: CureTarget, index: number): Cure {
  const pool = poolOf(account, scene, poolId);
  const leg = pool?.legs.find((candidate) => candidate.index === index);
  if (!pool) return refuse('reduce', '', 'no-pool');
  if (!leg) return refuse('reduce', '', 'nothing-there');
  const lot = scene.units.lotOf(leg.instrument, leg.position.size);
  const limit = lotsIn(leg.position.size, lot);
  const sizeAt = (steps: bigint): Decimal => sizeOfLots(steps, lot, leg.position.size);
  const plan = (steps: bigint): Plan => planOf(account, scene, [{ leg, change: sizeAt(steps).times(-leg.side) }]);
  const breaks = fallsOf(leg, target).map((size) => floorLots(size, lot));
  return solved(account, scene, poolId, target, { kind: 'reduce', subject: leg.instrument.id }, plan, breaks, limit, sizeAt);
}

/**
 * The smallest reduction of every position of the pool in one proportion (CU-10): n steps of the finest position's lots, every other
 * reduced by the same share rounded up to its own lot. `amount` is the share.
 */
export function reduceAllCure(account: Account, scene: Scene, poolId: string, target: CureTarget): Cure {
  const pool = poolOf(account, scene, poolId);
  if (!pool) return refuse('reduce-all', 'all', 'no-pool');
  const legs = pool.legs.map((leg) => {
    const lot = scene.units.lotOf(leg.instrument, leg.position.size);
    return { leg, lot, lots: lotsIn(leg.position.size, lot) };
  });
  const limit = legs.reduce((most, { lots }) => (lots > most ? lots : most), 0n);
  if (limit === 0n) return refuse('reduce-all', 'all', 'nothing-there');
  const plan = (steps: bigint): Plan =>
    planOf(
      account,
      scene,
      legs.map(({ leg, lot, lots }) => {
        const own = (steps * lots + limit - 1n) / limit;
        return { leg, change: sizeOfLots(own, lot, leg.position.size).times(-leg.side) };
      }),
    );
  const breaks = legs.flatMap(({ leg, lot, lots }) =>
    fallsOf(leg, target).map((size) => (lots === 0n ? 0n : (floorLots(size, lot) * limit) / lots)),
  );
  const share = (steps: bigint): Decimal => new Decimal(steps.toString()).div(limit.toString());
  return solved(account, scene, poolId, target, { kind: 'reduce-all', subject: 'all' }, plan, breaks, limit, share);
}

const floorLots = (size: Decimal, lot: Decimal): bigint => BigInt(size.div(lot).floor().toFixed());

/** Searches the plan's steps and says what was found, or why nothing (CU-9, CU-11). */
export function solved(
  account: Account,
  scene: Scene,
  poolId: string,
  target: CureTarget,
  name: { readonly kind: CureKind; readonly subject: string },
  plan: (steps: bigint) => Plan,
  breaks: readonly bigint[],
  limit: bigint,
  amountOf: (steps: bigint) => Decimal,
): Cure {
  if (!isTarget(target)) return refuse(name.kind, name.subject, 'no-target');
  const isGone = goneWithIn(account, scene, poolId);
  const standingAt = (steps: bigint): Outcome<Standing> => {
    const after = plan(steps).account;
    return isGone(after) ? GONE : standingOf(settled(after, scene), scene, poolId, target);
  };
  const found = smallestSteps({ standingAt, breaks, limit });
  if (!found.ok) return refuse(name.kind, name.subject, 'unknown', found);
  if (found.value === undefined)
    return refuse(name.kind, name.subject, isWorse(standingAt, limit) ? 'costs-exceed-relief' : 'out-of-reach');
  const { account: after, cost, costAsset } = plan(found.value);
  return foundCure(account, after, poolId, scene, { ...name, amount: amountOf(found.value), cost, costAsset });
}

const GONE: Outcome<Standing> = some({ surpluses: [], isMet: true });

/**
 * Whether an isolated pool is gone with its position (CU-2), asked of an account in which closed positions still have their place: without
 * them another position of the instrument, of a hedge, may have the name of the one that was closed.
 */
function goneWithIn(account: Account, scene: Scene, poolId: string): (after: Account) => boolean {
  const pool = poolOf(account, scene, poolId);
  const index = pool?.kind === 'isolated' ? pool.legs[0]?.index : undefined;
  return (after) => index !== undefined && after.positions[index]?.size.isZero() === true;
}

/** Whether the whole of it leaves less surplus than nothing at all. */
function isWorse(standingAt: (steps: bigint) => Outcome<Standing>, limit: bigint): boolean {
  const [none, all] = [standingAt(0n), standingAt(limit)];
  return none.ok && all.ok && all.value.surpluses.some((surplus, i) => surplus.lt(none.value.surpluses[i] ?? surplus));
}

/** Sizes by which the leg may be reduced before it falls into the next lower tier, at each price the target is about. */
export function fallsOf(leg: Leg, target: CureTarget): Decimal[] {
  if (!leg.table.ok || !leg.mark.ok) return [];
  const { measure, tiers } = leg.table.value;
  const size = leg.position.size.abs();
  if (measure === 'size') return tiers.slice(1).flatMap(({ floor }) => (floor.lte(size) ? [size.minus(floor)] : []));
  return pricesOf(leg, leg.mark.value, target).flatMap((price) => {
    const v = leg.instrument.contract === 'inverse' ? new Decimal(1).div(price) : price;
    const perSize = notionalAt(leg, leg.rules.basis === 'entry' ? leg.entryV : v).div(size);
    return tiers.slice(1).flatMap(({ floor }) => (floor.lte(perSize.times(size)) ? [size.minus(floor.div(perSize))] : []));
  });
}

function pricesOf(leg: Leg, mark: Decimal, target: CureTarget): Decimal[] {
  const moved = (move: Decimal): Decimal => mark.times(move.plus(1));
  if (target.kind === 'distance') return [mark, moved(target.level), moved(target.level.negated())];
  return target.kind === 'scenario' ? [mark, moved(target.moves.get(leg.instrument.base) ?? ZERO)] : [mark];
}

/** The pool's legs that can be traded. */
export const tradable = (pool: Pool): Leg[] => pool.legs.filter((leg) => leg.mark.ok);
