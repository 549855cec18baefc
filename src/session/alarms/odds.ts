/**
 * How far each pool of an account is from its end in σ of 24 hours, and how likely it gets there (rules WA-3 to WA-5 of
 * docs/spec/watch.md). Statistics of exact margin excesses: floats, and no threshold of a venue depends on them.
 */
import type { Account } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
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

/**
 * WA-3: c of every market and pool: (M(+h) − M(−h)) ÷ 2h with h = 0.01 % of the price, M the exact margin excess. By pool id.
 * A kink of the tier table inside ±h is averaged.
 */
export function exposuresOf(
  account: Account,
  { book }: PricedBook,
  rules: VenueRules,
  unit: string,
  dailyVolatilityOf: DailyVolatilityOf,
): ReadonlyMap<string, readonly Exposure[]> {
  const resolved = resolveAccount(account, book, rules);
  const marketsByPool = new Map(resolved.pools.map((pool) => [pool.id, marketsOf(pool, unit)]));
  const markets = new Set([...marketsByPool.values()].flat());
  const sensitivities = new Map<string, Map<string, number>>();
  for (const market of markets) {
    const at = (move: Decimal): Map<string, number> => {
      const moved = movedBook(book, unit, { all: new Decimal(0), byMarket: new Map([[market, move]]) });
      return new Map(resolveAccount(account, moved, rules).pools.map((pool) => [pool.id, marginExcessOf(pool)]));
    };
    const [up, down] = [at(BUMP), at(BUMP.negated())];
    const width = 2 * BUMP.toNumber();
    sensitivities.set(market, new Map([...up].map(([pool, excess]) => [pool, (excess - (down.get(pool) ?? Number.NaN)) / width])));
  }
  return new Map(
    [...marketsByPool].map(([pool, own]) => [
      pool,
      own.map((market) => ({
        market,
        sensitivity: sensitivities.get(market)?.get(pool) ?? Number.NaN,
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
