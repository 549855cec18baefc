/**
 * Accounts watched by their public addresses: what the page asks for, and what it is shown (rules WL of docs/spec/watched-addresses.md). Plain data: decimal text where it is
 * read, doubles where it is drawn or sorted.
 */
import type { FigureCell, RiskState } from '../protocol.ts';

/** One address at one source (`hyperliquid`, `dydx-v4`, `aave-v3:base`, …). */
export interface WatchedAddress {
  readonly source: string;
  readonly address: string;
}

/** Addresses on one list. */
export const ADDRESSES_MAX = 1_000;

export type AddressCommand =
  /** The whole list, in place of the one before; none: nothing is asked any more. What stays on it keeps its readings. Answered by `done`, or by `failed` with pointers into it. */
  | {
      readonly kind: 'addresses-watch';
      readonly requestId: number;
      readonly addresses: readonly WatchedAddress[];
      /** Servers of the user's own that are asked in place of a venue's, by what they stand in for: a key of `GATEWAY_TARGETS` (`https://host`, `chain:base`). */
      readonly gateways: Readonly<Record<string, string>>;
      /** Servers below the page's own address stand in for the venues. */
      readonly isStandIn?: boolean;
    }
  /** Reads this address, or all, as soon as the venue's limit allows. */
  | { readonly kind: 'addresses-read'; readonly requestId: number; readonly only?: WatchedAddress }
  /** The common shock of the matrix and of the shocked figures: a relative move of all prices, or of one asset's. Decimal text. */
  | { readonly kind: 'addresses-shock'; readonly requestId: number; readonly move: string; readonly asset: string | null }
  /** Everything the venue says of one account beside ours. Answered by `addresses-compared`. */
  | { readonly kind: 'addresses-compare'; readonly requestId: number; readonly account: string }
  /** The account becomes that of My margin, and follows its address until it is edited by hand or another book is loaded. Answered by `done`. */
  | { readonly kind: 'addresses-show'; readonly requestId: number; readonly account: string };

/** How the reading of one address stands. */
export interface AddressRow extends WatchedAddress {
  /** `Hyperliquid`, `Aave v3 on base`. */
  readonly sourceName: string;
  readonly state: 'waiting' | 'reading' | 'read' | 'late' | 'refused';
  /** Why it is not read, in words for people; '' otherwise. */
  readonly why: string;
  /** When it was last asked and answered, by our clock; NaN: never. */
  readonly readMs: number;
  /** The venue's own time of what was read (for chains: of the block); NaN: never. */
  readonly asOfMs: number;
  /** When it is asked next; NaN while it is being asked or pushed to us. */
  readonly nextMs: number;
  /** The venue tells changes by itself; otherwise it is asked again and again. */
  readonly isPushed: boolean;
  /** What a person should know of the reading, one sentence each; absent where there is nothing. */
  readonly notes?: readonly string[];
}

/** One account that was found at an address. */
export interface WatchedAccountRow {
  /** Unique over the whole list. */
  readonly account: string;
  readonly source: string;
  readonly address: string;
  readonly venue: string;
  readonly venueName: string;
  readonly kind: 'perpetual' | 'lending';
  /** What its figures are counted in: `USDC`, `USD`. */
  readonly unit: string;
  readonly riskState: RiskState;
  readonly equity: FigureCell;
  readonly grossNotional: FigureCell;
  readonly leverage: FigureCell;
  readonly marginRatio: FigureCell;
  readonly healthFactor: FigureCell;
  /** The venue's own; absent where it states none. */
  readonly theirHealthFactor?: FigureCell;
  readonly marginExcess: FigureCell;
  /** The smallest uniform move of all prices that ends it, as `PoolCells` has it. */
  readonly uniformShock: FigureCell;
  /** The position that is nearest to its liquidation price, as far as one is. */
  readonly nearest: {
    readonly instrument: string;
    readonly liquidationPrice: FigureCell;
    /** The venue's own liquidation price of the same position; absent where it states none or nothing of it. */
    readonly theirs?: FigureCell;
    readonly markPrice: FigureCell;
    readonly distance: FigureCell;
  } | null;
  /** Under the common shock. */
  readonly shocked: { readonly riskState: RiskState; readonly equity: FigureCell; readonly marginRatio: FigureCell };
  /** Figures that the venue states, those that agree with ours, and the worst difference: its figure, |ours ÷ theirs − 1| (NaN where there is none) and reason. */
  readonly stated: number;
  readonly agreeing: number;
  readonly worst: { readonly figure: string; readonly gap: number; readonly reason: string } | null;
  readonly asOfMs: number;
  /** Missing prices and the like, in words: `missing-mark hl:BTC`. */
  readonly indeterminate: readonly string[];
}

/** Sums over all accounts, in dollars; what has no number is left out and counted. */
export interface AddressTotals {
  readonly accounts: number;
  readonly equity: FigureCell;
  readonly grossNotional: FigureCell;
  /** Gross notional ÷ equity of those that have both. */
  readonly leverage: FigureCell;
  readonly leftOut: number;
  readonly states: Readonly<Partial<Record<RiskState, number>>>;
  readonly shockedStates: Readonly<Partial<Record<RiskState, number>>>;
  readonly shockedEquity: FigureCell;
}

export interface VenueTotals {
  readonly venue: string;
  readonly venueName: string;
  readonly accounts: number;
  readonly equity: FigureCell;
  readonly grossNotional: FigureCell;
  readonly worstState: RiskState;
}

/** What one asset is at each venue: rows are assets (the token's name; wrapped and staked forms are their own), columns venues. Signed, in dollars. */
export interface CollateralMatrix {
  readonly venues: readonly { readonly venue: string; readonly venueName: string }[];
  readonly assets: readonly string[];
  /** `cells[asset][venue]`; null: nothing held there. */
  readonly cells: readonly (readonly (CollateralCell | null)[])[];
  /** Per asset over all venues. */
  readonly sums: readonly { readonly collateral: FigureCell; readonly exposure: FigureCell; readonly shockedLoss: FigureCell }[];
}

export interface CollateralCell {
  /** Held as collateral: amount and its worth. */
  readonly amount: FigureCell;
  readonly collateral: FigureCell;
  /** Positions in it and debts of it: signed notional. */
  readonly exposure: FigureCell;
  /** What the common shock adds to equity (negative: takes). */
  readonly shockedLoss: FigureCell;
}

/** How far venues and we agree over the whole list. */
export interface DisagreementMeter {
  readonly compared: number;
  readonly agreeing: number;
  /** Differing figures by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** |ours ÷ theirs − 1| over all compared prices and figures; NaN without any. */
  readonly medianGap: number;
  readonly worstGap: number;
}

export interface ComparisonRow {
  readonly figure: string;
  readonly instrument: string;
  /** Decimal text; '' where there is none. */
  readonly ours: string;
  readonly theirs: string;
  /** ours ÷ theirs − 1; NaN where one is none. */
  readonly gap: number;
  /** '' where they agree. */
  readonly reason: string;
}

/** Sent when something changed, at most twice a second. */
export interface AddressesFrame {
  readonly kind: 'addresses';
  readonly atMs: number;
  readonly addresses: readonly AddressRow[];
  readonly accounts: readonly WatchedAccountRow[];
  readonly totals: AddressTotals;
  readonly venues: readonly VenueTotals[];
  readonly matrix: CollateralMatrix;
  readonly meter: DisagreementMeter;
  readonly shock: { readonly move: string; readonly asset: string | null };
  /** The account of this list that My margin shows; `left` says why it does not follow its address any more, '' while it does. */
  readonly shown: { readonly account: string; readonly left: string } | null;
}

export interface ComparedFrame {
  readonly kind: 'addresses-compared';
  readonly requestId: number;
  readonly account: string;
  readonly rows: readonly ComparisonRow[];
}

export type AddressFrame = AddressesFrame | ComparedFrame;
