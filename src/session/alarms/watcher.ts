/**
 * Accounts watched for alarms as a stream of prices moves (rules WA-1 to WA-7 of docs/spec/watch.md). Pure: the same book, rules and
 * updates give the same events with the same ids, whether they come in one go or are taken up again from a snapshot.
 */
import type { Account, Book } from '../../domain/book.ts';
import type { Decimal } from '../../domain/units.ts';
import { resolveAccount } from '../../engine/resolve.ts';
import type { VolatilityEstimate } from '../../engine/volatility/stream.ts';
import { readBook, writeBook } from '../../formats/leverage-book.ts';
import type { AlarmEvent, FloodEvent, Reading, Subject } from '../../policy/alarms/events.ts';
import { groupsOver } from '../../policy/alarms/group.ts';
import { subjectKey } from '../../policy/alarms/identity.ts';
import { createAlarmMachine, type MachineSnapshot } from '../../policy/alarms/machine.ts';
import type { AlarmRules } from '../../policy/alarms/rules.ts';
import { readDecimal } from '../../wire/schema.ts';
import { NO_LIMITS, type StaleLimits, staleLimits } from '../inputs.ts';
import { type LivePrices, NO_PRICES, withTicks } from '../prices.ts';
import { type HostInput, NO_SOURCE, type SourceView } from '../protocol.ts';
import { type AllClosed, closeAll } from './closures.ts';
import type { ClosureView } from './cure-messages.ts';
import {
  dailyVolatilityOf,
  firstName,
  type LookContext,
  type LookedAt,
  learnVolatilities,
  lookAt,
  type WatchedAccount,
  watchedAccount,
} from './look.ts';

export type FeedUpdate = Extract<HostInput, { readonly kind: 'feed-update' }>;

export interface Watched {
  readonly event: AlarmEvent | FloodEvent;
  /** Absent for a market. */
  readonly looked?: LookedAt;
  /** What the venue did to this pool at this look, simulated (CL-19). */
  readonly closure?: ClosureView;
}

/** Everything a watcher knows, as plain data; survives JSON. */
export interface WatcherSnapshot {
  readonly format: 'watcher/1';
  readonly looks: number;
  readonly prices: readonly (readonly [market: string, kind: 'mark' | 'index' | 'last', price: string, timeMs: number])[];
  readonly volatilities: readonly (readonly [market: string, estimate: VolatilityEstimate])[];
  readonly machine: MachineSnapshot;
  /** Accounts that were closed in part or whole, as they are now: text of a book of one, and where its positions stood at first. */
  readonly closed?: readonly ClosedAccount[];
  /** Pools that closures ended and the next look has to be told of. */
  readonly gone?: readonly Subject[];
}

interface ClosedAccount {
  readonly id: string;
  readonly book: string;
  readonly places: readonly number[];
  readonly lastPartialMs: number | null;
}

/** An account that goes on as its closures left it. */
interface Held extends WatchedAccount {
  readonly lastPartialMs?: number | undefined;
}

export interface Watcher {
  /** Takes what the feed says and looks at every account once. */
  readonly look: (update: FeedUpdate) => readonly Watched[];
  readonly snapshot: () => WatcherSnapshot;
}

/** A watcher of every account of `book`, at its start or where a snapshot left it. */
export function createWatcher(book: Book, rules: AlarmRules, snapshot?: WatcherSnapshot, areClosuresOn = true): Watcher {
  const closed = new Map(snapshot?.closed?.map((one) => [one.id, one]));
  let accounts: readonly Held[] = book.accounts.map((account) => heldOf(account, book, closed.get(account.id)));
  const byId = new Map(accounts.map((held) => [held.account.id, held]));
  const isInGroup = groupsOver((id) => {
    const held = byId.get(id);
    return held && { account: held.account, instruments: book.instruments };
  });
  const machine = createAlarmMachine(rules, { isInGroup, ...(snapshot ? { snapshot: snapshot.machine } : {}) });
  let gone: readonly Subject[] = snapshot?.gone ?? [];
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
  /** CL-19, CL-20: the account as the venue leaves it; what it no longer has is told at the next look. */
  const closeOne = (
    held: Held,
    readings: readonly Reading[],
    looked: ReadonlyMap<string, LookedAt>,
    closures: Map<string, ClosureView>,
  ): Held => {
    const own = readings.filter(({ subject }) => subject.kind === 'pool' && subject.account === held.account.id);
    const acting = own.filter(
      ({ venueState, knowledge }) => knowledge === 'known' && (venueState === 'liquidation' || venueState === 'bankrupt'),
    );
    if (acting.length === 0) return held;
    const all = closeAll(
      acting.flatMap(({ subject }) => looked.get(subjectKey(subject)) ?? []),
      source.clockMs,
      held.lastPartialMs,
    );
    if (!all) return held;
    const after = afterClosure(held, all);
    const names = new Set(resolveAccount(after.account, book, after.rules).pools.map(({ id }) => firstName(id, after.places ?? [])));
    gone = [...gone, ...own.flatMap(({ subject }) => (subject.kind === 'pool' && !names.has(subject.pool) ? [subject] : []))];
    for (const view of all.views) {
      const subject = acting.find((reading) => looked.get(subjectKey(reading.subject))?.pool.id === view.pool)?.subject;
      if (subject) closures.set(subjectKey(subject), view);
      for (const { id, subject: of } of machine.standing())
        if (subject && subjectKey(of) === subjectKey(subject)) machine.noteCure(id, `simulated closure: ${view.end}`);
    }
    byId.set(after.account.id, after);
    return after;
  };
  const context = (): LookContext => ({ book, prices, source, limits, volatilityOf });

  return {
    look: (update) => {
      take(update);
      const looked = new Map<string, LookedAt>();
      const readings: Reading[] = [];
      const markets = new Map<string, Reading>();
      for (const one of accounts) lookAt(one, context(), readings, markets, looked);
      const evaluation = { sequence: ++looks, timeMs: source.clockMs, readings: [...markets.values(), ...readings], removed: gone };
      const events = machine.evaluate(evaluation);
      gone = [];
      const closures = new Map<string, ClosureView>();
      if (areClosuresOn) accounts = accounts.map((held) => closeOne(held, readings, looked, closures));
      if (closures.size > 0) machine.regroup();
      return events.map((event) => withLooked(event, looked, closures));
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
      closed: accounts.flatMap((held) => (held.places ? [closedText(held, book)] : [])),
      gone,
    }),
  };
}

function heldOf(account: Account, book: Book, closed: ClosedAccount | undefined): Held {
  if (!closed) return watchedAccount(account, book);
  const [now] = readBook(closed.book).accounts;
  if (!now) throw new Error(`a kept account is none: ${closed.id}`);
  return { ...watchedAccount(now, book), places: closed.places, lastPartialMs: closed.lastPartialMs ?? undefined };
}

const afterClosure = (held: Held, { inPlace, account, lastPartialMs }: AllClosed): Held => {
  const before = held.places ?? held.account.positions.map((_, i) => i);
  const places = before.filter((_, i) => inPlace.positions[i]?.size.isZero() === false);
  return { ...held, account, places, lastPartialMs };
};

function closedText({ account, places = [], lastPartialMs }: Held, book: Book): ClosedAccount {
  const ids = new Set(account.positions.map(({ instrument }) => instrument));
  const instruments = new Map([...book.instruments].filter(([id]) => ids.has(id)));
  return { id: account.id, book: writeBook({ ...book, instruments, accounts: [account] }), places, lastPartialMs: lastPartialMs ?? null };
}

const withLooked = (
  event: AlarmEvent | FloodEvent,
  looked: ReadonlyMap<string, LookedAt>,
  closures: ReadonlyMap<string, ClosureView>,
): Watched => {
  const key = event.kind === 'flood' ? '' : subjectKey(event.subject satisfies Subject);
  const [at, closure] = [looked.get(key), closures.get(key)];
  return { event, ...(at ? { looked: at } : {}), ...(closure ? { closure } : {}) };
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
