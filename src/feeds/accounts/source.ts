/**
 * Reading an account by its public address: which requests a venue wants, and what their answers are as a book, with the venue's own figures beside it (rules AA-1…AA-9 of
 * docs/spec/addresses.md). No key, no signature: only what anybody may ask.
 */
import type { Book } from '../../domain/book.ts';

export interface Question {
  readonly url: string;
  /** JSON text of a POST; absent: a GET. */
  readonly body?: string;
  /** What it counts for against the venue's limit. */
  readonly weight: number;
}

/** Carries a question to the venue: the answer through `readJson`. Throws `AskError`. */
export type Ask = (question: Question) => Promise<unknown>;

/** Why there is no answer, in one sentence; `status` of the HTTP answer, 0 where there was none. */
export class AskError extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.name = 'AskError';
    this.status = status;
  }
}

/** What the venue itself says of an account. Decimal text as it stands in the answer; null where the venue says that there is none. */
export interface VenueFigures {
  readonly account: string;
  readonly equity?: string;
  readonly maintenanceMargin?: string;
  readonly freeCollateral?: string;
  readonly healthFactor?: string | null;
  readonly positions: readonly { readonly instrument: string; readonly liquidationPrice: string | null }[];
}

export interface AccountReading {
  readonly book: Book;
  readonly theirs: readonly VenueFigures[];
}

export interface AccountSource {
  readonly id: string;
  readonly name: string;
  /** Hosts it asks, for the page's policy. */
  readonly hosts: readonly string[];
  /** Why `text` is no address of this venue; undefined where it is one. */
  readonly refusal: (text: string) => string | undefined;
  /**
   * Asks what is needed and reads it. `nowMs` dates answers that carry no time. Throws `AskError` where an answer does not come, `InputError` with a pointer where one
   * cannot be read.
   */
  readonly read: (address: string, ask: Ask, nowMs: number) => Promise<AccountReading>;
}

const EVM_ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/** For venues whose accounts are EVM addresses. */
export const evmRefusal = (text: string): string | undefined =>
  EVM_ADDRESS.test(text) ? undefined : 'an address is 0x and 40 hexadecimal digits';
