/**
 * The desk's prices: every instrument's mark and every asset's price, as a double for the kernels and exactly for the exact path.
 * The double is the exact price's nearest; where only a double was given, its shortest decimal is the exact price.
 */
import type { Account, Asset, Book, Instrument } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';

export interface PriceBoard {
  readonly book: Book;
  readonly instruments: readonly Instrument[];
  readonly assets: readonly string[];
  readonly instrumentIndex: ReadonlyMap<string, number>;
  readonly assetIndex: ReadonlyMap<string, number>;
  /** By instrument; NaN where not known. */
  readonly mark: Float64Array;
  /** By asset; NaN where not known. */
  readonly price: Float64Array;
  /** Exact prices where they were given; undefined: the double's shortest decimal. */
  readonly exactMark: (Decimal | undefined)[];
  readonly exactPrice: (Decimal | undefined)[];
}

/** The board at the prices of the book. `assets` may name more than the book lists. */
export function createPriceBoard(book: Book, assets: readonly string[]): PriceBoard {
  const instruments = [...book.instruments.values()];
  const names = [...new Set([...assets, ...book.assets.keys(), ...instruments.map(({ settle }) => settle)])];
  const exactMark = instruments.map(({ markPrice }) => markPrice);
  const exactPrice = names.map((symbol) => book.assets.get(symbol)?.price);
  const toNumber = (value: Decimal | undefined): number => value?.toNumber() ?? Number.NaN;
  return {
    book,
    instruments,
    assets: names,
    instrumentIndex: new Map(instruments.map(({ id }, i) => [id, i] as const)),
    assetIndex: new Map(names.map((symbol, i) => [symbol, i] as const)),
    mark: Float64Array.from(exactMark, toNumber),
    price: Float64Array.from(exactPrice, toNumber),
    exactMark,
    exactPrice,
  };
}

/** New prices, by index into the board's tables. A price is > 0; `exact` may leave any out. */
export interface PriceChanges {
  readonly instruments: ArrayLike<number>;
  readonly marks: ArrayLike<number>;
  readonly exactMarks?: readonly (Decimal | undefined)[];
  readonly assets?: ArrayLike<number>;
  readonly prices?: ArrayLike<number>;
  readonly exactPrices?: readonly (Decimal | undefined)[];
}

/** Writes the prices; returns the instruments and assets that had none before. */
export function applyPrices(board: PriceBoard, changes: PriceChanges): { instruments: number[]; assets: number[] } {
  const first = { instruments: [] as number[], assets: [] as number[] };
  for (let k = 0; k < changes.instruments.length; k++) {
    const i = changes.instruments[k]!;
    if (Number.isNaN(board.mark[i]!)) first.instruments.push(i);
    board.mark[i] = changes.marks[k]!;
    board.exactMark[i] = changes.exactMarks?.[k];
  }
  for (let k = 0; k < (changes.assets?.length ?? 0); k++) {
    const i = changes.assets![k]!;
    if (Number.isNaN(board.price[i]!)) first.assets.push(i);
    board.price[i] = changes.prices![k]!;
    board.exactPrice[i] = changes.exactPrices?.[k];
  }
  return first;
}

export const exactMarkOf = (board: PriceBoard, i: number): Decimal | undefined =>
  board.exactMark[i] ?? (Number.isNaN(board.mark[i]!) ? undefined : new Decimal(board.mark[i]!));

export const exactPriceOf = (board: PriceBoard, i: number): Decimal | undefined =>
  board.exactPrice[i] ?? (Number.isNaN(board.price[i]!) ? undefined : new Decimal(board.price[i]!));

/** The book that `account` is assessed in now: its own instruments and assets at the board's prices. */
export function bookAtPrices(board: PriceBoard, account: Account): Book {
  const instruments = new Map<string, Instrument>();
  const assets = new Map<string, Asset>();
  const noteAsset = (symbol: string): void => {
    const i = board.assetIndex.get(symbol);
    const listed = board.book.assets.get(symbol);
    const price = i === undefined ? undefined : exactPriceOf(board, i);
    if (price) assets.set(symbol, { ...(listed ?? { symbol }), price });
    else if (listed) assets.set(symbol, listed);
  };
  for (const { asset } of account.balances) noteAsset(asset);
  for (const { instrument: id } of account.positions) {
    const i = board.instrumentIndex.get(id);
    const instrument = i === undefined ? undefined : board.instruments[i];
    if (!instrument || instruments.has(id)) continue;
    const markPrice = exactMarkOf(board, i!);
    instruments.set(id, markPrice ? { ...instrument, markPrice } : instrument);
    noteAsset(instrument.settle);
  }
  return { ...board.book, instruments, assets, accounts: [account] };
}
