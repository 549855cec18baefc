import { expect, it } from 'vitest';
import { type PerformanceSpec, SHIPPED_COMPARISON, type StudyCommand } from '../session/protocol.ts';
import { createStudies, type StudyWorker } from './studies.ts';

/** Workers that answer when they are told to. */
function bench() {
  const workers: { sent: StudyCommand[]; say: (kind: string, data?: unknown) => void; isOver: boolean }[] = [];
  const spawn = (): StudyWorker => {
    const listeners = new Map<string, (event: { readonly data?: unknown }) => void>();
    const worker = { sent: [] as StudyCommand[], say: (kind: string, data?: unknown) => listeners.get(kind)?.({ data }), isOver: false };
    workers.push(worker);
    return {
      postMessage: (message) => worker.sent.push(message),
      addEventListener: (kind, listener) => void listeners.set(kind, listener),
      terminate: () => {
        worker.isOver = true;
      },
    };
  };
  return { workers, studies: createStudies(spawn, 'http://localhost/') };
}

it('one worker, started with the first question; progress, answer, cancellation', async () => {
  const { workers, studies } = bench();
  expect(workers).toHaveLength(0);
  const shares: number[] = [];
  const test = studies.backTest(SHIPPED_COMPARISON, (share) => shares.push(share));
  test.cancel();
  const history = studies.performance({} as PerformanceSpec);
  expect(workers).toHaveLength(1);
  const [worker] = workers;
  expect(worker!.sent.map(({ kind, requestId }) => [kind, requestId])).toEqual([
    ['study-back-test', 1],
    ['study-cancel', 1],
    ['study-performance', 2],
  ]);
  worker!.say('message', { kind: 'study-progress', requestId: 1, share: 0.5 });
  worker!.say('message', { kind: 'study-failed', requestId: 1, faults: [{ pointer: '', message: 'cancelled' }] });
  worker!.say('message', { kind: 'study-performed', requestId: 2, result: { samples: 3 } });
  expect(shares).toEqual([0.5]);
  expect(await test.answer).toMatchObject({ ok: false, superseded: true });
  expect(await history).toEqual({ ok: true, value: { samples: 3 } });
});

it('a worker that falls: what waited is told, the next question starts another', async () => {
  const { workers, studies } = bench();
  const first = studies.performance({} as PerformanceSpec);
  workers[0]!.say('error');
  expect(await first).toMatchObject({ ok: false, superseded: false });
  expect(workers[0]!.isOver).toBe(true);
  void studies.performance({} as PerformanceSpec);
  expect(workers).toHaveLength(2);
});
