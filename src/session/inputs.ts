/** Which prices stand behind an account, how old they are, and whether that is too old. Rules SE-7, SE-8, ST-1 to ST-3. */
import { unwrapped } from '../domain/asset-forms.ts';
import type { Account } from '../domain/book.ts';
import { FRESHNESS_ORDER, type Freshness, type FreshnessLimits, freshnessLimits, worseOf } from '../domain/freshness.ts';
import { isPegged } from '../domain/pegged-assets.ts';
import type { AccountAssessment } from '../engine/types.ts';
import { type MarketAge, marketAge, worstFreshness } from '../policy/staleness/market-age.ts';
import type { PricedBook } from './prices.ts';
import type { HostInput, RiskState, SourceView } from './protocol.ts';

/** One price that figures rest on. */
export interface PriceInput {
  /** Instrument id or asset symbol. */
  readonly subject: string;
  /** The feed's word for it: base asset or asset symbol. */
  readonly market: string;
  readonly timeMs: number;
  /** When it came here, by our clock; absent where no feed brought it. */
  readonly arrivalMs?: number;
  readonly pool: string;
}

/** What the feed says of ages. */
export interface StaleLimits {
  /** Age from which a price no longer stands for the present, ms; NaN where no feed says. */
  readonly otherwiseMs: number;
  readonly byMarketMs: Readonly<Record<string, number>>;
  /** Our clock, by which arrivals are stamped, when the feed last spoke; absent where none runs. */
  readonly ownClockMs?: number;
  /** Whether arrivals are judged too: of a feed whose clock is the world's (FD-9). */
  readonly isLive?: boolean;
}

/** What an update says of them. */
export const staleLimits = (update: Extract<HostInput, { readonly kind: 'feed-update' }>): StaleLimits => ({
  otherwiseMs: update.staleAfterMs,
  byMarketMs: update.staleAfterMsByMarket,
  ...(update.ownClockMs === undefined ? {} : { ownClockMs: update.ownClockMs }),
  ...(update.isLive ? { isLive: true } : {}),
});

export const NO_LIMITS: StaleLimits = { otherwiseMs: Number.NaN, byMarketMs: {} };

/**
 * Every price that the account's figures rest on: the marks of its positions, and the prices of the assets it holds or settles
 * in. The price of the unit of account, and of an asset pegged to money that no feed prices, is a convention and has no age.
 */
export function priceInputs(account: Account, priced: PricedBook, assessment: AccountAssessment): readonly PriceInput[] {
  const inputs: PriceInput[] = [];
  const { book, assetTimeMs, arrivalMs, asOfMs } = priced;
  const arrived = (market: string, isLive: boolean) => {
    const at = isLive ? arrivalMs.get(market) : undefined;
    return at === undefined ? {} : { arrivalMs: at };
  };
  const noteAsset = (symbol: string, pool: string): void => {
    const liveMs = assetTimeMs.get(symbol);
    if (liveMs === undefined && (symbol === assessment.unit || isPegged(symbol) || !book.assets.get(symbol)?.price)) return;
    inputs.push({ subject: symbol, market: symbol, timeMs: liveMs ?? asOfMs, ...arrived(symbol, liveMs !== undefined), pool });
  };
  for (const position of assessment.positions) {
    const instrument = book.instruments.get(position.instrument);
    if (!instrument?.markPrice) continue;
    const { id, base, markTimeMs } = instrument;
    inputs.push({
      subject: id,
      market: base,
      timeMs: markTimeMs ?? asOfMs,
      ...arrived(base, markTimeMs !== undefined),
      pool: position.pool,
    });
    noteAsset(instrument.settle, position.pool);
  }
  const cross = assessment.pools.filter((pool) => pool.kind !== 'isolated');
  for (const { asset, amount } of account.balances) {
    if (amount.isZero()) continue;
    const own = cross.find((pool) => pool.id === `cross:${asset}`) ?? cross[0];
    noteAsset(asset, own?.id ?? '');
  }
  return inputs;
}

const distance = (input: Pick<PriceInput, 'timeMs'>, clockMs: number): number => Math.abs(clockMs - input.timeMs);

/** With a clock, the price furthest from it on either side; without one, the oldest. Undefined where no price is used. */
export function oldestInput(inputs: readonly PriceInput[], clockMs: number): PriceInput | undefined {
  const isWorse = (a: PriceInput, b: PriceInput): boolean =>
    Number.isFinite(clockMs) ? distance(a, clockMs) > distance(b, clockMs) : a.timeMs < b.timeMs;
  return inputs.reduce<PriceInput | undefined>((worst, input) => (!worst || isWorse(input, worst) ? input : worst), undefined);
}

/** ST-2: the limits of a market, of a wrapped coin the coin's where it has none: those of its cadence, which its stale limit tells, for all limits grow with it (FD-8). */
export function limitsOf(market: string, limits: StaleLimits): FreshnessLimits {
  const told = [market, unwrapped(market) ?? market].find((name) => Object.hasOwn(limits.byMarketMs, name));
  const own = told === undefined ? undefined : limits.byMarketMs[told];
  return freshnessLimits(((own ?? limits.otherwiseMs) / REFERENCE.delayedMs) * REFERENCE_CADENCE_MS);
}

const REFERENCE_CADENCE_MS = 1_000;
const REFERENCE = freshnessLimits(REFERENCE_CADENCE_MS);
const NO_LIMIT: FreshnessLimits = {
  liveMs: Number.POSITIVE_INFINITY,
  delayedMs: Number.POSITIVE_INFINITY,
  staleMs: Number.POSITIVE_INFINITY,
};

type Timed = Pick<PriceInput, 'market' | 'timeMs' | 'arrivalMs'>;

/**
 * How old one price is and what that makes it: the one place that says so (ST-1, ST-2). A price too far after the feed's clock, of a book
 * younger than the crash that is replayed over it, stands for the present no more than one too far before it. A feed that is old as a
 * whole makes each of its prices so. Without a feed, and before its clock runs, nothing is old: the book is what it is.
 */
export function inputAge({ market, timeMs, arrivalMs }: Timed, source: SourceView, limits: StaleLimits): MarketAge {
  const isRunning = source.kind !== 'none' && Number.isFinite(source.clockMs);
  const age = marketAge(
    {
      market,
      venueTimeMs: isRunning ? timeMs : 0,
      ...(arrivalMs === undefined ? {} : { arrivalTimeMs: arrivalMs }),
      limits: isRunning ? limitsOf(market, limits) : NO_LIMIT,
      isPlayback: !isRunning || limits.isLive !== true,
    },
    { venueMs: isRunning ? source.clockMs : 0, ownMs: limits.ownClockMs ?? Number.NaN },
  );
  return source.kind === 'none' ? age : { ...age, freshness: worseOf(age.freshness, wholeOf(source)) };
}

/** What the state of the feed says of each of its prices. */
const wholeOf = ({ status: { state } }: SourceView): Freshness => FRESHNESS_ORDER.find((known) => known === state) ?? 'live';

/** ST-3: the worst class of the prices. */
export const inputsFreshness = (inputs: readonly PriceInput[], source: SourceView, limits: StaleLimits): Freshness =>
  worstFreshness(inputs.map((input) => inputAge(input, source, limits).freshness));

/** Too old to stand for the present (SE-8). */
export const isTooOld = (freshness: Freshness): boolean => freshness === 'stale' || freshness === 'lost';

/** SE-8 for one price. */
export const isStalePrice = (input: Timed, source: SourceView, limits: StaleLimits): boolean =>
  isTooOld(inputAge(input, source, limits).freshness);

/** Old prices take away the all-clear and nothing else: an alarm stays what it is (SE-8). */
export const withStaleness = (state: RiskState, stale: boolean): RiskState =>
  stale && (state === 'healthy' || state === 'watch') ? 'stale' : state;
