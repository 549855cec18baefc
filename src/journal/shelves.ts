/** Where rows lie: tables with keys, changed all at once or not at all. */
import type { StoreName } from './records.ts';

export type ShelfName = StoreName | 'set-aside';

/** The field, or fields, that make a row's key. Rows set aside are counted. */
export const KEY_FIELDS: Readonly<Record<StoreName, readonly string[]>> = {
  events: ['id'],
  episodes: ['id'],
  acknowledgements: ['id'],
  machines: ['key'],
  samples: ['key', 'timeMs'],
  watchlist: ['account'],
  choices: ['name'],
};

export type ShelfKey = string | number | readonly (string | number)[];

/** Keys from and to included. */
export interface KeySpan {
  readonly from: ShelfKey;
  readonly to: ShelfKey;
}

export interface Entry {
  readonly key: ShelfKey;
  readonly row: unknown;
}

export type Change =
  | { readonly kind: 'put'; readonly shelf: ShelfName; readonly row: object }
  | { readonly kind: 'delete'; readonly shelf: ShelfName; readonly key: ShelfKey }
  | { readonly kind: 'delete-span'; readonly shelf: ShelfName; readonly span: KeySpan }
  | { readonly kind: 'clear'; readonly shelf: ShelfName };

export interface Shelves {
  /** In the order of their keys. */
  readonly read: (shelf: ShelfName, span?: KeySpan) => Promise<readonly Entry[]>;
  readonly keys: (shelf: ShelfName) => Promise<readonly ShelfKey[]>;
  /** Which of these keys there are. */
  readonly known: (shelf: ShelfName, keys: readonly ShelfKey[]) => Promise<readonly ShelfKey[]>;
  readonly count: (shelf: ShelfName) => Promise<number>;
  /** All of them or none. `isStrict`: answered when the disk has it, not when the system does. */
  readonly apply: (changes: readonly Change[], isStrict: boolean) => Promise<void>;
  readonly close: () => void;
}
