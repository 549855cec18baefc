/** The deposit that would end an alarm (rule WA-7 of docs/spec/watch.md), found by the cures of the engine. */
import { Decimal } from '../../domain/units.ts';
import { assetsOf, depositCure, poolOf } from '../../engine/cure/deposit.ts';
import type { Pool } from '../../engine/resolve.ts';
import type { AlarmRule, AlarmRules } from '../../policy/alarms/rules.ts';
import { aimOf, curesToward, sceneOf } from './cure-aim.ts';
import type { LookedAt } from './look.ts';

/** Places of a deposit in the unit of account. */
const PLACES = 6;

/**
 * WA-7: money to add to the pool so that the measure of `rule` stands at its clear level; of what the venue does, so that the margin
 * ratio stands at the level that cures a call. The smallest deposit of the asset that the pool settles in (of a loan, the repayment of its
 * largest debt), told in the unit of account and rounded up to a millionth; 0 where none is needed; undefined where it cannot be told.
 */
export function cureDeposit(rule: AlarmRule | 'venue', looked: LookedAt, rules: AlarmRules): Decimal | undefined {
  const aim = aimOf(rule, rules);
  const scene = sceneOf(looked);
  const { account } = looked;
  const pool = aim && poolOf(account, scene, looked.pool.id);
  if (!pool) return undefined;
  const asset = depositAsset(pool);
  if (asset === undefined) return undefined;
  const [cure] = curesToward(aim, looked, (target) => [depositCure(account, scene, pool.id, target, asset)]);
  const price = priceOf(pool, asset);
  if (!cure?.ok || !price) return undefined;
  return cure.amount.times(price).toDecimalPlaces(PLACES, Decimal.ROUND_UP);
}

/** A loan's largest debt by value, else what the pool settles in, else its largest balance's asset. */
function depositAsset(pool: Pool): string | undefined {
  if (pool.kind !== 'lending') return pool.legs[0]?.instrument.settle ?? assetsOf(pool)[0];
  const value = ({ amount, price }: Pool['collateral'][number]): Decimal => (price.ok ? amount.times(price.value) : amount);
  const debts = pool.collateral.filter(({ amount }) => amount.isNegative());
  return debts.reduce<Pool['collateral'][number] | undefined>(
    (most, item) => (most && value(most).lte(value(item)) ? most : item),
    undefined,
  )?.asset;
}

const priceOf = (pool: Pool, asset: string): Decimal | undefined => {
  const price =
    pool.legs.find(({ instrument }) => instrument.settle === asset)?.settlePrice ??
    pool.collateral.find((item) => item.asset === asset)?.price;
  return price?.ok ? price.value : undefined;
};
