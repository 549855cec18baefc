/** How many frames of each venue are read, checked and taken a second, and what five thousand a second cost the page's main thread. */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { chromium, type Page } from '@playwright/test';
import { preview } from 'vite';
import { launchOptions } from '../e2e/browser.ts';
import type { Happening } from '../src/feeds/live/connection.ts';
import { createLiveFeed } from '../src/feeds/live/live-feed.ts';
import type { PriceStream } from '../src/feeds/live/stream.ts';
import { STREAMS } from '../src/feeds/live/streams/index.ts';
import { createEngine } from '../src/session/engine.ts';
import { updateOf } from '../src/transport/worker/feed-runner.ts';
import { createMarket } from '../venue-sim/market.ts';
import { startVenueSim, type VenueSim } from '../venue-sim/server.ts';
import { type Conversation, VENUES, write } from '../venue-sim/venues.ts';
import { mainThreadOf, ROOT, serveApp, sleep, VIEWPORT } from './browser.ts';
import { type Bench, quantile, spreadOf } from './harness.ts';

const MARKETS = ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE'];
const FRAMES = 4_000;
const ROUNDS = 9;
const START = 1_790_000_000_000;
/** What one worker must be able to take, of whatever venue. */
const LIMIT = 5_000;
const DEMO = readFileSync(new URL('../public/demo/book.json', import.meta.url), 'utf8');

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

/** ms for all frames through connection, reader and gate into the session with the demo's account, fetched every fifty. */
function readAll(stream: PriceStream, { texts, answer }: ReturnType<typeof recordingOf>): number {
  let happen: (happening: Happening, atMs: number) => void = () => undefined;
  let id = 0;
  const engine = createEngine();
  engine.step({ kind: 'load', requestId: 1, name: 'Demo', text: DEMO }, START);
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
  const take = (nowMs: number): void => void engine.step(updateOf(feed.description, feed.advance(nowMs), false), nowMs);
  take(START);
  happen({ kind: 'opened', id }, START);
  if (stream.snapshot) happen({ kind: 'answered', id, text: answer }, START);
  const startMs = performance.now();
  for (const [i, text] of texts.entries()) {
    happen({ kind: 'text', id, text }, START + i);
    if (i % 50 === 49) take(START + i);
  }
  const tookMs = performance.now() - startMs;
  take(START + texts.length);
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
      against: `${LIMIT.toLocaleString('en')} frames a second`,
      ratio: LIMIT / quantile(rates, 0.5),
      goal: '≤ 1',
      runs: ROUNDS,
      spread: spreadOf(rates),
      note: `read, checked, through the gate and into the session with the demo's account, five markets, frames of ${Math.round(recording.texts.join('').length / FRAMES)} characters`,
    });
  }
};

/** Frames a second that the page's worker is sent: more than the goal's, for a busy machine delivers fewer. */
const BUSY_RATE = 7_000;
const BUSY_ROUNDS = 5;
/** Of the main thread, per cent. */
const BUSY_LIMIT = 10;
const PAINTS = 30;

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
    await sleep(5_000);
    await measureBusy(page, sim, report);
    await measurePaints(page, sim, report);
  } finally {
    await browser.close();
    await server.close();
    await sim.close();
  }
};

async function measureBusy(page: Page, sim: VenueSim, report: Parameters<Bench>[0]): Promise<void> {
  const inTasks = await mainThreadOf(page);
  const onProcessor = await mainThreadOf(page, 'ThreadTime');
  const tasks: number[] = [];
  const processor: number[] = [];
  const sentBefore = sim.sent();
  const beganMs = performance.now();
  for (let i = 0; i < BUSY_ROUNDS; i++) {
    processor.push((await onProcessor(async () => void tasks.push((await inTasks(() => sleep(3_000))) * 100))) * 100);
  }
  const rate = Math.round(((sim.sent() - sentBefore) / (performance.now() - beganMs)) * 1_000).toLocaleString('en');
  const line = (figure: string, shares: readonly number[], what: string): void =>
    report({
      bench: 'live',
      figure,
      value: quantile(shares, 0.5),
      unit: '%',
      against: `${BUSY_LIMIT} % of the main thread`,
      ratio: quantile(shares, 0.5) / BUSY_LIMIT,
      goal: `≤ ${BUSY_LIMIT}`,
      runs: BUSY_ROUNDS,
      spread: spreadOf(shares),
      note: `${what}, while the worker is sent ${rate} frames a second by Bybit's stand-in; load ${loadavg()[0]?.toFixed(1)}`,
    });
  line('live-busy', processor, 'processor time that the main thread had');
  line('live-tasks', tasks, 'time that the main thread was in tasks, longer on a machine with other work');
}

/** From the instant at which the venue has another price to the frame in which the page shows it. */
async function measurePaints(page: Page, sim: VenueSim, report: Parameters<Bench>[0]): Promise<void> {
  const paints: number[] = [];
  for (let i = 0; i < PAINTS; i++) {
    const price = 117_001 + i;
    const shown = page.evaluate(
      (text) =>
        new Promise<number>((resolve) => {
          const table = document.querySelector('table[aria-label="Positions"]');
          const look = (): void => {
            if (!table?.textContent?.includes(text)) return;
            watch.disconnect();
            requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
          };
          const watch = new MutationObserver(look);
          if (table) watch.observe(table, { subtree: true, childList: true, characterData: true });
        }),
      price.toLocaleString('en-US'),
    );
    await sleep(100 + ((i * 37) % 300));
    const toldMs = Date.now();
    sim.market.hold('BTC', price);
    paints.push((await shown) - toldMs);
  }
  for (const [figure, q] of [
    ['live-paint-median', 0.5],
    ['live-paint-p95', 0.95],
  ] as const)
    report({
      bench: 'live',
      figure,
      value: quantile(paints, q),
      unit: 'ms',
      against: '500 ms',
      ratio: quantile(paints, q) / 500,
      goal: '≤ 500',
      runs: PAINTS,
      spread: spreadOf(paints),
      note: `from the venue's new price to the painted table, at the same flood; load ${loadavg()[0]?.toFixed(1)}`,
    });
}
