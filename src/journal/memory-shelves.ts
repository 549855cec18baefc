/** Shelves that end with the page: where the browser keeps nothing (rule JN-2). */
import { type Change, type Entry, KEY_FIELDS, type KeySpan, type ShelfKey, type ShelfName, type Shelves } from './shelves.ts';

export function createMemoryShelves(): Shelves {
  const shelves = new Map<ShelfName, Map<string, Entry>>();
  let setAside = 0;
  const shelf = (name: ShelfName): Map<string, Entry> => {
    const found = shelves.get(name) ?? new Map<string, Entry>();
    shelves.set(name, found);
    return found;
  };
  const spanned = (name: ShelfName, span?: KeySpan): Entry[] =>
    [...shelf(name).values()]
      .filter(({ key }) => !span || (compared(key, span.from) >= 0 && compared(key, span.to) <= 0))
      .sort((a, b) => compared(a.key, b.key));
  const change = (one: Change): void => {
    const rows = shelf(one.shelf);
    if (one.kind === 'clear') rows.clear();
    else if (one.kind === 'delete') rows.delete(JSON.stringify(one.key));
    else if (one.kind === 'delete-span') for (const { key } of spanned(one.shelf, one.span)) rows.delete(JSON.stringify(key));
    else {
      const key = one.shelf === 'set-aside' ? ++setAside : keyOf(KEY_FIELDS[one.shelf], one.row);
      rows.set(JSON.stringify(key), { key, row: structuredClone(one.row) });
    }
  };
  return {
    read: (name, span) => Promise.resolve(spanned(name, span)),
    keys: (name) => Promise.resolve(spanned(name).map(({ key }) => key)),
    known: (name, keys) => Promise.resolve(keys.filter((key) => shelf(name).has(JSON.stringify(key)))),
    count: (name) => Promise.resolve(shelf(name).size),
    apply: (changes) => {
      for (const one of changes) change(one);
      return Promise.resolve();
    },
    close: () => shelves.clear(),
  };
}

const keyOf = (fields: readonly string[], row: object): ShelfKey => {
  const parts = fields.map((field) => (row as Readonly<Record<string, string | number>>)[field] ?? '');
  return parts.length === 1 ? (parts[0] as string) : parts;
};

/** As a database orders keys: numbers before text, lists by their parts. */
function compared(a: ShelfKey, b: ShelfKey): number {
  if (typeof a === 'object' && typeof b === 'object') {
    for (const [i, part] of a.entries()) {
      const other = b[i];
      if (other === undefined) return 1;
      const order = compared(part, other);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  return typeof a === 'number' ? -1 : 1;
}
