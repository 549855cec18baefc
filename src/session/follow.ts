/**
 * The account of a watched address on the margin page: each new reading of the address takes the place of the one before, and all else goes on. Rules WL-9 to WL-12 of
 * docs/spec/watched-addresses.md.
 */
import type { Account, Book } from '../domain/book.ts';
import type { SourceView } from './protocol.ts';
import { initialKeys, type Loaded, type SessionState } from './state.ts';

/** What follows once its book was changed here: nothing. A reading would undo what was done by hand. */
export const asChangedHere = (loaded: Loaded): Loaded => leaving(loaded, 'the account was changed here');

const GONE = 'the venue lists the account no more';

const leaving = (loaded: Loaded, left: string): Loaded =>
  loaded.followed?.left === '' ? { ...loaded, followed: { address: loaded.followed.address, left } } : loaded;

/** Whether what is shown is this account already, as it was read or restored, with nothing changed by hand. */
export const isShown = (loaded: Loaded | null, selected: string): loaded is Loaded =>
  loaded !== null &&
  loaded.selected === selected &&
  loaded.undo.length === 0 &&
  loaded.redo.length === 0 &&
  (loaded.followed?.left ?? '') === '';

/** `loaded` with its address read within its limit, or not; itself where that is known. */
export const aged = (loaded: Loaded, follows: string, isOld: boolean): Loaded => {
  const { followed } = loaded;
  if (followed?.address !== follows || followed.left !== '' || (followed.isOld ?? false) === isOld) return loaded;
  return { ...loaded, followed: { ...followed, isOld } };
};

/** The feed as it counts for what is shown: where the followed address is not read no price makes it new, so an alarm may be raised and none is cleared (WL-8). */
export function sourceFor({ source, loaded }: Pick<SessionState, 'source' | 'loaded'>): SourceView {
  const { status } = source;
  if (!loaded?.followed?.isOld || source.kind === 'none' || status.state === 'lost') return source;
  return { ...source, status: { ...status, state: 'stale' } };
}

/** `loaded` with a new reading in it; itself where the reading is older, or nothing is followed. */
export function refreshed(loaded: Loaded, name: string, book: Book, follows: string): Loaded {
  const { followed } = loaded;
  if (followed?.address !== follows || followed.left !== '') return loaded;
  return Date.parse(book.asOf) < Date.parse(loaded.book.asOf) ? loaded : replaced(loaded, name, book);
}

/** `loaded` with `book` in place of its own, whatever its age: positions that are the same keep their keys (SE-9). */
export function replaced(loaded: Loaded, name: string, book: Book): Loaded {
  if (!book.accounts.some(({ id }) => id === loaded.selected)) return leaving(loaded, GONE);
  let { keySerial } = loaded;
  const keys = new Map<string, readonly string[]>();
  for (const [id, held] of loaded.keys) {
    const [before, after] = [accountOf(loaded.book, id), accountOf(book, id)];
    if (!after) continue;
    const next = before ? keysAfter(before, held, after, keySerial) : { keys: initialKeys(after), keySerial };
    keys.set(id, next.keys);
    ({ keySerial } = next);
  }
  return { ...loaded, name, book, keys, keySerial };
}

const accountOf = (book: Book, id: string): Account | undefined => book.accounts.find((account) => account.id === id);

/** Same instrument, side and margin mode; of several such the first that is left. */
function keysAfter(before: Account, held: readonly string[], after: Account, serial: number) {
  const identityOf = ({ instrument, size, marginMode }: Account['positions'][number]): string =>
    `${instrument} ${size.isNegative()} ${marginMode}`;
  const left = new Map<string, string[]>();
  before.positions.forEach((position, i) => {
    const identity = identityOf(position);
    left.set(identity, [...(left.get(identity) ?? []), held[i] as string]);
  });
  let keySerial = serial;
  const keys = after.positions.map((position) => left.get(identityOf(position))?.shift() ?? `${position.instrument}+${++keySerial}`);
  return { keys, keySerial };
}
