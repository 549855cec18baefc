/**
 * Hand edits (rules SE-9…SE-13). An edit is made on the book's own text and read back by the reader of files, so that nothing
 * enters by hand that a file could not bring; a refused edit changes nothing.
 */
import type { Account, Book } from '../domain/book.ts';
import { type Fault, InputError, pointerSegment } from '../domain/fault.ts';
import { readBook, writeBook } from '../formats/leverage-book.ts';
import type { ClosedAt, Edit, SingleEdit } from './protocol.ts';
import { type Loaded, type Saved, selectedAccount, selectedKeys } from './state.ts';

/** Steps that can be undone. */
export const UNDO_MAX = 100;

type Json = Record<string, unknown>;
type AccountJson = Json & { balances: Json[]; positions: Json[] };
interface BookJson {
  instruments: Record<string, Json>;
  assets: Record<string, Json>;
  accounts: [AccountJson];
}
type Change = SingleEdit;

/** The book after `edit`. Throws `InputError` with pointers relative to the edit's record. */
export function applyEdit(loaded: Loaded, edit: Edit): Loaded {
  if (edit.kind === 'undo') return travel(loaded, loaded.undo, 'undo');
  if (edit.kind === 'redo') return travel(loaded, loaded.redo, 'redo');
  if (edit.kind === 'several') return applySeveral(loaded, edit);
  if (edit.kind === 'set-back') return setBack(loaded, edit);
  const before = selectedAccount(loaded);
  const at = locate(edit, before);
  const reread = readEdited(loaded.book, before, edit, at);
  const account = reread.accounts[0];
  if (!account) throw new InputError([{ pointer: '', message: 'the account could not be read back' }]);
  const { keys, keySerial } = keysAfter(loaded, edit, before, account);
  return {
    ...loaded,
    book: mergeBook(loaded.book, reread, account, edit),
    keys: new Map(loaded.keys).set(loaded.selected, keys),
    keySerial,
    undo: [...loaded.undo, savedOf(loaded)].slice(-UNDO_MAX),
    redo: [],
  };
}

/** SE-11: several in turn are one step that undo takes back; where one is refused nothing changed. */
function applySeveral(loaded: Loaded, { edits, closed }: Extract<Edit, { kind: 'several' }>): Loaded {
  const after = edits.reduce(applyEdit, loaded);
  return { ...after, undo: [...loaded.undo, { ...savedOf(loaded), ...marked(closed) }].slice(-UNDO_MAX), redo: [] };
}

const savedOf = ({ book, keys, selected }: Loaded): Saved => ({ book, keys, selected });
const marked = (closed: ClosedAt | undefined): Pick<Saved, 'closed'> => (closed ? { closed } : {});

function travel(loaded: Loaded, from: readonly Saved[], direction: 'undo' | 'redo'): Loaded {
  const target = from.at(-1);
  if (!target) throw new InputError([{ pointer: '', message: `there is nothing to ${direction}` }]);
  const { closed, ...there } = target;
  const rest = from.slice(0, -1);
  const back = { ...savedOf(loaded), ...marked(closed) };
  const here = [...(direction === 'undo' ? loaded.redo : loaded.undo), back].slice(-UNDO_MAX);
  return { ...loaded, ...there, ...(direction === 'undo' ? { undo: rest, redo: here } : { redo: rest, undo: here }) };
}

/** What a set-back concerns: closures of this feed after this time. */
type Later = Pick<Extract<Edit, { kind: 'set-back' }>, 'feed' | 'toMs'>;

const isLater =
  ({ feed, toMs }: Later) =>
  ({ closed }: Saved): boolean =>
    closed?.feed === feed && closed.atMs > toMs;

/** CL-22: whether a set-back changes anything, and whether it leaves a closure because the account was changed by hand since. */
export function closuresAfter(loaded: Loaded, later: Later): { readonly isSome: boolean; readonly isKept: boolean } {
  const after = setBack(loaded, later);
  return { isSome: after !== loaded, isKept: after.undo.some(isLater(later)) };
}

/** As many steps back as the last ones are later closures; of what could be done again, a later closure and what came after it are gone. */
function setBack(loaded: Loaded, later: Later): Loaded {
  const isGone = isLater(later);
  const first = loaded.undo.findLastIndex((step) => !isGone(step)) + 1;
  const target = loaded.undo[first];
  if (target) {
    const { closed: _, ...there } = target;
    return { ...loaded, ...there, undo: loaded.undo.slice(0, first), redo: [] };
  }
  const undone = loaded.redo.findLastIndex(isGone);
  return undone < 0 ? loaded : { ...loaded, redo: loaded.redo.slice(undone + 1) };
}

/** Where the edit's record stands in the book text, as a JSON pointer; checks that an index exists. */
function locate(edit: Change, account: Account): string {
  const within = (list: 'positions' | 'balances', index: number | null): string => {
    const length = account[list].length;
    if (index === null) return `/accounts/0/${list}/${length}`;
    if (Number.isSafeInteger(index) && index >= 0 && index < length) return `/accounts/0/${list}/${index}`;
    throw new InputError([{ pointer: '/index', message: `the account has ${length} ${list}, there is none at ${index}` }]);
  };
  switch (edit.kind) {
    case 'position-set':
    case 'position-remove':
      return within('positions', edit.index);
    case 'balance-set':
    case 'balance-remove':
      return within('balances', edit.index);
    case 'instrument-set':
      return `/instruments${pointerSegment(edit.instrument.id ?? '')}`;
    case 'asset-set':
      return `/assets${pointerSegment(edit.asset.symbol ?? '')}`;
  }
}

/** The account alone with what it needs, written, changed and read again. */
function readEdited(book: Book, account: Account, edit: Change, at: string): Book {
  const named = edit.kind === 'position-set' ? edit.position.instrument : edit.kind === 'instrument-set' ? edit.instrument.id : undefined;
  const ids = new Set([...account.positions.map((position) => position.instrument), named]);
  const instruments = new Map([...book.instruments].filter(([id]) => ids.has(id)));
  const json: BookJson = JSON.parse(writeBook({ ...book, instruments, accounts: [account] }));
  changeJson(json, edit, account);
  try {
    return readBook(JSON.stringify(json));
  } catch (error) {
    throw error instanceof InputError
      ? new InputError(
          error.faults.map((fault) => relative(fault, at)),
          { cause: error },
        )
      : error;
  }
}

const relative = (fault: Fault, base: string): Fault =>
  fault.pointer === base || fault.pointer.startsWith(`${base}/`) ? { ...fault, pointer: fault.pointer.slice(base.length) } : fault;

function changeJson(json: BookJson, edit: Change, account: Account): void {
  const [{ positions, balances }] = json.accounts;
  switch (edit.kind) {
    case 'position-set':
      positions[edit.index ?? positions.length] = edited(
        edit.index === null ? undefined : positions[edit.index],
        edit.position,
        'instrument',
      );
      return;
    case 'position-remove':
      positions.splice(edit.index, 1);
      return;
    case 'balance-set': {
      const before = edit.index === null ? undefined : balances[edit.index];
      const next = edited(before, edit.balance, 'asset');
      // An amount that was typed is nobody's derivation any more.
      if (next.amount !== before?.amount) delete next.derived;
      balances[edit.index ?? balances.length] = next;
      return;
    }
    case 'balance-remove':
      balances.splice(edit.index, 1);
      return;
    case 'instrument-set': {
      const { id = '', ...record } = edit.instrument;
      const before = { venue: account.venue, contractSize: '1', ...own(json.instruments, id) };
      setOwn(json.instruments, id, { ...unmentioned(before, record), ...given(record) });
      return;
    }
    case 'asset-set': {
      const { symbol = '', ...record } = edit.asset;
      setOwn(json.assets, symbol, { ...unmentioned(own(json.assets, symbol), record), ...given(record) });
    }
  }
}

const own = (target: Record<string, Json>, key: string): Json => (Object.hasOwn(target, key) ? (target[key] as Json) : {});

/** What stood there with the record in it, while it is the same thing; of another thing nothing is kept. */
function edited(before: Json | undefined, record: Readonly<Record<string, string>>, name: 'instrument' | 'asset'): Json {
  const isSame = before !== undefined && (record[name] ?? before[name]) === before[name];
  return { ...(isSame ? unmentioned(before, record) : {}), ...given(record) };
}

/** The record without the fields that were left empty. */
const given = (record: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(Object.entries(record).filter(([, text]) => text !== ''));

/** What stood there and the record does not name. */
const unmentioned = (before: Json | undefined, record: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(Object.entries(before ?? {}).filter(([key]) => !Object.hasOwn(record, key)));

/** Sets a key as data, whatever it is called. */
const setOwn = (target: Record<string, Json>, key: string, value: Json): void => {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
};

/** The whole book with the edited account in its place; instruments and assets that were not edited keep their identity. */
function mergeBook(book: Book, reread: Book, account: Account, edit: Change): Book {
  const accounts = book.accounts.map((candidate) => (candidate.id === account.id ? account : candidate));
  if (edit.kind === 'instrument-set')
    return { ...book, accounts, instruments: withEntry(book.instruments, reread.instruments, edit.instrument.id) };
  if (edit.kind === 'asset-set') return { ...book, accounts, assets: withEntry(book.assets, reread.assets, edit.asset.symbol) };
  return { ...book, accounts };
}

function withEntry<T>(all: ReadonlyMap<string, T>, changed: ReadonlyMap<string, T>, key = ''): ReadonlyMap<string, T> {
  const value = changed.get(key);
  return value === undefined ? all : new Map(all).set(key, value);
}

/** A position keeps its key while it is the same position: same instrument, side and margin mode (SE-9). */
function keysAfter(loaded: Loaded, edit: Change, before: Account, after: Account): { keys: readonly string[]; keySerial: number } {
  const keys = [...selectedKeys(loaded)];
  if (edit.kind === 'position-remove') {
    keys.splice(edit.index, 1);
    return { keys, keySerial: loaded.keySerial };
  }
  if (edit.kind !== 'position-set') return { keys, keySerial: loaded.keySerial };
  const index = edit.index ?? before.positions.length;
  const [old, now] = [before.positions[index], after.positions[index]];
  const isSame =
    old && now && old.instrument === now.instrument && old.marginMode === now.marginMode && old.size.isNegative() === now.size.isNegative();
  if (isSame) return { keys, keySerial: loaded.keySerial };
  keys[index] = `${now?.instrument}+${loaded.keySerial + 1}`;
  return { keys, keySerial: loaded.keySerial + 1 };
}
