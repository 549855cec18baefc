/** Several venues asked at once, while somebody looks: the newest price of each, and which of them tell nothing (RF-7). */
import type { LiveFeed } from '../../feeds/live/live-feed.ts';
import type { ReferenceQuote } from '../../session/protocol.ts';

export type VenueQuote = Omit<ReferenceQuote, 'deviation'>;

export interface ReferenceRunner {
  readonly run: (nowMs: number, markets: readonly string[]) => void;
  readonly quotes: (nowMs: number) => readonly VenueQuote[];
  readonly missing: () => readonly { readonly venue: string; readonly name: string; readonly why: string }[];
  readonly wake: () => void;
  readonly close: () => void;
}

interface Asked {
  readonly venue: string;
  readonly feed: LiveFeed;
}

/** Markets that are compared: few, for each is asked of every venue. */
export const REFERENCE_MARKETS_MAX = 12;

export function createReferenceRunner(asked: readonly Asked[]): ReferenceRunner {
  const newest = new Map<string, Omit<VenueQuote, 'isFresh' | 'name'>>();
  const keyOf = (venue: string, market: string): string => `${venue} ${market}`;
  const isKept = (kind: string): kind is 'mark' | 'index' => kind === 'mark' || kind === 'index';
  return {
    run: (nowMs, markets) => {
      for (const { venue, feed } of asked) {
        feed.follow(markets.slice(0, REFERENCE_MARKETS_MAX));
        for (const { market, kind, price, arrivalTimeMs } of feed.advance(nowMs).ticks) {
          const key = keyOf(venue, market);
          // A venue's mark is its own say; an index stands in only where there is none.
          if (!isKept(kind) || (kind === 'index' && newest.get(key)?.kind === 'mark')) continue;
          newest.set(key, { market, venue, kind, price, arrivalTimeMs });
        }
      }
    },
    quotes: (nowMs) =>
      asked.flatMap(({ venue, feed }) => {
        const { name, freshness } = feed.description;
        return feed.inspect().markets.flatMap((market) => {
          const quote = newest.get(keyOf(venue, market));
          return quote ? [{ ...quote, name, isFresh: nowMs - quote.arrivalTimeMs < freshness.delayedMs }] : [];
        });
      }),
    missing: () =>
      asked.flatMap(({ venue, feed }) => {
        const { phase, why = '' } = feed.inspect();
        return phase === 'live' ? [] : [{ venue, name: feed.description.name, why: why === '' ? phase : why }];
      }),
    wake: () => {
      for (const { feed } of asked) feed.wake();
    },
    close: () => {
      for (const { feed } of asked) feed.close();
    },
  };
}
