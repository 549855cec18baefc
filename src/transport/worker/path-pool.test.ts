import { describe, expect, it } from 'vitest';
import { createWholeEngine } from '../../session/desk/testing/engine.ts';
import type { EngineInput, Frame } from '../../session/protocol.ts';
import { STRESS_MODULE } from '../../session/stress/index.ts';
import { createPathWorker } from '../../session/stress/path-worker.ts';
import type { PathAsk } from '../../session/transport.ts';
import { createPathPool, type PathWorker } from './path-pool.ts';

const ASK = { kind: 'stress-paths', paths: 90, seed: 5, sigmas: {}, otherwise: 0.05, common: 0.6, days: 1 } as const;

/** An engine with a desk, a pool of so many workers, and their messages in a queue. */
function bench(workers: number, spawnsUntil = Number.POSITIVE_INFINITY) {
  const engine = createWholeEngine();
  const frames: Frame[] = [];
  const queue: { readonly worker: number; readonly run: () => void }[] = [];
  const errors: (() => void)[] = [];
  let [spawned, alive, clock] = [0, 0, 0];
  const step = (input: EngineInput): readonly Frame[] => {
    const found = engine.step(input, 0);
    frames.push(...found);
    pool.wake();
    return found;
  };
  const spawn = (): PathWorker => {
    if (++spawned > spawnsUntil) throw new Error('no more workers');
    alive++;
    const worker = spawned;
    let isEnded = false;
    const answer = createPathWorker();
    let listen: (event: { readonly data: unknown }) => void = () => undefined;
    return {
      postMessage: (message: PathAsk) => {
        const copy = structuredClone(message);
        const run = (): void => {
          const data = isEnded ? undefined : answer(copy);
          clock += 7 * (1 + (spawned % 3));
          if (data) listen({ data });
        };
        queue.push({ worker, run });
      },
      addEventListener: ((kind: string, listener: (event: { readonly data: unknown }) => void) => {
        if (kind === 'message') listen = listener;
        else errors.push(listener as () => void);
      }) as PathWorker['addEventListener'],
      terminate: () => {
        if (!isEnded) alive--;
        isEnded = true;
      },
    };
  };
  const pool = createPathPool({ engine, stopwatch: () => clock, run: step, workers, spawn });
  engine.takeStress(STRESS_MODULE, true);
  /** Messages of one worker stay in order; whose turn it is changes. */
  const deliver = (): void => {
    const { worker } = queue[Math.floor(queue.length / 2)]!;
    const at = queue.findIndex((message) => message.worker === worker);
    queue.splice(at, 1)[0]!.run();
  };
  const settle = (): void => {
    while (engine.isWorking || queue.length > 0) {
      if (engine.isWorking) step({ kind: 'desk-work' });
      if (queue.length > 0) deliver();
    }
  };
  step({ kind: 'desk-open', requestId: 1, source: { kind: 'population', accounts: 300, seed: 42 } });
  settle();
  return { step, settle, frames, errors, deliver, alive: () => alive, spawned: () => spawned };
}

const last = (frames: readonly Frame[]) => frames.flatMap((frame) => (frame.kind === 'stress-paths' ? [frame] : [])).at(-1);

describe('ST-21 the pool of workers', () => {
  it('gives the same answer whatever its size, and ends its workers with it', () => {
    const answers = [1, 2, 3, 7].map((workers) => {
      const { step, settle, frames, alive, spawned } = bench(workers);
      step({ ...ASK, requestId: 2 });
      settle();
      expect(alive()).toBe(0);
      expect(spawned()).toBe(workers);
      return last(frames);
    });
    expect(answers[0]).toMatchObject({ isFinal: true, done: 90 });
    expect(answers[0]!.liquidations.mean).toBeGreaterThan(0);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('ends its workers when the paths are cancelled', () => {
    const { step, settle, frames, alive, deliver } = bench(2);
    step({ ...ASK, requestId: 2 });
    while (alive() < 2) step({ kind: 'desk-work' });
    deliver();
    step({ kind: 'stress-cancel', requestId: 3, of: 'stress-paths' });
    expect(alive()).toBe(0);
    settle();
    expect(frames.at(-1)).toEqual({ kind: 'done', requestId: 3 });
  });

  it('leaves the rest to the engine where a worker fails, or none can be had', () => {
    const whole = bench(1);
    whole.step({ ...ASK, requestId: 2 });
    whole.settle();
    const failing = bench(2);
    failing.step({ ...ASK, requestId: 2 });
    while (failing.alive() < 2) failing.step({ kind: 'desk-work' });
    for (let i = 0; i < 4; i++) failing.deliver();
    failing.errors[0]!();
    expect(failing.alive()).toBe(0);
    failing.settle();
    expect(last(failing.frames)).toEqual(last(whole.frames));
    const without = bench(2, 1);
    without.step({ ...ASK, requestId: 2 });
    without.settle();
    expect(without.alive()).toBe(0);
    expect(last(without.frames)).toEqual(last(whole.frames));
  });
});
