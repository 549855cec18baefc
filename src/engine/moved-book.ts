/** A book with its prices moved: what a what-if shows and what a cure must withstand. */
import type { Asset, Book, Instrument } from '../domain/book.ts';
import { isPegged } from '../domain/pegged-assets.ts';
import { type Decimal, ONE, ZERO } from '../domain/units.ts';

/** Relative moves; −0.1 is a fall of 10 %. */
export interface Moves {
  readonly all: Decimal;
  readonly byMarket: ReadonlyMap<string, Decimal>;
}

/**
 * `book` with every price moved: price × (1 + all) × (1 + its market's own move). The move of all leaves pegged assets where they
 * are; a market that is named moves whatever it is. The price of the unit of account never moves.
 */
export function movedBook(book: Book, unit: string, moves: Moves): Book {
  const factor = (market: string): Decimal => {
    const own = moves.byMarket.get(market) ?? ZERO;
    const all = isPegged(market) ? ZERO : moves.all;
    return ONE.plus(all).times(ONE.plus(own));
  };
  const instruments = new Map<string, Instrument>();
  for (const [id, instrument] of book.instruments) {
    const { markPrice } = instrument;
    instruments.set(id, markPrice ? { ...instrument, markPrice: markPrice.times(factor(instrument.base)) } : instrument);
  }
  const assets = new Map<string, Asset>();
  for (const [symbol, asset] of book.assets) {
    const moved = asset.price && symbol !== unit ? { ...asset, price: asset.price.times(factor(symbol)) } : asset;
    assets.set(symbol, moved);
  }
  return { ...book, instruments, assets };
}
