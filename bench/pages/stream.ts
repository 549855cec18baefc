/**
 * The stream that other tables are given: what the desk itself shows of 100,000 generated accounts, tick by tick. It is recorded before
 * the clock starts, from the app's own engine, which is then ended: a table is only handed finished figures.
 */

import { createReader, type DeskReader } from '../../src/session/desk/reader.ts';
import { type Command, type DeskRows, type Frame, PROTOCOL_VERSION, RISK_STATES } from '../../src/session/protocol.ts';

export const ROWS = 100_000;
export const SEED = 42;
/** Ticks that are recorded; they repeat. */
const TICKS = 8;
const TICK_MS = 100;
const RETRY_MS = 20;

/** The desk's own table in the window of the bench: as many rows and the same columns are in sight everywhere. */
export const SIGHT = { width: 725, height: 492, headHeight: 27, rowHeight: 24, columnWidth: 86 } as const;

/** What is shown of every account, after its name and its state. */
export const FIGURES = ['equity', 'grossNotional', 'leverage', 'marginRatio', 'marginExcess', 'bufferShare'] as const;
export type Figure = (typeof FIGURES)[number];

export interface Recorded {
  readonly account: readonly string[];
  readonly ticks: readonly DeskRows[];
}

export const stateName = (rows: DeskRows, row: number): string => RISK_STATES[rows.state[row]!]!;

/** Figures of all accounts after each of some ticks. */
export function record(): Promise<Recorded> {
  const worker = new Worker(new URL('../../src/worker.ts', import.meta.url), { type: 'module' });
  const post = (command: Command): void => worker.postMessage(command);
  const everyRow = Uint32Array.from({ length: ROWS }, (_, row) => row);
  const ticks: DeskRows[] = [];
  let clockMs = Number.NaN;
  let reader: DeskReader | undefined;
  return new Promise((resolve, reject) => {
    /** Time stands still until it is told to step: what is read is of one tick, whole. */
    const take = (): void => {
      const rows = reader?.rows(everyRow, clockMs);
      if (!rows) {
        setTimeout(take, RETRY_MS);
        return;
      }
      ticks.push(rows);
      if (ticks.length < TICKS) {
        post({ kind: 'feed-step', requestId: 4 + ticks.length, steps: 1 });
        return;
      }
      worker.terminate();
      resolve({ account: ticks[0]!.account, ticks });
    };
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data: frame }: MessageEvent<Frame>) => {
      if (frame.kind === 'failed') reject(new Error(frame.faults.map(({ message }) => message).join('; ')));
      if (frame.kind === 'snapshot') post({ kind: 'seen', bookVersion: frame.bookVersion });
      if (frame.kind === 'desk-book' && frame.book?.shared) reader = createReader(frame.book.shared);
      if (frame.kind !== 'desk-window') return;
      post({ kind: 'desk-seen', sequence: frame.sequence });
      if (frame.total !== ROWS || frame.clockMs === clockMs) return;
      clockMs = frame.clockMs;
      take();
    };
    post({
      kind: 'hello',
      protocolVersion: PROTOCOL_VERSION,
      nowMs: Date.now(),
      baseUrl: new URL('./', location.href).href,
      clock: 'manual',
    });
    post({ kind: 'load-demo', requestId: 1 });
    post({ kind: 'feed', requestId: 2, feed: { kind: 'simulated', seed: SEED, regime: 'normal', stepMs: 1_000 } });
    post({ kind: 'desk-open', requestId: 3, source: { kind: 'population', accounts: ROWS, seed: SEED } });
    post({
      kind: 'desk-query',
      requestId: 4,
      query: {
        filter: { states: [], venues: [], markets: [], side: 'any', ranges: [], rung: null, text: '', watchedOnly: false },
        sort: [{ column: 'marginExcess', falling: false }],
        window: { from: 0, count: 40 },
        freeze: false,
        columns: [...FIGURES],
      },
    });
  });
}

/** What the bench drives, on `window.subject`. */
interface Subject {
  readonly ready: Promise<void>;
  readonly start: () => void;
  /** Updates that were shown since `start`. */
  readonly stop: () => number;
}

/**
 * Opens a table and calls its `update` every tick; it resolves when the update is shown, and a tick that comes before that is left out.
 */
export function driven(open: () => Promise<(tick: number) => Promise<void>>): Subject {
  const opened = open();
  let timer = 0;
  let tick = 0;
  let shown = 0;
  let isBusy = false;
  let frame = 0;
  // The bench watches the desk with such a loop: what it costs is on both sides.
  const everyFrame = (): void => {
    frame = requestAnimationFrame(everyFrame);
  };
  return {
    ready: opened.then(() => undefined),
    start: () => {
      shown = 0;
      everyFrame();
      timer = window.setInterval(() => {
        if (isBusy) return;
        isBusy = true;
        void opened
          .then((update) => update(tick++))
          .then(() => {
            isBusy = false;
            shown++;
          });
      }, TICK_MS);
    },
    stop: () => {
      window.clearInterval(timer);
      cancelAnimationFrame(frame);
      return shown;
    },
  };
}
