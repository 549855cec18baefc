/** The smallest amount of an asset that cures a pool: added, repaid, or moved from another pool. Rules CU-7, CU-8. */
import type { Account } from '../../domain/book.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { type Decimal, ZERO } from '../../domain/units.ts';
import { type Pool, resolveAccount } from '../resolve.ts';
import { applyPayment, type Purse } from '../trade/trade.ts';
import { type Cure, foundCure, refuse, riskOf } from './outcome.ts';
import { smallestSteps } from './search.ts';
import { type CureTarget, isTarget, type Scene, type Standing, standingOf } from './target.ts';

/** Enough for any amount: 2^110 smallest units. */
const LIMIT = 2n ** 110n;

export const poolOf = (account: Account, { book, rules }: Scene, id: string): Pool | undefined =>
  resolveAccount(account, book, rules).pools.find((pool) => pool.id === id);

/** Assets that a pool takes: what it holds and what it settles in. */
export const assetsOf = (pool: Pool): string[] => [
  ...new Set([...pool.collateral.map((item) => item.asset), ...pool.legs.map((leg) => leg.instrument.settle)]),
];

/** Where money for a pool goes. */
export const purseOf = (pool: Pool, asset: string): Purse => {
  const isolated = pool.kind === 'isolated' ? pool.legs[0] : undefined;
  return isolated ? { kind: 'pool-of', index: isolated.index, asset } : { kind: 'cross', asset };
};

/**
 * The smallest deposit of `asset` from outside (CU-7): a multiple of its smallest unit, debts in the asset repaid first, the rest
 * weighted with the asset's factor or threshold. Refused where the asset counts for nothing: a factor of 0, or a
 * pool of another settlement asset.
 */
export function depositCure(account: Account, scene: Scene, poolId: string, target: CureTarget, asset: string): Cure {
  const pool = poolOf(account, scene, poolId);
  const owed = debtIn(account, pool, asset);
  const kind = owed.gt(0) ? 'repay' : 'deposit';
  if (!isTarget(target)) return refuse(kind, asset, 'no-target');
  if (!pool) return refuse(kind, asset, 'no-pool');
  if (scene.rules.crossPool === 'settle' && pool.kind === 'cross' && !assetsOf(pool).includes(asset))
    return refuse(kind, asset, 'counts-for-nothing');
  const unit = scene.units.unitOf(asset);
  const amountOf = (steps: bigint): Decimal => unit.times(steps.toString());
  const paid = (steps: bigint): Account => applyPayment(account, purseOf(pool, asset), amountOf(steps));
  const standingAt = (steps: bigint): Outcome<Standing> => standingOf(paid(steps), scene, poolId, target);
  const repaid = BigInt(owed.div(unit).floor().toFixed());
  const found = smallestSteps({ standingAt, breaks: owed.gt(0) ? [repaid, repaid + 1n] : [], limit: LIMIT });
  if (!found.ok) return refuse(kind, asset, 'unknown', found);
  if (found.value === undefined) return refuse(kind, asset, 'counts-for-nothing');
  const said = { kind, subject: asset, amount: amountOf(found.value), cost: ZERO, costAsset: undefined } as const;
  return foundCure(account, paid(found.value), poolId, scene, said);
}

/** What is owed in the asset where money for the pool would repay it, ≥ 0. */
const debtIn = (account: Account, pool: Pool | undefined, asset: string): Decimal => {
  const balance = pool?.kind === 'isolated' ? undefined : account.balances.find((held) => held.asset === asset);
  return balance?.amount.isNegative() ? balance.amount.negated() : ZERO;
};

/**
 * The smallest amount moved from one pool of the account to another (CU-8): cross to isolated or back, in the settlement asset.
 * Refused where the pool it is taken from would be liquidated or holds less than that.
 */
export function transferCure(account: Account, scene: Scene, from: string, to: string, target: CureTarget, asset: string): Cure {
  const [source, sink] = [poolOf(account, scene, from), poolOf(account, scene, to)];
  if (!isTarget(target)) return refuse('transfer', asset, 'no-target');
  if (!source || !sink || from === to || source.kind === 'lending') return refuse('transfer', asset, 'no-pool');
  const unit = scene.units.unitOf(asset);
  const held = source.collateral.filter((item) => item.asset === asset).reduce((sum, item) => sum.plus(item.amount), ZERO);
  if (held.lt(unit)) return refuse('transfer', asset, 'nothing-there');
  const amountOf = (steps: bigint): Decimal => unit.times(steps.toString());
  const moved = (steps: bigint): Account =>
    applyPayment(applyPayment(account, purseOf(source, asset), amountOf(steps).negated()), purseOf(sink, asset), amountOf(steps));
  const standingAt = (steps: bigint): Outcome<Standing> => standingOf(moved(steps), scene, to, target);
  const found = smallestSteps({ standingAt, breaks: [], limit: BigInt(held.div(unit).floor().toFixed()) });
  if (!found.ok) return refuse('transfer', asset, 'unknown', found);
  if (found.value === undefined) return refuse('transfer', asset, 'out-of-reach');
  const after = moved(found.value);
  const left = poolOf(after, scene, from);
  if (found.value > 0n && left && riskOf(left, scene.rules).isLiquidatable) return refuse('transfer', asset, 'other-pool-falls');
  const said = { kind: 'transfer', subject: asset, amount: amountOf(found.value), cost: ZERO, costAsset: undefined } as const;
  return foundCure(account, after, to, scene, said);
}
