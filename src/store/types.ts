/** Everything the page may know: the engine's views as they cross the border, and the state that holds them. */
import type { Fault } from '../domain/fault.ts';
import type { ConnectionState } from '../session/client.ts';
import type {
  AccountView,
  AlarmsFrame,
  DeskAlarmsFrame,
  DeskBook,
  DeskCoverage,
  DeskOpened,
  DeskPanelsFrame,
  DeskPanelsWish,
  DeskProgress,
  DeskQuery,
  DeskRows,
  DeskSource,
  DeskWindow,
  HistoryColumns,
  JournalHeard,
  JournalStatus,
  ReferenceFrame,
  Snapshot,
  WhatIfSpec,
} from '../session/protocol.ts';
import type { DeskView } from './desk-link.ts';

export type { Fault } from '../domain/fault.ts';
export type { FeedState } from '../domain/tick.ts';
export type { ConnectionState } from '../session/client.ts';
export type {
  AccountSummary,
  AccountView,
  AddressesFrame,
  AddressRow,
  AddressTotals,
  AgedPool,
  AlarmOutlook,
  AlarmSaid,
  AlarmSubject,
  AlarmsFrame,
  BackTestColumn,
  BackTestRow,
  BackTestSpec,
  BackTestView,
  BalanceColumns,
  BandLevels,
  BasisRow,
  ClosureFrame,
  ClosureView,
  CollateralCell,
  CollateralMatrix,
  ComparisonRow,
  CostMethodName,
  CureGoal,
  CuresFrame,
  CureView,
  DeskAlarmColumn,
  DeskAlarmQuery,
  DeskAlarmRow,
  DeskAlarmSaid,
  DeskAlarmsFrame,
  DeskBook,
  DeskColumn,
  DeskConcentration,
  DeskCoverage,
  DeskDistribution,
  DeskFilter,
  DeskLadder,
  DeskOpened,
  DeskOpenInterest,
  DeskPanel,
  DeskPanelsFrame,
  DeskPanelsWish,
  DeskProgress,
  DeskQuery,
  DeskRange,
  DeskRows,
  DeskRung,
  DeskSide,
  DeskSkew,
  DeskSortColumn,
  DeskSource,
  DeskStateHistory,
  DisagreementMeter,
  Edit,
  EndedAlarm,
  FeedSpec,
  FigureCell,
  FigureColumn,
  GapView,
  HistoryColumns,
  JournalEventView,
  JournalHeard,
  JournalHistory,
  JournalStatus,
  LiveView,
  NextStep,
  PerformanceSpec,
  PerformanceView,
  PoolCells,
  PoolView,
  PositionColumns,
  ReferenceFrame,
  RiskState,
  RuleChoice,
  ScenarioAttribution,
  ScenarioDriver,
  ScenarioParts,
  ScenarioPreset,
  SingleEdit,
  Snapshot,
  SourceView,
  StandingAlarm,
  StressAxis,
  StressDepth,
  StressImpact,
  StressLending,
  StressModelView,
  StressOutcome,
  StressPaths,
  StressPoolDistances,
  StressQuantiles,
  StressReach,
  StressRows,
  StressScenario,
  StressTotals,
  StressWindow,
  TradeRecord,
  WatchedAccountRow,
  WhatIfSpec,
  WorkingView,
} from '../session/protocol.ts';
export { BACK_TEST_BOUNDS, DESK_COLUMNS, NO_FILTER, NO_SCENARIO, RISK_STATES, SHIPPED_COMPARISON } from '../session/protocol.ts';
export type { WatchedEntry } from './addresses-memory.ts';
export type { AddressesActions, AddressesPart, AddressesState } from './addresses-part.ts';
export type { DeskView } from './desk-link.ts';
export type {
  Measured,
  StressActions,
  StressChanges,
  StressPart,
  StressRequest,
  StressResult,
  StressScope,
  StressState,
  StressTask,
} from './stress-part.ts';
export type { RunningBackTest, Studies } from './studies.ts';

export type Theme = 'system' | 'dark' | 'light';
export type TimeZoneChoice = 'utc' | 'local';
/** Colours of profit and loss; risk has its own. */
export type ProfitPalette = 'green-up' | 'red-up' | 'blue-orange';

/** How one table is laid out; shapes as TanStack Table takes them. */
export interface TableLayout {
  /** Column ids in order; columns not named follow in their own order. */
  readonly columnOrder: readonly string[];
  /** Column id → shown. A column not named is shown as its table says. */
  readonly columnVisibility: Readonly<Record<string, boolean>>;
  readonly sorting: readonly { readonly id: string; readonly desc: boolean }[];
}

/** What the user chose, remembered on this device. */
export interface Settings {
  readonly theme: Theme;
  readonly timeZone: TimeZoneChoice;
  readonly palette: ProfitPalette;
  /** Whether single letters are shortcuts; they can be turned off (WCAG 2.1.4). */
  readonly shortcuts: boolean;
  /** Whether an alarm whose rule says so is heard, and shown by the system where it may be. Off until asked for. */
  readonly alarmSound: boolean;
  readonly alarmNotifications: boolean;
  /** By table name: `positions`. */
  readonly tables: Readonly<Record<string, TableLayout>>;
}

export interface Notice {
  readonly id: number;
  readonly kind: 'engine-restarted' | 'engine-failed' | 'feed-lost' | 'file' | 'desk' | 'desk-link' | 'away' | 'address' | 'fault';
  readonly severity: 'info' | 'warning' | 'error';
  /** One sentence: what happened and what it means. */
  readonly text: string;
  /** Where it is about an input: what is wrong, and where. */
  readonly faults: readonly Fault[];
}

/** A what-if, kept apart from everything live. */
export interface WhatIfState {
  /** What the user asks for now. */
  readonly spec: WhatIfSpec;
  /** The account under `evaluated`; null until the first answer. */
  readonly account: AccountView | null;
  /** The spec that `account` answers: the newest one, or the one before while an answer is on its way. */
  readonly evaluated: WhatIfSpec | null;
}

/** A view of the desk under a name: filter, order and ladder, and where the accounts come from if anybody can have them. */
export interface DeskSavedView {
  readonly name: string;
  readonly view: DeskView;
}

/** The rows that the table shows, as of one instant. */
export interface DeskWindowState
  extends Pick<
    DeskWindow,
    'bookSequence' | 'sequence' | 'clockMs' | 'total' | 'matched' | 'from' | 'watched' | 'frozen' | 'orderSlot' | 'orderLength'
  > {
  readonly rows: DeskRows;
}

/** The newest of each panel; one that was never wished for is not there. */
export type DeskPanels = Omit<DeskPanelsFrame, 'kind'>;

/** What the page knows of the desk. */
export interface DeskState {
  readonly isOnScreen: boolean;
  /** Null while nothing is open. */
  readonly book: DeskBook | null;
  readonly coverage: DeskCoverage | null;
  /** Null while nothing is being opened or written. */
  readonly progress: DeskProgress | null;
  /** The report of the last opening: what was left out, and why. */
  readonly opened: DeskOpened | null;
  /** Where the accounts came from; a file by its name. */
  readonly source: Exclude<DeskSource, { readonly kind: 'file' }> | { readonly kind: 'file'; readonly name: string } | null;
  /** What is asked for, always whole. */
  readonly query: DeskQuery;
  readonly window: DeskWindowState | null;
  readonly wish: DeskPanelsWish;
  readonly panels: DeskPanels | null;
  /** What stands on the desk; null before it was looked at. */
  readonly alarms: DeskAlarmsFrame | null;
  /** Account ids, in the order in which they were pinned; of this device. */
  readonly watched: readonly string[];
  readonly views: readonly DeskSavedView[];
}

export interface AppState {
  readonly desk: DeskState;
  readonly connection: ConnectionState;
  /** For how long the engine has said nothing, ms; 0 while it speaks. */
  readonly silentMs: number;
  /** The live figures; null before the first. */
  readonly snapshot: Snapshot | null;
  readonly history: HistoryColumns | null;
  readonly whatIf: WhatIfState | null;
  readonly notices: readonly Notice[];
  readonly settings: Settings;
  /** Null before the engine has said anything of them. */
  readonly alarms: AlarmsFrame | null;
  /** Null before it was opened. */
  readonly journal: JournalStatus | null;
  /** What several venues say, while they are asked. */
  readonly reference: ReferenceFrame | null;
  /** What other tabs were told lately. */
  readonly heard: readonly JournalHeard[];
}
