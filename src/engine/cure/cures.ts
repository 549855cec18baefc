/** Every cure of a pool at once, as an alarm offers them. Rule CU-15. */
import type { Account } from '../../domain/book.ts';
import type { Decimal } from '../../domain/units.ts';
import { resolveAccount } from '../resolve.ts';
import { assetsOf, depositCure, transferCure } from './deposit.ts';
import { hedgeCure } from './hedge.ts';
import type { Cure } from './outcome.ts';
import { reduceAllCure, reduceCure } from './reduce.ts';
import type { CureTarget, Scene } from './target.ts';
import { sellAndRepayCure } from './toxic.ts';

/**
 * The cures of `pool` for `target` (CU-15), in this order: a deposit (or repayment) per asset of the pool, for an isolated pool a transfer
 * from its cross pool, a reduction per market, of all, the hedge where a direction is given; for a lending pool selling each
 * collateral to repay each debt. Those that do not work are in the list with their reason.
 */
export function curesOf(
  account: Account,
  scene: Scene,
  pool: string,
  target: CureTarget,
  direction?: ReadonlyMap<string, Decimal>,
): Cure[] {
  const pools = resolveAccount(account, scene.book, scene.rules).pools;
  const found = pools.find(({ id }) => id === pool);
  if (!found) return [];
  const cures = assetsOf(found).map((asset) => depositCure(account, scene, pool, target, asset));
  if (found.kind === 'lending') {
    const owned = found.collateral.filter((item) => item.amount.gt(0)).map((item) => item.asset);
    const owed = found.collateral.filter((item) => item.amount.lt(0)).map((item) => item.asset);
    return [...cures, ...owned.flatMap((from) => owed.map((to) => sellAndRepayCure(account, scene, target, from, to)))];
  }
  const settle = found.legs[0]?.instrument.settle;
  const cross = pools.find(({ kind, collateral }) => kind === 'cross' && collateral.some(({ asset }) => asset === settle));
  if (found.kind === 'isolated' && cross && settle !== undefined) cures.push(transferCure(account, scene, cross.id, pool, target, settle));
  for (const leg of found.legs) cures.push(reduceCure(account, scene, pool, target, leg.index));
  if (found.legs.length > 1) cures.push(reduceAllCure(account, scene, pool, target));
  if (direction) cures.push(hedgeCure(account, scene, pool, target, direction));
  return cures;
}
