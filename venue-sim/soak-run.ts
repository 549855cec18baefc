/** Every stream against a stand-in for a long time, faster than normal, with faults; what is held on to must not grow. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import { STREAMS } from '../src/feeds/live/streams/index.ts';
import type { OpenLiveFeed } from '../src/transport/worker/feed-runner.ts';
import { openLive } from '../src/transport/worker/live.ts';
import { FAULTS, type FaultName } from './faults.ts';
import { startVenueSim } from './server.ts';

export interface SoakOptions {
  readonly runMs: number;
  /** A fault begins this often, and lasts so long. */
  readonly faultEveryMs: number;
  readonly faultForMs: number;
  /** So many times the normal rate of frames. */
  readonly rate: number;
  /** The clock of both sides, so many times as fast. */
  readonly pace?: number;
  readonly say?: (line: string) => void;
}

export interface SoakResult {
  readonly seconds: number;
  readonly frames: number;
  readonly ticks: number;
  readonly faults: number;
  /** MB after a collection: early on, and at the end. */
  readonly heapBefore: number;
  readonly heapAfter: number;
  /** Connections open at the server at the end: one a stream. */
  readonly openAfter: number;
  readonly problems: readonly string[];
}

const MARKETS = ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE'];
const BEAT_MS = 50;
/** Heap may grow by this much: what a collection leaves differs from one to the next. */
const HEAP_SLACK_MB = 8;
/** After the last fault everything has this long to be well again. */
const RECOVERY_MS = 45_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** After what nobody holds any more was let go. */
const heapMb = (): number => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) collect();
  return process.memoryUsage().heapUsed / 1e6;
};

export async function soak({ runMs, faultEveryMs, faultForMs, rate, pace = 1, say = () => undefined }: SoakOptions): Promise<SoakResult> {
  const beganMs = Date.now();
  const now = (): number => beganMs + (Date.now() - beganMs) * pace;
  const sim = await startVenueSim({ rate, pace, now });
  const feeds: readonly OpenLiveFeed[] = STREAMS.map(({ id }) =>
    openLive({ kind: 'live', venue: id, isStandIn: true }, { markets: MARKETS, pegged: [] }, { now, baseUrl: `${sim.origin}/`, WebSocket }),
  );
  const names = Object.keys(FAULTS) as FaultName[];
  const problems: string[] = [];
  let ticks = 0;
  let faults = 0;
  let heapBefore = Number.NaN;
  let saidMs = 0;
  const beat = (): void => {
    for (const feed of feeds) ticks += feed.advance(now()).ticks.length;
  };
  for (let atMs = 0; atMs < runMs; atMs = (Date.now() - beganMs) * pace) {
    const sinceMs = atMs % faultEveryMs;
    const fault = atMs > faultEveryMs / 2 && sinceMs < faultForMs ? names[Math.floor(atMs / faultEveryMs) % names.length] : undefined;
    if (fault !== sim.fault) {
      sim.fault = fault;
      if (fault) faults++;
    }
    beat();
    // What warms up has warmed up: from here on nothing may grow.
    if (Number.isNaN(heapBefore) && atMs > runMs / 4) heapBefore = heapMb();
    if (atMs - saidMs >= 60_000 && pace === 1) {
      saidMs = atMs;
      const phases = feeds.map((feed) => feed.view().phase).join(' ');
      say(
        `${Math.round(atMs / 60_000)} min: ${(process.memoryUsage().heapUsed / 1e6).toFixed(1)} MB used, ${sim.open()} open, ${ticks} ticks, ${fault ?? 'well'}: ${phases}`,
      );
    }
    await wait(BEAT_MS / pace);
  }
  sim.fault = undefined;
  const isWell = (feed: OpenLiveFeed): boolean => feed.view().phase === 'live' && feed.advance(now()).status.state === 'live';
  for (const endMs = Date.now() + RECOVERY_MS; Date.now() < endMs && !feeds.every(isWell); ) {
    beat();
    await wait(BEAT_MS / pace);
  }
  for (const feed of feeds)
    if (!isWell(feed)) problems.push(`${feed.view().venue} is not well again: ${feed.view().phase} ${feed.view().why}`);
  const heapAfter = heapMb();
  const frames = feeds.reduce((sum, feed) => sum + feed.view().frames, 0);
  const openAfter = sim.open();
  if (heapAfter > heapBefore + HEAP_SLACK_MB) problems.push(`the heap grew from ${heapBefore.toFixed(1)} to ${heapAfter.toFixed(1)} MB`);
  if (openAfter > feeds.length) problems.push(`${openAfter} connections are open for ${feeds.length} streams`);
  for (const feed of feeds) feed.close();
  await wait(100);
  if (sim.open() > 0) problems.push(`${sim.open()} connections are open after all feeds were closed`);
  await sim.close();
  const seconds = (Date.now() - beganMs) / 1_000;
  return { seconds, frames, ticks, faults, heapBefore, heapAfter, openAfter, problems };
}
