/**
 * The feed's prices on the desk: what each instrument and asset stands at, and since when. The same rules as on the margin page
 * (SE-1…SE-8), so that an account shows there what it shows here.
 */
import { isPegged } from '../../domain/pegged-assets.ts';
import type { Decimal } from '../../domain/units.ts';
import type { VenueRules } from '../../engine/rules.ts';
import { isStalePrice, type StaleLimits } from '../inputs.ts';
import { isDollar, type LivePrices, livePrice } from '../prices.ts';
import type { SourceView } from '../protocol.ts';
import type { Board } from './board.ts';
import type { PriceBoard, PriceChanges } from './price-board.ts';
import { furtherTime } from './reader.ts';

/** What the desk's prices are made of; one for a book. */
export interface DeskPrices {
  readonly board: PriceBoard;
  /** By instrument: the feed's word for it, or undefined where the feed cannot price it (SE-3). */
  readonly instrumentMarket: readonly (string | undefined)[];
  readonly instrumentRisk: readonly VenueRules['riskPrice'][];
  readonly assetMarket: readonly (string | undefined)[];
  /** By instrument: the asset that it settles in. */
  readonly settleAsset: Int32Array;
  /** When the mark was true, ms; NaN where there is none. */
  readonly markTimeMs: Float64Array;
  /** When the price was true, ms; NaN where it has no age (SE-7). */
  readonly assetTimeMs: Float64Array;
  readonly asOfMs: number;
}

/** Prices of the book, before any feed. */
export function createDeskPrices(board: PriceBoard, rulesOf: (venue: string) => VenueRules): DeskPrices {
  const unit = board.book.unit ?? 'USD';
  const prices: DeskPrices = {
    board,
    instrumentMarket: board.instruments.map(({ base, quote }) => (isDollar(quote) ? base : undefined)),
    instrumentRisk: board.instruments.map(({ venue }) => rulesOf(venue).riskPrice),
    assetMarket: board.assets.map((symbol) => (isDollar(unit) && symbol !== unit && board.book.assets.has(symbol) ? symbol : undefined)),
    settleAsset: Int32Array.from(board.instruments, ({ settle }) => board.assetIndex.get(settle) ?? -1),
    markTimeMs: new Float64Array(board.instruments.length).fill(Number.NaN),
    assetTimeMs: new Float64Array(board.assets.length).fill(Number.NaN),
    asOfMs: Date.parse(board.book.asOf),
  };
  return prices;
}

/**
 * What changes on the board at the feed's `prices`; times are written at once. Where the feed does not know a market (any more), the
 * book's own price holds.
 */
export function priceChanges(prices: DeskPrices, live: LivePrices): PriceChanges {
  const { board, asOfMs } = prices;
  const instruments: number[] = [];
  const exactMarks: (Decimal | undefined)[] = [];
  board.instruments.forEach((instrument, i) => {
    const market = prices.instrumentMarket[i];
    const held = market === undefined ? undefined : livePrice(live, market, prices.instrumentRisk[i]!);
    const price = held?.price ?? instrument.markPrice;
    prices.markTimeMs[i] = price ? (held?.timeMs ?? instrument.markTimeMs ?? asOfMs) : Number.NaN;
    if (price === board.exactMark[i]) return;
    instruments.push(i);
    exactMarks.push(price);
  });
  const assets: number[] = [];
  const exactPrices: (Decimal | undefined)[] = [];
  const unit = board.book.unit ?? 'USD';
  board.assets.forEach((symbol, i) => {
    const market = prices.assetMarket[i];
    const held = market === undefined ? undefined : livePrice(live, market, 'oracle');
    const price = held?.price ?? board.book.assets.get(symbol)?.price;
    const isConvention = symbol === unit || isPegged(symbol) || !price;
    prices.assetTimeMs[i] = held?.timeMs ?? (isConvention ? Number.NaN : asOfMs);
    if (price === board.exactPrice[i]) return;
    assets.push(i);
    exactPrices.push(price);
  });
  const numbers = (exact: readonly (Decimal | undefined)[]): number[] => exact.map((price) => price?.toNumber() ?? Number.NaN);
  return { instruments, marks: numbers(exactMarks), exactMarks, assets, prices: numbers(exactPrices), exactPrices };
}

export const isNoChange = ({ instruments, assets }: PriceChanges): boolean => instruments.length === 0 && (assets?.length ?? 0) === 0;

/** Which instruments and sets of assets stand on prices that are too old. */
export interface StaleSets {
  readonly instruments: Uint8Array;
  readonly sets: Uint8Array;
  readonly isAny: boolean;
}

/**
 * Writes the times of instruments and sets to the desk's board and says which are too old for the feed's clock (SE-8). `sets` lists the
 * assets of each set.
 */
export function writeAges(
  prices: DeskPrices,
  board: Board,
  sets: readonly (readonly number[])[],
  source: SourceView,
  limits: StaleLimits,
): StaleSets {
  const { clockMs } = source;
  // The board keeps the venue's times, not arrivals.
  const byVenue = { ...limits, isLive: false };
  const isOld = (market: string, timeMs: number): boolean => !Number.isNaN(timeMs) && isStalePrice({ market, timeMs }, source, byVenue);
  const oldAsset = Uint8Array.from(prices.board.assets, (symbol, i) => (isOld(symbol, prices.assetTimeMs[i]!) ? 1 : 0));
  const instruments = Uint8Array.from(prices.board.instruments, ({ base }, i) => {
    const settle = prices.settleAsset[i]!;
    const markTime = prices.markTimeMs[i]!;
    const settleTime = settle < 0 || Number.isNaN(markTime) ? Number.NaN : prices.assetTimeMs[settle]!;
    board.timeMs[i] = furtherTime(markTime, settleTime, clockMs);
    return isOld(base, markTime) || (!Number.isNaN(settleTime) && oldAsset[settle] === 1) ? 1 : 0;
  });
  const oldSets = Uint8Array.from(sets, (assets, set) => {
    board.setTimeMs[set] = assets.reduce((time, asset) => furtherTime(time, prices.assetTimeMs[asset]!, clockMs), Number.NaN);
    return assets.some((asset) => oldAsset[asset] === 1) ? 1 : 0;
  });
  return { instruments, sets: oldSets, isAny: instruments.includes(1) || oldSets.includes(1) };
}

export const isSameStale = (a: StaleSets, b: StaleSets): boolean =>
  a.instruments.every((old, i) => old === b.instruments[i]) && a.sets.every((old, i) => old === b.sets[i]);
