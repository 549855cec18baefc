/** How many frames of each venue are read, checked and taken a second, and what five thousand a second cost the page's main thread. */
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { launchOptions } from '../e2e/browser.ts';
import type { Happening } from '../src/feeds/live/connection.ts';
import { createLiveFeed } from '../src/feeds/live/live-feed.ts';
import type { PriceStream } from '../src/feeds/live/stream.ts';
import { STREAMS } from '../src/feeds/live/streams/index.ts';
import { createMarket } from '../venue-sim/market.ts';
import { startVenueSim } from '../venue-sim/server.ts';
import { type Conversation, VENUES, write } from '../venue-sim/venues.ts';
import { mainThreadOf, ROOT, serveApp, sleep, VIEWPORT } from './browser.ts';
import { type Bench, quantile, spreadOf } from './harness.ts';

const MARKETS = ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE'];
const FRAMES = 4_000;
const ROUNDS = 9;
const START = 1_790_000_000_000;

/** Frames of prices as the venue sends them, and the answer to its snapshot request. */
function recordingOf(stream: PriceStream): { readonly texts: readonly string[]; readonly answer: string } {
  const venue = VENUES[stream.id]?.();
  if (!venue) throw new Error(`no venue ${stream.id}`);
  const market = createMarket(3);
  const quotes = () => MARKETS.map((base) => market.quote(base));
  const talk: Conversation = { subscribed: new Map(), begun: new Set(), count: 0, say: () => undefined, isRefusing: () => false };
  const asked = MARKETS.map((one) => ({ market: one, symbol: stream.symbolOf(one) }));
  venue.open?.(talk, new URL(stream.address(asked)));
  for (const text of stream.subscribe(asked)) venue.hear(talk, JSON.parse(text), text);
  const texts: string[] = [];
  for (let atMs = START; texts.length < FRAMES; atMs += 100) {
    market.step();
    texts.push(...venue.tell(talk, new Map(quotes().map((quote) => [quote.base, quote])), atMs).map(write));
  }
  return { texts: texts.slice(0, FRAMES), answer: write((venue.request?.answer({ type: 'metaAndAssetCtxs' }, quotes()) ?? {}) as object) };
}

/** ms for all frames through connection, reader and gate, fetched every fifty. */
function readAll(stream: PriceStream, { texts, answer }: ReturnType<typeof recordingOf>): number {
  let happen: (happening: Happening, atMs: number) => void = () => undefined;
  let id = 0;
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
      },
    },
  });
  feed.advance(START);
  happen({ kind: 'opened', id }, START);
  if (stream.snapshot) happen({ kind: 'answered', id, text: answer }, START);
  const startMs = performance.now();
  for (const [i, text] of texts.entries()) {
    happen({ kind: 'text', id, text }, START + i);
    if (i % 50 === 49) feed.advance(START + i);
  }
  const tookMs = performance.now() - startMs;
  feed.advance(START + texts.length);
  const { bad, frames } = feed.inspect();
  if (bad > 0 || frames !== texts.length) throw new Error(`${stream.id}: ${bad} bad of ${frames} frames`);
  return tookMs;
}

export const frames: Bench = async (report) => {
  for (const stream of STREAMS) {
    const recording = recordingOf(stream);
    readAll(stream, recording);
    const rates = Array.from({ length: ROUNDS }, () => (FRAMES / readAll(stream, recording)) * 1_000);
    report({
      bench: 'live',
      figure: `frames-${stream.id}`,
      value: quantile(rates, 0.5),
      unit: 'frames/s',
      runs: ROUNDS,
      spread: spreadOf(rates),
      note: `read, checked and through the gate, five markets, frames of ${Math.round(recording.texts.join('').length / FRAMES)} characters`,
    });
  }
};

/** Frames a second that the page's worker gets, in the test of the main thread. */
const BUSY_RATE = 5_000;
const BUSY_ROUNDS = 5;

export const busy: Bench = async (report) => {
  // Bybit tells each market on its own: five frames, five times a second.
  const sim = await startVenueSim({ rate: BUSY_RATE / (MARKETS.length * 5) });
  const built = await serveApp();
  await built.close();
  const server = await preview({
    root: ROOT,
    logLevel: 'silent',
    preview: { host: '127.0.0.1', port: 0, proxy: { '/venue-sim/': { target: sim.origin, ws: true } } },
  });
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.goto(`${server.resolvedUrls?.local[0] ?? ''}?stand-in=1&feed=none`);
    await page.getByTitle('Choose the price source').click();
    await page.getByRole('radio', { name: /Live venue/ }).check();
    await page.getByRole('combobox', { name: 'Venue' }).selectOption('bybit');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('connected for').waitFor();
    await sleep(3_000);
    const busyWhile = await mainThreadOf(page);
    const shares: number[] = [];
    const sentBefore = sim.sent();
    for (let i = 0; i < BUSY_ROUNDS; i++) shares.push((await busyWhile(() => sleep(3_000))) * 100);
    const rate = (sim.sent() - sentBefore) / (BUSY_ROUNDS * 3);
    report({
      bench: 'live',
      figure: 'live-busy',
      value: quantile(shares, 0.5),
      unit: '%',
      goal: '≤ 10',
      runs: BUSY_ROUNDS,
      spread: spreadOf(shares),
      note: `of the page's main thread in tasks while its worker gets ${Math.round(rate).toLocaleString('en')} frames a second from Bybit's stand-in`,
    });
  } finally {
    await browser.close();
    await server.close();
    await sim.close();
  }
};
