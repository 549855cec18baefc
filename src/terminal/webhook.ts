/**
 * Sends notices to an address, one after the other, and never holds up whoever gives them: what fails is tried again after 0.5, 1, 2 …
 * 60 s, each wait drawn anew between nothing and that, until it is taken. `idempotency-key` is the notice's id, so that a receiver can
 * tell a second try from a second alarm.
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
  readonly onTaken: (id: string) => void;
  /** The receiver will never take it (a status from 400 to 499 that is not about time): it is not sent again. */
  readonly onRefused: (id: string, status: number) => void;
}

export interface Webhook {
  readonly send: (notice: Notice) => void;
  /** Resolves when everything is taken or refused, or after `ms`; how many are left then. Nothing is sent afterwards. */
  readonly end: (ms: number) => Promise<number>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;
const ANSWER_WITHIN_MS = 10_000;
const REQUEST_TIMEOUT = 408;
const TOO_EARLY = 425;
const TOO_MANY_REQUESTS = 429;

export function createWebhook(options: WebhookOptions): Webhook {
  const queue: Notice[] = [];
  const stop = new AbortController();
  let running: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    for (let failures = 0; queue.length > 0 && !stop.signal.aborted; ) {
      const outcome = await attempt(options, queue[0] as Notice, stop.signal);
      if (outcome === 'again') {
        const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++);
        await options.wait(options.random() * longest, stop.signal);
        continue;
      }
      failures = 0;
      const { id } = queue.shift() as Notice;
      if (outcome === 'taken') options.onTaken(id);
      else options.onRefused(id, outcome);
    }
    running = undefined;
  };

  return {
    send: (notice) => {
      queue.push(notice);
      running ??= Promise.resolve().then(drain);
    },
    end: async (ms) => {
      const patience = new AbortController();
      if (running) await Promise.race([running, options.wait(ms, patience.signal)]);
      patience.abort();
      stop.abort();
      await running;
      return queue.length;
    },
  };
}

/** `again` where the network or the receiver failed for now; a status where it will never take it. */
async function attempt({ url, fetch }: WebhookOptions, { id, body }: Notice, stop: AbortSignal): Promise<'taken' | 'again' | number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': id },
      body,
      redirect: 'error',
      signal: AbortSignal.any([stop, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    await response.body?.cancel();
    if (response.ok) return 'taken';
    const { status } = response;
    const isLasting = status >= 400 && status < 500 && ![REQUEST_TIMEOUT, TOO_EARLY, TOO_MANY_REQUESTS].includes(status);
    return isLasting ? status : 'again';
  } catch {
    return 'again';
  }
}
