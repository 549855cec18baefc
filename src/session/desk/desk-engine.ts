/**
 * The desk's engine: a whole book in columns, a tick in, changed states out (docs/spec/desk.md). Pure: no clock, no randomness; memory
 * and WebAssembly come as arguments. Everything is changed where it lies.
 */
import type { Account, Book } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import { accountAt } from './account-store.ts';
import { buildDesk, type DeskOptions } from './build.ts';
import { certifyBlock } from './certificates.ts';
import type { DeskState } from './desk-state.ts';
import { CROSS, type FlatBook, flatten } from './flat-book.ts';
import { bookAtPrices } from './price-board.ts';
import { moveLadder, sweepAll } from './tick.ts';

/** Builds a desk of a book read from a file. */
export const createDesk = (book: Book, options: DeskOptions): DeskState => createDeskOf(flatten(book), options);

/** Builds a desk of columns. States are decided and blocks certified; figures are brought up by `refreshColumns`. */
export function createDeskOf(flat: FlatBook, options: DeskOptions): DeskState {
  const desk = buildDesk(flat, options);
  const unsettled = new Set<number>();
  for (const ladder of desk.ladders.all) moveLadder(desk, ladder, unsettled);
  if (unsettled.size > 0) throw new Error('a leg stands in another row than it was put in');
  decideAll(desk);
  return desk;
}

/** Decides every state from nothing and certifies every block. */
function decideAll(desk: DeskState): void {
  sweepAll(desk);
  for (let block = 0; block < desk.blocks.used; block++) certifyBlock(desk, block);
}

/** The account of a row and the book it stands in now: what the margin page and the exact engine take. */
export function accountAndBook(desk: DeskState, row: number): { readonly account: Account; readonly book: Book } {
  const account = accountAt(desk.store, row);
  return { account, book: bookAtPrices(desk.board, account) };
}

/** What is loaded and how: for the coverage line. */
export interface DeskCoverage {
  readonly accounts: number;
  /** Rows with a pool that has no linear form, and why: assessed exactly at every tick. */
  readonly exact: readonly { readonly row: number; readonly why: string }[];
  /** Rows that wait for the first price of something. */
  readonly waiting: readonly number[];
}

export function coverage({ columns, exactPools, pools, waiting }: DeskState): DeskCoverage {
  const rows = new Set<number>();
  for (const map of [waiting.instruments, waiting.assets]) for (const set of map.values()) for (const row of set) rows.add(row);
  return {
    accounts: columns.count,
    exact: [...exactPools.values()].map(({ pool, why }) => ({ row: pools.row[pool]!, why })),
    waiting: [...rows].sort((a, b) => a - b),
  };
}

/** The desk's accounts as a flat book at its present prices: what a desk is built anew from, and what is exported. */
export function flatOf(desk: DeskState): FlatBook {
  const { store, columns, board } = desk;
  const { accounts, legs } = columns;
  const { count } = columns;
  const balanceStart = new Uint32Array(count + 1);
  const positionStart = new Uint32Array(count + 1);
  for (let row = 0; row < count; row++) {
    balanceStart[row + 1] = balanceStart[row]! + store.balanceEnd[row]! - store.balanceStart[row]!;
    positionStart[row + 1] = positionStart[row]! + accounts.legEnd[row]! - accounts.legStart[row]!;
  }
  const positions = positionStart[count]!;
  const hasMargin = store.legMargin.length > 0;
  const flat = {
    balanceAsset: new Uint32Array(balanceStart[count]!),
    balanceAmount: new Float64Array(balanceStart[count]!),
    positionInstrument: new Uint32Array(positions),
    positionSize: new Float64Array(positions),
    positionEntry: new Float64Array(positions),
    positionMode: new Uint8Array(positions).fill(CROSS),
    positionLeverage: new Float64Array(positions),
    positionMargin: new Float64Array(hasMargin ? positions : 0),
  };
  for (let row = 0; row < count; row++) {
    flat.balanceAsset.set(store.balanceAsset.subarray(store.balanceStart[row]!, store.balanceEnd[row]!), balanceStart[row]!);
    flat.balanceAmount.set(store.balanceAmount.subarray(store.balanceStart[row]!, store.balanceEnd[row]!), balanceStart[row]!);
    let at = positionStart[row]!;
    for (let leg = accounts.legStart[row]!; leg < accounts.legEnd[row]!; leg++, at++) {
      const { mode, leverage } = store.settings[store.legSetting[leg]!]!;
      flat.positionInstrument[at] = legs.instrument[leg]!;
      flat.positionSize[at] = legs.size[leg]!;
      flat.positionEntry[at] = legs.entryPrice[leg]!;
      flat.positionMode[at] = mode;
      flat.positionLeverage[at] = leverage;
      if (hasMargin) flat.positionMargin[at] = store.legMargin[leg]!;
    }
  }
  const sources = accounts.source.slice(0, count);
  const special = [...sources].flatMap((source, row): [number, Account][] => {
    const account = store.special.get(source);
    return account ? [[row, account]] : [];
  });
  return {
    ...flat,
    book: bookNow(desk),
    venues: store.venues,
    instruments: store.instruments,
    assets: board.assets,
    count,
    idOf: (row) => store.names.idOf(sources[row]!),
    labelOf: (row) => store.names.labelOf(sources[row]!),
    venue: accounts.venue.slice(0, count),
    balanceStart,
    positionStart,
    special: new Map(special),
  };
}

/** Instruments and assets at present prices, without accounts. */
export function bookNow({ board }: DeskState): Book {
  const instruments = new Map(
    board.instruments.map((instrument, i) => {
      const price = board.exactMark[i] ?? decimalOf(board.mark[i]!);
      return [instrument.id, price ? { ...instrument, markPrice: price } : instrument] as const;
    }),
  );
  const assets = new Map(board.book.assets);
  board.assets.forEach((symbol, i) => {
    const price = board.exactPrice[i] ?? decimalOf(board.price[i]!);
    if (price) assets.set(symbol, { ...(assets.get(symbol) ?? { symbol }), price });
  });
  return { ...board.book, instruments, assets, accounts: [] };
}

const decimalOf = (value: number): Decimal | undefined => (Number.isNaN(value) ? undefined : new Decimal(value));
