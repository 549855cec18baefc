/** The app's worker as a page has it, without the page: the demo book on a live venue with its alarms, and all venues compared. For the soak test. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { STREAMS } from '../src/feeds/live/streams/index.ts';
import { ALARM_MODULE } from '../src/session/alarms/index.ts';
import { createEngine } from '../src/session/engine.ts';
import { referenceRows } from '../src/session/live/reference.ts';
import { type Frame, PROTOCOL_VERSION } from '../src/session/protocol.ts';
import { createHost } from '../src/transport/worker/host.ts';
import { openLive, openReference } from '../src/transport/worker/live.ts';

export interface SoakWorker {
  /** Frames to the page, by kind, since the start. */
  readonly sent: ReadonlyMap<Frame['kind'], number>;
  /** The account's venue, the pegs beside it, and every venue compared. */
  readonly connectionsMax: number;
  readonly close: () => void;
}

export interface SoakWorkerOptions {
  readonly now: () => number;
  readonly pace: number;
  /** Where the stand-ins are. */
  readonly baseUrl: string;
  readonly WebSocket: unknown;
  /** The stream that the account is on. */
  readonly venue: string;
}

/** Throws what the worker cannot go on after. */
export function startSoakWorker({ now, pace, baseUrl, WebSocket, venue }: SoakWorkerOptions): SoakWorker {
  const sent = new Map<Frame['kind'], number>();
  const port = { now, baseUrl, WebSocket };
  const host = createHost({
    engine: createEngine(),
    post: (frame) => {
      sent.set(frame.kind, (sent.get(frame.kind) ?? 0) + 1);
      if (frame.kind === 'snapshot') setTimeout(() => host.receive({ kind: 'seen', bookVersion: frame.bookVersion }), 10 / pace);
    },
    now,
    stopwatch: () => performance.now(),
    every: (run, intervalMs) => {
      const id = setInterval(run, Math.max(intervalMs / pace, 20));
      return () => clearInterval(id);
    },
    soon: (run) => void setImmediate(run),
    fetchText: (path) => Promise.resolve(readFileSync(resolve(process.cwd(), 'public', path), 'utf8')),
    loadDesk: () => Promise.reject(new Error('no desk here')),
    loadAlarms: () => Promise.resolve(ALARM_MODULE),
    loadLive: () =>
      Promise.resolve({
        openLive: (spec, wish) => openLive(spec, wish, port),
        openReference: (command) => openReference(command, port),
        referenceRows,
      }),
    baseUrl,
    fatal: (error) => {
      throw error;
    },
  });
  host.receive({ kind: 'hello', protocolVersion: PROTOCOL_VERSION, nowMs: now(), baseUrl });
  host.receive({ kind: 'load-demo', requestId: 1 });
  host.receive({ kind: 'feed', requestId: 2, feed: { kind: 'live', venue, isStandIn: true } });
  host.receive({ kind: 'reference', venues: STREAMS.map(({ id }) => id), isStandIn: true });
  return { sent, connectionsMax: 2 + STREAMS.length, close: host.stop };
}
