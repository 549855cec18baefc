/**
 * The feed's latest prices, and the book as it stands at them. A tick is the price itself, never a ratio applied to the book's own;
 * a market and an instrument meet only where the base asset is the same word (`kPEPE` is not `PEPE`). Rules SE-1…SE-6.
 */
import { unwrapped } from '../domain/asset-forms.ts';
import type { Account, Asset, Book, Instrument } from '../domain/book.ts';
import { isPegged } from '../domain/pegged-assets.ts';
import type { Tick } from '../domain/tick.ts';
import type { Decimal } from '../domain/units.ts';
import type { VenueRules } from '../engine/rules.ts';
import { readDecimal } from '../wire/schema.ts';

export interface LivePrice {
  readonly price: Decimal;
  readonly timeMs: number;
  /** When it came here, by our clock; absent where that was not kept. */
  readonly arrivalMs?: number;
}

/** Market → newest price of each kind. */
export type LivePrices = ReadonlyMap<string, Readonly<Partial<Record<Tick['kind'], LivePrice>>>>;

export const NO_PRICES: LivePrices = new Map();

/** More markets than any feed has; beyond it a market is not taken up. */
export const MARKETS_MAX = 5_000;

/**
 * The last price told of each market and kind (SE-1). What comes late or twice is the feed's business (FD-5, FD-6): it alone knows
 * when a venue's clock was set back. A tick whose price is not a decimal above zero is refused and counted.
 */
export function withTicks(prices: LivePrices, ticks: readonly Tick[]): { prices: LivePrices; refusedCount: number } {
  if (ticks.length === 0) return { prices, refusedCount: 0 };
  const next = new Map(prices);
  let refusedCount = 0;
  for (const tick of ticks) {
    const price = readDecimal(tick.price);
    const held = next.get(tick.market);
    if (typeof price === 'string' || !price.gt(0) || !Number.isFinite(tick.venueTimeMs) || (!held && next.size >= MARKETS_MAX)) {
      refusedCount++;
      continue;
    }
    next.set(tick.market, { ...held, [tick.kind]: { price, timeMs: tick.venueTimeMs, arrivalMs: tick.arrivalTimeMs } });
  }
  return { prices: next, refusedCount };
}

/** What a price is wanted for, best kind first (SE-2). Trades stand in for a mark only where the feed has nothing better. */
const KINDS: Readonly<Record<VenueRules['riskPrice'], readonly Tick['kind'][]>> = {
  mark: ['mark', 'index', 'last'],
  oracle: ['index', 'mark', 'last'],
};

/** The best price held for `market`, of a wrapped coin otherwise the coin's (SE-3); undefined where the feed does not know it. */
export function livePrice(prices: LivePrices, market: string, riskPrice: VenueRules['riskPrice']): LivePrice | undefined {
  const held = prices.get(market) ?? prices.get(unwrapped(market) ?? '');
  if (!held) return undefined;
  for (const kind of KINDS[riskPrice]) if (held[kind]) return held[kind];
  return undefined;
}

const OTHER_FIAT: ReadonlySet<string> = new Set(['EUR', 'GBP', 'EURC', 'EURS']);

/** Feeds speak dollars: what is counted in anything else keeps the book's price (SE-3). */
export const isDollar = (asset: string): boolean => isPegged(asset) && !OTHER_FIAT.has(asset.toUpperCase());

const NAMED_AFTER_MONEY = /USD|EUR|GBP|CHF|JPY/i;

/**
 * Market → where a simulation starts from (SE-6): the first dollar mark of an instrument on it, in the book's order, otherwise the dollar
 * price of the asset of that name. What is pegged, or named after money, stays where it is.
 */
export function bookPrices(book: Book): Map<string, Decimal> {
  const prices = new Map<string, Decimal>();
  for (const { base, quote, markPrice } of book.instruments.values()) {
    if (markPrice && isDollar(quote) && !prices.has(base)) prices.set(base, markPrice);
  }
  for (const { symbol, price, unit = book.unit ?? 'USD' } of book.assets.values()) {
    if (price && isDollar(unit) && !isPegged(symbol) && !NAMED_AFTER_MONEY.test(symbol) && !prices.has(symbol)) prices.set(symbol, price);
  }
  return prices;
}

/**
 * Markets that move `account`: of its positions and of what it holds, each once. What is pegged to money is no market here: a venue of derivatives quotes it in another
 * pegged asset.
 */
export function heldMarkets(book: Book, account: Account): readonly string[] {
  const markets = new Set<string>();
  for (const { instrument: id } of account.positions) {
    const instrument = book.instruments.get(id);
    if (instrument && isDollar(instrument.quote)) markets.add(instrument.base);
  }
  for (const { asset, amount } of account.balances) if (!amount.isZero() && !isPegged(asset)) markets.add(unwrapped(asset) ?? asset);
  return [...markets];
}

/** The part of a book that one account needs, at the feed's prices, with the time of every price. */
export interface PricedBook {
  readonly book: Book;
  /** When the price of an asset was true, ms; assets at the book's price are not listed. */
  readonly assetTimeMs: ReadonlyMap<string, number>;
  /** Market → when its newest price came here, by our clock; markets that no feed told are not listed. */
  readonly arrivalMs: ReadonlyMap<string, number>;
  readonly asOfMs: number;
}

/**
 * The book that `account` is assessed in: its own instruments only, each at the feed's price where the feed knows its base and
 * at the book's otherwise, each with its own time. Assets follow their own market in the same way.
 */
export function pricedBook(book: Book, account: Account, rules: VenueRules, prices: LivePrices): PricedBook {
  const instruments = new Map<string, Instrument>();
  for (const { instrument: id } of account.positions) {
    const instrument = book.instruments.get(id);
    if (instrument && !instruments.has(id)) instruments.set(id, pricedInstrument(instrument, rules, prices));
  }
  const unit = account.unit ?? book.unit ?? 'USD';
  const { assets, assetTimeMs } = pricedAssets(book.assets, unit, prices);
  const arrivalMs = new Map<string, number>();
  const note = (market: string, riskPrice: VenueRules['riskPrice']): void => {
    const at = livePrice(prices, market, riskPrice)?.arrivalMs;
    if (at !== undefined) arrivalMs.set(market, at);
  };
  for (const symbol of assetTimeMs.keys()) note(symbol, 'oracle');
  for (const { base } of instruments.values()) note(base, rules.riskPrice);
  return { book: { ...book, instruments, assets, accounts: [account] }, assetTimeMs, arrivalMs, asOfMs: Date.parse(book.asOf) };
}

function pricedInstrument(instrument: Instrument, rules: VenueRules, prices: LivePrices): Instrument {
  const live = isDollar(instrument.quote) ? livePrice(prices, instrument.base, rules.riskPrice) : undefined;
  return live ? { ...instrument, markPrice: live.price, markTimeMs: live.timeMs } : instrument;
}

function pricedAssets(
  assets: Book['assets'],
  unit: string,
  prices: LivePrices,
): { assets: Book['assets']; assetTimeMs: Map<string, number> } {
  const assetTimeMs = new Map<string, number>();
  if (prices.size === 0 || !isDollar(unit)) return { assets, assetTimeMs };
  const next = new Map<string, Asset>(assets);
  for (const asset of assets.values()) {
    const live = asset.symbol === unit ? undefined : livePrice(prices, asset.symbol, 'oracle');
    if (!live) continue;
    next.set(asset.symbol, { ...asset, price: live.price });
    assetTimeMs.set(asset.symbol, live.timeMs);
  }
  return { assets: next, assetTimeMs };
}
