/**
 * A transport over a worker that may die: starts it, notices when it has stopped (an error, a message that cannot be read, silence)
 * and starts another after a pause that grows. What the new one must be told is the client's business. Rules SE-29, SE-30.
 */
import type { Transport, TransportFault } from '../../session/transport.ts';

/** What a Worker has. */
export interface WorkerLike {
  postMessage: (message: unknown, transfer: ArrayBuffer[]) => void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onmessageerror: ((event: unknown) => void) | null;
  onerror: ((event: { readonly message?: string; readonly preventDefault?: () => void }) => void) | null;
  terminate: () => void;
}

export interface SupervisorOptions {
  readonly spawn: () => WorkerLike;
  readonly now: () => number;
  /** Runs once after `delayMs`; returns what cancels it. */
  readonly after: (run: () => void, delayMs: number) => () => void;
  readonly every: (run: () => void, intervalMs: number) => () => void;
}

/** Longer silence than any command takes: loading ten thousand accounts is the longest. */
export const SILENCE_MS = 30_000;
const CHECK_MS = 500;
/** The worker says every second that it is alive: what is longer is told, long before it is given up (SE-29). */
export const QUIET_MS = 2_000;
/** A check that comes so late says that this thread slept, or was held up: silence may be its own. */
const LATE_MS = 4_000;
const HELD_UP_MS = 1_500;
/** A worker that lived so long was sound: the count of failures starts again. */
export const SOUND_AFTER_MS = 30_000;
/** Starts in a row that fail before it is given up. */
export const STARTS_MAX = 6;
const PAUSE_FIRST_MS = 200;
const PAUSE_MAX_MS = 5_000;

/** Pause before the start after `failures` in a row: 0.2, 0.4, 0.8 … 5 s. */
export const pauseMs = (failures: number): number => Math.min(PAUSE_FIRST_MS * 2 ** (failures - 1), PAUSE_MAX_MS);

/** A transport that keeps one worker running. */
export function createSupervisedTransport(options: SupervisorOptions): Transport {
  return new Supervisor(options);
}

class Supervisor implements Transport {
  private readonly options: SupervisorOptions;
  private readonly stopChecking: () => void;
  private worker: WorkerLike | undefined;
  private cancelStart: () => void = () => undefined;
  private failures = 0;
  private startedMs = 0;
  private heardMs = 0;
  private checkedMs: number;
  /** Since when this thread has been awake without a break. */
  private awakeMs: number;
  private isQuiet = false;
  private isClosed = false;
  private messageListener: (message: unknown) => void = () => undefined;
  private errorListener: (fault: TransportFault) => void = () => undefined;
  private startListener: () => void = () => undefined;
  private silenceListener: (silentMs: number) => void = () => undefined;

  constructor(options: SupervisorOptions) {
    this.options = options;
    this.checkedMs = this.awakeMs = options.now();
    this.stopChecking = options.every(() => this.check(), CHECK_MS);
    this.start();
  }

  readonly post = (message: unknown, transfer: readonly ArrayBuffer[] = []): void => {
    this.worker?.postMessage(message, [...transfer]);
  };

  readonly onMessage = (listener: (message: unknown) => void): void => {
    this.messageListener = listener;
  };

  readonly onError = (listener: (fault: TransportFault) => void): void => {
    this.errorListener = listener;
  };

  readonly onSilence = (listener: (silentMs: number) => void): void => {
    this.silenceListener = listener;
  };

  readonly onStart = (listener: () => void): void => {
    this.startListener = listener;
    if (this.worker) listener();
  };

  readonly close = (): void => {
    this.isClosed = true;
    this.stopChecking();
    this.cancelStart();
    this.dismiss();
  };

  private start(): void {
    if (this.isClosed) return;
    try {
      const worker = this.options.spawn();
      worker.onmessage = (event) => {
        this.heardMs = this.options.now();
        this.tellSilence(0);
        this.messageListener(event.data);
      };
      worker.onmessageerror = () => this.fail('a message of the engine could not be read');
      worker.onerror = (event) => {
        event.preventDefault?.();
        this.fail(event.message ? `the engine stopped: ${event.message}` : 'the engine stopped or could not be loaded');
      };
      this.worker = worker;
      this.startedMs = this.heardMs = this.options.now();
      this.startListener();
    } catch (error) {
      this.fail(`the engine could not be started: ${error instanceof Error ? error.message : 'unknown cause'}`);
    }
  }

  private dismiss(): void {
    if (!this.worker) return;
    this.tellSilence(0);
    this.worker.onmessage = this.worker.onmessageerror = this.worker.onerror = null;
    this.worker.terminate();
    this.worker = undefined;
  }

  private fail(detail: string): void {
    if (this.isClosed) return;
    if (this.worker && this.options.now() - this.startedMs >= SOUND_AFTER_MS) this.failures = 0;
    this.dismiss();
    this.failures++;
    if (this.failures >= STARTS_MAX) {
      this.close();
      this.errorListener({ kind: 'failed', detail: `${detail}; it did not come back after ${this.failures} starts: reload the page` });
      return;
    }
    this.errorListener({ kind: 'stopped', detail: `${detail}; it is being started again` });
    this.cancelStart = this.options.after(() => this.start(), pauseMs(this.failures));
  }

  /** Silence counts only while this thread itself has been awake: a check that comes late proves nothing. */
  private check(): void {
    const nowMs = this.options.now();
    const lateMs = nowMs - this.checkedMs;
    this.checkedMs = nowMs;
    if (lateMs > LATE_MS) this.heardMs = Math.max(this.heardMs, nowMs - SILENCE_MS / 2);
    if (lateMs > HELD_UP_MS) this.awakeMs = nowMs;
    if (this.worker && nowMs - this.heardMs > SILENCE_MS) this.fail(`the engine has been silent for ${SILENCE_MS / 1_000} seconds`);
    else if (this.worker) this.tellSilence(nowMs - Math.max(this.heardMs, this.awakeMs));
  }

  private tellSilence(silentMs: number): void {
    const isQuiet = silentMs >= QUIET_MS;
    if (isQuiet || this.isQuiet) this.silenceListener(isQuiet ? silentMs : 0);
    this.isQuiet = isQuiet;
  }
}
