/** Accounts looked at as a feed moves, as readings: what a back-test is run on (rules SY-3 to SY-6 of docs/spec/study.md). */
import type { Book } from '../../domain/book.ts';
import type { VolatilityEstimate } from '../../engine/volatility/stream.ts';
import type { Reading, Subject } from '../../policy/alarms/events.ts';
import { subjectKey } from '../../policy/alarms/identity.ts';
import type { BackTestLook } from '../../policy/backtest/back-test.ts';
import { dailyVolatilityOf, type LookedAt, learnVolatilities, lookAt, watchedAccount } from '../alarms/look.ts';
import { staleLimits } from '../inputs.ts';
import { type LivePrices, NO_PRICES, withTicks } from '../prices.ts';
import type { FeedUpdate } from './messages.ts';

/**
 * SY-4: every account of `book` at every update. SY-5: a pool that the venue takes is looked at once more as such, and is gone from the
 * next look on: what the venue does with it is no matter of the rules.
 */
export function* accountLooks(book: Book, updates: Iterable<FeedUpdate>): Generator<BackTestLook> {
  const volatilities = new Map<string, VolatilityEstimate>();
  const volatilityOf = dailyVolatilityOf(volatilities);
  const gone = new Set<string>();
  let accounts = book.accounts.map((account) => watchedAccount(account, book));
  let prices: LivePrices = NO_PRICES;
  let removed: Subject[] = [];
  for (const update of updates) {
    const { source } = update;
    const ticks = source.kind === 'replay' ? update.ticks : update.ticks.filter(({ kind }) => kind !== 'last');
    prices = withTicks(prices, ticks).prices;
    learnVolatilities(volatilities, prices, ticks);
    const context = { book, prices, source, limits: staleLimits(update), volatilityOf };
    const markets = new Map<string, Reading>();
    const readings: Reading[] = [];
    const taken: Subject[] = [];
    accounts = accounts.filter((one) => {
      const own: Reading[] = [];
      lookAt(one, context, own, markets, new Map<string, LookedAt>());
      const open = own.filter(({ subject }) => !gone.has(subjectKey(subject)));
      for (const { subject, venueState } of open) {
        if (venueState !== 'liquidation' && venueState !== 'bankrupt') continue;
        gone.add(subjectKey(subject));
        taken.push(subject);
      }
      readings.push(...open);
      return own.some(({ subject }) => !gone.has(subjectKey(subject)));
    });
    yield { timeMs: source.clockMs, readings: [...markets.values(), ...readings], ...(removed.length > 0 ? { removed } : {}) };
    removed = taken;
  }
}
