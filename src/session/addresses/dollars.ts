/** Accounts of many units under one measure and one shock: dollars per unit, and a book whose prices the common shock moved. Rules WL-5, WL-6 of docs/spec/watched-addresses.md. */
import type { Asset, Book, Instrument } from '../../domain/book.ts';
import { type Figure, none, some } from '../../domain/outcome.ts';
import { isPegged } from '../../domain/pegged-assets.ts';
import { type Decimal, ONE } from '../../domain/units.ts';
import { isOneDollar } from '../live/gaps.ts';

/** A relative move of all prices that are not pegged, or of one asset's, whatever it is. −0.1 is a fall of 10 %. */
export interface CommonShock {
  readonly move: Decimal;
  readonly asset: string | null;
}

/** Counted as dollars themselves. */
const isDollarUnit = (unit: string): boolean => unit === 'USD' || isOneDollar(unit);

/** What the shock makes of a price in dollars: price × factor. */
export function factorOf(asset: string, { move, asset: only }: CommonShock): Decimal {
  const moves = only === null ? !isPegged(asset) : only === asset;
  return moves ? ONE.plus(move) : ONE;
}

/**
 * Dollars for one `unit`: 1 for a dollar and what stands for one; else what the reading itself pays for it: the price of the unit where the book counts in dollars, or
 * 1 ÷ the price of a dollar where it counts in the unit. `missing-mark` where it pays nothing for either.
 */
export function dollarsPer(unit: string, book: Book): Figure {
  if (isDollarUnit(unit)) return some(ONE);
  const own = book.assets.get(unit);
  const countedIn = own?.unit ?? book.unit ?? unit;
  if (own?.price && countedIn !== unit && isDollarUnit(countedIn)) return some(own.price);
  if ((book.unit ?? unit) === unit)
    for (const { symbol, price } of book.assets.values()) if (isDollarUnit(symbol) && price?.gt(0)) return some(ONE.div(price));
  return none('missing-mark', unit);
}

/**
 * `book` under the shock, prices still counted in `unit`: mark × factor(base) ÷ factor(quote), asset price × factor(asset) ÷ factor(unit). A dollar as quote or unit stays the
 * measure, so that for accounts in dollars it is the moved book of a what-if; a unit that is shocked itself is worth less in `dollarsPer` × `factorOf`.
 */
export function shockedBook(book: Book, unit: string, shock: CommonShock): Book {
  const against = (measure: string): Decimal => (isPegged(measure) ? ONE : factorOf(measure, shock));
  const instruments = new Map<string, Instrument>();
  for (const [id, instrument] of book.instruments) {
    const { markPrice, base, quote } = instrument;
    const factor = factorOf(base, shock).div(against(quote));
    instruments.set(id, markPrice && !factor.eq(1) ? { ...instrument, markPrice: markPrice.times(factor) } : instrument);
  }
  const assets = new Map<string, Asset>();
  for (const [symbol, asset] of book.assets) {
    const factor = symbol === unit ? ONE : factorOf(symbol, shock).div(against(unit));
    assets.set(symbol, asset.price && !factor.eq(1) ? { ...asset, price: asset.price.times(factor) } : asset);
  }
  return { ...book, instruments, assets };
}
