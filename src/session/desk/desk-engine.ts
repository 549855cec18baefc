/**
 * The desk's engine: a whole book in columns, a tick in, changed states out (docs/spec/desk.md). Pure: no clock, no randomness; memory
 * and WebAssembly come as arguments. Everything is changed where it lies.
 */
import type { Account, Book } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import { accountAt, hasMargins, marginAt } from './account-store.ts';
import { buildSteps, type DeskOptions } from './build.ts';
import { certifyBlock } from './certificates.ts';
import type { DeskState } from './desk-state.ts';
import { CROSS, type FlatBook, flatten, ISOLATED } from './flat-book.ts';
import { atOnce } from './placing.ts';
import { bookAtPrices } from './price-board.ts';
import { moveLadder, sweepAll } from './tick.ts';

/** Builds a desk of a book read from a file. */
export const createDesk = (book: Book, options: DeskOptions): DeskState => createDeskOf(flatten(book), options);

/** Builds a desk of columns. States are decided and blocks certified; figures are brought up by `refreshColumns`. */
export const createDeskOf = (flat: FlatBook, options: DeskOptions): DeskState => atOnce(deskSteps(flat, options));

/** The same step by step, some ten milliseconds each. */
export function* deskSteps(flat: FlatBook, options: DeskOptions): Generator<void, DeskState> {
  const desk = yield* buildSteps(flat, options);
  const moves = { legs: [], slots: [] };
  for (const { id } of desk.ladders.all) moveLadder(desk, id, moves);
  if (moves.legs.length > 0) throw new Error('a leg stands in another row than it was put in');
  yield;
  sweepAll(desk);
  yield;
  for (let block = 0; block < desk.blocks.used; block++) {
    certifyBlock(desk, block);
    if ((block + 1) % BLOCKS_PER_STEP === 0) yield;
  }
  return desk;
}

/** Blocks that are certified in one step. */
const BLOCKS_PER_STEP = 256;

/** The account of a row and the book it stands in now: what the margin page and the exact engine take. */
export function accountAndBook(desk: DeskState, row: number): { readonly account: Account; readonly book: Book } {
  const account = accountAt(desk.store, row);
  return { account, book: bookAtPrices(desk.board, account) };
}

/** The desk's accounts as a flat book at its present prices: what a desk is built anew from, and what is exported. */
export function flatOf(desk: DeskState): FlatBook {
  const { store, columns } = desk;
  const { accounts } = columns;
  const { count } = columns;
  const sources = accounts.source.slice(0, count);
  const special = new Map<number, Account>();
  for (let row = 0; row < count; row++) {
    const account = store.special.get(sources[row]!);
    if (account) special.set(row, account);
  }
  const balanceStart = new Uint32Array(count + 1);
  const positionStart = new Uint32Array(count + 1);
  for (let row = 0; row < count; row++) {
    const own = special.get(row);
    balanceStart[row + 1] = balanceStart[row]! + (own?.balances.length ?? store.balanceEnd[row]! - store.balanceStart[row]!);
    positionStart[row + 1] = positionStart[row]! + (own?.positions.length ?? accounts.legEnd[row]! - accounts.legStart[row]!);
  }
  return {
    book: bookNow(desk),
    venues: store.venues,
    instruments: store.instruments,
    assets: store.assets,
    count,
    idOf: (row) => store.names.idOf(sources[row]!),
    labelOf: (row) => store.names.labelOf(sources[row]!),
    venue: accounts.venue.slice(0, count),
    balanceStart,
    positionStart,
    derived: Uint8Array.from(sources, (source) => store.derived[source] ?? 0),
    special,
    ...balancesOf(desk, balanceStart, special),
    ...positionsOf(desk, positionStart, special),
  };
}

function balancesOf(desk: DeskState, start: Uint32Array, special: ReadonlyMap<number, Account>) {
  const { store } = desk;
  const count = start.length - 1;
  const balanceAsset = new Uint32Array(start[count]!);
  const balanceAmount = new Float64Array(start[count]!);
  for (let row = 0; row < count; row++) {
    const own = special.get(row);
    let at = start[row]!;
    if (own) {
      for (const { asset, amount } of own.balances) {
        balanceAsset[at] = store.assetIndex.get(asset)!;
        balanceAmount[at++] = amount.toNumber();
      }
    } else {
      balanceAsset.set(store.balanceAsset.subarray(store.balanceStart[row]!, store.balanceEnd[row]!), at);
      balanceAmount.set(store.balanceAmount.subarray(store.balanceStart[row]!, store.balanceEnd[row]!), at);
    }
  }
  return { balanceAsset, balanceAmount };
}

function positionsOf(desk: DeskState, start: Uint32Array, special: ReadonlyMap<number, Account>) {
  const { store, columns } = desk;
  const { accounts, legs } = columns;
  const length = start[start.length - 1]!;
  const columnsOf = {
    positionInstrument: new Uint32Array(length),
    positionSize: new Float64Array(length),
    positionEntry: new Float64Array(length),
    positionMode: new Uint8Array(length),
    positionLeverage: new Float64Array(length),
    positionMargin: new Float64Array(hasMargins(store.margins) ? length : 0),
  };
  const { positionInstrument, positionSize, positionEntry, positionMode, positionLeverage, positionMargin } = columnsOf;
  for (let row = 0; row + 1 < start.length; row++) {
    const own = special.get(row);
    for (let at = start[row]!, k = 0; at < start[row + 1]!; at++, k++) {
      const position = own?.positions[k];
      const leg = accounts.legStart[row]! + k;
      const setting = store.settings[store.legSetting[leg]!]!;
      positionInstrument[at] = position ? store.instrumentIndex.get(position.instrument)! : legs.instrument[leg]!;
      positionSize[at] = position ? position.size.toNumber() : legs.size[leg]!;
      positionEntry[at] = position ? position.entryPrice.toNumber() : legs.entryPrice[leg]!;
      positionMode[at] = position ? (position.marginMode === 'isolated' ? ISOLATED : CROSS) : setting.mode;
      positionLeverage[at] = position ? (position.leverage?.toNumber() ?? Number.NaN) : setting.leverage;
      if (positionMargin.length > 0)
        positionMargin[at] = position ? (position.isolatedMargin?.toNumber() ?? Number.NaN) : marginAt(store.margins, leg);
    }
  }
  return columnsOf;
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
