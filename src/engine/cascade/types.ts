/**
 * What a cascade is made of and what it says: shock → breaches → forced trades on an exponential book → insurance fund → deleveraging.
 * Money in the book's unit of account, moves as simple returns, depth in base units per unit of log price.
 * Rules CA-1…CA-19 of docs/spec/cascade.md.
 */
import type { Book, InstrumentId, VenueId } from '../../domain/book.ts';
import type { Reason } from '../../domain/outcome.ts';
import type { Decimal } from '../../domain/units.ts';
import type { ClosureProcedure } from '../closure/procedure.ts';
import type { VenueRules } from '../rules.ts';

/** A base asset or a collateral asset: `BTC`. Every instrument of that base and every balance in it move together. */
export type Market = string;

/** Signed numbers by market; a market that is not named has none. */
export type ByMarket = ReadonlyMap<Market, Decimal>;

/** Who bears what the fund cannot pay. */
export type Deleveraging =
  /** In proportion to the profit since the start. */
  | 'pro-rata'
  /** Whole winners in the order of profit ÷ notional at the start × leverage, until it is covered. */
  | 'queue'
  /** In proportion to profit × leverage, nobody more than the profit. */
  | 'risk-aware'
  /** Whole winners as the venues' own queues rank them: profit since entry ÷ notional at entry × leverage. */
  | 'venue'
  /** Nobody: it stays uncovered. */
  | 'none';

export interface CascadeScene {
  readonly book: Book;
  readonly rulesOf: (venue: VenueId) => VenueRules;
  /** Simple return by market, ≥ −1; others 0. */
  readonly shock: ByMarket;
  /** A venue's own returns, before `shock`: a collateral that one venue alone marks down. */
  readonly venueShock?: ReadonlyMap<VenueId, ByMarket>;
}

export interface CascadeInput extends CascadeScene {
  /** > 0, base units per unit of log price; a market that is not named is infinitely deep. */
  readonly depth: ByMarket;
  /** How pools are closed: whole, in the rounds of §2.3; or by each venue's own procedure, one move a round. */
  readonly procedure: 'full' | ((venue: VenueId) => ClosureProcedure);
  /** What is left in a pool that was closed whole stays with the account, or goes to the fund. */
  readonly leftovers: 'keep' | 'forfeit';
  /** Amount ≥ 0 by fund. */
  readonly funds: ReadonlyMap<string, Decimal>;
  /** The fund that stands behind a venue; deleveraging stays among its accounts. One fund for all where this is absent. */
  readonly fundOf?: (venue: VenueId) => string;
  readonly deleveraging: Deleveraging;
}

/** One account that still holds positions and gained since the start. */
export interface Winner {
  readonly account: string;
  readonly venue: VenueId;
  /** Profit on its open positions since the start, > 0. */
  readonly profit: Decimal;
  /** Profit on the same positions since they were opened. */
  readonly unrealizedPnl: Decimal;
  /** Their notional at the start, when they were opened, and now. */
  readonly startNotional: Decimal;
  readonly entryNotional: Decimal;
  readonly notional: Decimal;
  readonly equity: Decimal;
}

/** What one fund paid, and who paid after it. deficits − income = start − end + socialised + uncovered. */
export interface FundFlow {
  readonly fund: string;
  readonly start: Decimal;
  readonly end: Decimal;
  /** Money missing in pools that were closed. */
  readonly deficits: Decimal;
  /** Leftovers and fees it received. */
  readonly income: Decimal;
  /** Profit taken from winners. */
  readonly socialised: Decimal;
  readonly uncovered: Decimal;
  readonly takers: readonly { readonly account: string; readonly taken: Decimal }[];
}

export interface CascadeRound {
  readonly round: number;
  /** Accounts of which a pool was closed, or moved, in this round; by id. */
  readonly closed: readonly string[];
  /** Prices after the round, by market. */
  readonly prices: ByMarket;
  /** The average at which the round filled; the price before the round where nothing filled or the book is infinitely deep. */
  readonly vwap: ByMarket;
  /** Net forced volume, base units, + sold. */
  readonly sold: ByMarket;
  readonly notional: Decimal;
  /** Money missing in pools closed in this round. */
  readonly deficits: Decimal;
  /** Leftovers and fees to the funds. */
  readonly income: Decimal;
  /** Σ funds after the round, before anybody is deleveraged: below zero it is owed. */
  readonly funds: Decimal;
}

/** What is not known of an account, so that it could not be judged. It is neither closed nor counted as safe. */
export interface Unjudged {
  readonly account: string;
  readonly pool: string;
  readonly reason: Reason;
  readonly subject?: string;
}

export interface CascadeAccountEnd {
  readonly account: string;
  readonly venue: VenueId;
  readonly isClosed: boolean;
  /** Ledger cash: collateral less Σ size × entry of what is open, by asset. Equity is this and Σ size × price. */
  readonly cash: ByMarket;
  readonly taken: Decimal;
}

export interface Cascade {
  readonly rounds: number;
  /** `cut-off`: more rounds than any procedure makes. */
  readonly end: 'settled' | 'cut-off';
  /** By market, of its first instrument that has a mark, else of the asset. */
  readonly startPrices: ByMarket;
  readonly prices: ByMarket;
  readonly marks: ReadonlyMap<InstrumentId, Decimal>;
  /** In the order in which they were closed; within a round by id. */
  readonly closed: readonly string[];
  /** Σ |forced volume| × fill price. */
  readonly liquidatedNotional: Decimal;
  readonly deficits: Decimal;
  readonly insuranceFundEnd: Decimal;
  readonly socialised: Decimal;
  readonly uncovered: Decimal;
  /** ln(end ÷ start) ÷ ln(1 + shock); absent where the market was not shocked or its price is zero. */
  readonly multiplier: ByMarket;
  readonly trace: readonly CascadeRound[];
  readonly funds: readonly FundFlow[];
  /** What the other side of the forced trades holds. */
  readonly liquidity: { readonly cash: ByMarket; readonly volume: ByMarket };
  readonly accounts: readonly CascadeAccountEnd[];
  readonly unjudged: readonly Unjudged[];
}
