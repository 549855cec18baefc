/** Every stream against a stand-in for a long time, faster than normal, with faults; what is held on to must not grow. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import { STREAMS } from '../src/feeds/live/streams/index.ts';
import type { OpenLiveFeed } from '../src/transport/worker/feed-runner.ts';
import { openLive } from '../src/transport/worker/live.ts';
import { FAULTS, type FaultName } from './faults.ts';
import { startVenueSim } from './server.ts';
import { startSoakWorker } from './soak-worker.ts';

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
  /** The most of what was there before each fault. */
  readonly heapMost: number;
  /** Connections open at the server while all is well, early on and at the end: one a stream, and the worker's. */
  readonly openBefore: number;
  readonly openAfter: number;
  /** Listeners on the sockets that are not closed, and timers, sockets and requests of the process, at the same times. */
  readonly listenersBefore: number;
  readonly listenersAfter: number;
  readonly resourcesBefore: number;
  readonly resourcesAfter: number;
  /** Snapshots and other frames that the worker sent to its page. */
  readonly toPage: number;
  readonly problems: readonly string[];
}

const MARKETS = ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE'];
const BEAT_MS = 50;
/** No oftener than this in real time. */
const BEAT_LEAST_MS = 10;
/** Heap may grow by this much: what a collection leaves differs from one to the next. */
const HEAP_SLACK_MB = 8;
/** Above it, it is looked at again, so often and after so long in real time. */
const TRIES = 6;
const TRY_MS = 400;
/** Timers and sockets of a connection: a request or an answer may be under way at that instant. */
const RESOURCES_SLACK = 0.6;
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

/** Sockets of this side that are not closed, and what listens to them. */
function countedSockets(): { readonly Socket: unknown; readonly listeners: () => number } {
  const alive = new Set<WebSocket>();
  class Socket extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      alive.add(this);
      this.once('close', () => alive.delete(this));
    }
  }
  const of = (socket: WebSocket): number => socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0);
  return { Socket, listeners: () => [...alive].reduce((sum, socket) => sum + of(socket), 0) };
}

interface Footprint {
  readonly heap: number;
  readonly open: number;
  readonly listeners: number;
  readonly resources: number;
}

export async function soak({ runMs, faultEveryMs, faultForMs, rate, pace = 1, say = () => undefined }: SoakOptions): Promise<SoakResult> {
  const beganMs = Date.now();
  const now = (): number => beganMs + (Date.now() - beganMs) * pace;
  const sim = await startVenueSim({ rate, pace, now });
  const { Socket, listeners } = countedSockets();
  const port = { now, baseUrl: `${sim.origin}/`, WebSocket: Socket };
  const feeds: readonly OpenLiveFeed[] = STREAMS.map(({ id }) =>
    openLive({ kind: 'live', venue: id, isStandIn: true }, { markets: MARKETS, pegged: [] }, port),
  );
  const worker = startSoakWorker({ ...port, pace, venue: 'bybit' });
  const names = Object.keys(FAULTS) as FaultName[];
  const problems: string[] = [];
  let ticks = 0;
  let before: Footprint | undefined;
  let heapMost = 0;
  const beat = (): void => {
    for (const feed of feeds) ticks += feed.advance(now()).ticks.length;
  };
  const footprint = (): Footprint => ({
    heap: heapMb(),
    open: sim.open(),
    listeners: listeners(),
    resources: process.getActiveResourcesInfo().length,
  });
  const isWell = (feed: OpenLiveFeed): boolean => feed.view().phase === 'live' && feed.advance(now()).status.state === 'live';
  const drive = async (until: () => boolean): Promise<void> => {
    while (!until()) {
      beat();
      await wait(Math.max(BEAT_MS / pace, BEAT_LEAST_MS));
    }
  };
  const after = (forMs: number): (() => boolean) => {
    const endMs = now() + forMs;
    return () => now() >= endMs;
  };
  /** However slow the machine is: what is measured is measured while all is well. */
  const settle = async (): Promise<void> => {
    const endMs = Date.now() + RECOVERY_MS;
    await drive(() => Date.now() > endMs || feeds.every(isWell));
    for (const feed of feeds)
      if (!isWell(feed)) problems.push(`${feed.view().venue} is not well again: ${feed.view().phase} ${feed.view().why}`);
  };
  const rounds = Math.floor(runMs / faultEveryMs);
  for (let round = 0; round < rounds; round++) {
    const fault = names[round % names.length] as FaultName;
    await drive(after(faultEveryMs - faultForMs));
    await settle();
    let here = footprint();
    // What is still on its way is not left behind.
    for (let i = 0; before && here.heap > before.heap + HEAP_SLACK_MB && i < TRIES; i++) {
      await drive(after(TRY_MS * pace));
      here = footprint();
    }
    // What warms up has warmed up: from here on nothing may grow. What one fault leaves behind the next may sweep away.
    if (round >= rounds / 4) before ??= here;
    if (before) heapMost = Math.max(heapMost, here.heap);
    const { heap, open, listeners: heard, resources } = here;
    say(`${round + 1}: ${heap.toFixed(1)} MB, ${open} open, ${heard} listeners, ${resources} resources, ${ticks} ticks; next ${fault}`);
    sim.fault = fault;
    await drive(after(faultForMs));
    sim.fault = undefined;
  }
  await settle();
  const atEnd = footprint();
  problems.push(...growth(before, { ...atEnd, heap: Math.max(atEnd.heap, heapMost) }, STREAMS.length + worker.connectionsMax));
  const frames = feeds.reduce((sum, feed) => sum + feed.view().frames, 0);
  for (const feed of feeds) feed.close();
  worker.close();
  await wait(100);
  if (sim.open() > 0) problems.push(`${sim.open()} connections are open after all feeds were closed`);
  if (listeners() > 0) problems.push(`${listeners()} listeners are left after all feeds were closed`);
  await sim.close();
  return {
    seconds: (Date.now() - beganMs) / 1_000,
    frames,
    ticks,
    faults: rounds,
    heapBefore: before?.heap ?? Number.NaN,
    heapAfter: atEnd.heap,
    heapMost,
    openBefore: before?.open ?? Number.NaN,
    openAfter: atEnd.open,
    listenersBefore: before?.listeners ?? Number.NaN,
    listenersAfter: atEnd.listeners,
    resourcesBefore: before?.resources ?? Number.NaN,
    resourcesAfter: atEnd.resources,
    toPage: [...worker.sent.values()].reduce((sum, count) => sum + count, 0),
    problems,
  };
}

function growth(before: Footprint | undefined, after: Footprint, connectionsMax: number): string[] {
  if (!before) return ['nothing was measured'];
  const grew = (what: string, from: number, to: number, slack: number): string[] =>
    to > from + slack ? [`${what} grew from ${from.toFixed(1)} to ${to.toFixed(1)}`] : [];
  return [
    ...grew('the heap (MB)', before.heap, after.heap, HEAP_SLACK_MB),
    ...grew('open connections', connectionsMax, after.open, 0),
    ...grew('listeners of a connection', before.listeners / before.open, after.listeners / after.open, 0),
    ...grew('timers and sockets of a connection', before.resources / before.open, after.resources / after.open, RESOURCES_SLACK),
  ];
}
