/** What the page is told of a live feed's connection (rules PS-1…PS-12 of docs/spec/live.md). */

export interface LiveView {
  /** The stream's id. */
  readonly venue: string;
  readonly phase: 'idle' | 'connecting' | 'open' | 'live' | 'waiting';
  readonly sinceMs: number;
  /** Failures since a connection last held. */
  readonly attempt: number;
  /** When it is tried again; NaN unless it waits. */
  readonly retryAtMs: number;
  /** Why the last connection ended, or what the venue refuses; '' where nothing is wrong. */
  readonly why: string;
  readonly connections: number;
  readonly frames: number;
  /** Frames that could not be read, and the last few of them. */
  readonly bad: number;
  readonly samples: readonly { readonly atMs: number; readonly text: string; readonly why: string }[];
  readonly counts: Readonly<Record<'accepted' | 'gaps' | 'duplicates' | 'late' | 'rejected' | 'dropped', number>>;
  /** Markets that are subscribed, those that the venue's bound leaves out, and that bound. */
  readonly markets: readonly string[];
  readonly leftOut: readonly string[];
  /** Asked for, and never told yet: the venue may not list them. */
  readonly untold: readonly string[];
  readonly marketsMax: number;
  /** What a person should know of these prices; '' where there is nothing. */
  readonly note: string;
  /** The connection beside it that tells what dollars of tokens are worth, where such are held. */
  readonly pegs?: LiveView;
}

/** How far something held stands from what it should be worth. */
export interface GapView {
  readonly asset: string;
  /** Against a dollar, or the venue's mark against its index. */
  readonly kind: 'peg' | 'collateral';
  /** Exact decimal text. */
  readonly price: string;
  readonly against: string;
  /** price ÷ against − 1, a signed fraction; for drawing and words. */
  readonly gap: number;
  readonly venueTimeMs: number;
  readonly limit: number;
  /** |gap| ≥ limit, decided on the exact figures. */
  readonly isBeyond: boolean;
}

/** What one venue says of one market. */
export interface ReferenceQuote {
  readonly market: string;
  /** The stream's id and name. */
  readonly venue: string;
  readonly name: string;
  readonly kind: 'mark' | 'index';
  /** Decimal text. */
  readonly price: string;
  readonly arrivalTimeMs: number;
  readonly isFresh: boolean;
  /** price ÷ reference − 1; NaN where it does not count. */
  readonly deviation: number;
}

export interface ReferenceRow {
  readonly market: string;
  /** Decimal text, twelve digits; '' where no venue says anything fresh, with the reason. */
  readonly price: string;
  readonly reason: string;
  /** Greatest ÷ least − 1; NaN without a price. */
  readonly spread: number;
  readonly quotes: readonly ReferenceQuote[];
}

/** Asks several venues at once for the markets that are held; none of them: no longer. */
export interface ReferenceCommand {
  readonly kind: 'reference';
  readonly venues: readonly string[];
  readonly isStandIn?: boolean;
}

/** Sent once a second while venues are asked. */
export interface ReferenceFrame {
  readonly kind: 'reference';
  readonly rows: readonly ReferenceRow[];
  /** Venues that tell nothing now, with what their connection says. */
  readonly missing: readonly { readonly venue: string; readonly name: string; readonly why: string }[];
  readonly atMs: number;
}
