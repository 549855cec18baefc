/** LV: a live feed keeps what every feed keeps, and says how its connection stands. */
import { describe, expect, it } from 'vitest';
import { type ContractSubject, feedContract } from '../testing/contract.ts';
import { scriptedPort } from '../testing/scripted-port.ts';
import type { Deed, Happening } from './connection.ts';
import { createLiveFeed, type LiveFeed, type SocketPort } from './live-feed.ts';
import { bybitStream } from './streams/bybit.ts';

const START = 1_790_000_000_000;
const ticker = (type: 'snapshot' | 'delta', price: number, atMs: number): string =>
  JSON.stringify({
    topic: 'tickers.BTCUSDT',
    type,
    ts: START + atMs,
    data: { symbol: 'BTCUSDT', markPrice: `${price}`, indexPrice: `${price + 1}` },
  });

/** A venue that tells a mark and an index every 250 ms. */
function* prices(untilMs: number) {
  for (let atMs = 0; atMs <= untilMs; atMs += 250)
    yield { atMs, text: ticker(atMs === 0 ? 'snapshot' : 'delta', 60_000 + atMs / 250, atMs) };
}

/** The port hears the time before the feed does. */
function feedOn(opensAfterMs: number | undefined, queueMax?: number): LiveFeed {
  const port = scriptedPort({ opensAfterMs, frames: prices, untilMs: 60_000 });
  const feed = createLiveFeed({
    stream: bybitStream,
    markets: ['BTC'],
    port,
    random: () => 0.5,
    ...(queueMax === undefined ? {} : { queueMax }),
  });
  return {
    ...feed,
    advance: (nowMs) => {
      if (Number.isFinite(nowMs)) port.runTo(nowMs);
      return feed.advance(nowMs);
    },
  };
}

const subject: ContractSubject = { name: 'live', create: ({ queueMax }) => feedOn(0, queueMax), nowMs: START, spanMs: 50_000 };
feedContract(subject);

describe('a live feed', () => {
  it('PS-3: what never opens is connecting and says why, and no price is invented', () => {
    const feed = feedOn(undefined);
    feed.advance(START);
    const { status, ticks } = feed.advance(START + 11_000);
    expect(ticks).toEqual([]);
    expect(status).toMatchObject({ state: 'connecting', detail: 'no connection within 10 s' });
  });

  it('FD-9: what falls silent is delayed, stale, lost, by its own cadence, while it is tried again', () => {
    const port = scriptedPort({ opensAfterMs: 10, frames: () => prices(1_000), untilMs: 1_000 });
    const feed = createLiveFeed({ stream: bybitStream, markets: ['BTC'], port, random: () => 0.5 });
    const at = (afterMs: number) => {
      port.runTo(START + afterMs);
      return feed.advance(START + afterMs).status.state;
    };
    at(0);
    expect([at(500), at(2_500), at(9_000), at(20_000)]).toEqual(['live', 'live', 'delayed', 'stale']);
    expect(feed.inspect().phase).toBe('live');
    at(30_000);
    expect(feed.inspect().phase).toBe('waiting');
    feed.close();
    expect(feed.advance(START + 40_000)).toMatchObject({ ticks: [], status: { state: 'ended' } });
    expect(port.deeds.at(-1)?.kind).not.toBe('open');
  });

  it('PS-14: our clock set back by an hour: it begins anew at once, and what falls silent then does not look alive for that hour', () => {
    const deeds: Deed[] = [];
    let happen: (happening: Happening, atMs: number) => void = () => undefined;
    const port: SocketPort = {
      perform: (deed) => void deeds.push(deed),
      happen: (listener) => {
        happen = listener;
      },
    };
    const feed = createLiveFeed({ stream: bybitStream, markets: ['BTC'], port, random: () => 0.5 });
    const opened = (atMs: number): void => {
      const id = deeds.findLast(({ kind }) => kind === 'open')?.id ?? 0;
      happen({ kind: 'opened', id }, atMs);
      happen({ kind: 'text', id, text: ticker('snapshot', 60_000 + id, atMs - START) }, atMs);
    };
    const HOUR = 3_600_000;
    feed.advance(START);
    opened(START);
    expect(feed.advance(START + 500).status.state).toBe('live');
    expect(feed.advance(START - HOUR).status.state).toBe('lost');
    expect(deeds.slice(-2).map(({ kind }) => kind)).toEqual(['close', 'open']);
    expect(feed.inspect()).toMatchObject({ phase: 'connecting', why: 'this device’s clock was set back' });
    opened(START - HOUR + 100);
    feed.advance(START - HOUR + 200);
    expect(feed.inspect().phase).toBe('live');
    for (let at = START - HOUR; at < START - HOUR + 60_000; at += 1_000) feed.advance(at);
    expect(feed.inspect().phase).not.toBe('live');
    expect(feed.advance(START - HOUR + 61_000).status.state).not.toBe('live');
    expect(deeds.filter(({ kind }) => kind === 'open').length).toBeGreaterThanOrEqual(2);
  });

  it('PS-5: after a reconnect the same prices told again are no news', () => {
    const port = scriptedPort({ opensAfterMs: 0, frames: () => prices(1_000), untilMs: 1_000 });
    const feed = createLiveFeed({ stream: bybitStream, markets: ['BTC'], port, random: () => 0.5 });
    const told: string[] = [];
    for (let at = 0; at <= 60_000; at += 500) {
      port.runTo(START + at);
      for (const { kind, price } of feed.advance(START + at).ticks) told.push(`${kind} ${price}`);
    }
    expect(feed.inspect().connections).toBeGreaterThan(1);
    expect(new Set(told).size).toBe(told.length);
    expect(told.length).toBe(10);
  });
});
