/** One look at an account: the readings of its pools and of the markets they rest on (rules WA-2, WA-6 of docs/spec/watch.md). */
import type { Account, Book } from '../../domain/book.ts';
import type { Tick } from '../../domain/tick.ts';
import { assessAccount } from '../../engine/assess.ts';
import type { Exposure } from '../../engine/first-passage/pool-distance.ts';
import type { VenueRules } from '../../engine/rules.ts';
import type { PoolAssessment, PositionAssessment } from '../../engine/types.ts';
import { dailyVolatility, type VolatilityEstimate, warmStart, withPrice } from '../../engine/volatility/stream.ts';
import type { Reading } from '../../policy/alarms/events.ts';
import { subjectKey } from '../../policy/alarms/identity.ts';
import { feedReading, gapReading, poolReading } from '../../policy/alarms/reading.ts';
import type { MarketAge } from '../../policy/staleness/market-age.ts';
import { inputAge, inputsFreshness, isTooOld, priceInputs, type StaleLimits } from '../inputs.ts';
import { marketGaps } from '../live/gaps.ts';
import { type LivePrices, livePrice, type PricedBook, pricedBook } from '../prices.ts';
import type { SourceView } from '../protocol.ts';
import { rulesOf } from '../view.ts';
import { type DailyVolatilityOf, exposuresOf, oddsOf } from './odds.ts';

/** One pool as it stood at the last look: what a cure and a line of output need. */
export interface LookedAt {
  readonly pool: PoolAssessment;
  readonly exposures: readonly Exposure[];
  /** Of every price that the pool rests on. */
  readonly ages: readonly MarketAge[];
  /** Its positions; `row` counts those of the account. */
  readonly positions: readonly { readonly row: number; readonly base: string; readonly figures: PositionAssessment }[];
  readonly priced: PricedBook;
  readonly account: Account;
  readonly rules: VenueRules;
  readonly unit: string;
  readonly volatilityOf: DailyVolatilityOf;
}

export interface LookContext {
  readonly book: Book;
  readonly prices: LivePrices;
  readonly source: SourceView;
  readonly limits: StaleLimits;
  readonly volatilityOf: DailyVolatilityOf;
}

export interface WatchedAccount {
  readonly account: Account;
  /** Where each position stood in the account as it was given: a pool keeps its name when one before it is closed. Absent: where it stands. */
  readonly places?: readonly number[];
  readonly rules: VenueRules;
  readonly unit: string;
}

/** An account of `book` with what every look at it needs. */
export const watchedAccount = (account: Account, book: Book): WatchedAccount => ({
  account,
  rules: rulesOf(account),
  unit: account.unit ?? book.unit ?? 'USD',
});

/** σ₂₄ₕ of a market by what the stream has taught so far, by its long history before that (VO). */
export const dailyVolatilityOf =
  (volatilities: ReadonlyMap<string, VolatilityEstimate>): DailyVolatilityOf =>
  (market) =>
    dailyVolatility(volatilities.get(market) ?? warmStart(market));

/** Takes the newest price of every market among `ticks` into its estimate. */
export function learnVolatilities(volatilities: Map<string, VolatilityEstimate>, prices: LivePrices, ticks: readonly Tick[]): void {
  for (const market of new Set(ticks.map((tick) => tick.market))) {
    const live = livePrice(prices, market, 'mark');
    if (live) volatilities.set(market, withPrice(volatilities.get(market) ?? warmStart(market), live.timeMs, live.price.toNumber()));
  }
}

/** WA-2: every pool of the account and every market it rests on. A pool with a price too old is `stale`: it can raise, never clear. */
export function lookAt(
  { account, rules, unit, places }: WatchedAccount,
  { book, prices, source, limits, volatilityOf }: LookContext,
  readings: Reading[],
  markets: Map<string, Reading>,
  looked: Map<string, LookedAt>,
): void {
  const priced = pricedBook(book, account, rules, prices);
  const assessment = assessAccount(account, priced.book, rules);
  const inputs = priceInputs(account, priced, assessment);
  const exposures = exposuresOf(account, priced, rules, unit, volatilityOf);
  for (const pool of assessment.pools) {
    const own = exposures.get(pool.id) ?? [];
    const subject = { account: account.id, venue: account.venue, markets: own.map(({ market }) => market) };
    const read = poolReading(subject, pool, oddsOf(pool, own));
    const reading = places ? { ...read, subject: { ...read.subject, pool: firstName(pool.id, places) } as Reading['subject'] } : read;
    const poolInputs = inputs.filter((input) => input.pool === pool.id);
    const isOld = reading.knowledge === 'known' && isTooOld(inputsFreshness(poolInputs, source, limits));
    readings.push(isOld ? { ...reading, knowledge: 'stale' } : reading);
    looked.set(subjectKey(reading.subject), {
      pool,
      exposures: own,
      ages: poolInputs.map((input) => inputAge(input, source, limits)),
      positions: assessment.positions.flatMap((figures, row) => {
        const base = priced.book.instruments.get(figures.instrument)?.base;
        return figures.pool === pool.id && base !== undefined ? [{ row, base, figures }] : [];
      }),
      priced,
      account,
      rules,
      unit,
      volatilityOf,
    });
  }
  const put = (reading: Reading): void => void markets.set(subjectKey(reading.subject), reading);
  for (const input of inputs) put(feedReading(input.market, account.venue, inputAge(input, source, limits).freshness));
  for (const gap of marketGaps(account, prices, source, limits)) {
    const read = gapReading(gap, account.venue);
    put(gapReading(gap, account.venue, markets.get(subjectKey(read.subject))));
  }
}

/** The name of a pool by the place that its position had at first. */
export const firstName = (pool: string, places: readonly number[]): string =>
  pool.startsWith('isolated:') ? pool.replace(/\d+$/, (index) => String(places[Number(index)] ?? index)) : pool;
