/** What this device remembers of the desk: saved views and the watch-list. Read like the settings: what does not fit is dropped. */
import { DESK_WATCHED_MAX } from '../session/protocol.ts';
import { decodeDeskLink, encodeDeskLink } from './desk-link.ts';
import type { SettingsStorage } from './settings.ts';
import type { DeskSavedView } from './types.ts';

export const DESK_KEY = 'plimsoll/desk/1';

export const DESK_VIEWS_MAX = 50;
const NAME_LENGTH_MAX = 60;

export interface DeskMemory {
  readonly views: readonly DeskSavedView[];
  /** Account ids, in the order in which they were pinned. */
  readonly watched: readonly string[];
}

const NOTHING: DeskMemory = { views: [], watched: [] };

/** The views and the watch-list that `storage` holds. Storage that throws is as if empty. */
export function readDeskMemory(storage: SettingsStorage): DeskMemory {
  try {
    const raw: unknown = JSON.parse(storage.getItem(DESK_KEY) ?? 'null');
    if (typeof raw !== 'object' || raw === null) return NOTHING;
    const { views, watched } = raw as Readonly<Record<string, unknown>>;
    return {
      views: Array.isArray(views) ? views.flatMap(readView).slice(0, DESK_VIEWS_MAX) : [],
      watched: Array.isArray(watched) ? [...new Set(watched.filter(isAccountId))].slice(0, DESK_WATCHED_MAX) : [],
    };
  } catch {
    return NOTHING;
  }
}

/** Remembers them. A device that refuses only forgets. */
export function writeDeskMemory(storage: SettingsStorage, { views, watched }: DeskMemory): void {
  const links = views.map(({ name, view }) => ({ name, link: encodeDeskLink(view) }));
  try {
    storage.setItem(DESK_KEY, JSON.stringify({ views: links, watched }));
  } catch {
    return;
  }
}

/** A name as it is kept: without space at its ends, of a length that fits a menu; '' is none. */
export const viewName = (name: string): string => name.trim().slice(0, NAME_LENGTH_MAX);

const isAccountId = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= 1_000;

function readView(raw: unknown): DeskSavedView[] {
  if (typeof raw !== 'object' || raw === null) return [];
  const { name, link } = raw as Readonly<Record<string, unknown>>;
  const view = typeof link === 'string' ? decodeDeskLink(link) : undefined;
  return view && typeof name === 'string' && viewName(name) !== '' ? [{ name: viewName(name), view }] : [];
}
