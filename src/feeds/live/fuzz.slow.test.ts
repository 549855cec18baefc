/**
 * PS-7: whatever a venue sends, only validated prices or a counted rejection come out. Structure-aware: frames that the venue does send, with values, keys, types and
 * bytes changed, through the connection, the reader and the gate, as in the app. Seeded: the same cases every time.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMarket } from '../../../venue-sim/market.ts';
import { write } from '../../../venue-sim/venues.ts';
import { subscribed } from '../testing/stand-in.ts';
import { isCount, isPriceText } from '../well-formed.ts';
import type { Happening } from './connection.ts';
import { createLiveFeed } from './live-feed.ts';
import type { PriceStream } from './stream.ts';
import { STREAMS } from './streams/index.ts';

const CASES_EACH = 12_000;
const SNAPSHOTS = 2_000;
const START = 1_790_000_000_000;
const MARKETS = ['BTC', 'ETH', 'SOL'];

function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

const ODD: readonly unknown[] = [
  null,
  true,
  false,
  '',
  '0',
  '-1',
  'NaN',
  'Infinity',
  '1e400',
  '1e-400',
  '0x10',
  ' 1',
  '1,5',
  '٣',
  0,
  -1,
  -0,
  1e308,
  1e-308,
  2 ** 53,
  1.5,
  [],
  {},
  [[]],
  [null],
  { price: 1 },
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  '9'.repeat(400),
  '2026-13-45T99:99:99Z',
  '1970-01-01T00:00:00Z',
];
const KEYS = ['__proto__', 'constructor', 'toString', 'data', 'type', 'channel', 'event', 'error', 'params', 'contents', ''];

type Tree = Record<string, unknown> | unknown[];
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** All places of a tree: what holds them, and by which key. */
function places(tree: Tree, found: [Tree, string][] = []): [Tree, string][] {
  for (const key of Object.keys(tree)) {
    found.push([tree, key]);
    const value = (tree as Record<string, unknown>)[key];
    if (isTree(value)) places(value, found);
  }
  return found;
}

function createMutator(random: () => number): (text: string) => string {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const inTree = (text: string): string => {
    const tree: unknown = JSON.parse(text);
    if (!isTree(tree)) return text;
    for (let i = 1 + Math.floor(random() * 3); i > 0; i--) {
      const place = pick(places(tree));
      if (!place) continue;
      const [holder, key] = place as [Record<string, unknown>, string];
      const kind = Math.floor(random() * 6);
      if (kind === 0) delete holder[key];
      else if (kind === 1) holder[key] = pick(ODD);
      else if (kind === 2)
        Object.defineProperty(holder, pick(KEYS), { value: holder[key], enumerable: true, configurable: true, writable: true });
      else if (kind === 3) holder[key] = Array.from({ length: 3 }, () => holder[key]);
      else if (kind === 4 && typeof holder[key] === 'string') holder[key] = Number(holder[key]) || pick(ODD);
      else if (kind === 4) holder[key] = String(holder[key]);
      else holder[key] = (pick(places(tree)) as [Record<string, unknown>, string] | undefined)?.[0] === tree ? pick(ODD) : null;
    }
    return JSON.stringify(tree);
  };
  const inText = (text: string): string => {
    const at = Math.floor(random() * text.length);
    const kind = Math.floor(random() * 5);
    if (kind === 0) return text.slice(0, at);
    if (kind === 1) return text.slice(0, at) + pick(['{', '}', '"', ',', '\\', '\u0000', '1', '-', '.', 'e', '\ufeff']) + text.slice(at);
    if (kind === 2) return text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 8));
    if (kind === 3) return text + text;
    return '['.repeat(1 + Math.floor(random() * 5_000)) + text;
  };
  return (text) => {
    try {
      return random() < 0.8 ? inTree(text) : inText(text);
    } catch {
      return inText(text);
    }
  };
}

/** Frames that the venue sends: greetings and acknowledgements as recorded, prices as told. */
function corpus(stream: PriceStream): { readonly greetings: string[]; readonly prices: () => string[]; readonly answer: string } {
  const { venue, talk, said } = subscribed(stream, MARKETS);
  const market = createMarket(7);
  const path = new URL(`./vectors/${stream.id}.json`, import.meta.url);
  const { frames } = JSON.parse(readFileSync(path, 'utf8')) as { frames: string[] };
  let atMs = START;
  const quotes = () => MARKETS.map((base) => market.quote(base));
  return {
    greetings: [...said, ...frames],
    prices: () => {
      market.step();
      atMs += 1_000;
      return venue.tell(talk, new Map(quotes().map((quote) => [quote.base, quote])), atMs).map(write);
    },
    answer: write((venue.request?.answer({ type: 'metaAndAssetCtxs' }, quotes()) ?? {}) as object),
  };
}

/** The feed, with sockets in the hands of the test. */
function opened(stream: PriceStream) {
  let happen: (happening: Happening, atMs: number) => void = () => undefined;
  let id = 0;
  let asked = 0;
  const feed = createLiveFeed({
    stream,
    markets: MARKETS,
    random: () => 0,
    port: {
      happen: (listener) => {
        happen = listener;
      },
      perform: (deed) => {
        if (deed.kind === 'open') id = deed.id;
        if (deed.kind === 'ask') asked = deed.id;
      },
    },
  });
  return {
    feed,
    hear: (text: string, atMs: number) => happen({ kind: 'text', id, text }, atMs),
    open: (atMs: number) => happen({ kind: 'opened', id }, atMs),
    answer: (text: string, atMs: number) => happen({ kind: 'answered', id: asked, text }, atMs),
  };
}

let total = 0;

describe.each(STREAMS.map((stream) => [stream.id, stream] as const))('%s', (_id, stream) => {
  it(`PS-7: ${CASES_EACH} frames with something wrong: only prices that are some, or a counted rejection`, () => {
    const random = randomOf(11);
    const mutate = createMutator(random);
    const { greetings, prices, answer } = corpus(stream);
    const { feed, hear, open, answer: give } = opened(stream);
    const seen = { ticks: 0, bad: 0, rejected: 0, said: 0 };
    let atMs = START;
    let sent = 0;
    const begin = (): void => {
      feed.advance(atMs);
      open(atMs);
      if (stream.snapshot) give(answer, atMs);
    };
    begin();
    const take = (): void => {
      const output = feed.advance(atMs);
      for (const { market, kind, price, venueTimeMs, arrivalTimeMs } of output.ticks) {
        seen.ticks++;
        if (!MARKETS.includes(market) || !stream.kinds.includes(kind) || !isPriceText(price) || !isCount(venueTimeMs))
          throw new Error(`not a tick: ${market} ${kind} ${price} ${venueTimeMs}`);
        expect(arrivalTimeMs).toBeLessThanOrEqual(atMs);
      }
      seen.bad = feed.inspect().bad;
      seen.rejected = output.counts.rejected;
    };
    while (sent < CASES_EACH) {
      atMs += 50;
      if (!['open', 'live'].includes(feed.inspect().phase)) begin();
      const good = random() < 0.3 ? [greetings[Math.floor(random() * greetings.length)] as string] : prices();
      for (const text of good) {
        const before = feed.inspect();
        const { rejected, accepted } = before.counts;
        const spoilt = mutate(text);
        hear(spoilt, atMs);
        sent++;
        const after = feed.inspect();
        // One frame in, one frame counted; what was bad says so.
        expect(after.frames - before.frames).toBe(1);
        if (after.bad > before.bad) expect(after.samples.at(-1)?.text).toBe(spoilt.slice(0, 200));
        if (after.counts.accepted === accepted && after.counts.rejected === rejected && after.bad === before.bad) seen.said++;
        if (!['open', 'live'].includes(after.phase)) break;
      }
      // Without a good one now and then the connection would be given up, as it should.
      for (const text of prices()) hear(text, atMs);
      take();
    }
    total += sent;
    console.log(`${stream.id}: ${sent} frames, ${JSON.stringify(seen)}`);
    expect(seen.bad).toBeGreaterThan(CASES_EACH / 20);
    expect(seen.ticks).toBeGreaterThan(CASES_EACH / 20);
  });
});

describe('snapshots', () => {
  const withSnapshot = STREAMS.filter(({ snapshot }) => snapshot);
  it.each(withSnapshot.map((stream) => [stream.id, stream] as const))(
    'PS-5: %s: spoilt answers give prices or end the connection',
    (_id, stream) => {
      const mutate = createMutator(randomOf(5));
      const { answer } = corpus(stream);
      let refusals = 0;
      for (let i = 0; i < SNAPSHOTS; i++) {
        const { feed, open, answer: give } = opened(stream);
        feed.advance(START);
        open(START);
        give(mutate(answer), START);
        const { phase, why } = feed.inspect();
        if (phase === 'waiting') refusals++;
        expect(phase === 'waiting' ? why : '').toMatch(/^$|cannot be read/);
        for (const { price, market } of feed.advance(START).ticks)
          expect([isPriceText(price), MARKETS.includes(market)]).toEqual([true, true]);
      }
      total += SNAPSHOTS;
      expect(refusals).toBeGreaterThan(SNAPSHOTS / 20);
      expect(refusals).toBeLessThan(SNAPSHOTS);
    },
  );

  it('at least 100,000 cases ran', () => {
    expect(total).toBeGreaterThanOrEqual(100_000);
  });
});
