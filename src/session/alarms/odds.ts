/**
 * How far each pool of an account is from its end in σ of 24 hours, and how likely it gets there (rules WA-3 to WA-5 of
 * docs/spec/watch.md). Statistics of exact margin excesses: floats, and no threshold of a venue depends on them.
 */
import type { Account } from '../../domain/book.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { type Exposure, lawOf, poolTouchProbability24h, shortestShock } from '../../engine/first-passage/pool-distance.ts';
import { touchProbability24h } from '../../engine/first-passage/touch-law.ts';
import { lendingFigures, sumLending } from '../../engine/lending/lending.ts';
import { sumPool } from '../../engine/margin/pool.ts';
import { movedBook } from '../../engine/moved-book.ts';
import { type Pool, resolveAccount } from '../../engine/resolve.ts';
import type { VenueRules } from '../../engine/rules.ts';
import type { PoolAssessment } from '../../engine/types.ts';
import { longRunCorrelation } from '../../engine/volatility/stream.ts';
import type { PoolOdds } from '../../policy/alarms/reading.ts';
import type { PricedBook } from '../prices.ts';

/** Half the width of the central difference, as a share of the price. */
const BUMP = new Decimal('0.0001');
const UNKNOWN: PoolOdds = { sigmaDistance: 'unknown', liquidationProbability24h: 'unknown' };
const NONE: PoolOdds = { sigmaDistance: Number.NaN, liquidationProbability24h: Number.NaN };

/** σ₂₄ₕ of a market, fraction per √day. */
export type DailyVolatilityOf = (market: string) => number;

/** The markets that move the pool: bases of its positions, and assets whose price is not the unit's own. */
export function marketsOf(pool: Pool, unit: string): string[] {
  const markets = new Set<string>();
  for (const { instrument, settleVolatile } of pool.legs) {
    markets.add(instrument.base);
    if (settleVolatile) markets.add(instrument.settle);
  }
  for (const { asset, volatile, amount } of pool.collateral) if (volatile && !amount.isZero()) markets.add(asset);
  markets.delete(unit);
  return [...markets];
}

/** Equity − requirement of the pool (PF-6, LE-5), NaN where it is not known. */
function marginExcessOf(pool: Pool): number {
  if (pool.kind === 'lending') {
    const none = { ok: false, reason: 'not-applicable' } as const;
    const { marginExcess } = lendingFigures(sumLending(pool), { nearest: none, down: none, up: none });
    return marginExcess.ok ? marginExcess.value.toNumber() : Number.NaN;
  }
  const { equity, maintenanceMargin, liquidationFees } = sumPool(pool);
  if (!equity.ok || !maintenanceMargin.ok || !liquidationFees.ok) return Number.NaN;
  return equity.value.minus(maintenanceMargin.value).minus(liquidationFees.value).toNumber();
}

/** The margin excess that the legs of one market put into the pool. */
const excessOfLegs = (pool: Pool | undefined, market: string): number =>
  pool
    ? marginExcessOf({
        ...pool,
        collateral: [],
        legs: pool.legs.filter(({ instrument }) => instrument.base === market),
        maintenanceMarginOther: ZERO,
      })
    : Number.NaN;

/**
 * Whether the pool's excess is a sum over markets: every leg settles in money, no fee rests on what other legs earned, and none of the
 * collateral moves with a market.
 */
const isSum = (pool: Pool): boolean =>
  pool.kind !== 'lending' &&
  pool.legs.every(({ settleVolatile, rules }) => !settleVolatile && rules.fee !== 'taker-at-bankruptcy-price') &&
  pool.collateral.every(({ volatile, amount }) => !volatile || amount.isZero());

/**
 * WA-3: c of every market and pool: (M(+h) − M(−h)) ÷ 2h with h = 0.01 % of the price, M the exact margin excess. By pool id.
 * A kink of the tier table inside ±h is averaged. Where the excess is a sum over markets all of them are moved at once and each market's
 * legs are taken alone: two resolutions of the account instead of two for every market.
 */
export function exposuresOf(
  account: Account,
  { book }: Pick<PricedBook, 'book'>,
  rules: VenueRules,
  unit: string,
  dailyVolatilityOf: DailyVolatilityOf,
): ReadonlyMap<string, readonly Exposure[]> {
  const resolved = resolveAccount(account, book, rules);
  const marketsByPool = new Map(resolved.pools.map((pool) => [pool.id, marketsOf(pool, unit)]));
  const markets = new Set([...marketsByPool.values()].flat());
  const moved = (which: Iterable<string>, move: Decimal): ReadonlyMap<string, Pool> => {
    const at = movedBook(book, unit, { all: ZERO, byMarket: new Map(Array.from(which, (market) => [market, move])) });
    return new Map(resolveAccount(account, at, rules).pools.map((pool) => [pool.id, pool]));
  };
  const sums = new Set(resolved.pools.filter(isSum).map(({ id }) => id));
  const width = 2 * BUMP.toNumber();
  const sensitivities = new Map<string, number>();
  const put = (pool: string, market: string, up: number, down: number) => sensitivities.set(`${market}|${pool}`, (up - down) / width);
  if (sums.size > 0) {
    const [up, down] = [moved(markets, BUMP), moved(markets, BUMP.negated())];
    for (const id of sums)
      for (const market of marketsByPool.get(id) ?? [])
        put(id, market, excessOfLegs(up.get(id), market), excessOfLegs(down.get(id), market));
  }
  const others = resolved.pools.filter(({ id }) => !sums.has(id)).map(({ id }) => id);
  for (const market of new Set(others.flatMap((id) => marketsByPool.get(id) ?? []))) {
    const [up, down] = [moved([market], BUMP), moved([market], BUMP.negated())];
    const excessIn = (pools: ReadonlyMap<string, Pool>, id: string): number => {
      const pool = pools.get(id);
      return pool ? marginExcessOf(pool) : Number.NaN;
    };
    for (const id of others) put(id, market, excessIn(up, id), excessIn(down, id));
  }
  return new Map(
    [...marketsByPool].map(([pool, own]) => [
      pool,
      own.map((market) => ({
        market,
        sensitivity: sensitivities.get(`${market}|${pool}`) ?? Number.NaN,
        dailyVolatility: dailyVolatilityOf(market),
      })),
    ]),
  );
}

/**
 * WA-4: a pool that one market moves takes that market's exact way to the end, |ln(1 + uniform shock)| ÷ σ; WA-5: a pool of several
 * takes its shortest shock. No price that ends it: no distance, which is as good as can be.
 */
export function oddsOf(pool: PoolAssessment, exposures: readonly Exposure[]): PoolOdds {
  const { marginExcess, uniformShock: shock } = pool;
  if (!marginExcess.ok) return UNKNOWN;
  if (exposures.length === 0 && !marginExcess.value.isNegative()) return NONE;
  if (marginExcess.value.lte(0)) return { sigmaDistance: 0, liquidationProbability24h: 1 };
  if (exposures.some(({ sensitivity }) => !Number.isFinite(sensitivity))) return UNKNOWN;
  const [only, ...others] = exposures;
  if (!only) return NONE;
  if (others.length === 0 && shock.ok) {
    const distance = Math.abs(Math.log1p(shock.value.toNumber())) / only.dailyVolatility;
    return { sigmaDistance: distance, liquidationProbability24h: touchProbability24h(distance, lawOf(exposures)) };
  }
  if (others.length === 0) return !shock.ok && shock.reason === 'never' ? NONE : UNKNOWN;
  const { distance } = shortestShock(marginExcess.value.toNumber(), exposures, longRunCorrelation);
  if (distance === Number.POSITIVE_INFINITY) return NONE;
  return { sigmaDistance: distance, liquidationProbability24h: poolTouchProbability24h(distance, exposures) };
}
