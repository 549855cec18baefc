/**
 * Studies: long questions about the past, answered by a worker of their own so that prices and alarms never wait for them. Messages
 * between the page and that worker; rules SY-1 to SY-16 of docs/spec/study.md.
 */
import type { Fault } from '../../domain/fault.ts';
import type { HostInput, WorkingView } from '../protocol.ts';

export type FeedUpdate = Extract<HostInput, { readonly kind: 'feed-update' }>;

/** Rules that are compared: shipped ones by name, or a text `alarm-rules/1`. */
export type RuleChoice =
  | { readonly kind: 'shipped' | 'ratio' | 'bare' | 'deadband' }
  | { readonly kind: 'text'; readonly name: string; readonly text: string };

/** `lookMs`: between two looks; simulated prices come as often. */
export type BackTestStream =
  | { readonly kind: 'replay'; readonly name: string; readonly lookMs: number }
  | {
      readonly kind: 'simulated';
      readonly seed: number;
      readonly regime: 'calm' | 'normal' | 'stress';
      readonly days: number;
      readonly lookMs: number;
    };

export type BackTestSubjects =
  /** `book` is `leverage-book/1` text. */
  | { readonly kind: 'account'; readonly book: string; readonly account: string }
  | { readonly kind: 'population'; readonly accounts: number; readonly seed: number }
  /** A long of BTC every week, on simulated prices of `runs` seeds from the stream's on. */
  | { readonly kind: 'weekly-longs'; readonly leverage: number; readonly runs: number };

export interface BackTestSpec {
  readonly rules: readonly [RuleChoice, RuleChoice];
  readonly stream: BackTestStream;
  readonly subjects: BackTestSubjects;
}

/** Bounds of what may be asked, told where the page lets people choose. */
export const BACK_TEST_BOUNDS = {
  lookMs: [1_000, 3_600_000],
  days: [1, 400],
  accounts: [1, 1_000],
  leverage: [1, 100],
  runs: [1, 20],
  /** Looks in all, times accounts: what a machine answers within minutes. */
  accountLooksMax: 1_000_000,
} as const;

/** BT-6 in one click: bare thresholds against a deadband of 0.5σ and an on-delay of an hour, 25 weeks of each of eight seeds. */
export const SHIPPED_COMPARISON: BackTestSpec = {
  rules: [{ kind: 'bare' }, { kind: 'deadband' }],
  stream: { kind: 'simulated', seed: 1, regime: 'normal', days: 175, lookMs: 3_600_000 },
  subjects: { kind: 'weekly-longs', leverage: 8, runs: 8 },
};

/** What one rule set said. NaN where there is no number. */
export interface BackTestColumn {
  readonly name: string;
  readonly announcements: number;
  readonly announcementsPerHour: number;
  readonly notices: number;
  readonly noticesPerHour: number;
  readonly episodes: number;
  readonly liquidations: number;
  readonly withoutWarning: number;
  readonly medianLeadMs: number;
  readonly worstLeadMs: number;
  readonly chattering: number;
  readonly meanStanding: number;
  readonly mostStanding: number;
  readonly floodHours: number;
}

export interface BackTestRow {
  readonly account: string;
  readonly pool: string;
  readonly venue: string;
  /** The stream's clock. */
  readonly atMs: number;
  /** Lead of each rule set; NaN: nothing was said before. */
  readonly leadMs: readonly [number, number];
}

export interface BackTestView {
  readonly looks: number;
  readonly hours: number;
  readonly columns: readonly [BackTestColumn, BackTestColumn];
  /** Announcements of the first ÷ those of the second; NaN where the second had none. */
  readonly timesAsOften: number;
  /** Median lead of the second − that of the first; NaN where either has none. */
  readonly medianLeadGainMs: number;
  /** In the order in which they came; `BACK_TEST_ROWS_MAX` at most. */
  readonly liquidations: readonly BackTestRow[];
  readonly json: string;
  readonly csv: string;
}

export const BACK_TEST_ROWS_MAX = 5_000;

/** A trade as the page knows it; decimal text. `opening`: what was held when the history began, at its entry. */
export interface TradeRecord {
  readonly timeMs: number;
  readonly instrument: string;
  readonly size: string;
  /** Base units per unit of size. */
  readonly contractSize: string;
  readonly price: string;
  readonly fee: string;
  readonly isOpening: boolean;
}

export type CostMethodName = 'fifo' | 'lifo' | 'average';

/** The account's samples, oldest first; decimal text is '' where there is no number, doubles are NaN. */
export interface PerformanceSamples {
  readonly timeMs: Float64Array;
  readonly equityText: readonly string[];
  readonly cashFlowText: readonly string[];
  readonly leverage: Float64Array;
  readonly shock: Float64Array;
  readonly isGap: Uint8Array;
  /** Funding received (+) or paid (−) since the sample before, and of it by instrument where a funding time lay between. */
  readonly fundingText: readonly string[];
  readonly fundingOf: readonly (Readonly<Record<string, string>> | null)[];
  /** Money an hour at the rates that the feed told. */
  readonly fundingPerHourText: readonly string[];
}

/** One position as it stands; decimal text, '' where there is no number. */
export interface HeldPosition {
  readonly instrument: string;
  readonly contract: string;
  /** Base units per unit of size; '': not known. */
  readonly contractSize: string;
  readonly size: string;
  readonly markPrice: string;
}

export interface PerformanceSpec {
  readonly samples: PerformanceSamples;
  readonly positions: readonly HeldPosition[];
  /** Of the pool that positions are margined in; '' where there is none. */
  readonly marginExcess: string;
  readonly unit: string;
  /** What the session saw. */
  readonly trades: readonly TradeRecord[];
  /** A list of trades as CSV; '' for none. In place of `trades` before its last one. */
  readonly tradesCsv: string;
  readonly method: CostMethodName;
  /** Fraction per interval, decimal text; '': what the feed told. Longs pay a positive one. */
  readonly fundingRate: string;
  readonly fundingIntervalMs: number;
}

export interface BasisRow {
  readonly instrument: string;
  readonly trades: number;
  readonly size: string;
  readonly cost: string;
  readonly averagePrice: string;
  readonly markPrice: string;
  readonly realizedPnl: string;
  readonly unrealizedPnl: string;
  readonly fees: string;
  /** Why a figure is not there, or what does not fit; '' where all is well. */
  readonly note: string;
}

/** Lines for charts: min and max of every stretch are kept, NaN is a gap. */
export interface PerformanceLines {
  readonly timeMs: Float64Array;
  readonly equity: Float64Array;
  readonly index: Float64Array;
  readonly drawdown: Float64Array;
  readonly leverage: Float64Array;
  readonly buffer: Float64Array;
}

export interface PerformanceView {
  /** In the order in which they are shown, each with its working; `figure` is its name. */
  readonly figures: readonly WorkingView[];
  readonly lines: PerformanceLines;
  readonly basis: readonly BasisRow[];
  readonly samples: number;
  readonly gaps: number;
  /** What the figures leave out, for people; '' where nothing. */
  readonly note: string;
}

export type StudyCommand =
  /** `baseUrl`: where the app's own files (`replay/`) lie. */
  | { readonly kind: 'study-back-test'; readonly requestId: number; readonly spec: BackTestSpec; readonly baseUrl: string }
  | { readonly kind: 'study-performance'; readonly requestId: number; readonly spec: PerformanceSpec }
  /** Ends what runs; it fails with `cancelled`. Nothing where it is answered already. */
  | { readonly kind: 'study-cancel'; readonly requestId: number };

export type StudyFrame =
  /** Share done, 0 to 1. */
  | { readonly kind: 'study-progress'; readonly requestId: number; readonly share: number }
  | { readonly kind: 'study-back-tested'; readonly requestId: number; readonly result: BackTestView }
  | { readonly kind: 'study-performed'; readonly requestId: number; readonly result: PerformanceView }
  | { readonly kind: 'study-failed'; readonly requestId: number; readonly faults: readonly Fault[] };

export const STUDY_CANCELLED = 'cancelled';

/** Where prices come from: only the worker has feeds. */
export interface StudySources {
  /** What a feed says, look by look, from these start prices (market → decimal text; a replay has its own). */
  readonly updates: (startPrices: Readonly<Record<string, string>>) => Iterable<FeedUpdate>;
  /** BTC walked step by step from 1, by the simulation's model. */
  readonly walk: (seed: number, regime: 'calm' | 'normal' | 'stress', stepMs: number) => () => number;
  /** Length of the stream, ms. */
  readonly spanMs: number;
  readonly startMs: number;
}

/** The studies as their worker runs them. Both throw `InputError` for what cannot be read. */
export interface StudyModule {
  /** The message as a command, or undefined where it has another shape. */
  readonly check: (message: unknown) => StudyCommand | undefined;
  /** Step by step; answers the share that is done. */
  readonly backTest: (spec: BackTestSpec, sources: StudySources) => Generator<number, BackTestView>;
  readonly performance: (spec: PerformanceSpec) => PerformanceView;
}
