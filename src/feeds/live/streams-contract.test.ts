/** What every feed keeps, kept by every venue's stream: over frames as its stand-in tells them. */
import { createMarket } from '../../../venue-sim/market.ts';
import { VENUES, write } from '../../../venue-sim/venues.ts';
import { feedContract } from '../testing/contract.ts';
import { scriptedPort } from '../testing/scripted-port.ts';
import { subscribed } from '../testing/stand-in.ts';
import { createLiveFeed, type LiveFeed } from './live-feed.ts';
import type { PriceStream } from './stream.ts';
import { STREAMS } from './streams/index.ts';

const START = 1_790_000_000_000;
const MARKETS = ['BTC', 'ETH'];
const EVERY_MS = 250;

/** A connection's frames from its opening on, the same every time. */
function* told(stream: PriceStream, untilMs: number): Generator<{ readonly atMs: number; readonly text: string }> {
  const { venue, talk, said } = subscribed(stream, MARKETS);
  const market = createMarket(5);
  for (const text of said) yield { atMs: 0, text };
  for (let atMs = 30; atMs <= untilMs; atMs += EVERY_MS) {
    market.step();
    const quotes = new Map(MARKETS.map((base) => [base, market.quote(base)]));
    for (const frame of venue.tell(talk, quotes, START + atMs)) yield { atMs, text: write(frame) };
  }
}

const answerOf = (stream: PriceStream): string =>
  write(
    (VENUES[stream.id]?.().request?.answer(
      { type: 'metaAndAssetCtxs' },
      MARKETS.map((base) => createMarket(5).quote(base)),
    ) ?? {}) as object,
  );

function feedOn(stream: PriceStream, queueMax?: number): LiveFeed {
  const port = scriptedPort({ opensAfterMs: 0, frames: (untilMs) => told(stream, untilMs), untilMs: 60_000, answer: answerOf(stream) });
  const feed = createLiveFeed({ stream, markets: MARKETS, port, random: () => 0.5, ...(queueMax === undefined ? {} : { queueMax }) });
  return {
    ...feed,
    advance: (nowMs) => {
      if (Number.isFinite(nowMs)) port.runTo(nowMs);
      return feed.advance(nowMs);
    },
  };
}

for (const stream of STREAMS)
  feedContract({ name: stream.name, create: ({ queueMax }) => feedOn(stream, queueMax), nowMs: START, spanMs: 50_000 });
