/** The journal's database: its versions, and the way from each to the next (rule JN-1). */
import { type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { type Change, KEY_FIELDS, type KeySpan, type ShelfKey, type ShelfName, type Shelves } from './shelves.ts';

export const DATABASE = 'plimsoll/journal';
export const VERSION = 2;

type Upgrade = IDBPTransaction<unknown, string[], 'versionchange'>;

/** From version n (from 0: nothing) to n + 1. Each is as it was released, and is never changed afterwards. */
const MIGRATIONS: readonly ((database: IDBPDatabase, transaction: Upgrade) => Promise<void> | void)[] = [
  (database) => {
    for (const [store, [first, ...more]] of Object.entries(KEY_FIELDS))
      database.createObjectStore(store, { keyPath: more.length === 0 ? first! : [first!, ...more] });
  },
  // Rows learn when they were kept: before, it was taken to be the feed's clock, which may be years off. And what cannot be read has a place.
  async (database, transaction) => {
    database.createObjectStore('set-aside', { autoIncrement: true });
    for (const [store, timeOf] of KEPT_BEFORE) {
      for (let cursor = await transaction.objectStore(store).openCursor(); cursor; cursor = await cursor.continue()) {
        const row = cursor.value as Raw;
        if (typeof row === 'object' && row !== null && row.keptMs === undefined) await cursor.update({ ...row, keptMs: timeOf(row) });
      }
    }
  },
];

type Raw = Readonly<Record<string, unknown>>;
const field = (row: unknown, name: string): unknown => (typeof row === 'object' && row !== null ? (row as Raw)[name] : undefined);

const KEPT_BEFORE: readonly (readonly [store: string, timeOf: (row: Raw) => unknown])[] = [
  ['events', ({ event }) => field(event, 'atMs')],
  ['episodes', ({ episode }) => field(episode, 'raisedMs')],
  ['acknowledgements', ({ atMs }) => atMs],
  ['machines', ({ clockMs }) => clockMs],
  ['samples', ({ timeMs }) => timeMs],
];

export interface OpenOptions {
  readonly name?: string;
  /** The database was taken away: by the browser, or by a newer version of the page in another tab. */
  readonly onLost: (reason: string) => void;
}

/** Opens the database, brought to the present version. Rejects where the browser keeps none, or the disk is broken. */
export async function openDatabase({ name = DATABASE, onLost }: OpenOptions): Promise<Shelves> {
  const database = await openDB(name, VERSION, {
    upgrade: async (opened, oldVersion, _newVersion, transaction) => {
      for (const migrate of MIGRATIONS.slice(oldVersion)) await migrate(opened, transaction as unknown as Upgrade);
    },
    blocking: (_current, _next, event) => {
      (event.target as IDBDatabase).close();
      onLost('a newer version of this page is open in another tab: reload this one');
    },
    terminated: () => onLost('the browser closed the database'),
  });
  return shelvesOf(database);
}

const rangeOf = ({ from, to }: KeySpan): IDBKeyRange => IDBKeyRange.bound(from, to);

const shelvesOf = (database: IDBPDatabase): Shelves => ({
  read: async (shelf, span) => {
    const store = database.transaction(shelf).store;
    const range = span && rangeOf(span);
    const [keys, rows] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
    return keys.map((key, i) => ({ key: key as ShelfKey, row: rows[i] as unknown }));
  },
  keys: (shelf) => database.getAllKeys(shelf) as Promise<ShelfKey[]>,
  known: async (shelf, keys) => {
    const store = database.transaction(shelf).store;
    const found = await Promise.all(keys.map((key) => store.getKey(key as IDBValidKey)));
    return found.filter((key) => key !== undefined) as ShelfKey[];
  },
  count: (shelf) => database.count(shelf),
  apply: async (changes, isStrict) => {
    if (changes.length === 0) return;
    const shelves = [...new Set(changes.map(({ shelf }) => shelf))];
    const transaction = database.transaction(shelves, 'readwrite', { durability: isStrict ? 'strict' : 'relaxed' });
    // Awaited together: an answer that nobody waits for would be an error of its own when the transaction is broken off.
    const work: Promise<unknown>[] = [transaction.done];
    try {
      for (const change of changes) work.push(carriedOut(transaction, change));
    } catch (error) {
      brokenOff(transaction);
      await Promise.allSettled(work);
      throw error;
    }
    await Promise.all(work);
  },
  close: () => database.close(),
});

/** Ends a transaction without any of it; one that is over already has nothing to end. */
function brokenOff(transaction: Pick<IDBTransaction, 'abort'>): void {
  try {
    transaction.abort();
  } catch {
    return;
  }
}

function carriedOut(transaction: IDBPTransaction<unknown, ShelfName[], 'readwrite'>, change: Change): Promise<unknown> {
  const store = transaction.objectStore(change.shelf);
  switch (change.kind) {
    case 'put':
      return store.put(change.row);
    case 'delete':
      return store.delete(change.key as IDBValidKey);
    case 'delete-span':
      return store.delete(rangeOf(change.span));
    case 'clear':
      return store.clear();
  }
}
