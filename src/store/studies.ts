/** The page's side of the studies: one promise a question, progress on the way, a worker that starts with the first and is started again after a fall. */
import type { Fault } from '../domain/fault.ts';
import type { Answer } from '../session/client.ts';
import {
  type BackTestSpec,
  type BackTestView,
  type PerformanceSpec,
  type PerformanceView,
  STUDY_CANCELLED,
  type StudyCommand,
  type StudyFrame,
} from '../session/protocol.ts';

/** What is needed of a worker. */
export interface StudyWorker {
  postMessage: (message: StudyCommand) => void;
  addEventListener: (kind: 'message' | 'error' | 'messageerror', listener: (event: { readonly data?: unknown }) => void) => void;
  terminate: () => void;
}

export interface RunningBackTest {
  readonly answer: Promise<Answer<BackTestView>>;
  /** Ends it; the answer is then `superseded`. */
  readonly cancel: () => void;
}

export interface Studies {
  /** `onProgress` is told the share that is done, 0 to 1. */
  readonly backTest: (spec: BackTestSpec, onProgress: (share: number) => void) => RunningBackTest;
  readonly performance: (spec: PerformanceSpec) => Promise<Answer<PerformanceView>>;
}

interface Waiting {
  readonly settle: (answer: Answer<BackTestView | PerformanceView>) => void;
  readonly onProgress: (share: number) => void;
}

const failure = (faults: readonly Fault[]): Answer<never> => ({
  ok: false,
  faults,
  superseded: faults[0]?.message === STUDY_CANCELLED,
});
const STOPPED = failure([{ pointer: '', message: 'the worker of the studies has stopped: ask again' }]);

export function createStudies(spawn: () => StudyWorker, baseUrl: string): Studies {
  const waiting = new Map<number, Waiting>();
  let worker: StudyWorker | undefined;
  let nextId = 1;

  const settle = (requestId: number, answer: Answer<BackTestView | PerformanceView>): void => {
    waiting.get(requestId)?.settle(answer);
    waiting.delete(requestId);
  };
  const take = (frame: StudyFrame): void => {
    if (frame.kind === 'study-progress') waiting.get(frame.requestId)?.onProgress(frame.share);
    else settle(frame.requestId, frame.kind === 'study-failed' ? failure(frame.faults) : { ok: true, value: frame.result });
  };
  const stopped = (): void => {
    worker?.terminate();
    worker = undefined;
    for (const requestId of [...waiting.keys()]) settle(requestId, STOPPED);
  };
  const started = (): StudyWorker => {
    if (worker) return worker;
    worker = spawn();
    worker.addEventListener('message', ({ data }) => take(data as StudyFrame));
    worker.addEventListener('error', stopped);
    worker.addEventListener('messageerror', stopped);
    return worker;
  };
  const ask = <T extends BackTestView | PerformanceView>(command: StudyCommand, onProgress: Waiting['onProgress']): Promise<Answer<T>> =>
    new Promise((resolve) => {
      waiting.set(command.requestId, { settle: resolve as Waiting['settle'], onProgress });
      started().postMessage(command);
    });

  return {
    backTest: (spec, onProgress) => {
      const requestId = nextId++;
      return {
        answer: ask({ kind: 'study-back-test', requestId, spec, baseUrl }, onProgress),
        cancel: () => worker?.postMessage({ kind: 'study-cancel', requestId }),
      };
    },
    performance: (spec) => ask({ kind: 'study-performance', requestId: nextId++, spec }, () => undefined),
  };
}
