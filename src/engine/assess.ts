/** One account, whole: every pool, every position, every headline figure, exactly. Pure; never throws for data. */
import type { Account, Book } from '../domain/book.ts';
import { type Figure, INDETERMINATE_REASONS, map, map2, none, type Reason } from '../domain/outcome.ts';
import { ONE, ZERO } from '../domain/units.ts';
import { isLendingLiquidatable, lendingFigures, sumLending } from './lending/lending.ts';
import { distanceTo, publishedPrice, thresholdPrice } from './liquidation/price.ts';
import { uniformShock } from './liquidation/shock.ts';
import { notionalOf, returnOnEquityOf, tierFigure } from './margin/leg.ts';
import { isLiquidatable, overEquity, type PoolSums, sumPool, withdrawableOf } from './margin/pool.ts';
import { type Leg, type Pool, type ResolvedAccount, resolveAccount } from './resolve.ts';
import type { VenueRules } from './rules.ts';
import { combinePools } from './totals.ts';
import type { AccountAssessment, Indeterminacy, PoolAssessment, PoolFigures, PositionAssessment } from './types.ts';

/** Assesses `account` as it stands in `book`, by its venue's rules. */
export const assessAccount = (account: Account, book: Book, rules: VenueRules): AccountAssessment =>
  assessResolved(resolveAccount(account, book, rules));

/** The same for an account already joined with its market. */
export function assessResolved(resolved: ResolvedAccount): AccountAssessment {
  const pools: PoolAssessment[] = [];
  const positions: PositionAssessment[] = [];
  for (const pool of resolved.pools) {
    if (pool.kind === 'lending') {
      pools.push(assessLendingPool(pool, resolved.rules));
      continue;
    }
    const sums = sumPool(pool);
    pools.push(assessPool(pool, sums, resolved.rules));
    positions.push(...pool.legs.map((leg, i) => assessPosition(leg, i, pool, sums, resolved.rules)));
  }
  positions.sort((a, b) => a.index - b.index);
  return {
    account: resolved.account.id,
    venue: resolved.account.venue,
    unit: resolved.unit,
    asOf: resolved.asOf,
    ...combinePools(pools.filter((pool) => pool.kind !== 'isolated')),
    pools,
    positions,
    indeterminate: indeterminacies(pools, positions),
  };
}

function assessPool(pool: Pool, sums: PoolSums, rules: VenueRules): PoolAssessment {
  return {
    id: pool.id,
    kind: pool.kind,
    ...poolFigures(pool, sums, rules),
    isLiquidatable: isLiquidatable(pool, sums, rules),
    positions: pool.legs.map((leg) => leg.index),
  };
}

/** PF-1…PF-8 of docs/spec/margin.md from the pool's sums. */
function poolFigures(pool: Pool, sums: PoolSums, rules: VenueRules): PoolFigures {
  const requirement = map2(sums.maintenanceMargin, sums.liquidationFees, (a, b) => a.plus(b));
  const shock = uniformShock(pool, sums);
  return {
    equity: sums.equity,
    grossNotional: sums.grossNotional,
    netNotional: sums.netNotional,
    leverage: overEquity(sums.grossNotional, sums.equity),
    netLeverage: overEquity(
      map(sums.netNotional, (net) => net.abs()),
      sums.equity,
    ),
    initialMargin: sums.initialMargin,
    maintenanceMargin: sums.maintenanceMargin,
    liquidationFees: sums.liquidationFees,
    marginRatio: overEquity(requirement, sums.equity),
    healthFactor: none('not-applicable'),
    marginExcess: map2(sums.equity, requirement, (equity, required) => equity.minus(required)),
    freeCollateral: map2(sums.equity, sums.initialMargin, (equity, initial) => equity.minus(initial)),
    withdrawable: withdrawableOf(sums, rules),
    unrealizedPnl: sums.unrealizedPnl,
    uniformShock: shock.nearest,
    uniformShockDown: shock.down,
    uniformShockUp: shock.up,
  };
}

function assessLendingPool(pool: Pool, rules: VenueRules): PoolAssessment {
  const sums = sumLending(pool);
  // A lending pool has no positions of a market; its shock needs nothing of a perpetual pool's sums.
  const shock = uniformShock(pool, EMPTY_SUMS);
  return {
    id: pool.id,
    kind: pool.kind,
    ...lendingFigures(sums, shock),
    isLiquidatable: isLendingLiquidatable(sums, rules),
    positions: [],
  };
}

const EMPTY_SUMS: PoolSums = sumPool({
  id: '',
  kind: 'cross',
  collateral: [],
  legs: [],
  maintenanceMarginOther: ZERO,
  initialMarginOther: ZERO,
});

function assessPosition(leg: Leg, i: number, pool: Pool, sums: PoolSums, rules: VenueRules): PositionAssessment {
  const exact = thresholdPrice(leg, pool, sums, ONE);
  const liquidationPrice = publishedPrice(leg, exact, rules, 'liquidation');
  const at = (price: Figure): Figure => (leg.instrument.contract === 'inverse' ? map(price, (value) => ONE.div(value)) : price);
  return {
    instrument: leg.instrument.id,
    index: leg.index,
    side: leg.side > 0 ? 'long' : 'short',
    marginMode: leg.position.marginMode,
    pool: pool.id,
    notional: notionalOf(leg),
    unrealizedPnl: sums.legPnl[i] as Figure,
    initialMargin: sums.legInitial[i] as Figure,
    maintenanceMargin: sums.legMaintenance[i] as Figure,
    liquidationPrice,
    liquidationDistance: distanceTo(leg, liquidationPrice),
    backstopPrice: rules.backstopShare ? thresholdPrice(leg, pool, sums, rules.backstopShare) : none('not-applicable'),
    bankruptcyPrice: publishedPrice(leg, thresholdPrice(leg, pool, sums, ZERO), rules, 'bankruptcy'),
    returnOnEquity: returnOnEquityOf(leg),
    tier: tierFigure(leg, leg.v),
    tierAtLiquidation: tierFigure(leg, at(exact)),
  };
}

/** Every unknown price or table once, with the pools it reaches. */
function indeterminacies(pools: readonly PoolAssessment[], positions: readonly PositionAssessment[]): Indeterminacy[] {
  const found = new Map<string, { reason: Reason; subject: string; pools: Set<string> }>();
  const note = (figure: Figure, pool: string): void => {
    if (figure.ok || !INDETERMINATE_REASONS.has(figure.reason)) return;
    const subject = figure.subject ?? '';
    const key = `${figure.reason} ${subject}`;
    const entry = found.get(key) ?? { reason: figure.reason, subject, pools: new Set<string>() };
    entry.pools.add(pool);
    found.set(key, entry);
  };
  for (const pool of pools)
    for (const figure of [pool.equity, pool.maintenanceMargin, pool.marginExcess, pool.uniformShock]) note(figure, pool.id);
  for (const position of positions)
    for (const figure of [position.notional, position.maintenanceMargin, position.liquidationPrice]) note(figure, position.pool);
  return [...found.values()].map((entry) => ({ reason: entry.reason, subject: entry.subject, pools: [...entry.pools] }));
}
