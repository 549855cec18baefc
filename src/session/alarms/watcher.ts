/**
 * Accounts watched for alarms as a stream of prices moves (rules WA-1 to WA-7 of docs/spec/watch.md). Pure: the same book, rules and
 * updates give the same events with the same ids, whether they come in one go or are taken up again from a snapshot.
 */
import type { Account, Book } from '../../domain/book.ts';
import { freshness, freshnessLimits } from '../../domain/freshness.ts';
import type { Decimal } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import type { Exposure } from '../../engine/first-passage/pool-distance.ts';
import type { VenueRules } from '../../engine/rules.ts';
import type { PoolAssessment } from '../../engine/types.ts';
import { dailyVolatility, type VolatilityEstimate, warmStart, withPrice } from '../../engine/volatility/stream.ts';
import type { AlarmEvent, FloodEvent, Reading, Subject } from '../../policy/alarms/events.ts';
import { subjectKey } from '../../policy/alarms/identity.ts';
import { createAlarmMachine, type MachineSnapshot } from '../../policy/alarms/machine.ts';
import { feedReading, poolReading } from '../../policy/alarms/reading.ts';
import { type AlarmRules, FEED_LEVELS } from '../../policy/alarms/rules.ts';
import { readDecimal } from '../../wire/schema.ts';
import { isStale, NO_LIMITS, type PriceInput, priceInputs, type StaleLimits } from '../inputs.ts';
import { type LivePrices, livePrice, NO_PRICES, pricedBook, withTicks } from '../prices.ts';
import { type HostInput, NO_SOURCE, type SourceView } from '../protocol.ts';
import { rulesOf } from '../view.ts';
import { exposuresOf, oddsOf } from './odds.ts';

export type FeedUpdate = Extract<HostInput, { readonly kind: 'feed-update' }>;

/** One pool as it stood at the last look: what a cure and a line of output need. */
export interface LookedAt {
  readonly pool: PoolAssessment;
  readonly exposures: readonly Exposure[];
}

export interface Watched {
  readonly event: AlarmEvent | FloodEvent;
  /** Absent for a market. */
  readonly looked?: LookedAt;
}

/** Everything a watcher knows, as plain data; survives JSON. */
export interface WatcherSnapshot {
  readonly format: 'watcher/1';
  readonly looks: number;
  readonly prices: readonly (readonly [market: string, kind: 'mark' | 'index' | 'last', price: string, timeMs: number])[];
  readonly volatilities: readonly (readonly [market: string, estimate: VolatilityEstimate])[];
  readonly machine: MachineSnapshot;
}

export interface Watcher {
  /** Takes what the feed says and looks at every account once. */
  readonly look: (update: FeedUpdate) => readonly Watched[];
  readonly snapshot: () => WatcherSnapshot;
}

/** A watcher of every account of `book`, at its start or where a snapshot left it. */
export function createWatcher(book: Book, rules: AlarmRules, snapshot?: WatcherSnapshot): Watcher {
  const machine = createAlarmMachine(rules, snapshot ? { snapshot: snapshot.machine } : {});
  const accounts = book.accounts.map((account) => ({ account, rules: rulesOf(account), unit: account.unit ?? book.unit ?? 'USD' }));
  const volatilities = new Map<string, VolatilityEstimate>(snapshot?.volatilities ?? []);
  let prices: LivePrices = snapshot ? pricesOf(snapshot) : NO_PRICES;
  let source: SourceView = NO_SOURCE;
  let limits: StaleLimits = NO_LIMITS;
  let looks = snapshot?.looks ?? 0;

  const volatilityOf = (market: string): number => dailyVolatility(volatilities.get(market) ?? warmStart(market));
  const take = (update: FeedUpdate): void => {
    source = update.source;
    limits = { otherwiseMs: update.staleAfterMs, byMarketMs: update.staleAfterMsByMarket };
    const ticks = source.kind === 'replay' ? update.ticks : update.ticks.filter(({ kind }) => kind !== 'last');
    prices = withTicks(update.restarted && looks === 0 ? NO_PRICES : prices, ticks).prices;
    for (const market of new Set(ticks.map((tick) => tick.market))) {
      const live = livePrice(prices, market, 'mark');
      if (live) volatilities.set(market, withPrice(volatilities.get(market) ?? warmStart(market), live.timeMs, live.price.toNumber()));
    }
  };
  const context = (): LookContext => ({ book, prices, source, limits, volatilityOf });

  return {
    look: (update) => {
      take(update);
      const looked = new Map<string, LookedAt>();
      const readings: Reading[] = [];
      const markets = new Map<string, Reading>();
      for (const one of accounts) lookAt(one, context(), readings, markets, looked);
      const evaluation = { sequence: ++looks, timeMs: source.clockMs, readings: [...markets.values(), ...readings] };
      return machine.evaluate(evaluation).map((event) => withLooked(event, looked));
    },
    snapshot: () => ({
      format: 'watcher/1',
      looks,
      prices: [...prices].flatMap(([market, kinds]) =>
        (['mark', 'index', 'last'] as const).flatMap((kind) => {
          const held = kinds[kind];
          return held ? [[market, kind, held.price.toFixed(), held.timeMs] as const] : [];
        }),
      ),
      volatilities: [...volatilities],
      machine: machine.snapshot(),
    }),
  };
}

interface LookContext {
  readonly book: Book;
  readonly prices: LivePrices;
  readonly source: SourceView;
  readonly limits: StaleLimits;
  readonly volatilityOf: (market: string) => number;
}

interface WatchedAccount {
  readonly account: Account;
  readonly rules: VenueRules;
  readonly unit: string;
}

/** WA-2: every pool of the account and every market it rests on. A pool with a price too old is `stale`: it can raise, never clear. */
function lookAt(
  { account, rules, unit }: WatchedAccount,
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
    const reading = poolReading(subject, pool, oddsOf(pool, own));
    const poolInputs = inputs.filter((input) => input.pool === pool.id);
    const isOld = reading.knowledge === 'known' && isStale(poolInputs, source, limits);
    readings.push(isOld ? { ...reading, knowledge: 'stale' } : reading);
    looked.set(subjectKey(reading.subject), { pool, exposures: own });
  }
  for (const input of inputs) {
    const reading = feedReading(input.market, account.venue, freshnessOf(input, source, limits));
    markets.set(subjectKey(reading.subject), reading);
  }
}

/** WA-6: the age of a price against its market's limit; a feed that is stale or lost as a whole makes each of its prices so. */
function freshnessOf(input: PriceInput, source: SourceView, limits: StaleLimits): (typeof FEED_LEVELS)[number] {
  if (source.kind === 'none') return 'live';
  const limitMs = limits.byMarketMs[input.market] ?? limits.otherwiseMs;
  const reference = freshnessLimits(0);
  const own = freshness(Math.abs(source.clockMs - input.timeMs), freshnessLimits((limitMs / reference.delayedMs) * 1_000));
  const whole = source.status.state === 'lost' || source.status.state === 'stale' ? source.status.state : 'live';
  return FEED_LEVELS.indexOf(own) > FEED_LEVELS.indexOf(whole) ? own : whole;
}

const withLooked = (event: AlarmEvent | FloodEvent, looked: ReadonlyMap<string, LookedAt>): Watched => {
  const at = event.kind === 'flood' ? undefined : looked.get(subjectKey(event.subject satisfies Subject));
  return at ? { event, looked: at } : { event };
};

function pricesOf({ prices }: WatcherSnapshot): LivePrices {
  const held = new Map<string, Record<string, { price: Decimal; timeMs: number }>>();
  for (const [market, kind, text, timeMs] of prices) {
    const price = readDecimal(text);
    if (typeof price === 'string') throw new Error(`a kept price is no decimal: ${market} ${price}`);
    held.set(market, { ...held.get(market), [kind]: { price, timeMs } });
  }
  return held;
}
