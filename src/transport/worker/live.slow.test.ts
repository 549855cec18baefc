/**
 * PS-1 to PS-12 over real sockets: every stream against a server that speaks its venue's protocol with recorded frames, in good health and with everything that goes
 * wrong. The clock of both sides runs twenty times as fast, so that silences of half a minute take a second and a half.
 */
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FAULTS, type FaultName } from '../../../venue-sim/faults.ts';
import { startVenueSim, type VenueSim } from '../../../venue-sim/server.ts';
import type { Tick } from '../../domain/tick.ts';
import type { FeedOutput } from '../../feeds/feed.ts';
import { STREAMS, streamOf } from '../../feeds/live/streams/index.ts';
import { isPriceText } from '../../feeds/well-formed.ts';
import type { LiveView } from '../../session/protocol.ts';
import type { OpenLiveFeed } from './feed-runner.ts';
import { watchFeed } from './feed-watch.ts';
import { openLive } from './live.ts';

const PACE = 20;
const START_MS = 1_790_000_000_000;
const MARKETS = ['BTC', 'ETH', 'SOL'];
/** Real time after which a state that did not come does not come. */
const PATIENCE_MS = 20_000;

const beganMs = Date.now();
const now = (): number => START_MS + Math.round((Date.now() - beganMs) * PACE);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Rig {
  readonly venue: string;
  readonly sim: VenueSim;
  readonly feed: OpenLiveFeed;
  readonly ticks: Tick[];
  readonly view: () => LiveView;
  /** The newest output as the page would see it. */
  readonly last: () => FeedOutput;
  /** Drives the feed until `isSo`. */
  readonly until: (what: string, isSo: (output: FeedOutput, view: LiveView) => boolean) => Promise<void>;
  readonly end: () => Promise<void>;
}

async function rig(venue: string, fault?: FaultName, markets = MARKETS): Promise<Rig> {
  const sim = await startVenueSim({ pace: PACE, now, ...(fault ? { fault } : {}) });
  const feed = openLive({ kind: 'live', venue, isStandIn: true }, { markets, pegged: [] }, { now, baseUrl: `${sim.origin}/`, WebSocket });
  const watch = watchFeed(feed.description);
  const ticks: Tick[] = [];
  let output = watch.see(feed.advance(now()), now());
  const look = (): void => {
    output = watch.see(feed.advance(now()), now());
    ticks.push(...output.ticks);
  };
  return {
    venue,
    sim,
    feed,
    ticks,
    view: feed.view,
    last: () => output,
    until: async (what, isSo) => {
      for (const endMs = Date.now() + PATIENCE_MS; ; ) {
        look();
        if (isSo(output, feed.view())) return;
        if (Date.now() > endMs)
          throw new Error(`${venue}: never ${what}: ${JSON.stringify({ ...feed.view(), state: output.status, ticks: ticks.length })}`);
        await wait(5);
      }
    },
    end: async () => {
      feed.close();
      await sim.close();
    },
  };
}

/** Only prices, near those the server tells, and no market back in time. */
function checkTicks({ venue, ticks, sim }: Rig): void {
  const newest = new Map<string, number>();
  for (const { market, kind, price, venueTimeMs } of ticks) {
    const told = Number(sim.market.quote(market).mark);
    expect(isPriceText(price), `${venue} ${price}`).toBe(true);
    expect(Math.abs(Number(price) / told - 1), `${venue} ${market} ${kind} ${price} against ${told}`).toBeLessThan(0.2);
    expect(MARKETS).toContain(market);
    if (venueTimeMs < (newest.get(`${market} ${kind}`) ?? 0) - 60_000) newest.delete(`${market} ${kind}`);
    expect(venueTimeMs, venue).toBeGreaterThanOrEqual(newest.get(`${market} ${kind}`) ?? 0);
    newest.set(`${market} ${kind}`, venueTimeMs);
  }
}

/** The same price of the same instant is told once: where the venue stamps its prices. */
function checkOnce({ venue, ticks }: Rig): void {
  if (venue === 'hyperliquid') return;
  const said = ticks.map(({ market, kind, venueTimeMs, price }) => `${market} ${kind} ${venueTimeMs} ${price}`);
  expect(new Set(said).size, venue).toBe(said.length);
}

/** All is well again, without anything being opened anew by hand. */
async function heal(one: Rig): Promise<void> {
  one.sim.fault = undefined;
  const before = one.ticks.length;
  const told = (): number => new Set(one.ticks.slice(before).map(({ market }) => market)).size;
  await one.until('live again', ({ status }, { phase }) => phase === 'live' && status.state === 'live' && told() === MARKETS.length);
  checkTicks(one);
}

const hasClock = (venue: string): boolean => venue !== 'hyperliquid';
const hasSnapshot = (venue: string): boolean => streamOf(venue)?.snapshot !== undefined;

/** What each fault looks like from here. `isFromStart`: it is there before the first connection. */
const EXPECTED: Readonly<Record<FaultName, { readonly isFromStart: boolean; readonly seen: (one: Rig) => Promise<void> }>> = {
  'delayed-first-frame': {
    isFromStart: true,
    seen: (one) =>
      hasSnapshot(one.venue)
        ? one.until('live by its snapshot', (_, { phase }) => phase === 'live')
        : one.until('given up', (_, { phase, why }) => phase === 'waiting' && why === 'open, but no price within 5 s'),
  },
  silent: {
    isFromStart: true,
    seen: async (one) => {
      const why = hasSnapshot(one.venue) ? 'silent for 30 s' : 'open, but no price within 5 s';
      await one.until('given up', (_, view) => view.phase === 'waiting' && view.why === why);
      expect(one.last().status.state).not.toBe('live');
    },
  },
  'half-open': {
    isFromStart: false,
    seen: async (one) => {
      await one.until('old', ({ status }) => status.state !== 'live');
      const seconds = (streamOf(one.venue)?.silenceMs ?? 0) / 1_000;
      await one.until('given up', (_, { phase, why }) => phase !== 'live' && why.length > 0);
      if (!one.view().why.includes('no connection'))
        expect(one.view().why).toMatch(new RegExp(`silent for ${seconds} s|no price within|snapshot`));
    },
  },
  'close-1000': { isFromStart: false, seen: (one) => one.until('closed', (_, { why }) => why.includes('code 1000: as asked')) },
  'close-1006': { isFromStart: false, seen: (one) => one.until('broken off', (_, { why }) => /code 1006|connection failed/.test(why)) },
  'close-1012': {
    isFromStart: false,
    seen: (one) => one.until('restarted', (_, { why }) => why.includes('the venue restarts (code 1012')),
  },
  malformed: { isFromStart: true, seen: (one) => one.until('counted', (_, { bad, phase }) => bad >= 3 && phase === 'live') },
  truncated: { isFromStart: true, seen: (one) => one.until('counted', (_, { bad, phase }) => bad >= 3 && phase === 'live') },
  binary: {
    isFromStart: true,
    seen: async (one) => {
      await one.until('counted', (_, { bad, phase }) => bad >= 3 && phase === 'live');
      expect(one.view().samples[0]?.text).toMatch(/^\[\d+ bytes, no text\]$/);
    },
  },
  reordered: {
    isFromStart: false,
    seen: (one) => one.until('counted', ({ counts }) => !hasClock(one.venue) || counts.late + counts.gaps + counts.duplicates > 0),
  },
  duplicated: {
    isFromStart: true,
    seen: async (one) => {
      await one.until('counted', ({ counts }) => one.ticks.length > 20 && (!hasClock(one.venue) || counts.duplicates > 3));
      checkOnce(one);
    },
  },
  huge: {
    isFromStart: false,
    seen: async (one) => {
      await one.until('counted', (_, { bad, samples }) => bad > 0 && samples.some(({ why }) => why.includes('4000000 at most')));
      expect(one.view().samples.every(({ text }) => text.length <= 200)).toBe(true);
    },
  },
  'out-of-range': {
    isFromStart: true,
    seen: async (one) => {
      await one.until('rejected', ({ counts, status }) => counts.rejected >= 5 && /not a price|no price within/.test(status.detail ?? ''));
      expect(one.ticks, one.venue).toEqual([]);
      expect(one.last().status).toMatchObject({ state: 'connecting' });
      expect(one.view().phase, one.venue).not.toBe('live');
    },
  },
  'clock-behind': {
    isFromStart: true,
    seen: (one) => one.until('lost by the venue’s clock', ({ status }) => !hasClock(one.venue) || status.state === 'lost'),
  },
  'clock-ahead': {
    isFromStart: true,
    seen: (one) => one.until('not of the present', ({ status }) => !hasClock(one.venue) || status.state === 'lost'),
  },
  refused: {
    isFromStart: true,
    seen: async (one) => {
      await one.until('refused', (_, { why }) => why.startsWith('the venue refuses: '));
      if (!hasSnapshot(one.venue)) expect(one.ticks, one.venue).toEqual([]);
    },
  },
  'rate-limited': {
    isFromStart: true,
    seen: async (one) => {
      await one.until('tried again', (_, { attempt }) => attempt >= 3);
      expect(one.last().status).toMatchObject({ state: 'connecting' });
      expect(one.ticks).toEqual([]);
    },
  },
  maintenance: {
    isFromStart: true,
    seen: async (one) => {
      await one.until('tried again', (_, { attempt, phase }) => attempt >= 3 && phase === 'waiting');
      expect(one.view().retryAtMs).toBeGreaterThan(0);
      expect(one.ticks).toEqual([]);
    },
  },
  flood: {
    isFromStart: true,
    seen: async (one) => {
      await one.until('given up', (_, { why, bad }) => bad >= 100 && why.startsWith('100 frames in a row cannot be read'));
      expect(one.view().samples.length).toBeLessThanOrEqual(5);
    },
  },
};

describe.each(Object.keys(FAULTS) as FaultName[])('%s', (fault) => {
  it(`PS-2 to PS-8: ${FAULTS[fault]}: said, nothing invented, and well again by itself, for every stream`, async () => {
    const { isFromStart, seen } = EXPECTED[fault];
    await Promise.all(
      STREAMS.map(async ({ id }) => {
        const one = await rig(id, isFromStart ? fault : undefined);
        try {
          if (!isFromStart) await one.until('live', ({ status }, { phase }) => phase === 'live' && status.state === 'live');
          one.sim.fault = fault;
          await seen(one);
          checkTicks(one);
          await heal(one);
        } finally {
          await one.end();
        }
      }),
    );
  });
});

describe('in good health', () => {
  it('PS-1, PS-11: live with every market and kind that the stream tells, nothing doubled, late or rejected; one connection however many markets', async () => {
    await Promise.all(
      STREAMS.map(async ({ id, kinds }) => {
        const one = await rig(id);
        await one.until('well heard', ({ status }) => status.state === 'live' && one.ticks.length > 100);
        checkTicks(one);
        checkOnce(one);
        const heard = new Set(one.ticks.map(({ market, kind }) => `${market} ${kind}`));
        expect([...heard].sort(), id).toEqual(MARKETS.flatMap((market) => kinds.map((kind) => `${market} ${kind}`)).sort());
        expect(one.last().counts, id).toMatchObject({ gaps: 0, duplicates: 0, late: 0, rejected: 0, dropped: 0 });
        expect(one.view(), id).toMatchObject({ phase: 'live', connections: 1, bad: 0, why: '', attempt: 0 });
        expect(one.sim.connections()).toBe(1);
        await one.end();
        await wait(20);
      }),
    );
  });

  it('PS-11: markets are followed: one more is subscribed by a new connection, and not before five seconds', async () => {
    await Promise.all(
      STREAMS.map(async ({ id }) => {
        const one = await rig(id, undefined, ['BTC']);
        await one.until('live', (_, { phase }) => phase === 'live');
        one.feed.want({ markets: ['BTC', 'ETH'], pegged: [] });
        await one.until('told of both', () => one.ticks.some(({ market }) => market === 'ETH'));
        one.feed.want({ markets: ['ETH', 'SOL'], pegged: [] });
        await one.until('told of the third', () => one.ticks.some(({ market }) => market === 'SOL'));
        expect(one.view().connections, id).toBe(3);
        expect(one.view().markets).toEqual(['ETH', 'SOL']);
        checkTicks(one);
        await one.end();
      }),
    );
  });

  it('PS-8: a market that the venue does not list takes nothing from the others', async () => {
    await Promise.all(
      STREAMS.map(async ({ id }) => {
        const one = await rig(id, undefined, ['NOSUCHCOIN', ...MARKETS]);
        await one.until('live', (_, { phase }) => phase === 'live');
        await one.until('told of all others', () => new Set(one.ticks.map(({ market }) => market)).size === MARKETS.length);
        checkTicks(one);
        await one.end();
      }),
    );
  });

  it('PS-4: a wait ends when the network is back', async () => {
    const one = await rig('bybit', 'maintenance');
    await one.until('waiting long', (_, { phase, attempt }) => phase === 'waiting' && attempt >= 4);
    one.sim.fault = undefined;
    const { connections } = one.view();
    one.feed.wake();
    expect(one.view()).toMatchObject({ phase: 'connecting', connections: connections + 1 });
    await one.until('live', (_, { phase }) => phase === 'live');
    await one.end();
  });

  it('PS-9: Deribit’s questions are answered: the connection outlives many of them', async () => {
    const one = await rig('deribit');
    const beganAt = now();
    await one.until('over three minutes on', () => now() - beganAt > 200_000);
    expect(one.view()).toMatchObject({ phase: 'live', connections: 1 });
    expect(one.sim.heard.filter((text) => text.includes('public/test')).length).toBeGreaterThanOrEqual(3);
    await one.end();
  });
});
