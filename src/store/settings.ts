/** The user's choices: defaults, and the reading of what a device remembers. What does not fit is dropped, never trusted. */
import type { Settings, TableLayout } from './types.ts';

/** What the settings are kept in: `localStorage` has this shape. */
export interface SettingsStorage {
  readonly getItem: (key: string) => string | null;
  readonly setItem: (key: string, value: string) => void;
}

export const SETTINGS_KEY = 'plimsoll/settings/1';

export const DEFAULT_SETTINGS: Settings = {
  theme: 'dark',
  timeZone: 'utc',
  palette: 'green-up',
  shortcuts: true,
  alarmSound: false,
  alarmNotifications: false,
  tables: {},
};

export const EMPTY_LAYOUT: TableLayout = { columnOrder: [], columnVisibility: {}, sorting: [] };

const COLUMNS_MAX = 100;
const TABLES_MAX = 20;

/** The remembered settings; a field that is missing, foreign or damaged has its default. Storage that throws is as if empty. */
export function readSettings(storage: SettingsStorage): Settings {
  let raw: unknown;
  try {
    raw = JSON.parse(storage.getItem(SETTINGS_KEY) ?? 'null');
  } catch {
    return DEFAULT_SETTINGS;
  }
  if (!isRecord(raw)) return DEFAULT_SETTINGS;
  return {
    theme: oneOf(raw.theme, ['system', 'dark', 'light'], DEFAULT_SETTINGS.theme),
    timeZone: oneOf(raw.timeZone, ['utc', 'local'], DEFAULT_SETTINGS.timeZone),
    palette: oneOf(raw.palette, ['green-up', 'red-up', 'blue-orange'], DEFAULT_SETTINGS.palette),
    shortcuts: typeof raw.shortcuts === 'boolean' ? raw.shortcuts : DEFAULT_SETTINGS.shortcuts,
    alarmSound: raw.alarmSound === true,
    alarmNotifications: raw.alarmNotifications === true,
    tables: readTables(raw.tables),
  };
}

/** Remembers the settings. A device that refuses (full, private) only forgets them: nothing else depends on it. */
export function writeSettings(storage: SettingsStorage, settings: Settings): void {
  try {
    storage.setItem(SETTINGS_KEY, JSON.stringify(settings));
  } catch {
    return;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const oneOf = <T extends string>(value: unknown, choices: readonly T[], fallback: T): T =>
  choices.find((choice) => choice === value) ?? fallback;

const isColumnId = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= 64;

function readTables(raw: unknown): Record<string, TableLayout> {
  if (!isRecord(raw)) return {};
  const entries = Object.entries(raw).filter(([name, layout]) => isColumnId(name) && name !== '__proto__' && isRecord(layout));
  return Object.fromEntries(entries.slice(0, TABLES_MAX).map(([name, layout]) => [name, readLayout(layout as Record<string, unknown>)]));
}

function readLayout(raw: Record<string, unknown>): TableLayout {
  const { columnOrder, columnVisibility, sorting } = raw;
  return {
    columnOrder: Array.isArray(columnOrder) ? [...new Set(columnOrder.filter(isColumnId))].slice(0, COLUMNS_MAX) : [],
    columnVisibility: isRecord(columnVisibility)
      ? Object.fromEntries(
          Object.entries(columnVisibility)
            .filter(
              (entry): entry is [string, boolean] => isColumnId(entry[0]) && entry[0] !== '__proto__' && typeof entry[1] === 'boolean',
            )
            .slice(0, COLUMNS_MAX),
        )
      : {},
    sorting: Array.isArray(sorting) ? sorting.flatMap(readSort).slice(0, COLUMNS_MAX) : [],
  };
}

const readSort = (raw: unknown): { id: string; desc: boolean }[] =>
  isRecord(raw) && isColumnId(raw.id) && typeof raw.desc === 'boolean' ? [{ id: raw.id, desc: raw.desc }] : [];
