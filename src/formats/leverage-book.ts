/** `leverage-book/1`, in and out. The rules are in docs/spec/book-format.md, BF-1 to BF-18. */
import type { Account, Asset, Book, Instrument } from '../domain/book.ts';
import { type Fault, InputError, pointerSegment } from '../domain/fault.ts';
import { venues as registeredVenues } from '../venues/registry.ts';
import { readJson, VALUES_MAX } from '../wire/json.ts';
import { attempt, check, describe, isRecord } from '../wire/schema.ts';
import { accountFaults, instrumentFaults, leaningFaults, listFaults, type Market } from './book-checks.ts';
import { accountSchema, assetSchema, BOOK_FIELDS, type BookHead, bookSchema, instrumentSchema } from './book-schema.ts';
import { bookPieces, writeBook } from './book-writer.ts';

export { bookPieces, writeBook };

export interface ReaderOptions {
  /** The venues a book may name. */
  readonly venues: Market['venues'];
}

/** What could be read of a book, and what could not. */
export interface LenientReading {
  readonly book: Book;
  /** Every account that was left out has at least one; those that only lean on a faulty entry stand last. */
  readonly faults: readonly Fault[];
}

/** Whether a book of so many accounts, balances and positions is small enough to be read again as JSON (BF-2). */
export const fitsJson = (accounts: number, balances: number, positions: number): boolean =>
  5 * accounts + 3 * balances + 5 * positions <= VALUES_MAX;

const DEFAULTS: ReaderOptions = { venues: registeredVenues };

/** The book that `text` states, whole. Throws `InputError` with every fault when there is one. */
export const readBook = (text: string, options: ReaderOptions = DEFAULTS): Book => readBookValue(readJson(text), options);

/** The same of a book that stands inside another JSON text, already through `readJson`; pointers are into the book. */
export function readBookValue(input: unknown, options: ReaderOptions = DEFAULTS): Book {
  const { book, faults, leaning } = readParts(input, options);
  if (faults.length + leaning.length > 0) throw new InputError(faults.length > 0 ? faults : leaning);
  return book;
}

/**
 * The accounts of `text` that can be read, with the faults of the others (BF-17). A faulty instrument or asset takes down
 * the accounts that use it. Throws `InputError` where nothing can be read: broken JSON, another format, no time.
 */
export function readBookLenient(text: string, options: ReaderOptions = DEFAULTS): LenientReading {
  const { book, faults, leaning } = readParts(readJson(text), options);
  return { book, faults: [...faults, ...leaning] };
}

/**
 * What the reader would refuse of a book that did not come through it, such as one made from a venue's response: a response can be
 * well formed and still derive a price or a rate that no market has. Pointers are into the book.
 */
export function bookFaults(book: Book, options: ReaderOptions = DEFAULTS): readonly Fault[] {
  try {
    readBook(writeBook(book), options);
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.faults;
    throw error;
  }
}

interface Reading {
  readonly book: Book;
  readonly faults: Fault[];
  /** Of accounts that are right in themselves and use an entry that is not. */
  readonly leaning: Fault[];
}

function readParts(input: unknown, options: ReaderOptions): Reading {
  const { head, faults } = readHead(input);
  const unit = head.unit ?? 'USD';
  const market: Market = {
    venues: options.venues,
    unit,
    instruments: new Map(),
    assets: new Map(),
    unreadableInstruments: new Set(),
    unreadableAssets: new Set(),
  };
  readInstruments(head.instruments === undefined ? {} : head.instruments, market, faults);
  readAssets(head.assets === undefined ? {} : head.assets, market, faults);
  const leaning: Fault[] = [];
  const accounts = readAccounts(head.accounts, market, faults, leaning);
  const { instruments, assets } = market;
  const book: Book = { format: head.format, asOf: head.asOf, ...(head.unit ? { unit: head.unit } : {}), instruments, assets, accounts };
  return { book, faults, leaning };
}

/** The top level. An unknown field there leaves the rest readable; anything else that is wrong with it does not. */
function readHead(input: unknown): { head: BookHead; faults: Fault[] } {
  if (!isRecord(input)) return { head: check(bookSchema, input), faults: [] };
  const known = Object.fromEntries(Object.entries(input).filter(([key]) => BOOK_FIELDS.has(key)));
  const faults = Object.keys(input)
    .filter((key) => !BOOK_FIELDS.has(key))
    .map((key) => ({ pointer: pointerSegment(key), message: 'unknown field' }));
  const head = attempt(bookSchema, known);
  if (!head.ok) throw new InputError([...head.faults, ...faults]);
  return { head: head.value, faults };
}

function readInstruments(input: unknown, market: Market, faults: Fault[]): void {
  for (const [id, base, value] of entriesOf(input, '/instruments')) {
    const read = attempt(instrumentSchema, value, base);
    const found = read.ok ? instrumentFaults(read.value, market.venues, base) : read.faults;
    append(faults, found);
    if (read.ok && found.length === 0) market.instruments.set(id, { id, ...read.value } satisfies Instrument);
    else market.unreadableInstruments.add(id);
  }
}

function readAssets(input: unknown, market: Market, faults: Fault[]): void {
  for (const [symbol, base, value] of entriesOf(input, '/assets')) {
    const read = attempt(assetSchema, value, base);
    if (read.ok) market.assets.set(symbol, { symbol, ...read.value } satisfies Asset);
    else {
      append(faults, read.faults);
      market.unreadableAssets.add(symbol);
    }
  }
}

/** Not `push(...found)`: a hundred thousand faults are more arguments than a call takes. */
function append(faults: Fault[], found: readonly Fault[]): void {
  for (const fault of found) faults.push(fault);
}

/** The entries of an object of named things; an empty name is no name. */
function entriesOf(input: unknown, base: string): [string, string, unknown][] {
  if (!isRecord(input)) throw new InputError([{ pointer: base, message: `expected an object, found ${describe(input)}` }]);
  return Object.entries(input).map(([name, value]) => {
    const pointer = base + pointerSegment(name);
    if (name.trim() === '') throw new InputError([{ pointer, message: 'a name must not be empty' }]);
    return [name, pointer, value];
  });
}

/** One account at a time, so that one that is broken costs no more than itself. */
function readAccounts(input: unknown, market: Market, faults: Fault[], leaning: Fault[]): Account[] {
  if (!Array.isArray(input)) throw new InputError([{ pointer: '/accounts', message: `expected an array, found ${describe(input)}` }]);
  const accounts: Account[] = [];
  const firstById = new Map<string, number>();
  for (const [i, value] of input.entries()) {
    const base = `/accounts/${i}`;
    const repeated = repeatedIdFaults(value, i, firstById, base);
    const read = readAccount(value, market, base);
    append(faults, repeated);
    append(faults, read.faults);
    append(leaning, read.leaning);
    if (read.account && repeated.length + read.faults.length + read.leaning.length === 0) accounts.push(read.account);
  }
  return accounts;
}

/** BF-14: an id stands once; of two accounts with one id the first keeps it. */
function repeatedIdFaults(value: unknown, i: number, firstById: Map<string, number>, base: string): Fault[] {
  const id = isRecord(value) ? value.id : undefined;
  if (typeof id !== 'string') return [];
  const first = firstById.get(id);
  if (first !== undefined) return [{ pointer: `${base}/id`, message: `${describe(id)} is already the id of /accounts/${first}` }];
  firstById.set(id, i);
  return [];
}

export interface AccountReading {
  readonly account?: Account;
  readonly faults: readonly Fault[];
  readonly leaning: readonly Fault[];
}

/** One account, given as its JSON value; faults have pointers below `base`. There is no `account` where its own fields are wrong. */
export function readAccount(value: unknown, market: Market, base: string): AccountReading {
  const read = attempt(accountSchema, value, base);
  if (!read.ok) return { faults: read.faults, leaning: [] };
  const account: Account = { ...read.value, balances: read.value.balances ?? [], positions: read.value.positions ?? [] };
  const faults = [...listFaults(read.value, base), ...accountFaults(account, market, base)];
  return { account, faults, leaning: leaningFaults(account, market, base) };
}
