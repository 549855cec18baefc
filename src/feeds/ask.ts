/**
 * Questions to venues over HTTP: bounded in size and time, nothing sent but the question itself, the answer strict JSON (rule AA-3 of docs/spec/addresses.md).
 */
import { readJson } from '../wire/json.ts';
import { boundedText } from './bounded.ts';

export interface HttpQuestion {
  readonly url: string;
  readonly body?: string;
}

export interface AskOptions {
  readonly fetch: (url: string, init: RequestInit) => Promise<Pick<Response, 'ok' | 'status' | 'headers' | 'body'>>;
  /** The error to throw: a sentence, and the status of the answer or 0. */
  readonly fail: (message: string, status: number) => Error;
  /** The address that is asked in place of a venue's own: a server of one's own (`placedAt`). */
  readonly place?: (url: string) => string;
  readonly withinMs?: number;
  readonly bytesMax?: number;
}

const WITHIN_MS = 10_000;
const BYTES_MAX = 16_000_000;

/** A function that carries one question and gives its answer, numbers by their text. Throws `fail(…)`, and `InputError` for what is not JSON. */
export function createAsk(options: AskOptions): (question: HttpQuestion) => Promise<unknown> {
  const { fetch, fail, place = (url) => url, withinMs = WITHIN_MS, bytesMax = BYTES_MAX } = options;
  return async ({ url, body }) => {
    const asked = place(url);
    const host = new URL(asked).host;
    const signal = AbortSignal.timeout(withinMs);
    const init: RequestInit = {
      method: body === undefined ? 'GET' : 'POST',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
      signal,
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    };
    const response = await fetch(asked, init).catch((error: unknown) => {
      throw fail(signal.aborted ? `${host}: no answer within ${withinMs / 1000} s` : `${host}: ${causeOf(error)}`, 0);
    });
    if (!response.ok) throw fail(`${host}: answered with status ${response.status}`, response.status);
    const text = await boundedText(response, bytesMax, () => fail(`${host}: an answer of more than ${bytesMax / 1_000_000} MB`, 0)).catch(
      (error: unknown) => {
        throw signal.aborted ? fail(`${host}: no whole answer within ${withinMs / 1000} s`, 0) : error;
      },
    );
    return readJson(text);
  };
}

/** Browsers tell no more than this. */
export const NO_CONNECTION = 'no connection';

const causeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && !(cause instanceof TypeError) ? cause.message : NO_CONNECTION;
};
