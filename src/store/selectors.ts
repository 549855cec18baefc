/**
 * The one door to the figures: functions of the state that answer the same object as long as nothing they read has changed
 * (the store shares what is unchanged from snapshot to snapshot). Live and what-if never mix: a selector reads one of them.
 */
import type {
  AccountSummary,
  AccountView,
  FigureCell,
  HistoryColumns,
  InstrumentColumns,
  MarketColumns,
  PoolCells,
  PoolView,
  PositionColumns,
  RiskState,
  SourceView,
} from '../session/protocol.ts';
import { EMPTY_LAYOUT } from './settings.ts';
import type {
  AlarmsFrame,
  AppState,
  BalanceColumns,
  ConnectionState,
  JournalHeard,
  JournalStatus,
  Notice,
  ProfitPalette,
  Settings,
  TableLayout,
  Theme,
  TimeZoneChoice,
  WhatIfState,
} from './types.ts';

const NO_ACCOUNTS: readonly AccountSummary[] = [];
const NO_POOLS: readonly PoolView[] = [];
const NO_INSTRUMENTS: InstrumentColumns = { count: 0, id: [], base: [] };

export const selectConnection = (state: AppState): ConnectionState => state.connection;
/** Why nothing that is shown is live, whatever the feed said last: the engine is silent or gone; '' while it speaks. */
export const selectEngineTrouble = ({ silentMs, connection: { kind } }: AppState): string => {
  if (kind === 'restarting' || kind === 'failed') return kind === 'failed' ? 'engine stopped' : 'engine restarting';
  return silentMs > 0 ? `engine silent ${Math.floor(silentMs / 1000)}\u202fs` : '';
};
export const selectNotices = (state: AppState): readonly Notice[] => state.notices;

/** True once figures are there. */
export const selectIsReady = (state: AppState): boolean => state.snapshot?.account != null;

export const selectAccounts = (state: AppState): readonly AccountSummary[] => state.snapshot?.accounts ?? NO_ACCOUNTS;
export const selectSelectedAccount = (state: AppState): string => state.snapshot?.selectedAccount ?? '';
export const selectInstruments = (state: AppState): InstrumentColumns => state.snapshot?.instruments ?? NO_INSTRUMENTS;
export const selectBookName = (state: AppState): string => state.snapshot?.bookName ?? '';
export const selectAsOf = (state: AppState): string => state.snapshot?.asOf ?? '';
export const selectCanUndo = (state: AppState): boolean => state.snapshot?.canUndo ?? false;
export const selectCanRedo = (state: AppState): boolean => state.snapshot?.canRedo ?? false;
export const selectComputeMs = (state: AppState): number => state.snapshot?.computeMs ?? Number.NaN;

/** The live account, never the one under a what-if. */
export const selectAccount = (state: AppState): AccountView | null => state.snapshot?.account ?? null;
export const selectRiskState = (state: AppState): RiskState | null => state.snapshot?.account?.riskState ?? null;
export const selectCells = (state: AppState): PoolCells | null => state.snapshot?.account?.cells ?? null;
export const selectPools = (state: AppState): readonly PoolView[] => state.snapshot?.account?.pools ?? NO_POOLS;
export const selectPositions = (state: AppState): PositionColumns | null => state.snapshot?.account?.positions ?? null;
export const selectBalances = (state: AppState): BalanceColumns | null => state.snapshot?.account?.balances ?? null;
export const selectSnapshot = (state: AppState): AppState['snapshot'] => state.snapshot;
export const selectMarkets = (state: AppState): MarketColumns | null => state.snapshot?.markets ?? null;
export const selectHistory = (state: AppState): HistoryColumns | null => state.history;
export const selectSource = (state: AppState): SourceView | null => state.snapshot?.source ?? null;

/** Multiple of real time at which the source runs; 0 is paused, NaN is no source. */
export const selectSpeed = (state: AppState): number => {
  const source = state.snapshot?.source;
  return source && source.kind !== 'none' ? source.speed : Number.NaN;
};

/** One headline figure of the live account. Keep the function: `const selectEquity = selectFigure('equity')`. */
export const selectFigure =
  (name: keyof PoolCells) =>
  (state: AppState): FigureCell | null =>
    state.snapshot?.account?.cells[name] ?? null;

/** Age of the oldest price behind the figures, by the feed's clock where one runs; NaN where there is no price or no clock. */
export const selectOldestInputAgeMs = (state: AppState): number => {
  const { account, source } = state.snapshot ?? {};
  return account && source ? source.clockMs - account.oldestInputMs : Number.NaN;
};
export const selectOldestInputMs = (state: AppState): number => state.snapshot?.account?.oldestInputMs ?? Number.NaN;
export const selectIsStale = (state: AppState): boolean => state.snapshot?.account?.stale ?? false;

/** The what-if and nothing else; null when there is none. */
export const selectWhatIf = (state: AppState): WhatIfState | null => state.whatIf;
export const selectIsWhatIf = (state: AppState): boolean => state.whatIf !== null;
export const selectWhatIfAccount = (state: AppState): AccountView | null => state.whatIf?.account ?? null;
export const selectWhatIfFigure =
  (name: keyof PoolCells) =>
  (state: AppState): FigureCell | null =>
    state.whatIf?.account?.cells[name] ?? null;

/** Alarms that stand, and the worst of them; the same text as long as neither changes: `2 warning`, '' for none. */
export const selectAlarmCount = ({ alarms }: AppState): string => {
  const worst = alarms?.standing[0];
  return alarms && worst ? `${alarms.standing.length} ${worst.state}` : '';
};
export const selectAlarms = (state: AppState): AlarmsFrame | null => state.alarms;
export const selectAlarmSound = (state: AppState): boolean => state.settings.alarmSound;
export const selectAlarmNotifications = (state: AppState): boolean => state.settings.alarmNotifications;

export const selectSettings = (state: AppState): Settings => state.settings;
export const selectTheme = (state: AppState): Theme => state.settings.theme;
export const selectTimeZone = (state: AppState): TimeZoneChoice => state.settings.timeZone;
export const selectPalette = (state: AppState): ProfitPalette => state.settings.palette;
export const selectShortcuts = (state: AppState): boolean => state.settings.shortcuts;
export const selectTable =
  (table: string) =>
  (state: AppState): TableLayout =>
    state.settings.tables[table] ?? EMPTY_LAYOUT;

export * from './desk-selectors.ts';

export const selectJournal = (state: AppState): JournalStatus | null => state.journal;
export const selectJournalRole = (state: AppState): JournalStatus['role'] | undefined => state.journal?.role;
export const selectHeard = (state: AppState): readonly JournalHeard[] => state.heard;
