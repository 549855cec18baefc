/** Distances of the account on the margin page, as a frame. Rules ST-28, ST-29; DI-9 to DI-11 of docs/spec/distance.md. */
import type { Account, Book } from '../../domain/book.ts';
import { type Figure, map, none, type Outcome } from '../../domain/outcome.ts';
import { Decimal } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import { collateralLiquidity } from '../../engine/cascade/depth.ts';
import { type Pool, resolveAccount } from '../../engine/resolve.ts';
import type { VenueRules } from '../../engine/rules.ts';
import { covarianceOf } from '../../engine/stress/covariance.ts';
import { type Distances, poolDistances } from '../../engine/stress/distances.ts';
import { bookExitCost, impactLeverage } from '../../engine/stress/impact.ts';
import { lendingDistances } from '../../engine/stress/lending.ts';
import { marketsOf } from '../alarms/odds.ts';
import type { Job } from '../desk/names.ts';
import type { SessionState } from '../state.ts';
import { runningAccount } from '../view.ts';
import type { StressDepth } from './messages.ts';
import type { StressImpact, StressLending, StressOutcome, StressPoolDistances, WarningCommand, WarningFrame } from './warning-messages.ts';
import { modelOf, referenceOf, type WarningTerms } from './warning-model.ts';

type DistanceCommand = Extract<WarningCommand, { readonly kind: 'stress-distance' }>;

const told = <T>(outcome: Outcome<T>): StressOutcome<T> =>
  outcome.ok ? { ok: true, value: outcome.value } : { ok: false, reason: outcome.reason };
const text = (figure: Figure): StressOutcome<string> => told(map(figure, (value) => value.toFixed()));

/** One pool a slice; a proof is bounded by itself (DI-6). */
export function* distanceFrame(command: DistanceCommand, state: SessionState, terms: WarningTerms): Job<WarningFrame> {
  const { requestId, blend, depth, rates } = command;
  const { account, rules, unit, priced } = runningAccount(state.loaded!, state);
  const { clockMs } = state.source;
  const { pools } = resolveAccount(account, priced.book, rules);
  const held = [...new Set(pools.flatMap((pool) => marketsOf(pool, unit)))];
  const reference = referenceOf(held);
  const markets = held.includes(reference) ? held : [...held, reference];
  const { model, betas, view } = modelOf(markets, reference, blend, terms);
  const covariance = covarianceOf(model);
  yield;
  const found: Distances[] = [];
  for (const pool of pools) {
    found.push(poolDistances(pool, rules, covariance, { ...model, reference, betas }, unit));
    yield;
  }
  const impact = rules.kind === 'lending' ? null : impactOf(account, priced.book, rules, pools, depth);
  yield;
  return {
    kind: 'stress-distance',
    requestId,
    account: account.id,
    label: account.label ?? '',
    clockMs,
    model: view,
    pools: found.map(viewOf).sort((a, b) => nearness(a) - nearness(b)),
    impact,
    lending: rules.kind === 'lending' ? lendingOf(account, priced.book, rules, pools, depth, rates) : null,
  };
}

/** A pool past its line comes first, one that nothing can be said of before those that no price ends. */
function nearness({ shortest }: StressPoolDistances): number {
  if (shortest.ok) return shortest.value.distance;
  if (shortest.reason === 'already') return -1;
  return ['never', 'no-position', 'no-debt'].includes(shortest.reason) ? Number.POSITIVE_INFINITY : Number.MAX_VALUE;
}

const viewOf = ({ pool, alone, together, shortest }: Distances): StressPoolDistances => ({
  pool,
  alone: alone.map(({ market, fall, rise }) => ({ market, fall: told(fall), rise: told(rise) })),
  together: { fall: told(together.fall), rise: told(together.rise) },
  shortest: told(
    map(shortest, ({ distance, atLeast, shock, share, probability24h }) => ({
      distance,
      atLeast,
      isProved: atLeast >= distance * (1 - 1e-9),
      probability24h,
      legs: [...shock].map(([market, move]) => ({ market, move, share: share.get(market) ?? 0 })),
    })),
  ),
});

/** Depth of a market in dollars per unit of log price; ∞ where none is given. */
const deltaOf = (market: string, { perCent, otherwise, multiplier }: StressDepth): number => {
  const dollars = Object.hasOwn(perCent, market) ? perCent[market]! : otherwise;
  return dollars === null ? Number.POSITIVE_INFINITY : (dollars * multiplier) / -Math.log1p(-0.01);
};

/** DI-10: c is the mean cost of every market's position, weighted by its worth. */
function impactOf(account: Account, book: Book, rules: VenueRules, pools: readonly Pool[], depth: StressDepth): StressImpact {
  const { leverage } = assessAccount(account, book, rules);
  const worth = new Map<string, number>();
  for (const { legs } of pools)
    for (const { instrument, delta, v, settlePrice } of legs) {
      const value = v.ok && settlePrice.ok ? delta.times(v.value).times(settlePrice.value).abs().toNumber() : Number.NaN;
      worth.set(instrument.base, (worth.get(instrument.base) ?? 0) + value);
    }
  const total = [...worth.values()].reduce((sum, value) => sum + value, 0);
  const cost =
    total > 0 ? [...worth].reduce((sum, [market, value]) => sum + value * bookExitCost(value, deltaOf(market, depth)), 0) / total : 0;
  const known = leverage.ok && !Number.isNaN(cost) ? impactLeverage(leverage.value.toNumber(), cost) : undefined;
  const missing = none(leverage.ok ? 'missing-mark' : leverage.reason);
  return {
    leverage: told(map(leverage, (value) => value.toNumber())),
    cost: Number.isNaN(cost) ? 0 : cost,
    adjusted: told(known?.adjusted ?? missing),
    critical: told(known?.critical ?? missing),
    isAboveHalf: known?.isAboveHalfCritical ?? false,
  };
}

function lendingOf(
  account: Account,
  book: Book,
  rules: VenueRules,
  pools: readonly Pool[],
  depth: StressDepth,
  { supply, borrow }: DistanceCommand['rates'],
): StressLending | null {
  const items = pools[0]?.collateral ?? [];
  const all = (rate: number): Map<string, number> => new Map(items.map(({ asset }) => [asset, rate]));
  const found = lendingDistances(account, book, rules, { supply: all(supply), borrow: all(borrow) });
  if (!found.ok) return null;
  const { healthFactor, uniformFall, perAsset, interest, toxic } = found.value;
  const worthOf = (item: (typeof items)[number]): Decimal =>
    item.price.ok ? item.amount.times(item.price.value) : new Decimal(Number.NaN);
  const debt = items.filter(({ amount }) => amount.lt(0)).reduce((sum, item) => sum.minus(worthOf(item)), new Decimal(0));
  return {
    healthFactor: text(healthFactor),
    uniformFall: text(uniformFall),
    assets: perAsset.map(({ asset, isDebt, move }) => ({ asset, isDebt, move: told(move) })),
    interestYears: told(interest),
    toxic: toxic.map(({ asset, region, isToxic }) => ({
      asset,
      below: text(map(region, ({ healthFactorBelow }) => healthFactorBelow)),
      isToxic: told(isToxic),
    })),
    liquidity: items
      .filter(({ amount }) => amount.gt(0))
      .map((item) => {
        const value = worthOf(item);
        const delta = deltaOf(item.asset, depth);
        if (value.isNaN() || debt.isNaN()) {
          const unknown = { ok: false, reason: 'missing-mark' } as const;
          return { asset: item.asset, ratio: unknown, markRatio: unknown };
        }
        const { ratio, markRatio } = collateralLiquidity(value, debt, Number.isFinite(delta) ? new Decimal(delta) : undefined);
        return { asset: item.asset, ratio: text(ratio), markRatio: text(markRatio) };
      }),
  };
}
