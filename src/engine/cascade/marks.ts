/** Prices as they are in one round: marks of the book × (1 + shock) × impact of what was forced so far. Rules CA-1, CA-5. */
import type { Book, InstrumentId, VenueId } from '../../domain/book.ts';
import { type Figure, map, none } from '../../domain/outcome.ts';
import { isPegged } from '../../domain/pegged-assets.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import type { Collateral, Leg, Pool } from '../resolve.ts';
import { impactOf } from './depth.ts';
import type { ByMarket, CascadeScene, Market } from './types.ts';

/** Price now ÷ price at the start, by market, on one venue. */
export type FactorOf = (market: Market) => Decimal;

/** The factors of every venue after `sold` (base units, + sold) met the books. Each is computed once. */
export function factorsOf(scene: CascadeScene, depth: ByMarket, sold: ByMarket): (venue: VenueId) => FactorOf {
  const impacts = new Map([...sold].map(([market, volume]) => [market, impactOf(volume, depth.get(market))]));
  const venues = new Map<VenueId, FactorOf>();
  return (venue) => {
    let factorOf = venues.get(venue);
    if (!factorOf) {
      const known = new Map<Market, Decimal>();
      factorOf = (market) => {
        let factor = known.get(market);
        if (!factor) {
          factor = ONE.plus(shockOf(scene, venue, market)).times(impacts.get(market) ?? ONE);
          known.set(market, factor);
        }
        return factor;
      };
      venues.set(venue, factorOf);
    }
    return factorOf;
  };
}

/** The simple return of a market on a venue: the venue's own before the common one; 0 where neither names it. */
export const shockOf = (scene: CascadeScene, venue: VenueId, market: Market): Decimal =>
  scene.venueShock?.get(venue)?.get(market) ?? scene.shock.get(market) ?? ZERO;

/** The pool at other prices (CA-5). The unit of account never moves. An inverse contract at a price of zero has no value: `unsupported`. */
export function repricedPool(pool: Pool, unit: string, factorOf: FactorOf): Pool {
  const factorOfAsset = (asset: string): Decimal => (asset === unit ? ONE : factorOf(asset));
  return {
    ...pool,
    legs: pool.legs.map((leg) => repricedLeg(leg, factorOf(leg.instrument.base), factorOfAsset(leg.instrument.settle))),
    collateral: pool.collateral.map((item): Collateral => ({ ...item, price: scaled(item.price, factorOfAsset(item.asset)) })),
  };
}

const scaled = (price: Figure, factor: Decimal): Figure => (factor.eq(ONE) ? price : map(price, (value) => value.times(factor)));

function repricedLeg(leg: Leg, factor: Decimal, settleFactor: Decimal): Leg {
  const mark = scaled(leg.mark, factor);
  return { ...leg, mark, v: variableOf(leg, mark), settlePrice: scaled(leg.settlePrice, settleFactor) };
}

function variableOf(leg: Leg, mark: Figure): Figure {
  if (leg.instrument.contract === 'linear' || !mark.ok) return mark;
  return mark.value.isZero() ? none('unsupported', leg.instrument.id) : map(mark, (price) => ONE.div(price));
}

/** What the position is worth of its base at the mark, signed: size × contract size, ÷ price for an inverse contract. */
export function volumeOf(leg: Leg, size: Decimal): Figure {
  const units = size.times(leg.instrument.contractSize);
  if (leg.instrument.contract === 'linear') return map(leg.mark, () => units);
  return map(leg.v, (v) => units.times(v));
}

/** Where a market's price is read: its first instrument in the book that has a mark, else its asset (CA-6). */
export interface Quote {
  readonly market: Market;
  readonly venue: VenueId | undefined;
  readonly price: Decimal;
}

/**
 * Every market of the scene that has a price, in the book's order: the bases of its instruments, then the assets that are held and not
 * pegged, or named by `named`.
 */
export function quotesOf(book: Book, unit: string, named: readonly ByMarket[]): readonly Quote[] {
  const quotes = new Map<Market, Quote>();
  for (const { base, venue, markPrice } of book.instruments.values())
    if (markPrice && !quotes.has(base)) quotes.set(base, { market: base, venue, price: markPrice });
  const held = new Set(book.accounts.flatMap((account) => account.balances.map(({ asset }) => asset)));
  const isMarket = (symbol: string): boolean => (held.has(symbol) && !isPegged(symbol)) || named.some((values) => values.has(symbol));
  for (const { symbol, price } of book.assets.values())
    if (price && symbol !== unit && !quotes.has(symbol) && isMarket(symbol))
      quotes.set(symbol, { market: symbol, venue: undefined, price });
  return [...quotes.values()];
}

/** The mark of every instrument that has one, at these factors. */
export function marksOf(book: Book, factorsOn: (venue: VenueId) => FactorOf): ReadonlyMap<InstrumentId, Decimal> {
  const marks = new Map<InstrumentId, Decimal>();
  for (const { id, venue, base, markPrice } of book.instruments.values())
    if (markPrice) marks.set(id, markPrice.times(factorsOn(venue)(base)));
  return marks;
}
