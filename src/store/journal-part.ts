/** What the journal brings into the state, for the parts of the page that come after the first load. */
import type { StoreApi } from 'zustand/vanilla';
import { addNotice, dropNotices } from './notices.ts';
import { DEFAULT_SETTINGS, readSettings } from './settings.ts';
import type { AppState, Settings } from './types.ts';

/** One catch-up takes the place of the one before. */
export const sayAway = (store: StoreApi<AppState>, text: string): void =>
  store.setState(({ notices }) => ({
    notices: addNotice(dropNotices(notices, 'away'), { kind: 'away', severity: 'info', text, faults: [] }),
  }));

/** Settings as the journal has them; what does not fit has its default. */
export const settingsOf = (text: string): Settings => readSettings({ getItem: () => text, setItem: () => undefined });

/** Whether nothing was ever chosen here. */
export const areUntouched = (settings: Settings): boolean => JSON.stringify(settings) === JSON.stringify(DEFAULT_SETTINGS);
