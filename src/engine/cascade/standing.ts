/** The pools of a book as a cascade sees them: joined once, priced anew in every round, judged by their venue. Rules CA-5, CA-7, CA-8. */
import type { Account } from '../../domain/book.ts';
import { map2, none, type Outcome, some } from '../../domain/outcome.ts';
import { type Decimal, ZERO } from '../../domain/units.ts';
import { isLendingLiquidatable, sumLending } from '../lending/lending.ts';
import { type PoolSums, sumPool } from '../margin/pool.ts';
import { type Pool, resolveAccount } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import type { CascadeScene } from './types.ts';

export interface Entrant {
  /** As it is now: a venue's own procedure changes it. */
  account: Account;
  readonly rules: VenueRules;
  readonly pools: Standing[];
}

/** One pool, at the prices of the start. */
export interface Standing {
  readonly entrant: Entrant;
  readonly id: string;
  pool: Pool;
  /** Closed whole, taken over, or given up: never looked at again. */
  isDone: boolean;
  /** A part of it was closed. */
  isTouched: boolean;
  isUnfilled: boolean;
  lastPartialMs: number | undefined;
  /** Rounds played when its procedure could do no more: it is asked again once prices have moved. */
  stuckAt: number | undefined;
}

/** The one unit of account of a book. Throws `RangeError` where accounts count in different ones. */
export function unitOfBook(scene: Pick<CascadeScene, 'book'>): string {
  const common = scene.book.unit ?? 'USD';
  const units = new Set(scene.book.accounts.map((account) => account.unit ?? common));
  if (units.size > 1) throw new RangeError(`the accounts count in ${[...units].join(', ')}: a cascade has one unit of account`);
  return [...units][0] ?? common;
}

/** Accounts joined in one slice. */
const ACCOUNTS_PER_SLICE = 256;

/** Every account joined with its market, by id, so that their order in the book means nothing; slice by slice. */
export function* entrantSteps(scene: CascadeScene): Generator<undefined, readonly Entrant[]> {
  const accounts = [...scene.book.accounts].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const entrants: Entrant[] = [];
  for (const account of accounts) {
    const rules = scene.rulesOf(account.venue);
    const entrant: Entrant = { account, rules, pools: [] };
    for (const pool of resolveAccount(account, scene.book, rules).pools)
      entrant.pools.push({
        entrant,
        id: pool.id,
        pool,
        isDone: false,
        isTouched: false,
        isUnfilled: false,
        lastPartialMs: undefined,
        stuckAt: undefined,
      });
    if (entrants.push(entrant) % ACCOUNTS_PER_SLICE === 0) yield undefined;
  }
  return entrants;
}

/** All of them at once. */
export function entrantsOf(scene: CascadeScene): readonly Entrant[] {
  const steps = entrantSteps(scene);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** The pool's legs that are still open. */
export const openPool = (pool: Pool): Pool =>
  pool.legs.some((leg) => leg.position.size.isZero()) ? { ...pool, legs: pool.legs.filter((leg) => !leg.position.size.isZero()) } : pool;

export interface Judgement {
  readonly sums: PoolSums;
  /** Lending: the risk-adjusted collateral. */
  readonly equity: Decimal;
  /** Maintenance margin and liquidation fees; lending: the debt. */
  readonly requirement: Decimal;
  readonly isBreached: boolean;
}

/**
 * Whether the venue would close the pool (CA-7): something is open, and equity < requirement, or ≤ where the venue's boundary says so.
 * A requirement of zero is one too: at a price of zero a pool below zero is closed. What depends on something unknown has its reason.
 */
export function judge(pool: Pool, rules: VenueRules): Outcome<Judgement> {
  return pool.kind === 'lending' ? judgeLending(pool, rules) : judgePerpetual(pool, rules);
}

function judgePerpetual(pool: Pool, rules: VenueRules): Outcome<Judgement> {
  const sums = sumPool(pool);
  const requirement = map2(sums.maintenanceMargin, sums.liquidationFees, (a, b) => a.plus(b));
  if (!sums.equity.ok) return pool.legs.length === 0 ? some({ sums, equity: ZERO, requirement: ZERO, isBreached: false }) : sums.equity;
  if (!requirement.ok) return requirement;
  const [equity, required] = [sums.equity.value, requirement.value];
  const isPast = rules.boundary === 'below' ? equity.lt(required) : equity.lte(required);
  return some({ sums, equity, requirement: required, isBreached: pool.legs.length > 0 && isPast });
}

function judgeLending(pool: Pool, rules: VenueRules): Outcome<Judgement> {
  const lending = sumLending(pool);
  const isBreached = isLendingLiquidatable(lending, rules);
  if (!isBreached.ok) return isBreached;
  if (!lending.debt.ok) return lending.debt;
  const sums = sumPool({ ...pool, collateral: [] });
  const equity = lending.riskAdjusted.ok ? lending.riskAdjusted.value : ZERO;
  return some({ sums, equity, requirement: lending.debt.value, isBreached: isBreached.value });
}

/** Σ amount × price without haircuts: what the money is worth. */
export function worthOf(amounts: ReadonlyMap<string, Decimal>, priceOf: (asset: string) => Decimal | undefined): Outcome<Decimal> {
  let worth = ZERO;
  for (const [asset, amount] of amounts) {
    const price = priceOf(asset);
    if (!price) return none('missing-mark', asset);
    worth = worth.plus(amount.times(price));
  }
  return some(worth);
}
