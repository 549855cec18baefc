/** What a cure says: the smallest step that reaches the target and what it does elsewhere, or why there is none. Rules CU-7…CU-12. */
import type { Account } from '../../domain/book.ts';
import { type Figure, map2, type Reason } from '../../domain/outcome.ts';
import type { Decimal } from '../../domain/units.ts';
import { isLendingLiquidatable, lendingFigures, sumLending } from '../lending/lending.ts';
import { isLiquidatable, overEquity, sumPool } from '../margin/pool.ts';
import { type Pool, resolveAccount } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import { withoutEmpty } from '../trade/trade.ts';
import { type CureEdit, editsBetween } from './edits.ts';
import type { Scene } from './target.ts';

/** Every reason for which a cure does not exist. Closed. */
export const CURE_REFUSALS = {
  'no-target': 'the level cannot be measured against',
  'no-pool': 'the account has no such pool',
  'nothing-there': 'there is nothing of it to use',
  'counts-for-nothing': 'the asset adds nothing to the collateral',
  'out-of-reach': 'even all of it does not reach the target',
  'costs-exceed-relief': 'closing costs more than it frees',
  'worsens-while-selling': 'selling this collateral to repay lowers the health factor: it is worth more as collateral than it repays',
  'other-pool-falls': 'it would liquidate the pool that the money comes from',
  unknown: 'something it depends on is not known',
} as const;

export type CureRefusal = keyof typeof CURE_REFUSALS;
export type CureKind = 'deposit' | 'repay' | 'transfer' | 'reduce' | 'reduce-all' | 'hedge' | 'sell-and-repay';

/** Another pool that stands nearer to its end than before. */
export interface Worsened {
  readonly pool: string;
  readonly marginRatioBefore: Figure;
  readonly marginRatioAfter: Figure;
  readonly isLiquidatable: boolean;
}

export interface FoundCure {
  readonly ok: true;
  readonly kind: CureKind;
  /** The asset, the instrument, or `all`. */
  readonly subject: string;
  /** Amount of the asset, or size of the instrument; for `reduce-all` the fraction; for `hedge` the traded size of the largest leg. */
  readonly amount: Decimal;
  /** Fees and slippage, settlement asset, summed over trades that settle in `costAsset`. */
  readonly cost: Decimal;
  readonly costAsset: string | undefined;
  readonly account: Account;
  /** Empty where the target is already met. */
  readonly edits: readonly CureEdit[];
  readonly worsens: readonly Worsened[];
}

export type Cure =
  | FoundCure
  | {
      readonly ok: false;
      readonly kind: CureKind;
      readonly subject: string;
      readonly why: CureRefusal;
      /** With `unknown`: what is not known and of what. */
      readonly reason?: Reason;
      readonly of?: string;
    };

export const refuse = (kind: CureKind, subject: string, why: CureRefusal, missing?: { reason: Reason; subject?: string }): Cure => ({
  ok: false,
  kind,
  subject,
  why,
  ...(missing ? { reason: missing.reason } : {}),
  ...(missing?.subject === undefined ? {} : { of: missing.subject }),
});

/** An account as it is assessed and written: closed positions gone, what was left of their margin in the cross balance. */
export const settled = (account: Account, { book }: Scene): Account =>
  account.positions.some((position) => position.size.isZero())
    ? withoutEmpty(account, (position) => book.instruments.get(position.instrument)?.settle ?? '')
    : account;

/** The finished cure of `before`, with its edits and its effect on the other pools. */
export function foundCure(
  before: Account,
  after: Account,
  pool: string,
  scene: Scene,
  said: Pick<FoundCure, 'kind' | 'subject' | 'amount' | 'cost' | 'costAsset'>,
): FoundCure {
  const account = settled(after, scene);
  return {
    ok: true,
    ...said,
    account,
    edits: editsBetween(before, { ...after, balances: account.balances }),
    worsens: worsenedPools(before, account, pool, scene),
  };
}

/** Pools other than `except` whose margin ratio rises, or that become liquidatable (CU-11). */
function worsenedPools(before: Account, after: Account, except: string, { book, rules }: Scene): Worsened[] {
  const later = new Map(resolveAccount(after, book, rules).pools.map((pool) => [pool.id, pool]));
  return resolveAccount(before, book, rules).pools.flatMap((pool) => {
    const next = later.get(pool.id);
    if (pool.id === except || !next) return [];
    const [was, is] = [riskOf(pool, rules), riskOf(next, rules)];
    const worse = map2(was.ratio, is.ratio, (a, b) => b.gt(a));
    const isLost = was.ratio.ok && !is.ratio.ok && is.ratio.reason === 'insolvent';
    if (!isLost && !(worse.ok && worse.value) && was.isLiquidatable === is.isLiquidatable) return [];
    return [{ pool: pool.id, marginRatioBefore: was.ratio, marginRatioAfter: is.ratio, isLiquidatable: is.isLiquidatable }];
  });
}

/** Margin ratio and the venue's verdict of one pool. */
export function riskOf(pool: Pool, rules: VenueRules): { readonly ratio: Figure; readonly isLiquidatable: boolean } {
  if (pool.kind === 'lending') {
    const sums = sumLending(pool);
    const verdict = isLendingLiquidatable(sums, rules);
    const none = { ok: false, reason: 'not-applicable' } as const;
    return {
      ratio: lendingFigures(sums, { down: none, up: none, nearest: none }).marginRatio,
      isLiquidatable: verdict.ok && verdict.value,
    };
  }
  const sums = sumPool(pool);
  const verdict = isLiquidatable(pool, sums, rules);
  const required = map2(sums.maintenanceMargin, sums.liquidationFees, (a, b) => a.plus(b));
  return { ratio: overEquity(required, sums.equity), isLiquidatable: verdict.ok && verdict.value };
}
