/**
 * Every message that crosses between the page and the engine, one version, one file.
 * Plain data only: strings, numbers, typed arrays. A Decimal cannot be cloned and never crosses.
 * The same messages travel over a worker port, a MessageChannel in a test, or in process.
 */
import type { Book } from '../domain/book.ts';
import type { Fault } from '../domain/fault.ts';
import type { Freshness } from '../domain/freshness.ts';
import type { FeedStatus, Tick } from '../domain/tick.ts';

import type { AddressCommand, AddressFrame } from './addresses/messages.ts';
import type { CureFrame } from './alarms/cure-messages.ts';
import type { AlarmCommand, AlarmsFrame } from './alarms/messages.ts';
import type { DeskCommand, DeskFrame } from './desk/messages.ts';
import type { JournalCommand, JournalFrame, JournalInput } from './journal/messages.ts';
import type { GapView, LiveView, ReferenceCommand, ReferenceFrame } from './live/messages.ts';
import type { StressCommand, StressFrame } from './stress/messages.ts';
import type { PathInput } from './stress/path-run.ts';
import type { ScenarioCommand, ScenarioFrame } from './stress/scenario-messages.ts';

export * from './addresses/messages.ts';
export type * from './alarms/cure-messages.ts';
/** The messages of alarms, desk and journal stand in files of their own. */
export type {
  AgedPool,
  AlarmOutlook,
  AlarmSaid,
  AlarmSubject,
  AlarmsFrame,
  EndedAlarm,
  NextStep,
  StandingAlarm,
} from './alarms/messages.ts';
export * from './desk/messages.ts';
export type * from './journal/messages.ts';
export type * from './live/messages.ts';
export * from './stress/messages.ts';
export type * from './stress/scenario-messages.ts';
export * from './study/messages.ts';

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
  /** Base units (linear) or quote units (inverse) per unit of size, decimal text. */
  readonly contractSize: readonly string[];
  readonly pool: readonly string[];
  readonly marginMode: readonly string[];
  readonly side: readonly string[];
  readonly size: FigureColumn;
  readonly entryPrice: FigureColumn;
  readonly markPrice: FigureColumn;
  readonly markTimeMs: Float64Array;
  readonly leverageSetting: FigureColumn;
  /** Margin assigned to an isolated position; `not-applicable` in the cross pool. */
  readonly isolatedMargin: FigureColumn;
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
  /** Of the oldest price behind any number of the pool: as of the account. */
  readonly oldestInputMs: number;
  readonly oldestInputSubject: string;
  readonly freshness: Freshness;
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
  /** A price behind a number here is further from the feed's clock than the feed's limit. Said beside the risk state, which an alarm keeps. */
  readonly stale: boolean;
  /** The worst class of the prices behind the numbers (ST-3). */
  readonly freshness: Freshness;
}

export interface MarketColumns {
  readonly count: number;
  /** Market name as feeds use it: the base asset. */
  readonly market: readonly string[];
  readonly price: FigureColumn;
  /** When the price was true, by the venue's clock; its age is `source.clockMs` less that. */
  readonly venueTimeMs: Float64Array;
  /** When it came here; its age is the snapshot's `ownClockMs` less that. NaN where no feed brought it. */
  readonly arrivalTimeMs: Float64Array;
  /** What the ages make of it (ST-2), and the ages at which a price of this market stops being live, delayed and stale. */
  readonly freshness: readonly Freshness[];
  readonly liveMs: Float64Array;
  readonly delayedMs: Float64Array;
  readonly staleMs: Float64Array;
}

/** The instruments a position of the selected account may name: those of its venue in the book. */
export interface InstrumentColumns {
  readonly count: number;
  readonly id: readonly string[];
  readonly base: readonly string[];
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
  readonly kind: 'simulated' | 'replay' | 'live' | 'none';
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
  /** How the connection of a live feed stands. */
  readonly live?: LiveView;
}

/** No feed: the book stands at its own prices. */
export const NO_SOURCE: SourceView = {
  kind: 'none',
  name: '',
  status: { state: 'ended', gapCount: 0, droppedCount: 0 },
  speed: 0,
  clockMs: Number.NaN,
  startMs: Number.NaN,
  endMs: Number.NaN,
};

/** A what-if: relative moves by market, one for all (compounded with it), evaluated beside the live book. */
export interface WhatIfSpec {
  /** Market → relative move; −0.1 is a fall of 10 %. Decimal text. */
  readonly moves: Readonly<Record<string, string>>;
  readonly all: string;
  /** Changes of the account beside the moves, in turn: a cure. The what-if ends when the account itself is changed. */
  readonly edits?: readonly SingleEdit[];
}

export type FeedSpec =
  | { readonly kind: 'simulated'; readonly seed: number; readonly regime: 'calm' | 'normal' | 'stress'; readonly stepMs: number }
  | { readonly kind: 'replay'; readonly name: string }
  /** A venue's public stream: what is held, and `markets` beside it. `isStandIn`: a server below the page's own address in place of the venue. */
  | { readonly kind: 'live'; readonly venue: string; readonly markets?: readonly string[]; readonly isStandIn?: boolean }
  | { readonly kind: 'none' };

/**
 * Hand edits. Decimal text; validated by the session with the same reader as a file. A record holds the fields of the book
 * format's own object: `index: null` adds; with an index a field left out stays as it was and an empty one is removed.
 * `instrument-set` names its instrument by `id`, `asset-set` its asset by `symbol`. A fault's pointer is relative to the
 * record (`/size`).
 */
export type Edit =
  | { readonly kind: 'position-set'; readonly index: number | null; readonly position: Readonly<Record<string, string>> }
  | { readonly kind: 'position-remove'; readonly index: number }
  | { readonly kind: 'balance-set'; readonly index: number | null; readonly balance: Readonly<Record<string, string>> }
  | { readonly kind: 'balance-remove'; readonly index: number }
  | { readonly kind: 'instrument-set'; readonly instrument: Readonly<Record<string, string>> }
  | { readonly kind: 'asset-set'; readonly asset: Readonly<Record<string, string>> }
  /** Several in turn as one step of the undo list: all or none. */
  | { readonly kind: 'several'; readonly edits: readonly SingleEdit[]; readonly note?: string; readonly closed?: ClosedAt }
  /** CL-22: the feed's clock is set back to `toMs`: closures after it have not happened, and redo brings none of them back. */
  | { readonly kind: 'set-back'; readonly feed: string; readonly toMs: number }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' };

/** A change of one thing. */
export type SingleEdit = Exclude<Edit, { readonly kind: 'undo' | 'redo' | 'several' | 'set-back' }>;

/** The change is a simulated closure (CL-20): under which feed, as `kind:name`, and when by its clock. */
export interface ClosedAt {
  readonly feed: string;
  readonly atMs: number;
}

export type CrashKind = 'throw' | 'silence' | 'feed-lost' | 'feed-back';

export type Command =
  | {
      readonly kind: 'hello';
      readonly protocolVersion: number;
      readonly nowMs: number;
      /** Where the app's own files (`demo/`, `replay/`) lie; they are fetched from nowhere else. */
      readonly baseUrl?: string;
      /** `manual`: time passes only through `feed-step` and `feed-seek`. Default `auto`. */
      readonly clock?: 'auto' | 'manual';
      /** Allows `debug-crash`. */
      readonly debug?: boolean;
    }
  /** A file or a paste: a book, or a venue's own response; `meta` is the margin tables that go with it. */
  | { readonly kind: 'load'; readonly requestId: number; readonly name: string; readonly text: string; readonly meta?: string }
  /** The demo book that the app itself carries; answered like `load`. */
  | { readonly kind: 'load-demo'; readonly requestId: number }
  | { readonly kind: 'select-account'; readonly requestId: number; readonly account: string }
  | { readonly kind: 'edit'; readonly requestId: number; readonly edit: Edit }
  | { readonly kind: 'feed'; readonly requestId: number; readonly feed: FeedSpec }
  | { readonly kind: 'feed-speed'; readonly speed: number }
  /** The page is shown again, the network or the machine is back: a live feed that waits tries at once. */
  | { readonly kind: 'wake' }
  | ReferenceCommand
  | { readonly kind: 'feed-seek'; readonly requestId: number; readonly timeMs: number }
  | { readonly kind: 'feed-step'; readonly requestId: number; readonly steps: number }
  | { readonly kind: 'what-if'; readonly requestId: number; readonly spec: WhatIfSpec | null }
  | { readonly kind: 'explain'; readonly requestId: number; readonly figure: string; readonly pool?: string; readonly position?: number }
  | { readonly kind: 'export'; readonly requestId: number }
  /** The snapshot of this version has been taken: the next may be sent. */
  | { readonly kind: 'seen'; readonly bookVersion: number }
  /** Throws, or falls silent, inside the worker; or kills the feed, or one market of it, and brings it back. Refused unless `hello` said `debug`. */
  | { readonly kind: 'debug-crash'; readonly how: CrashKind; readonly market?: string }
  | AlarmCommand
  | JournalCommand
  | DeskCommand
  | StressCommand
  | ScenarioCommand
  | AddressCommand;

/** What the session itself answers; the rest of the commands belong to the host, which holds feed and clock. */
export type SessionCommand = Extract<Command, { readonly kind: 'load' | 'select-account' | 'edit' | 'what-if' | 'explain' | 'export' }>;

/** What the host tells the session. Never crosses the border to the page. */
export type HostInput =
  /** The feed moved, was changed or was set back. `restarted`: what it said before no longer holds. */
  | {
      readonly kind: 'feed-update';
      readonly source: SourceView;
      /** Age beyond which a price no longer stands for the present, ms. */
      readonly staleAfterMs: number;
      /** Market → its own limit, where the feed tells that market more seldom (hourly bars among bars of a minute). */
      readonly staleAfterMsByMarket: Readonly<Record<string, number>>;
      /** Our clock, by which arrivals are stamped; absent where none runs. */
      readonly ownClockMs?: number;
      /** The feed's clock is the world's: its prices age by arrival too (FD-9). */
      readonly isLive?: boolean;
      readonly ticks: readonly Tick[];
      readonly restarted: boolean;
    }
  /** Take the present into the history without showing it. */
  | { readonly kind: 'sample' }
  /**
   * A book that is held already takes the place of the one that is shown, with `selected`, else its first account: of the desk, or of an address, which it then follows.
   * Answered by `done`.
   */
  | {
      readonly kind: 'take-book';
      readonly requestId: number;
      readonly name: string;
      readonly book: Book;
      readonly selected?: string;
      readonly follows?: string;
    }
  /**
   * The followed address was read again: its accounts, instruments and assets take the place of those that are shown; all else goes on. An older reading than the one that
   * is shown changes nothing. Answered by `done` where there is a request.
   */
  | { readonly kind: 'refresh-book'; readonly requestId: number; readonly name: string; readonly book: Book; readonly follows: string }
  /** Whether the followed address is read within its limit: where it is not, what is shown is stale and never safe. */
  | { readonly kind: 'follow-age'; readonly follows: string; readonly isOld: boolean }
  /** One interval is over: recompute if anything changed, and show it. */
  | { readonly kind: 'flush' };

export type SessionInput = SessionCommand | HostInput;

/** What the host tells the desk, beside prices and the page's commands. */
export type DeskInput =
  /** Do one slice of what waits. */
  | { readonly kind: 'desk-work' }
  /** Show what moved. */
  | { readonly kind: 'desk-flush' }
  /** Bytes of a file that the opening wanted, or a sentence for people why they cannot be had. */
  | { readonly kind: 'desk-bytes'; readonly requestId: number; readonly bytes: Uint8Array | string };

/** Everything that an engine carries out. */
export type EngineInput =
  | SessionInput
  | AlarmCommand
  | JournalInput
  | DeskCommand
  | DeskInput
  | StressCommand
  | ScenarioCommand
  | PathInput;

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
      /** File name of the book and its `asOf`; '' before one is loaded. */
      readonly bookName: string;
      readonly asOf: string;
      /** True: accounts and instruments are as in the last snapshot that carried them, and empty here. */
      readonly catalogUnchanged: boolean;
      readonly accounts: readonly AccountSummary[];
      readonly instruments: InstrumentColumns;
      readonly selectedAccount: string;
      readonly staleAfterMs: number;
      readonly account: AccountView | null;
      readonly markets: MarketColumns;
      /** Our clock, by which arrivals are stamped; NaN where no feed runs. */
      readonly ownClockMs: number;
      readonly source: SourceView;
      /** Of what is held, while a live feed runs: pegs and collateral, the widest gap first. */
      readonly gaps: readonly GapView[];
      readonly canUndo: boolean;
      readonly canRedo: boolean;
    }
  | { readonly kind: 'history'; readonly bookVersion: number; readonly history: HistoryColumns }
  /** The account under the what-if that `requestId` asked for; sent again, with the same id, when the live book moves beneath it, and with `spec: null` when its account or book is left. */
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
  /** Request 0: not an answer to any one request. */
  | { readonly kind: 'failed'; readonly requestId: number; readonly faults: readonly Fault[] }
  /** The worker is alive. */
  | { readonly kind: 'beat'; readonly nowMs: number }
  | ReferenceFrame
  | AlarmsFrame
  | CureFrame
  | JournalFrame
  | DeskFrame
  | StressFrame
  | ScenarioFrame
  | AddressFrame;

export type Snapshot = Extract<Frame, { readonly kind: 'snapshot' }>;
