/** What runs inside the studies' worker: one back-test at a time in slices, so that a cancellation and shorter questions get their turn. */
import { type Fault, InputError } from '../../domain/fault.ts';
import type { BackTestSpec, BackTestView, StudyCommand, StudyFrame, StudyModule } from '../../session/protocol.ts';
import { STUDY_CANCELLED } from '../../session/protocol.ts';
import { sourcesOf } from './sources.ts';

export interface StudyHostOptions {
  readonly studies: StudyModule;
  readonly post: (frame: StudyFrame) => void;
  /** Measures durations, ms; any origin. */
  readonly stopwatch: () => number;
  /** Runs once, after whatever waits has had its turn. */
  readonly soon: (run: () => void) => void;
  /** A file of the app. Rejects with a sentence for people. */
  readonly fetchText: (path: string, baseUrl: string) => Promise<string>;
}

export interface StudyHost {
  readonly receive: (message: unknown) => void;
}

const SLICE_MS = 50;
/** Progress is told so often at most. */
const PROGRESS_MS = 100;

type Asked = Extract<StudyCommand, { readonly kind: 'study-back-test' }>;

interface Job {
  readonly requestId: number;
  steps: Generator<number, BackTestView> | null;
}

/** Rejections and refusals as faults; anything else is an error of ours and is thrown. */
function faultsOf(error: unknown): readonly Fault[] {
  if (error instanceof InputError) return error.faults;
  if (error instanceof RangeError) return [{ pointer: '', message: error.message }];
  throw error;
}

const replayOf = ({ stream }: BackTestSpec): string | null => (stream.kind === 'replay' ? stream.name : null);

export function createStudyHost({ studies, post, stopwatch, soon, fetchText }: StudyHostOptions): StudyHost {
  const jobs: Job[] = [];
  let isTurning = false;
  let toldMs = Number.NEGATIVE_INFINITY;

  const drop = (job: Job): void => void jobs.splice(jobs.indexOf(job), 1);
  const fail = (requestId: number, faults: readonly Fault[]): void => post({ kind: 'study-failed', requestId, faults });
  const wake = (): void => {
    if (isTurning || !jobs[0]?.steps) return;
    isTurning = true;
    soon(turn);
  };
  const turn = (): void => {
    isTurning = false;
    const job = jobs[0];
    if (!job?.steps) return;
    try {
      slice(job, job.steps);
    } catch (error) {
      drop(job);
      fail(job.requestId, faultsOf(error));
    }
    wake();
  };
  const slice = (job: Job, steps: Generator<number, BackTestView>): void => {
    const startMs = stopwatch();
    for (;;) {
      const { done, value } = steps.next();
      if (done) {
        drop(job);
        post({ kind: 'study-back-tested', requestId: job.requestId, result: value });
        return;
      }
      const nowMs = stopwatch();
      if (nowMs - startMs < SLICE_MS) continue;
      if (nowMs - toldMs >= PROGRESS_MS) {
        toldMs = nowMs;
        post({ kind: 'study-progress', requestId: job.requestId, share: value });
      }
      return;
    }
  };
  const begin = (job: Job, { spec, requestId }: Asked, replay: string): void => {
    if (!jobs.includes(job)) return;
    try {
      job.steps = studies.backTest(spec, sourcesOf(spec.stream, replay));
    } catch (error) {
      drop(job);
      fail(requestId, faultsOf(error));
    }
    wake();
  };
  const backTest = (command: Asked): void => {
    const job: Job = { requestId: command.requestId, steps: null };
    jobs.push(job);
    const name = replayOf(command.spec);
    if (name === null) begin(job, command, '');
    else
      void fetchText(`replay/${name}.json`, command.baseUrl).then(
        (text) => begin(job, command, text),
        (error: unknown) => {
          if (!jobs.includes(job)) return;
          drop(job);
          fail(command.requestId, [
            { pointer: '/stream/name', message: error instanceof Error ? error.message : 'it could not be fetched' },
          ]);
          wake();
        },
      );
  };
  const cancel = (requestId: number): void => {
    const job = jobs.find((one) => one.requestId === requestId);
    if (!job) return;
    drop(job);
    fail(requestId, [{ pointer: '', message: STUDY_CANCELLED }]);
    wake();
  };

  return {
    receive: (message) => {
      const command = studies.check(message);
      if (!command) fail(0, [{ pointer: '', message: 'a message that the studies do not know' }]);
      else if (command.kind === 'study-cancel') cancel(command.requestId);
      else if (command.kind === 'study-back-test') backTest(command);
      else {
        try {
          post({ kind: 'study-performed', requestId: command.requestId, result: studies.performance(command.spec) });
        } catch (error) {
          fail(command.requestId, faultsOf(error));
        }
      }
    },
  };
}
