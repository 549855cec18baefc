/**
 * Stress over the desk's accounts: what the page may ask, and what it is told. Rules ST-1…ST-15 of docs/spec/stress.md. The open book of
 * the desk is the one that is asked about, unless a command names the account of the margin page; nothing of it changes. Plain data and transferables only.
 *
 * Amounts are in the desk's unit of account. Numbers that come back are doubles, signed, never clamped, NaN where there is none; states
 * are what the exact engine says at the scenario's prices.
 */

import type { WarningCommand, WarningFrame } from './warning-messages.ts';

export type * from './warning-messages.ts';

/** A number as decimal text. */
type Text = string;

/** One row of a margin table that is tried out: floor of notional in the settle currency, maintenance rate as a fraction. */
export interface StressTier {
  readonly notionalFloor: Text;
  readonly maintenanceMarginRate: Text;
}

/**
 * What is tried out. A price becomes price × (1 + beta × all) × (1 + its market's own move), marks and volatile collateral alike; a pegged
 * asset follows its own peg alone. Moves are relative: −0.1 is a fall of ten per cent.
 */
export interface StressScenario {
  /** The move of all markets. */
  readonly all: Text;
  /** By market: how many times the move of all it moves; 1 where it is not named. */
  readonly betas: Readonly<Record<string, Text>>;
  /** By market: its own move, on top. */
  readonly moves: Readonly<Record<string, Text>>;
  /** Collateral marked elsewhere than its market: relative move of the asset's price, on one venue or (null) on all. Comes last. */
  readonly pegs: readonly { readonly asset: string; readonly venue: string | null; readonly move: Text }[];
  /** Share of notional, at the scenario's prices, that longs pay and shorts receive once; below zero the other way round. */
  readonly funding: Text;
  /** By instrument: the margin table that takes the place of its own. */
  readonly tiers: Readonly<Record<string, readonly StressTier[]>>;
}

export const NO_SCENARIO: StressScenario = { all: '0', betas: {}, moves: {}, pegs: [], funding: '0', tiers: {} };

export const STRESS_SORTS = ['marginExcess', 'marginRatio', 'equity', 'grossNotional', 'change'] as const;
/** `change`: equity after − equity before. */
export type StressSort = (typeof STRESS_SORTS)[number];

/** Which rows, in which order. A row without the number comes last. */
export interface StressWindow {
  /** `changed`: another state than now. `liquidated`: past its line in the scenario and not now. */
  readonly only: 'all' | 'changed' | 'liquidated';
  readonly sort: StressSort;
  readonly falling: boolean;
  readonly from: number;
  readonly count: number;
}

/** Prices that one axis of a matrix moves. The two axes of a matrix move different prices. */
export type StressAxis =
  /** One market, every `step` from −reach to +reach. */
  | { readonly kind: 'market'; readonly market: string; readonly reach: number }
  /** Every market but the other axis's, together, by so many of its own σ of a day. `sigmas`: by market, fraction; `otherwise` where not named. */
  | {
      readonly kind: 'sigma';
      readonly sigmas: Readonly<Record<string, number>>;
      readonly otherwise: number;
      readonly reach: number;
    };

/** How deep the books are. An assumption, and to be shown as one. */
export interface StressDepth {
  /** By market: dollars whose sale moves the price by one per cent, all venues together. */
  readonly perCent: Readonly<Record<string, number>>;
  /** The same of a market that is not named; null: infinitely deep. */
  readonly otherwise: number | null;
  /** Share of the depth that is left in stress; 1 is all of it. */
  readonly multiplier: number;
}

/** What stands behind deficits: one fund for everybody, or one for each venue, with deleveraging among its own accounts. Not below zero. */
export type StressFunds =
  | { readonly kind: 'one'; readonly amount: number }
  | { readonly kind: 'venues'; readonly amounts: Readonly<Record<string, number>> };

export const STRESS_PROCEDURES = ['full', 'venue'] as const;
/** `full`: pools are closed whole. `venue`: each venue's own procedure, one step a round. */
export type StressProcedure = (typeof STRESS_PROCEDURES)[number];

export const STRESS_LEFTOVERS = ['keep', 'forfeit'] as const;
/** What is left in a pool that was closed whole: the account's, or the fund's. */
export type StressLeftovers = (typeof STRESS_LEFTOVERS)[number];

export const STRESS_DELEVERAGING = ['pro-rata', 'queue', 'risk-aware', 'venue', 'none'] as const;
/** Who gives what the fund has not (CA-15). */
export type StressDeleveraging = (typeof STRESS_DELEVERAGING)[number];

/** Whom it is about: every account on the desk (where it is left out), or the one that the margin page shows. */
export type StressSubject = 'desk' | 'account';

export type StressCommand =
  /** Null ends the what-if and frees its memory. */
  | {
      readonly kind: 'stress-what-if';
      readonly requestId: number;
      readonly scenario: StressScenario | null;
      readonly window: StressWindow | null;
    }
  /** Other rows of the what-if that stands. */
  | { readonly kind: 'stress-window'; readonly requestId: number; readonly window: StressWindow }
  | {
      readonly kind: 'stress-matrix';
      readonly requestId: number;
      readonly x: StressAxis;
      readonly y: StressAxis;
      readonly subject?: StressSubject;
    }
  | {
      readonly kind: 'stress-cascade';
      readonly requestId: number;
      readonly scenario: StressScenario;
      readonly depth: StressDepth;
      readonly procedure: StressProcedure;
      readonly leftovers: StressLeftovers;
      readonly funds: StressFunds;
      readonly deleveraging: StressDeleveraging;
      readonly subject?: StressSubject;
    }
  | {
      readonly kind: 'stress-feedback';
      readonly requestId: number;
      readonly depth: StressDepth;
      /** The fall whose liquidations are counted: 0.01 to 0.05, say. Negative: a rise. */
      readonly fall: number;
      /** R that the lever is to reach. */
      readonly target: number;
      /** Also s*: some dozens of cascades. */
      readonly hasCritical: boolean;
    }
  | {
      readonly kind: 'stress-paths';
      readonly requestId: number;
      readonly paths: number;
      readonly seed: number;
      /** By market: σ of a day, a fraction; `otherwise` where not named. */
      readonly sigmas: Readonly<Record<string, number>>;
      readonly otherwise: number;
      /** Share of variance that all markets have in common. */
      readonly common: number;
      readonly days: number;
    }
  /**
   * R as prices move: a `stress-watch` frame at once and then at most once a second, whenever some price has moved by `STRESS_WATCH_MOVE` or an
   * account has changed. Stays in force until it is ended, or another takes its place, or another book is opened: then it fails and says so.
   */
  | {
      readonly kind: 'stress-watch';
      readonly requestId: number;
      readonly depth: StressDepth;
      readonly fall: number;
      readonly target: number;
    }
  | WarningCommand
  /** Ends what is under way; null: everything. What ended fails with `STRESS_CANCELLED`. */
  | { readonly kind: 'stress-cancel'; readonly requestId: number; readonly of: StressWork | 'stress-watch' | null };

/** Relative move of some price from which R is computed anew, and the least time between two of them. */
export const STRESS_WATCH_MOVE = 0.0001;
export const STRESS_WATCH_MS = 1_000;

export const STRESS_WORK = [
  'stress-what-if',
  'stress-matrix',
  'stress-cascade',
  'stress-feedback',
  'stress-paths',
  'stress-distance',
  'stress-critical',
  'stress-crowding',
] as const;
export type StressWork = (typeof STRESS_WORK)[number];

/** What a `failed` of something that was ended, or overtaken by a newer one of its kind, says. */
export const STRESS_CANCELLED = 'cancelled';
export const STRESS_SUPERSEDED = 'a newer one took its place';

/** The whole book, before or after. */
export interface StressTotals {
  readonly equity: number;
  readonly maintenance: number;
  readonly grossNotional: number;
  /** Accounts of which something is not known: in none of the three sums. */
  readonly unknown: number;
  /** By code of state, the order of `RISK_STATES`. */
  readonly states: Uint32Array;
}

/** Rows of a what-if, column by column, in order. */
export interface StressRows {
  readonly total: number;
  readonly from: number;
  readonly rowIds: Uint32Array;
  readonly id: readonly string[];
  readonly label: readonly string[];
  readonly before: StressFigures;
  readonly after: StressFigures;
}

export interface StressFigures {
  readonly state: Uint8Array;
  readonly equity: Float64Array;
  readonly grossNotional: Float64Array;
  readonly maintenance: Float64Array;
  readonly marginRatio: Float64Array;
  readonly marginExcess: Float64Array;
}

/** An account behind a market's loop. */
export interface StressCarrier {
  readonly id: string;
  readonly label: string;
  /** R falls by so much without its forced orders. */
  readonly lowers: number;
  /** Dollars of collateral that keep it out of every fall that is counted. */
  readonly topUp: number;
}

/** The loop of the loaded book. */
export interface StressReproduction {
  readonly bookSequence: number;
  /** The feed's clock when the prices were read, ms since the epoch; NaN without a feed. */
  readonly clockMs: number;
  readonly markets: readonly string[];
  /** Spectral radius, and by market its own loop G(i, i). */
  readonly reproduction: number;
  readonly own: Float64Array;
  /** Row by row: share of market i's depth that a fall of market j by h sells, ÷ −ln(1 − h). */
  readonly matrix: Float64Array;
  /** Perron vectors, summing to 1: which prices fall together, and whose fall is most dangerous. NaN where there is none. */
  readonly falling: Float64Array;
  readonly dangerous: Float64Array;
  readonly carriers: readonly StressCarrier[];
  readonly lever: {
    readonly reached: number;
    readonly dollars: number;
    readonly accounts: readonly StressCarrier[];
    /** What the same would take by reducing positions: Σ notional of the accounts above. */
    readonly reduction: number;
  } | null;
  readonly aside: number;
}

export type StressFrame =
  | {
      readonly kind: 'stress-progress';
      readonly requestId: number;
      readonly of: StressWork;
      /** Of a cascade: of its present round. */
      readonly fraction: number;
      /** Of a cascade: rounds played, and accounts closed in them. */
      readonly rounds?: number;
      readonly closed?: number;
    }
  | {
      readonly kind: 'stress-what-if';
      readonly requestId: number;
      readonly bookSequence: number;
      readonly before: StressTotals;
      readonly after: StressTotals;
      /** Accounts by state before (row) and after (column), 8 × 8. */
      readonly transitions: Uint32Array;
      readonly changed: number;
      /** Newly past their line, and Σ notional of theirs that is closed, at present marks. */
      readonly liquidated: number;
      readonly liquidatedNotional: number;
      /** Accounts that the exact engine decided. */
      readonly exactAccounts: number;
      readonly rows: StressRows | null;
      readonly computeMs: number;
    }
  | WarningFrame
  | { readonly kind: 'stress-window'; readonly requestId: number; readonly rows: StressRows }
  /** Comes several times for one request, each finer than the last; `isFinal` with the last. Cells row by row: y × xMoves.length + x. */
  | {
      readonly kind: 'stress-matrix';
      readonly requestId: number;
      readonly bookSequence: number;
      readonly isFinal: boolean;
      readonly xMoves: Float64Array;
      readonly yMoves: Float64Array;
      /** Accounts with a pool that the cell liquidates and that is not past its line now. */
      readonly accounts: Float64Array;
      /** Equity now of the pools that the cell liquidates and that are not past their line now. */
      readonly equityAtRisk: Float64Array;
      /** Their notional at present marks. */
      readonly notional: Float64Array;
      /** Pools that are past their line now, and pools of which nothing can be said. */
      readonly past: number;
      readonly unknown: number;
    }
  | {
      readonly kind: 'stress-cascade';
      readonly requestId: number;
      readonly bookSequence: number;
      readonly markets: readonly string[];
      readonly rounds: readonly StressRound[];
      /** By market: price now, after the shock, at the end. */
      readonly start: Float64Array;
      readonly shocked: Float64Array;
      readonly end: Float64Array;
      /** ln(end ÷ start) ÷ ln(shocked ÷ start); NaN where nothing was shocked. */
      readonly multiplier: Float64Array;
      /** Accounts of which a pool was closed, or moved, by row of the desk. */
      readonly closedRows: Uint32Array;
      readonly closedNotional: number;
      readonly deficits: number;
      /** Leftovers and fees that the funds received. */
      readonly income: number;
      readonly fundStart: number;
      readonly fundEnd: number;
      readonly socialised: number;
      readonly uncovered: number;
      /** Fund by fund: deficits − income = start − end + socialised + uncovered. */
      readonly funds: readonly StressFundFlow[];
      /** Who was deleveraged, by what was taken, the most first: at most `STRESS_TAKERS_MAX` of `takerCount`. */
      readonly takers: readonly StressTaker[];
      readonly takerCount: number;
      /** `exact`: the exact engine, whose ledger sums to zero in integers after every round, or it stops. `columns`: doubles, within ST-7. */
      readonly engine: 'exact' | 'columns';
      /** The rounds ended because nobody was breached; false: they were cut off. */
      readonly isSettled: boolean;
      /** Some accounts are long one market and short another: the end depends on the order, and a larger shock need not close more. */
      readonly isMixed: boolean;
      /** Pools that were neither closed nor counted as safe, and why where that is known. */
      readonly aside: number;
      readonly asideReasons: readonly { readonly reason: string; readonly count: number }[];
    }
  | (StressReproduction & {
      readonly kind: 'stress-feedback';
      readonly requestId: number;
      /** The smallest fall of all markets that starts a self-sustaining cascade; NaN where none within reach, null where not asked for. */
      readonly critical: number | null;
    })
  | (StressReproduction & { readonly kind: 'stress-watch'; readonly requestId: number; readonly isFinal: false })
  /** Comes while paths are being computed, and with the last. */
  | {
      readonly kind: 'stress-paths';
      readonly requestId: number;
      readonly bookSequence: number;
      readonly isFinal: boolean;
      readonly done: number;
      readonly paths: number;
      readonly seed: number;
      /** Liquidated notional, loss of equity, and deficits: at 95 and 99 per cent, each with the ends of its 95 per cent interval. */
      readonly liquidations: StressQuantiles;
      readonly losses: StressQuantiles;
      readonly deficits: StressQuantiles;
      /** Paths by liquidated notional, in bins of equal width from 0 to the largest. */
      readonly histogram: { readonly largest: number; readonly counts: Uint32Array };
      /** Pools that are past their line now, and pools of which nothing can be said: in none of the figures. */
      readonly past: number;
      readonly aside: number;
    };

export interface StressQuantiles {
  readonly mean: number;
  readonly at95: readonly [low: number, value: number, high: number];
  readonly at99: readonly [low: number, value: number, high: number];
  /** Mean of the worst hundredth. */
  readonly shortfall99: number;
}

/** Accounts that a round lists, and that a list of the deleveraged does. */
export const STRESS_LISTED_MAX = 50;
export const STRESS_TAKERS_MAX = 20;

export interface StressAccountName {
  readonly id: string;
  readonly label: string;
  readonly venue: string;
}

export interface StressTaker extends StressAccountName {
  readonly taken: number;
}

export interface StressFundFlow {
  /** The venue, or '' for the one of everybody. */
  readonly fund: string;
  readonly start: number;
  readonly end: number;
  readonly deficits: number;
  readonly income: number;
  readonly socialised: number;
  readonly uncovered: number;
}

export interface StressRound {
  /** Accounts of which a pool was closed, or moved. */
  readonly closed: number;
  /** The first of them by row. */
  readonly listed: readonly StressAccountName[];
  /** Notional closed, at the prices it was filled at. */
  readonly notional: number;
  readonly price: Float64Array;
  readonly deficits: number;
  readonly income: number;
  /** Σ funds after the round, before anybody is deleveraged: below zero it is owed. */
  readonly fund: number;
}

export type StressCascade = Extract<StressFrame, { readonly kind: 'stress-cascade' }>;
export type StressPaths = Extract<StressFrame, { readonly kind: 'stress-paths' }>;
