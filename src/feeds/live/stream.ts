/**
 * What a venue's public price stream is: where it is, what it is asked, how its frames are read (rules PS-1…PS-9 of docs/spec/live.md). Data and pure
 * functions; sockets, time and chance are the connection's.
 */
import type { RawTick } from '../well-formed.ts';

/** A market as feeds name it, by its base asset, and the venue's own symbol for it. */
export interface StreamMarket {
  readonly market: string;
  readonly symbol: string;
}

/** What one frame says. */
export type Reading =
  /** Prices, or none in a frame that the venue counts: `sequence` is its number. */
  | { readonly kind: 'prices'; readonly ticks: readonly RawTick[]; readonly sequence?: number }
  /** Greeting, acknowledgement, pong, heartbeat, or of markets nobody asked for. */
  | { readonly kind: 'alive' }
  /** A question of the venue that wants an answer. */
  | { readonly kind: 'answer'; readonly texts: readonly string[] }
  /** The venue says no: to a subscription, for a while, or to this place. */
  | { readonly kind: 'refused'; readonly why: string };

/** Reads the frames of one connection; a new connection gets a new one. */
export interface StreamReader {
  /** The answer to the stream's `snapshot` request: prices to begin with. Throws `InputError`. */
  readonly snapshot?: (answer: unknown, arrivalTimeMs: number) => readonly RawTick[];
  /** One frame, already through `readJson`; plain text that is no JSON comes as it is. Throws `InputError` with a pointer into the frame. */
  readonly frame: (frame: unknown, arrivalTimeMs: number) => Reading;
}

export interface PriceStream {
  readonly id: string;
  readonly name: string;
  /** What it tells, for sentences; absent: prices. */
  readonly tells?: string;
  /** Kinds of price it tells. A spot venue has no mark. */
  readonly kinds: readonly RawTick['kind'][];
  /** Longest wait between two frames of a market while all is well, ms. */
  readonly cadenceMs: number;
  /** Longest silence of the whole connection, pongs included, before it is given up, ms. */
  readonly silenceMs: number;
  /** What a person should know of the prices. */
  readonly note?: string;
  /** So many markets at most on the one connection, within the venue's limits. */
  readonly marketsMax: number;
  /** So many messages at most in so long, where the venue bounds them; the rest waits its turn. */
  readonly messages?: { readonly most: number; readonly everyMs: number };
  /** The venue's symbol of a market quoted in dollars, by base asset. */
  readonly symbolOf: (market: string) => string;
  readonly address: (markets: readonly StreamMarket[]) => string;
  /** What is sent once the socket is open, in turn; few and large, within the venue's limits. */
  readonly subscribe: (markets: readonly StreamMarket[]) => readonly string[];
  /** Asked over HTTP before any frame is applied. */
  readonly snapshot?: { readonly url: string; readonly body: string };
  /** Sent where nothing was sent for so long; browsers cannot send protocol pings. */
  readonly ping?: { readonly everyMs: number; readonly text: string };
  /** A connection is replaced after this time, before the venue cuts it. */
  readonly rotateAfterMs?: number;
  readonly createReader: (markets: readonly StreamMarket[]) => StreamReader;
}

/** Longest frame that is read, characters. */
export const FRAME_MAX = 4_000_000;

/** From the venue's symbol to the market that was asked for. */
export const marketsBySymbol = (markets: readonly StreamMarket[]): ReadonlyMap<string, string> =>
  new Map(markets.map(({ market, symbol }) => [symbol, market]));
