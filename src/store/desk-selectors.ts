/** The desk's part of the one door to the figures: like selectors.ts, functions that answer the same object while nothing has changed. */
import type {
  DeskAlarmsFrame,
  DeskBook,
  DeskCoverage,
  DeskFilter,
  DeskOpened,
  DeskPanelsWish,
  DeskProgress,
  DeskQuery,
  DeskSort,
  DeskTotals,
  DeskWork,
} from '../session/protocol.ts';
import type { AppState, DeskPanels, DeskSavedView, DeskState, DeskWindowState } from './types.ts';

export const selectDesk = (state: AppState): DeskState => state.desk;
export const selectDeskAlarms = (state: AppState): DeskAlarmsFrame | null => state.desk.alarms;
export const selectDeskBook = (state: AppState): DeskBook | null => state.desk.book;
export const selectIsDeskOpen = (state: AppState): boolean => state.desk.book !== null;
export const selectDeskSource = (state: AppState): DeskState['source'] => state.desk.source;
export const selectDeskCoverage = (state: AppState): DeskCoverage | null => state.desk.coverage;
export const selectDeskProgress = (state: AppState): DeskProgress | null => state.desk.progress;
export const selectDeskOpened = (state: AppState): DeskOpened | null => state.desk.opened;
export const selectDeskQuery = (state: AppState): DeskQuery => state.desk.query;
export const selectDeskFilter = (state: AppState): DeskFilter => state.desk.query.filter;
export const selectDeskSort = (state: AppState): readonly DeskSort[] => state.desk.query.sort;
export const selectDeskWindow = (state: AppState): DeskWindowState | null => state.desk.window;
export const selectDeskMatched = (state: AppState): number => state.desk.window?.matched ?? 0;
export const selectDeskWish = (state: AppState): DeskPanelsWish => state.desk.wish;
export const selectDeskPanels = (state: AppState): DeskPanels | null => state.desk.panels;
export const selectDeskTotals = (state: AppState): DeskTotals | null => state.desk.panels?.totals ?? null;
export const selectDeskStateCounts = (state: AppState): Uint32Array | null => state.desk.panels?.stateCounts ?? null;
export const selectDeskWork = (state: AppState): DeskWork | null => state.desk.panels?.work ?? null;
export const selectDeskViews = (state: AppState): readonly DeskSavedView[] => state.desk.views;
export const selectWatched = (state: AppState): readonly string[] => state.desk.watched;

/** One panel's newest figures. Keep the function: `const selectLadder = selectDeskPanel('ladder')`. */
export const selectDeskPanel =
  <K extends 'states' | 'leverage' | 'marginRatio' | 'ladder' | 'openInterest' | 'concentration' | 'whales' | 'skew'>(panel: K) =>
  (state: AppState): NonNullable<DeskPanels[K]> | null =>
    (state.desk.panels?.[panel] as NonNullable<DeskPanels[K]> | undefined) ?? null;
