/** What a perpetual pays at its funding times. */
export interface FundingTerms {
  /** Fraction of the notional at each, decimal text; + longs pay. */
  readonly rate: string;
  /** Funding times are whole multiples of it since the epoch, ms. */
  readonly intervalMs: number;
}

/** One change of price of one market, as a feed reports it. Strings on the wire become Decimals in the session. */
export interface Tick {
  /** The market a price belongs to: `BTC`. The session maps it to instruments by their base asset. */
  readonly market: string;
  /** Decimal text, > 0. */
  readonly price: string;
  readonly kind: 'mark' | 'index' | 'last';
  /** The venue's clock, ms since the epoch. */
  readonly venueTimeMs: number;
  /** When it arrived here, ms since the epoch. */
  readonly arrivalTimeMs: number;
  /** Of a mark, where the feed tells it; it holds until another is told. */
  readonly funding?: FundingTerms;
}

export const FEED_STATES = ['connecting', 'live', 'delayed', 'stale', 'lost', 'ended'] as const;
export type FeedState = (typeof FEED_STATES)[number];

export interface FeedStatus {
  readonly state: FeedState;
  /** Newest venue time of any tick; absent before the first. */
  readonly lastVenueTimeMs?: number;
  readonly lastArrivalTimeMs?: number;
  /** Sequence gaps since the start. */
  readonly gapCount: number;
  /** Ticks dropped because a queue was full. */
  readonly droppedCount: number;
  /** One sentence for people, where the state needs one. */
  readonly detail?: string;
}
