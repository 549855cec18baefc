/**
 * Accounts watched for alarms as a stream of prices moves (rules WA-1 to WA-7 of docs/spec/watch.md). Pure: the same book, rules and
 * updates give the same events with the same ids, whether they come in one go or are taken up again from a snapshot.
 */
import type { Book } from '../../domain/book.ts';
import type { Decimal } from '../../domain/units.ts';
import type { VolatilityEstimate } from '../../engine/volatility/stream.ts';
import type { AlarmEvent, FloodEvent, Reading, Subject } from '../../policy/alarms/events.ts';
import { subjectKey } from '../../policy/alarms/identity.ts';
import { createAlarmMachine, type MachineSnapshot } from '../../policy/alarms/machine.ts';
import type { AlarmRules } from '../../policy/alarms/rules.ts';
import { readDecimal } from '../../wire/schema.ts';
import { NO_LIMITS, type StaleLimits, staleLimits } from '../inputs.ts';
import { type LivePrices, NO_PRICES, withTicks } from '../prices.ts';
import { type HostInput, NO_SOURCE, type SourceView } from '../protocol.ts';
import { dailyVolatilityOf, type LookContext, type LookedAt, learnVolatilities, lookAt, watchedAccount } from './look.ts';

export type FeedUpdate = Extract<HostInput, { readonly kind: 'feed-update' }>;

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
  const accounts = book.accounts.map((account) => watchedAccount(account, book));
  const volatilities = new Map<string, VolatilityEstimate>(snapshot?.volatilities ?? []);
  let prices: LivePrices = snapshot ? pricesOf(snapshot) : NO_PRICES;
  let source: SourceView = NO_SOURCE;
  let limits: StaleLimits = NO_LIMITS;
  let looks = snapshot?.looks ?? 0;

  const volatilityOf = dailyVolatilityOf(volatilities);
  const take = (update: FeedUpdate): void => {
    source = update.source;
    limits = staleLimits(update);
    const ticks = source.kind === 'replay' ? update.ticks : update.ticks.filter(({ kind }) => kind !== 'last');
    prices = withTicks(update.restarted && looks === 0 ? NO_PRICES : prices, ticks).prices;
    learnVolatilities(volatilities, prices, ticks);
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
