/**
 * Watches many addresses of one source (rules AA-12 to AA-16 of docs/spec/addresses.md): reads each in turn inside the venue's limit, lets the venue tell the first ones by itself
 * where it can, and says of every address how its reading stands. Driven from outside: it holds no timer, clock or chance of its own. The caller calls `advance` on its beat
 * (some ten times a second) and shows `rows()`; what it learns between two calls comes out with the next.
 */
import type { SocketPort } from '../live/live-feed.ts';
import type { AccountReading, AccountSource, Ask } from './source.ts';

export interface AccountWatcherOptions {
  readonly source: AccountSource;
  /** As the source's `refusal` lets them pass, the most wanted first: the first ones are told by the venue itself where it can. */
  readonly addresses: readonly string[];
  /** Carries one question; bounded in size and time by whoever makes it (AA-3). */
  readonly ask: Ask;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Carries the socket of a venue that tells changes by itself. Absent: everything is asked. */
  readonly port?: SocketPort;
  /** Where the socket is, for a stand-in. Default: the venue's own address. */
  readonly placed?: (url: string) => string;
}

export type WatchState =
  /** Never read, and its turn has not come. */
  | 'waiting'
  /** Never read, and being asked. */
  | 'reading'
  /** Read, and as new as it should be. */
  | 'read'
  /** Read once, but not as lately as it should be: the figures are of `atMs`. */
  | 'late'
  /** There is no reading; `why` says the reason. */
  | 'refused'
  /** The venue answers nobody from here, or nothing of this address (status 403, 451): tried again only every ten minutes, or when asked for. A reading from before is kept. */
  | 'blocked';

/** How the reading of one address stands. */
export interface WatchedRow {
  readonly address: string;
  readonly state: WatchState;
  /** Why it could not be read the last time, in words for people; '' otherwise. */
  readonly why: string;
  /** The last reading that could be made: its book, and what the venue says. Kept where a later one fails. */
  readonly reading: AccountReading | undefined;
  /** By our clock, when the question of that reading was put, or when the venue told it: what it says is not older. NaN: never. */
  readonly atMs: number;
  /** The venue's own time of that reading (for chains: of its block), ms; NaN: never. */
  readonly asOfMs: number;
  /** When it is asked next; NaN while it is being asked. */
  readonly nextMs: number;
  /** The venue tells its changes by itself now. */
  readonly isPushed: boolean;
}

export interface WatchOutput {
  /** Addresses with another reading than at the last call, and that reading. */
  readonly readings: readonly { readonly address: string; readonly reading: AccountReading }[];
  /** Addresses that could not be read since the last call, and why. */
  readonly faults: readonly { readonly address: string; readonly why: string }[];
  /** Whether anything of `rows()` is other than at the last call. */
  readonly hasChanged: boolean;
}

export interface AccountWatcher {
  /** Takes in what came, begins what is due, and says what is new. A time that steps back counts as the last one. */
  readonly advance: (nowMs: number) => WatchOutput;
  /** One row an address, in the order of the list. */
  readonly rows: () => readonly WatchedRow[];
  /** The whole list, in place of the one before. What stays on it keeps its reading. */
  readonly follow: (addresses: readonly string[]) => void;
  /** Reads this address, or all, as soon as the limit allows. */
  readonly readAgain: (address?: string) => void;
  /** The network, the page or the machine is back: what failed is asked again, a lost socket is tried at once. */
  readonly wake: () => void;
  /** Nothing is asked any more, and what is under way is passed over. */
  readonly close: () => void;
}
