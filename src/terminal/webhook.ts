/**
 * Sends notices to an address, one after the other, and never holds up whoever gives them. What fails is tried again after 0.5, 1, 2, 4 s,
 * each wait drawn anew between nothing and that; after five tries it makes way for those behind it, and is tried once more when the next is
 * taken, and then ever more rarely, until it is taken. `idempotency-key` is the notice's id, so that a receiver can tell a second try from a
 * second alarm.
 */

export interface Notice {
  readonly id: string;
  readonly body: string;
}

export interface WebhookOptions {
  readonly url: URL;
  readonly fetch: (url: URL, init: RequestInit) => Promise<Pick<Response, 'ok' | 'status' | 'body'>>;
  /** Resolves after `ms`, or sooner once `signal` is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Ms, any origin. */
  readonly now: () => number;
  readonly onTaken: (id: string) => void;
  /** It makes way for those behind it, and is tried again later. */
  readonly onDeferred: (id: string, why: string) => void;
  /** The receiver will never take it (a status from 400 to 499 that is not about time): it is not sent again. */
  readonly onRefused: (id: string, status: number) => void;
}

export interface Webhook {
  /** `isDeferred`: it failed in an earlier run, and goes behind all others. */
  readonly send: (notice: Notice, isDeferred?: boolean) => void;
  /** Resolves when everything is taken, refused or has failed once more, or after `ms`; how many are left then. Nothing is sent afterwards. */
  readonly end: (ms: number) => Promise<number>;
}

const FIRST_WAIT_MS = 500;
/** Tries in its turn; then others go on. */
const TRIES = 5;
const FIRST_LATER_MS = 60_000;
const LONGEST_LATER_MS = 3_600_000;
const ANSWER_WITHIN_MS = 10_000;
const REQUEST_TIMEOUT = 408;
const TOO_EARLY = 425;
const TOO_MANY_REQUESTS = 429;

/** One that made way. */
interface Deferred {
  readonly notice: Notice;
  readonly dueMs: number;
  readonly laterMs: number;
  /** How many had been taken when it last failed. */
  readonly takenBefore: number;
  /** Others were taken and it was not: it waits ever longer. Else the receiver itself was away. */
  readonly isAlone: boolean;
}

export const createWebhook = (options: WebhookOptions): Webhook => {
  const sender = new Sender(options);
  return { send: (notice, isDeferred) => sender.send(notice, isDeferred), end: (ms) => sender.end(ms) };
};

class Sender {
  private readonly options: WebhookOptions;
  private readonly queue: Notice[] = [];
  /** In the order in which they made way. */
  private deferred: readonly Deferred[] = [];
  private taken = 0;
  private readonly stop = new AbortController();
  private wake = new AbortController();
  private running: Promise<void> | undefined;
  private isEnding = false;

  constructor(options: WebhookOptions) {
    this.options = options;
  }

  send(notice: Notice, isDeferred = false): void {
    if (isDeferred) this.defer(notice, 0);
    else this.queue.push(notice);
    this.wake.abort();
    this.running ??= Promise.resolve().then(() => this.drain());
  }

  async end(ms: number): Promise<number> {
    this.isEnding = true;
    this.deferred = this.deferred.map((one) => ({ ...one, dueMs: Number.NEGATIVE_INFINITY }));
    this.wake.abort();
    const patience = new AbortController();
    if (this.running) await Promise.race([this.running, this.options.wait(ms, patience.signal)]);
    patience.abort();
    this.stop.abort();
    await this.running;
    return this.queue.length + this.deferred.length;
  }

  private get isStopped(): boolean {
    return this.stop.signal.aborted;
  }

  /** One that has its turn, then those that are due, until one of them fails: neither holds the other up for long. */
  private async drain(): Promise<void> {
    while (!this.isStopped && this.queue.length + this.deferred.length > 0) {
      if (this.queue.length > 0) await this.inTurn();
      for (let due = this.due(); due && (await this.again(due)); due = this.due());
      if (this.queue.length > 0 || this.deferred.length === 0 || this.due()) continue;
      if (this.isEnding) break;
      await this.rest();
    }
    this.running = undefined;
  }

  private due(): Deferred | undefined {
    const nowMs = this.options.now();
    return this.isStopped ? undefined : this.deferred.find(({ dueMs }) => dueMs <= nowMs);
  }

  private async rest(): Promise<void> {
    const { now, wait } = this.options;
    this.wake = new AbortController();
    const dueMs = Math.min(...this.deferred.map((one) => one.dueMs));
    await wait(Math.max(0, dueMs - now()), AbortSignal.any([this.wake.signal, this.stop.signal]));
  }

  /** The first of those that wait, until it is taken, is refused, or has had its tries. */
  private async inTurn(): Promise<void> {
    const { wait, random, onDeferred } = this.options;
    const notice = this.queue[0] as Notice;
    for (let tries = 1; ; tries++) {
      const failure = await this.attempt(notice);
      if (failure === undefined) break;
      if (this.isStopped) return;
      if (tries === TRIES) {
        this.defer(notice, FIRST_LATER_MS);
        onDeferred(notice.id, failure);
        break;
      }
      await wait(random() * FIRST_WAIT_MS * 2 ** (tries - 1), this.stop.signal);
      if (this.isStopped) return;
    }
    this.queue.shift();
  }

  private defer(notice: Notice, inMs: number): void {
    const dueMs = this.isEnding ? Number.POSITIVE_INFINITY : this.options.now() + inMs;
    this.deferred = [...this.deferred, { notice, dueMs, laterMs: FIRST_LATER_MS, takenBefore: this.taken, isAlone: false }];
  }

  /** True: it is done with. */
  private async again(one: Deferred): Promise<boolean> {
    const failure = await this.attempt(one.notice);
    if (failure === undefined) {
      this.deferred = this.deferred.filter(({ notice }) => notice !== one.notice);
      return true;
    }
    const isAlone = one.isAlone || this.taken > one.takenBefore;
    const laterMs = isAlone ? Math.min(LONGEST_LATER_MS, one.laterMs * 2) : FIRST_LATER_MS;
    const dueMs = this.isEnding ? Number.POSITIVE_INFINITY : this.options.now() + laterMs;
    const next = { ...one, dueMs, laterMs, isAlone, takenBefore: this.taken };
    this.deferred = this.deferred.map((each) => (each.notice === one.notice ? next : each));
    return false;
  }

  /** Undefined: taken, or refused for good; else why it failed for now. */
  private async attempt(notice: Notice): Promise<string | undefined> {
    const outcome = await post(this.options, notice, this.stop.signal);
    if (typeof outcome === 'string') return outcome;
    if (!outcome.isTaken) {
      this.options.onRefused(notice.id, outcome.status);
      return undefined;
    }
    this.taken++;
    this.options.onTaken(notice.id);
    // The receiver is there: those that waited for it alone have their turn now, in their order.
    const nowMs = this.options.now();
    this.deferred = this.deferred.map((one) => (one.isAlone ? one : { ...one, dueMs: Math.min(one.dueMs, nowMs) }));
    return undefined;
  }
}

/** Why it failed for now, as text; else whether it was taken, or the status by which it never will be. */
async function post(
  { url, fetch }: WebhookOptions,
  { id, body }: Notice,
  stop: AbortSignal,
): Promise<string | { readonly isTaken: boolean; readonly status: number }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': id },
      body,
      redirect: 'error',
      signal: AbortSignal.any([stop, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    await response.body?.cancel();
    const { ok, status } = response;
    if (ok) return { isTaken: true, status };
    const isLasting = status >= 400 && status < 500 && ![REQUEST_TIMEOUT, TOO_EARLY, TOO_MANY_REQUESTS].includes(status);
    return isLasting ? { isTaken: false, status } : `status ${status}`;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'no answer within 10 s' : 'no connection';
  }
}
