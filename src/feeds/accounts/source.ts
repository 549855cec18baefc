/**
 * Reading an account by its public address: which requests a venue wants, and what their answers are as a book, with the venue's own figures beside it (rules AA-1…AA-9 of
 * docs/spec/addresses.md). No key, no signature: only what anybody may ask.
 */
import { addressRefusal } from '../../domain/account-sources.ts';
import type { Book } from '../../domain/book.ts';

export interface Question {
  readonly url: string;
  /** JSON text of a POST; absent: a GET. */
  readonly body?: string;
  /** What it counts for against the venue's limit. */
  readonly weight: number;
  /** The answer is the same for every address and may serve others for so long, ms. Absent: it is asked anew. */
  readonly keepMs?: number;
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
  /** Where the venue is known to compute a figure otherwise than we do: why (DG-5). */
  readonly reasons?: { readonly freeCollateral?: 'tier' };
  readonly positions: readonly { readonly instrument: string; readonly liquidationPrice: string | null }[];
}

export interface AccountReading {
  readonly book: Book;
  readonly theirs: readonly VenueFigures[];
  /** What a person should know of it, one sentence each: an efficiency mode, what the contract itself says. */
  readonly notes?: readonly string[];
  /**
   * The reading that a change told by the venue makes of this one (AA-14): `stale` where it is not newer than what is here, `again` where it needs more than was asked for. Throws
   * `InputError` for what cannot be read. Absent: the venue tells nothing.
   */
  readonly after?: (change: AccountChange) => AccountReading | 'stale' | 'again';
}

/** A part of an account as the venue tells it by itself; which part it is and what it looks like is the source's affair. */
export interface AccountChange {
  readonly address: string;
  readonly part: string;
  readonly body: unknown;
}

/** What one frame of a venue that tells accounts says. */
export type PushReading =
  | { readonly kind: 'alive' }
  | { readonly kind: 'change'; readonly change: AccountChange }
  | { readonly kind: 'refused'; readonly why: string };

/** How a venue tells changes of accounts by itself, over one socket (AA-14). */
export interface AccountPush {
  readonly url: string;
  /** So many addresses at most, within the venue's limit. */
  readonly addressesMax: number;
  readonly subscribe: (addresses: readonly string[]) => readonly string[];
  /** Sent where nothing was sent for so long. */
  readonly ping: { readonly everyMs: number; readonly text: string };
  /** Longest silence of the whole connection, pongs included, ms. */
  readonly silenceMs: number;
  /** Longest wait between two frames of one account while all is well, ms. */
  readonly cadenceMs: number;
  /** One frame through `readJson`. Throws `InputError`. */
  readonly frame: (frame: unknown) => PushReading;
}

/** How often a source may be asked (AA-12). */
export interface AskingPace {
  /** Weight at most in so long, over all addresses; less than the venue's own limit, for others ask from here too. */
  readonly most: number;
  readonly withinMs: number;
  /** What one reading weighs about. */
  readonly weight: number;
  /** An address is read again so long after it was asked, where the limit allows, ms. */
  readonly everyMs: number;
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
  readonly pace: AskingPace;
  readonly push?: AccountPush;
}

/** For venues whose accounts are EVM addresses. */
export const evmRefusal = (text: string): string | undefined => addressRefusal('evm', text);
