/**
 * The desk's part of the protocol: what the page may ask of a book of up to a million accounts, and what it is told. Rules DM-1…DM-22
 * of docs/spec/session.md. Plain data and transferables only; rows cross as columns, and only those that are on screen.
 *
 * Every number is for drawing: a double that the kernel computed, signed, never clamped, NaN where there is none. `state` is exact: it
 * is what the exact engine would say. The exact figures of one account are those of the margin page, which `desk-row` opens.
 */
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import type { RiskState } from '../protocol.ts';
import type { DeskAlarmCommand, DeskAlarmsFrame } from './alarms/messages.ts';

export type { DeskAlarmColumn, DeskAlarmQuery, DeskAlarmRow, DeskAlarmsFrame } from './alarms/messages.ts';

/** Names by the code that `DeskRows.state` holds, and the index into `stateCounts`. */
export { RISK_STATES };

/** What a file is made of, where the page hands over the file and not its bytes: a browser's `File` has this shape. */
export interface FileContent {
  readonly size: number;
  readonly slice: (from: number, to: number) => FileContent;
  readonly arrayBuffer: () => Promise<ArrayBuffer>;
}

/** Bytes, or where there is a place for them outside the engine a browser's `Blob`, which has the shape of a file. */
export type FilePart = ArrayBuffer | FileContent;

export const DESK_EXPORT_FORMATS = ['csv', 'parquet', 'json'] as const;
export type DeskExportFormat = (typeof DESK_EXPORT_FORMATS)[number];

/** Where the desk's accounts come from. */
export type DeskSource =
  /** The book that is on the margin page. */
  | { readonly kind: 'book' }
  /** JSON (leverage-book/1), CSV or Parquet, told apart by its first bytes. Bytes are transferred; a `File` is read where the desk runs. */
  | { readonly kind: 'file'; readonly name: string; readonly content: ArrayBuffer | FileContent }
  /** Generated accounts, the same for the same numbers. */
  | { readonly kind: 'population'; readonly accounts: number; readonly seed: number };

/** Columns that hold a number and can be sorted, filtered by range and exported. */
export const DESK_COLUMNS = [
  /** By severity, in the order of `RiskState`. */
  'state',
  'equity',
  'grossNotional',
  /** Gross notional ÷ equity. */
  'leverage',
  /** Requirement ÷ equity of the worst pool; 1 is the edge. */
  'marginRatio',
  /** Maintenance margin + liquidation fees: the requirement that decides. */
  'maintenance',
  'initialMargin',
  /** equity − maintenance: the buffer in money. */
  'marginExcess',
  /** The buffer as a fraction of gross notional. */
  'bufferShare',
  /** Signed uniform shock that liquidates. Ordered and held against ranges by its magnitude. */
  'shock',
  /** Smallest liquidation distance of a position, a fraction of its price. */
  'nearest',
  /** Signed notional of the largest position. Ordered and held against ranges by its magnitude. */
  'biggest',
  'positions',
  /** Age of the oldest price behind the row, ms. */
  'age',
] as const;
export type DeskColumn = (typeof DESK_COLUMNS)[number];

/** Sortable, but not numbers: by venue name, by account id. */
export type DeskSortColumn = DeskColumn | 'venue' | 'account';

export interface DeskSort {
  readonly column: DeskSortColumn;
  readonly falling: boolean;
}

/** atLeast ≤ value ≤ atMost; null is no bound. A row without the number is in no range. */
export interface DeskRange {
  readonly column: DeskColumn;
  readonly atLeast: number | null;
  readonly atMost: number | null;
  /** The upper bound itself is outside: a bar of a distribution. */
  readonly isBelow: boolean;
}

/** Accounts that a move of a market liquidates (that are not past their line without it): a rung of the ladder. */
export interface DeskRung {
  /** '' moves all. */
  readonly market: string;
  /** Signed, the end nearer to zero first: −0.02, −0.03; liquidated beyond `after`, at `upTo` at the latest. */
  readonly after: number;
  readonly upTo: number;
}

/** Every condition narrows; an empty list is no condition. */
export interface DeskFilter {
  readonly states: readonly RiskState[];
  readonly venues: readonly string[];
  /** Holds a position on any of these markets, on the side named. */
  readonly markets: readonly string[];
  readonly side: 'any' | 'long' | 'short';
  readonly ranges: readonly DeskRange[];
  readonly rung: DeskRung | null;
  /** Part of an id or a label, upper and lower case alike; after `=` whole ids with `|` between them; '' is no condition. */
  readonly text: string;
  readonly watchedOnly: boolean;
}

export const NO_FILTER: DeskFilter = {
  states: [],
  venues: [],
  markets: [],
  side: 'any',
  ranges: [],
  rung: null,
  text: '',
  watchedOnly: false,
};

/** What the table shows. Stays in force, and is answered again as prices move, until another comes. */
export interface DeskQuery {
  readonly filter: DeskFilter;
  /** First column first; without one, in the order of the book. Ties stand as the desk has them, and always alike. */
  readonly sort: readonly DeskSort[];
  readonly window: { readonly from: number; readonly count: number };
  /** Keep the rows and their order as they are; only values move (pointer or focus is in the table). */
  readonly freeze: boolean;
  /** Columns on screen: what is costly is computed for all rows only where it is shown, sorted or filtered by. */
  readonly columns: readonly DeskSortColumn[];
}

/** Rows of a window at most. */
export const DESK_WINDOW_MAX = 1_000;
/** Sort columns, ranges, watched accounts at most. */
export const DESK_SORTS_MAX = 4;
export const DESK_RANGES_MAX = 20;
export const DESK_WATCHED_MAX = 1_000;
/** Rungs on each side of the ladder, and rows of a list of whales, at most. */
export const DESK_RUNGS_MAX = 100;
export const DESK_WHALES_MAX = 100;
/** Accounts of a generated population at most. */
export const DESK_POPULATION_MAX = 1_000_000;

export const DESK_PANELS = ['states', 'leverage', 'marginRatio', 'ladder', 'openInterest', 'concentration', 'whales', 'skew'] as const;
export type DeskPanel = (typeof DESK_PANELS)[number];

/** Which panels are on screen; the others are not computed. Totals and the ages of the figures always are. */
export interface DeskPanelsWish {
  readonly visible: readonly DeskPanel[];
  /** Market that the ladder moves; '' moves all. */
  readonly ladderMarket: string;
  /** Width of a rung, a fraction of the price: 0.01. */
  readonly ladderStep: number;
  /** Rungs on each side. */
  readonly ladderRungs: number;
  /** Rows of each list of whales. */
  readonly whales: number;
}

export type DeskCommand =
  | DeskAlarmCommand
  /** Answered by `desk-opened` or `failed`. What was open stays until the new book is whole. A second one ends the first. */
  | { readonly kind: 'desk-open'; readonly requestId: number; readonly source: DeskSource }
  /** Ends the opening or the export that is under way; that one is answered by `failed`. */
  | { readonly kind: 'desk-cancel'; readonly requestId: number }
  | { readonly kind: 'desk-query'; readonly requestId: number; readonly query: DeskQuery }
  | { readonly kind: 'desk-panels'; readonly requestId: number; readonly wish: DeskPanelsWish }
  /** Shows this account on the margin page, with everything it has there. Answered by `done`. */
  | { readonly kind: 'desk-row'; readonly requestId: number; readonly account: string }
  /**
   * Answered by `desk-exported`. `figures`: the table's rows, `columns` in the order wanted, after id, label and venue; not as JSON.
   * `accounts`: what the same accounts hold, as a book that can be read again; `columns` is not looked at.
   */
  | {
      readonly kind: 'desk-export';
      readonly requestId: number;
      readonly content: 'figures' | 'accounts';
      readonly format: DeskExportFormat;
      readonly columns: readonly DeskColumn[];
      readonly filter: DeskFilter;
      readonly sort: readonly DeskSort[];
    }
  /** The watch-list, whole: account ids. Those the book does not hold are kept in mind for the next one. */
  | { readonly kind: 'desk-watch'; readonly requestId: number; readonly accounts: readonly string[] }
  | { readonly kind: 'desk-close'; readonly requestId: number }
  /** The window of this sequence has been taken: the next may be sent. */
  | { readonly kind: 'desk-seen'; readonly sequence: number };

/** One thing that was left out of a book, and why. */
export interface DeskReject {
  /** Row in the file, 1 is the first after the header; in JSON the account's place, from 1. 0: not of one row. */
  readonly row: number;
  /** Column, or JSON pointer within the account. */
  readonly field: string;
  readonly reason: string;
}

/** Why an opening or an export failed that the user ended, or a newer one did. */
export const DESK_CANCELLED = 'cancelled';

/** Rejects that are listed; all are counted. */
export const DESK_REJECTS_MAX = 1_000;

/** How much of the book the figures speak for. Always shown: a silent gap must not read as zero risk. */
export interface DeskCoverage {
  /** Accounts that the source named; NaN while it is not known. */
  readonly inSource: number;
  readonly loaded: number;
  /** Accounts left out, each counted once, by the first reason met. */
  readonly skipped: number;
  readonly skippedReasons: readonly { readonly reason: string; readonly count: number }[];
  /** Loaded, but something is missing that the state depends on. */
  readonly indeterminate: number;
  /** Loaded, with a price behind the figures that is older than its market's limit. */
  readonly overAge: number;
  /** Without a linear form: decided by the exact engine, row by row. Counted among the loaded. */
  readonly exactOnly: number;
}

export interface DeskProgress {
  readonly of: 'open' | 'export';
  readonly stage: 'reading' | 'building' | 'certifying' | 'writing';
  /** 0 … 1; NaN while it cannot be told. */
  readonly fraction: number;
  /** Accounts (export: rows) so far, and a second. */
  readonly done: number;
  readonly perSecond: number;
  readonly elapsedMs: number;
  /** NaN while it cannot be told. */
  readonly remainingMs: number;
}

/** Instruments of the open book, by index: what legs refer to. */
export interface DeskInstruments {
  readonly count: number;
  readonly id: readonly string[];
  /** Base asset: the feeds' word. */
  readonly market: readonly string[];
  readonly venue: readonly string[];
}

/** What does not move with prices: sent when a book is opened and whenever it changes. */
export interface DeskBook {
  /** Counts up with every book that is opened, and when its columns move in memory. */
  readonly bookSequence: number;
  readonly name: string;
  readonly asOf: string;
  /** Unit of account of the totals: `USD`. */
  readonly unit: string;
  readonly count: number;
  /** Names by the code that `DeskRows.venue` holds. */
  readonly venues: readonly string[];
  readonly venueNames: readonly string[];
  /** Markets of the book, by falling open interest at its own prices. */
  readonly markets: readonly string[];
  readonly instruments: DeskInstruments;
  /** Where the columns lie, when page and worker share memory; otherwise null. */
  readonly shared: DeskShared | null;
}

/** Memory that page and worker both see. Read it through `reader.ts`, never directly. */
export interface DeskShared {
  readonly columns: {
    readonly buffer: SharedArrayBuffer;
    readonly byteOffset: number;
    readonly accountCapacity: number;
    readonly legCapacity: number;
  };
  /** Ids and labels. */
  readonly strings: { readonly buffer: SharedArrayBuffer; readonly count: number; readonly byteLength: number };
  /** Notional per unit of size and time of the price, by instrument; sequence number; order of the rows. */
  readonly board: {
    readonly buffer: SharedArrayBuffer;
    readonly instrumentCount: number;
    readonly setCount: number;
    readonly rowCapacity: number;
  };
}

/** Rows as columns; every array has `count` entries. */
export interface DeskRows {
  readonly count: number;
  readonly account: readonly string[];
  readonly label: readonly string[];
  /** Code: an index into `RISK_STATES`. */
  readonly state: Uint8Array;
  /** Index into `DeskBook.venues`. */
  readonly venue: Uint8Array;
  /** Amounts are in the desk's unit of account. */
  readonly equity: Float64Array;
  readonly grossNotional: Float64Array;
  readonly leverage: Float64Array;
  readonly marginRatio: Float64Array;
  readonly maintenance: Float64Array;
  readonly initialMargin: Float64Array;
  readonly marginExcess: Float64Array;
  readonly bufferShare: Float64Array;
  readonly shock: Float64Array;
  readonly nearest: Float64Array;
  /** Index into `DeskBook.instruments`; −1 where there is none, −2 where it has not been looked for yet. */
  readonly nearestInstrument: Int32Array;
  readonly biggest: Float64Array;
  readonly biggestInstrument: Int32Array;
  readonly positions: Float64Array;
  readonly age: Float64Array;
  /** 1: on the watch-list. */
  readonly watched: Uint8Array;
}

/** Counts of accounts by state, over time; ≤ 300 samples. */
export interface DeskStateHistory {
  readonly timeMs: Float64Array;
  /** One array a state, in the order of `RISK_STATES`. */
  readonly counts: readonly Uint32Array[];
}

export interface DeskTally {
  readonly accounts: number;
  readonly notional: number;
}

/** A histogram: bin i holds edges[i] ≤ value < edges[i + 1]. Bins and the five beside them add up to all accounts. */
export interface DeskDistribution {
  readonly column: 'leverage' | 'marginRatio';
  /** One more than bins. */
  readonly edges: Float64Array;
  readonly accounts: Float64Array;
  readonly notional: Float64Array;
  readonly under: DeskTally;
  readonly over: DeskTally;
  /** Equity is not above zero: worse than any bin. */
  readonly insolvent: DeskTally;
  /** Nothing is carried. */
  readonly empty: DeskTally;
  readonly indeterminate: DeskTally;
}

/** Notional that a move of the price liquidates, by rung of that move; exact from the accounts. */
export interface DeskLadder {
  /** '' moves all. */
  readonly market: string;
  readonly step: number;
  /** Signed end of each rung: −0.01, −0.02 …, 0.01, 0.02 …; a rung reaches from the one before it towards zero. */
  readonly move: Float64Array;
  /** Notional of the market that closes with the rung, by side. */
  readonly long: Float64Array;
  readonly short: Float64Array;
  /** Notional of other markets that closes with it: a pool closes as a whole. */
  readonly otherLong: Float64Array;
  readonly otherShort: Float64Array;
  /** Pools that close: an account's cross pool and each isolated position are liquidated by themselves. */
  readonly pools: Float64Array;
  /** Past their line already, at no move. */
  readonly alreadyLong: number;
  readonly alreadyShort: number;
  readonly alreadyPools: number;
  /** Pools that could not be placed because something about them is not known, and what they carry. */
  readonly undecidedPools: number;
  readonly undecidedNotional: number;
}

/** One row a market and venue, by falling open interest; amounts in the desk's unit. */
export interface DeskOpenInterest {
  readonly count: number;
  readonly market: readonly string[];
  readonly venue: readonly string[];
  readonly long: Float64Array;
  readonly short: Float64Array;
  /** The larger of the two sides. */
  readonly openInterest: Float64Array;
  /** Accounts that hold it. */
  readonly accounts: Float64Array;
  /** Equity behind it: each account's, shared out among its markets by notional. */
  readonly equity: Float64Array;
  /** Notional ÷ equity behind it; NaN where that is not above zero. */
  readonly leverage: Float64Array;
  readonly venues: DeskVenueLeverage;
}

/** One row a venue, in the order of `DeskBook.venues`. */
export interface DeskVenueLeverage {
  readonly venue: readonly string[];
  readonly accounts: Float64Array;
  readonly openInterest: Float64Array;
  /** Of all its accounts, also of those that carry nothing. */
  readonly equity: Float64Array;
  /** Open interest ÷ equity. */
  readonly leverage: Float64Array;
}

/** How much of the gross notional few hold; NaN where nobody holds any. */
export interface DeskConcentration {
  /** Share of the largest `top[i]` accounts. */
  readonly top: Uint32Array;
  readonly share: Float64Array;
  /** Σ share², 0 … 1. */
  readonly herfindahl: number;
  /** 0: all alike; towards 1: one holds all. */
  readonly gini: number;
  /** Accounts that carry anything, and what they carry. */
  readonly holders: number;
  readonly total: number;
  /** Accounts whose notional is not known. */
  readonly unknown: number;
}

export interface DeskWhales {
  /** By falling gross notional. */
  readonly largest: DeskRows;
  /** Not yet liquidated, by rising margin excess: the fewest dollars from their line first. */
  readonly nearest: DeskRows;
}

/** The accounts on one side: those whose long (short) notional is the larger. */
export interface DeskSide {
  readonly accounts: number;
  readonly notional: number;
  readonly equity: number;
  /** Σ notional ÷ Σ equity; NaN without accounts. */
  readonly leverage: number;
  /** Equity not above zero: in neither sum. */
  readonly insolvent: number;
  readonly insolventNotional: number;
}

/** Whether longs or shorts carry more leverage. */
export interface DeskSkew {
  readonly long: DeskSide;
  readonly short: DeskSide;
  /** Accounts whose sides cancel, and accounts of which something is not known. */
  readonly balanced: number;
  readonly unknown: number;
  /** (long − short) ÷ (long + short) of the two leverages: above zero longs carry more; NaN where a side is empty. */
  readonly skew: number;
}

/** The whole book in the desk's unit of account. */
export interface DeskTotals {
  readonly equity: number;
  readonly grossNotional: number;
  readonly maintenance: number;
  /** Gross notional ÷ equity. */
  readonly leverage: number;
  readonly marginRatio: number;
  /** Pools that the figures leave out, as one of theirs is not known. */
  readonly unknownPools: number;
}

/** What the last tick cost. */
export interface DeskWork {
  readonly tickMs: number;
  readonly touchedBlocks: number;
  readonly blocks: number;
  /** Accounts that the exact engine decided in it. */
  readonly exactAccounts: number;
}

export type DeskFrame =
  | DeskAlarmsFrame
  | {
      readonly kind: 'desk-opened';
      readonly requestId: number;
      readonly name: string;
      readonly coverage: DeskCoverage;
      readonly rejects: readonly DeskReject[];
      readonly elapsedMs: number;
    }
  | { readonly kind: 'desk-book'; readonly book: DeskBook | null }
  | {
      readonly kind: 'desk-status';
      readonly coverage: DeskCoverage | null;
      readonly progress: DeskProgress | null;
    }
  /** Request 0: a window of the query in force, sent because prices or rows moved; otherwise the answer to that query. */
  | {
      readonly kind: 'desk-window';
      readonly requestId: number;
      readonly bookSequence: number;
      readonly sequence: number;
      readonly clockMs: number;
      readonly total: number;
      readonly matched: number;
      readonly from: number;
      /** Row numbers, in order; they hold for this `rowVersion` only. */
      readonly rowIds: Uint32Array;
      readonly rowVersion: number;
      /** The rows themselves; null where memory is shared: read them there. */
      readonly rows: DeskRows | null;
      /** The watched accounts that the book holds, in the order of the watch-list, whatever the filter says: the page pins them above the rest. */
      readonly watched: DeskRows;
      /** Shared memory only: which order of all matched rows is whole, and how many it has; −1 none. */
      readonly orderSlot: number;
      readonly orderLength: number;
      /** The order is held as the query wished. */
      readonly frozen: boolean;
    }
  | {
      readonly kind: 'desk-panels';
      readonly bookSequence: number;
      readonly clockMs: number;
      readonly totals: DeskTotals;
      readonly stateCounts: Uint32Array;
      readonly work: DeskWork;
      /** Absent: not wished for, or not changed since it was last sent. */
      readonly states?: DeskStateHistory;
      readonly leverage?: DeskDistribution;
      readonly marginRatio?: DeskDistribution;
      readonly ladder?: DeskLadder;
      readonly openInterest?: DeskOpenInterest;
      readonly concentration?: DeskConcentration;
      readonly whales?: DeskWhales;
      readonly skew?: DeskSkew;
    }
  | {
      readonly kind: 'desk-exported';
      readonly requestId: number;
      readonly name: string;
      /** The file is these, one after the other. */
      readonly parts: readonly FilePart[];
      readonly rows: number;
    };

export type DeskWindow = Extract<DeskFrame, { readonly kind: 'desk-window' }>;
export type DeskPanelsFrame = Extract<DeskFrame, { readonly kind: 'desk-panels' }>;
export type DeskOpened = Extract<DeskFrame, { readonly kind: 'desk-opened' }>;
