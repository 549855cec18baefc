/**
 * Every message that crosses between the page and the engine, one version, one file.
 * Plain data only: strings, numbers, typed arrays. A Decimal cannot be cloned and never crosses.
 * The same messages travel over a worker port, a MessageChannel in a test, or in process.
 */
import type { Fault } from '../domain/fault.ts';
import type { FeedStatus } from '../domain/tick.ts';

export const PROTOCOL_VERSION = 1;

/** A column of figures: `value[i]` for drawing (NaN where there is none), `text[i]` exact decimal text ('' where none), `reason[i]` ('' where there is a number). */
export interface FigureColumn {
  readonly value: Float64Array;
  readonly text: readonly string[];
  readonly reason: readonly string[];
}

/** One figure outside a table. */
export interface FigureCell {
  /** For drawing; NaN where there is none. */
  readonly value: number;
  /** Exact decimal text; '' where there is none. */
  readonly text: string;
  /** '' where there is a number. */
  readonly reason: string;
}

export type PoolCells = Readonly<
  Record<
    | 'equity'
    | 'grossNotional'
    | 'netNotional'
    | 'leverage'
    | 'netLeverage'
    | 'initialMargin'
    | 'maintenanceMargin'
    | 'liquidationFees'
    | 'marginRatio'
    | 'healthFactor'
    | 'marginExcess'
    | 'freeCollateral'
    | 'withdrawable'
    | 'unrealizedPnl'
    | 'uniformShock'
    | 'uniformShockDown'
    | 'uniformShockUp',
    FigureCell
  >
>;

/** The positions of an account, column by column; every array has `count` entries. */
export interface PositionColumns {
  readonly count: number;
  /** Stable across frames while the position exists. */
  readonly key: readonly string[];
  readonly instrument: readonly string[];
  readonly base: readonly string[];
  readonly quote: readonly string[];
  readonly contract: readonly string[];
  readonly pool: readonly string[];
  readonly marginMode: readonly string[];
  readonly side: readonly string[];
  readonly size: FigureColumn;
  readonly entryPrice: FigureColumn;
  readonly markPrice: FigureColumn;
  readonly markTimeMs: Float64Array;
  readonly leverageSetting: FigureColumn;
  readonly notional: FigureColumn;
  readonly unrealizedPnl: FigureColumn;
  readonly initialMargin: FigureColumn;
  readonly maintenanceMargin: FigureColumn;
  readonly liquidationPrice: FigureColumn;
  readonly liquidationDistance: FigureColumn;
  readonly backstopPrice: FigureColumn;
  readonly bankruptcyPrice: FigureColumn;
  readonly returnOnEquity: FigureColumn;
}

export interface BalanceColumns {
  readonly count: number;
  readonly asset: readonly string[];
  readonly amount: FigureColumn;
  readonly price: FigureColumn;
  readonly value: FigureColumn;
}

/** `healthy` … `bankrupt` in order of severity; `indeterminate` and `stale` stand beside it and never clear an alarm. */
export type RiskState = 'healthy' | 'watch' | 'warning' | 'margin-call' | 'liquidation' | 'bankrupt' | 'stale' | 'indeterminate';

/** Where each state begins on one gauge. Plain numbers, for drawing and for the words beside the marks; NaN where there is none. */
export interface BandLevels {
  readonly watch: number;
  readonly warning: number;
  readonly marginCall: number;
  readonly liquidation: number;
}

/** The marks on the gauges, from policy; the state itself is decided by the session and never by comparing with these. */
export interface RiskBands {
  /** Margin ratio, ascending; liquidation is 1. */
  readonly marginRatio: BandLevels;
  /** |uniform shock|, descending; liquidation is 0. */
  readonly buffer: BandLevels;
  /** Gross notional ÷ equity at which the present positions would reach each level of the margin ratio: leverage × level ÷ ratio. */
  readonly leverage: BandLevels;
}

export interface PoolView {
  readonly id: string;
  readonly kind: string;
  readonly riskState: RiskState;
  readonly bands: RiskBands;
  readonly cells: PoolCells;
}

/** Everything the page shows of one account at one instant. */
export interface AccountView {
  readonly id: string;
  readonly label: string;
  readonly venue: string;
  readonly venueName: string;
  readonly riskPrice: 'mark' | 'oracle';
  readonly kind: 'perpetual' | 'lending';
  readonly unit: string;
  readonly riskState: RiskState;
  readonly bands: RiskBands;
  readonly cells: PoolCells;
  readonly pools: readonly PoolView[];
  readonly positions: PositionColumns;
  readonly balances: BalanceColumns;
  /** `missing-mark hl:BTC`: what is not known. */
  readonly indeterminate: readonly { readonly reason: string; readonly subject: string }[];
  /** Venue time of the oldest price behind any number here, ms; NaN where no price is used. */
  readonly oldestInputMs: number;
  readonly oldestInputSubject: string;
}

export interface MarketColumns {
  readonly count: number;
  /** Market name as feeds use it: the base asset. */
  readonly market: readonly string[];
  readonly price: FigureColumn;
  readonly venueTimeMs: Float64Array;
}

/** Sampled history of the session for the buffer chart; ≤ 300 points, decimated by the session (min and max kept). */
export interface HistoryColumns {
  readonly timeMs: Float64Array;
  /** Distance of the account: |uniform shock|; NaN marks a gap. */
  readonly account: Float64Array;
  /** Positions, by key: liquidation distance. */
  readonly keys: readonly string[];
  readonly distance: readonly Float64Array[];
  readonly marginRatio: Float64Array;
}

export interface SourceView {
  readonly kind: 'simulated' | 'replay' | 'none';
  /** `Simulated 42`, `Replay 10 Oct 2025`. */
  readonly name: string;
  readonly status: FeedStatus;
  /** Multiple of real time; 0 is paused. */
  readonly speed: number;
  /** The feed's own clock, ms since the epoch; NaN before the first tick. */
  readonly clockMs: number;
  /** Replay bounds; NaN for a simulated feed. */
  readonly startMs: number;
  readonly endMs: number;
}

/** A what-if: relative moves by market, one for all (compounded with it), evaluated beside the live book. */
export interface WhatIfSpec {
  /** Market → relative move; −0.1 is a fall of 10 %. Decimal text. */
  readonly moves: Readonly<Record<string, string>>;
  readonly all: string;
}

export type FeedSpec =
  | { readonly kind: 'simulated'; readonly seed: number; readonly regime: 'calm' | 'normal' | 'stress'; readonly stepMs: number }
  | { readonly kind: 'replay'; readonly name: string }
  | { readonly kind: 'none' };

/** Hand edits. Decimal text; validated by the session with the same reader as a file. */
export type Edit =
  | { readonly kind: 'position-set'; readonly index: number | null; readonly position: Readonly<Record<string, string>> }
  | { readonly kind: 'position-remove'; readonly index: number }
  | { readonly kind: 'balance-set'; readonly index: number | null; readonly balance: Readonly<Record<string, string>> }
  | { readonly kind: 'balance-remove'; readonly index: number }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' };

export type Command =
  | { readonly kind: 'hello'; readonly protocolVersion: number; readonly nowMs: number }
  /** A file or a paste: a book, or a venue's own response; `meta` is the margin tables that go with it. */
  | { readonly kind: 'load'; readonly requestId: number; readonly name: string; readonly text: string; readonly meta?: string }
  | { readonly kind: 'select-account'; readonly requestId: number; readonly account: string }
  | { readonly kind: 'edit'; readonly requestId: number; readonly edit: Edit }
  | { readonly kind: 'feed'; readonly requestId: number; readonly feed: FeedSpec }
  | { readonly kind: 'feed-speed'; readonly speed: number }
  | { readonly kind: 'feed-seek'; readonly requestId: number; readonly timeMs: number }
  | { readonly kind: 'feed-step'; readonly requestId: number; readonly steps: number }
  | { readonly kind: 'what-if'; readonly requestId: number; readonly spec: WhatIfSpec | null }
  | { readonly kind: 'explain'; readonly requestId: number; readonly figure: string; readonly pool?: string; readonly position?: number }
  | { readonly kind: 'export'; readonly requestId: number };

/** One line of a "show working" panel: exact text, ready for the screen. */
export interface WorkingView {
  readonly figure: string;
  readonly subject: string;
  readonly formula: string;
  readonly terms: readonly {
    readonly symbol: string;
    readonly name: string;
    readonly text: string;
    readonly reason: string;
    readonly unit: string;
    readonly origin: string;
    readonly at: string;
  }[];
  readonly tier: string;
  readonly rounding: string;
  readonly text: string;
  readonly reason: string;
  readonly rule: string;
  readonly sources: readonly string[];
}

export interface AccountSummary {
  readonly id: string;
  readonly label: string;
  readonly venue: string;
}

export type Frame =
  | { readonly kind: 'welcome'; readonly protocolVersion: number }
  /** The whole state shown; sent at most once per animation frame's worth of time, latest wins. */
  | {
      readonly kind: 'snapshot';
      readonly bookVersion: number;
      readonly sourceTimeMs: number;
      readonly computeMs: number;
      readonly accounts: readonly AccountSummary[];
      readonly account: AccountView | null;
      readonly markets: MarketColumns;
      readonly source: SourceView;
      readonly canUndo: boolean;
      readonly canRedo: boolean;
    }
  | { readonly kind: 'history'; readonly bookVersion: number; readonly history: HistoryColumns }
  /** The account under the what-if that `requestId` asked for. */
  | {
      readonly kind: 'what-if';
      readonly requestId: number;
      readonly spec: WhatIfSpec | null;
      readonly account: AccountView | null;
      readonly computeMs: number;
    }
  | { readonly kind: 'working'; readonly requestId: number; readonly working: WorkingView }
  | {
      readonly kind: 'loaded';
      readonly requestId: number;
      readonly name: string;
      readonly accountCount: number;
      readonly faults: readonly Fault[];
    }
  | { readonly kind: 'exported'; readonly requestId: number; readonly text: string }
  | { readonly kind: 'done'; readonly requestId: number }
  | { readonly kind: 'failed'; readonly requestId: number; readonly faults: readonly Fault[] };
