/** What the desk's parts share: how often they look, which filter they change, and how a picture says when and whence. */
import { useCallback } from 'react';
import { selectDeskBook, selectDeskFilter, selectTimeZone } from '../../store/selectors.ts';
import type { AppState, DeskBook, DeskFilter, DeskPanels } from '../../store/types.ts';
import { formatInstant } from '../format/time.ts';
import { useActions, useApp, useAppEvery, useAppStore } from '../shared/app-context.tsx';

/** Panels are drawn at most this often. */
export const PANEL_INTERVAL_MS = 1000;

export const useBook = (): DeskBook | null => useApp(selectDeskBook);

/** The filter in force, and how it is changed. */
export function useFilter(): readonly [DeskFilter, (change: (filter: DeskFilter) => DeskFilter) => void] {
  const actions = useActions();
  const store = useAppStore();
  const filter = useApp(selectDeskFilter);
  const change = useCallback(
    (next: (filter: DeskFilter) => DeskFilter) => void actions.desk.query({ filter: next(selectDeskFilter(store.getState())) }),
    [actions, store],
  );
  return [filter, change];
}

/** One panel's figures, looked at once a second. The selector is kept outside the component. */
export const usePanel = <T>(selector: (panels: DeskPanels) => T): T | undefined => {
  const select = useCallback((state: AppState) => (state.desk.panels ? selector(state.desk.panels) : undefined), [selector]);
  return useAppEvery(select, PANEL_INTERVAL_MS);
};

const selectClock = (panels: DeskPanels): number => panels.clockMs;

/** `Population 42 · 22 Nov 2026, 20:15:00 UTC · Plimsoll`. */
export function useSourceText(): string {
  const book = useBook();
  const clockMs = usePanel(selectClock) ?? Number.NaN;
  const zone = useApp(selectTimeZone);
  const when = Number.isFinite(clockMs) ? formatInstant(clockMs, zone) : (book?.asOf ?? '');
  return [book?.name ?? '', when, 'Plimsoll'].filter((text) => text !== '').join(' · ');
}

/** Turns a venue's id into its name. */
export function useVenueName(): (id: string) => string {
  const book = useBook();
  return useCallback((id: string) => book?.venueNames[book.venues.indexOf(id)] ?? id, [book]);
}
