/**
 * The workers that play price paths: begun when there is something to play, ended with it. Which of them plays what changes nothing in the
 * figures. Rule ST-21 of docs/spec/stress.md.
 */
import type { Frame } from '../../session/protocol.ts';
import type { HostedEngine, PathAsk, PathInput, PathOrder } from '../../session/transport.ts';

/** What the pool needs of a `Worker`. */
export interface PathWorker {
  postMessage: (message: PathAsk) => void;
  addEventListener: ((kind: 'message', listener: (event: { readonly data: unknown }) => void) => void) &
    ((kind: 'error' | 'messageerror', listener: () => void) => void);
  terminate: () => void;
}

export interface PathPoolHooks {
  readonly engine: HostedEngine;
  /** Measures durations, ms; any origin. */
  readonly stopwatch: () => number;
  /** One input through the engine, its frames sent. */
  readonly run: (input: PathInput) => readonly Frame[];
}

export interface PathPoolOptions extends PathPoolHooks {
  readonly workers: number;
  /** Throws where no worker can be had. */
  readonly spawn: () => PathWorker;
}

export interface PathPool {
  /** To be called whenever something may have begun to wait, or have ended. */
  readonly wake: () => void;
  readonly stop: () => void;
}

/** A piece is as large as takes about so long: progress and an end come no later. */
const PIECE_MS = 100;
const PIECE_MAX = 512;

export function createPathPool({ engine, stopwatch, run, workers, spawn }: PathPoolOptions): PathPool {
  let current: PathOrder | null = null;
  let team: PathWorker[] = [];
  let next = 0;

  const dismiss = (): void => {
    for (const worker of team) worker.terminate();
    team = [];
    current = null;
  };
  const giveUp = (order: number): void => {
    if (current?.order !== order) return;
    dismiss();
    run({ kind: 'stress-alone', order });
  };
  const employ = ({ order, plan }: PathOrder): void => {
    const worker = spawn();
    team.push(worker);
    let size = 1;
    let startMs = 0;
    const ask = (): void => {
      const count = Math.min(size, plan.paths - next);
      if (count <= 0) return;
      startMs = stopwatch();
      worker.postMessage({ kind: 'piece', order, from: next, count });
      next += count;
    };
    worker.addEventListener('message', ({ data }) => {
      if (current?.order !== order) return;
      const tookMs = Math.max(1, stopwatch() - startMs);
      // No more than four times the last: the first piece of a worker pays for its start.
      size = Math.max(1, Math.min(PIECE_MAX, 4 * size, Math.round((size * PIECE_MS) / tookMs)));
      ask();
      run(data as PathInput);
    });
    worker.addEventListener('error', () => giveUp(order));
    worker.addEventListener('messageerror', () => giveUp(order));
    worker.postMessage({ kind: 'plan', order, plan });
    ask();
  };

  return {
    wake: () => {
      const order = engine.pathOrder;
      if (order?.order === current?.order) return;
      dismiss();
      if (!order) return;
      current = order;
      next = 0;
      try {
        for (let i = 0; i < Math.min(workers, order.plan.paths); i++) employ(order);
      } catch {
        giveUp(order.order);
      }
    },
    stop: dismiss,
  };
}
