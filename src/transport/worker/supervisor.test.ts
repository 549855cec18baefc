import { describe, expect, it } from 'vitest';
import type { TransportFault } from '../../session/transport.ts';
import { createSupervisedTransport, pauseMs, SILENCE_MS, SOUND_AFTER_MS, STARTS_MAX, type WorkerLike } from './supervisor.ts';

class FakeWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  onerror: WorkerLike['onerror'] = null;
  readonly sent: unknown[] = [];
  isTerminated = false;
  readonly postMessage = (message: unknown) => void this.sent.push(message);
  readonly terminate = (): void => {
    this.isTerminated = true;
  };
}

function stand(spawn?: () => WorkerLike) {
  const world = {
    nowMs: 0,
    workers: [] as FakeWorker[],
    faults: [] as TransportFault[],
    starts: 0,
    messages: [] as unknown[],
    silences: [] as number[],
  };
  let timers: { atMs: number; run: () => void }[] = [];
  let check = () => {};
  const transport = createSupervisedTransport({
    spawn:
      spawn ??
      (() => {
        const worker = new FakeWorker();
        world.workers.push(worker);
        return worker;
      }),
    now: () => world.nowMs,
    after: (run, delayMs) => {
      const timer = { atMs: world.nowMs + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    every: (run) => {
      check = run;
      return () => {
        check = () => {};
      };
    },
  });
  transport.onMessage((message) => void world.messages.push(message));
  transport.onError((fault) => void world.faults.push(fault));
  transport.onSilence?.((silentMs) => void world.silences.push(silentMs));
  transport.onStart(() => void world.starts++);
  /** Time passes; checks run every two seconds unless this thread sleeps. */
  const pass = (ms: number, isAsleep = false, strideMs = 2_000) => {
    const endMs = world.nowMs + ms;
    while (world.nowMs < endMs) {
      world.nowMs = isAsleep ? endMs : Math.min(world.nowMs + strideMs, endMs);
      const due = timers.filter((timer) => timer.atMs <= world.nowMs);
      timers = timers.filter((timer) => timer.atMs > world.nowMs);
      for (const timer of due) timer.run();
      check();
    }
  };
  const worker = () => world.workers.at(-1) as FakeWorker;
  return { world, transport, pass, worker };
}

describe('SE-29 a worker that stops is started again', () => {
  it('passes messages both ways', () => {
    const { world, transport, worker } = stand();
    transport.post({ kind: 'hello' });
    worker().onmessage?.({ data: 7 });
    expect([worker().sent, world.messages, world.starts]).toEqual([[{ kind: 'hello' }], [7], 1]);
  });

  it.each(['onerror', 'onmessageerror'] as const)('after %s, once, with the old one dismissed', (event) => {
    const { world, pass, worker } = stand();
    const old = worker();
    old[event]?.({ message: 'boom' });
    expect(world.faults).toMatchObject([{ kind: 'stopped' }]);
    expect(old.isTerminated).toBe(true);
    expect(world.workers).toHaveLength(1);
    pass(pauseMs(1));
    expect([world.workers.length, world.starts]).toEqual([2, 2]);
    expect(old.onmessage).toBeNull();
  });

  it('after silence, which speaking ends', () => {
    const { world, pass, worker } = stand();
    for (let i = 0; i < 10; i++) {
      pass(SILENCE_MS / 2);
      worker().onmessage?.({ data: { kind: 'beat' } });
    }
    expect(world.faults).toEqual([]);
    pass(SILENCE_MS + 4_000);
    expect(world.faults).toMatchObject([{ kind: 'stopped' }]);
  });

  it('not because this thread itself slept', () => {
    const { world, pass } = stand();
    pass(10 * SILENCE_MS, true);
    expect(world.faults).toEqual([]);
    pass(SILENCE_MS);
    expect(world.faults).toMatchObject([{ kind: 'stopped' }]);
  });

  it('tells silence from two seconds on, at every look, and its end', () => {
    const { world, pass, worker } = stand();
    pass(1_500, false, 500);
    worker().onmessage?.({ data: 1 });
    pass(1_500, false, 500);
    expect(world.silences).toEqual([]);
    pass(1_500, false, 500);
    expect(world.silences).toEqual([2_000, 2_500, 3_000]);
    worker().onmessage?.({ data: 2 });
    worker().onmessage?.({ data: 3 });
    expect(world.silences.slice(3)).toEqual([0]);
    expect(world.faults).toEqual([]);
  });

  it('tells no silence that is this thread’s own', () => {
    const { world, pass, worker } = stand();
    pass(3_600_000, true);
    pass(1_500, false, 500);
    expect(world.silences).toEqual([]);
    pass(500, false, 500);
    expect(world.silences).toEqual([2_000]);
    worker().onerror?.({});
    expect(world.silences).toEqual([2_000, 0]);
  });

  it('posts into nothing while none is there', () => {
    const { transport, worker } = stand();
    const old = worker();
    old.onerror?.({});
    transport.post('lost');
    expect(old.sent).toEqual([]);
  });
});

describe('SE-30 pauses grow, and an end', () => {
  it('0.2, 0.4, 0.8 … 5 s', () => {
    expect([1, 2, 3, 5, 6, 9].map(pauseMs)).toEqual([200, 400, 800, 3_200, 5_000, 5_000]);
  });

  it('gives up after so many starts in a row, and says so', () => {
    const { world, pass, worker } = stand();
    for (let i = 0; i < STARTS_MAX; i++) {
      worker().onerror?.({ message: 'boom' });
      pass(pauseMs(STARTS_MAX));
    }
    expect(world.faults.map((fault) => fault.kind)).toEqual([...Array(STARTS_MAX - 1).fill('stopped'), 'failed']);
    expect(world.workers).toHaveLength(STARTS_MAX);
  });

  it('forgets failures after a sound run', () => {
    const { world, pass, worker } = stand();
    for (let i = 0; i < 3 * STARTS_MAX; i++) {
      pass(SOUND_AFTER_MS / 2);
      worker().onmessage?.({ data: 1 });
      pass(SOUND_AFTER_MS / 2);
      worker().onerror?.({});
      pass(pauseMs(STARTS_MAX));
    }
    expect(world.faults.every((fault) => fault.kind === 'stopped')).toBe(true);
  });

  it('a start that throws is a failure like any other', () => {
    const { world, pass } = stand(() => {
      throw new Error('blocked');
    });
    pass(60_000);
    expect(world.faults.at(-1)).toMatchObject({ kind: 'failed' });
    expect(world.faults.at(-1)?.detail).toContain('blocked');
  });

  it('starts nothing after close', () => {
    const { world, transport, pass, worker } = stand();
    worker().onerror?.({});
    transport.close();
    pass(60_000);
    expect([world.workers.length, world.faults.length]).toEqual([1, 1]);
  });
});
