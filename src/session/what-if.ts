/** The account under moved prices, evaluated beside the live book and never in it. Rules SE-16…SE-19. */
import type { Asset, Book, Instrument } from '../domain/book.ts';
import { type Fault, InputError, pointerSegment } from '../domain/fault.ts';
import { isPegged } from '../domain/pegged-assets.ts';
import { Decimal, ONE, ZERO } from '../domain/units.ts';
import { readDecimal } from '../wire/schema.ts';
import type { WhatIfSpec } from './protocol.ts';

/** A price does not reach zero: −100 % is taken as −99.9 %. */
export const MOVE_MIN = new Decimal('-0.999');
/** +900 %: ten times the price. */
export const MOVE_MAX = new Decimal(9);

/** Moves as they are applied: read, and held inside their bounds. */
export interface Moves {
  readonly all: Decimal;
  readonly byMarket: ReadonlyMap<string, Decimal>;
}

/** More markets than any account holds. */
const MOVES_MAX = 5_000;

/** Reads the moves of `spec`; the one place where they are held between `MOVE_MIN` and `MOVE_MAX`. Throws `InputError`. */
export function readMoves(spec: WhatIfSpec): Moves {
  const faults: Fault[] = [];
  const read = (text: string, pointer: string): Decimal => {
    const value = readDecimal(text);
    if (typeof value !== 'string') return Decimal.min(MOVE_MAX, Decimal.max(MOVE_MIN, value));
    faults.push({ pointer, message: value });
    return ZERO;
  };
  const entries = Object.entries(spec.moves);
  if (entries.length > MOVES_MAX) throw new InputError([{ pointer: '/moves', message: `more than ${MOVES_MAX} moves` }]);
  const byMarket = new Map(entries.map(([market, text]) => [market, read(text, `/moves${pointerSegment(market)}`)]));
  const all = read(spec.all, '/all');
  if (faults.length > 0) throw new InputError(faults);
  return { all, byMarket };
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
