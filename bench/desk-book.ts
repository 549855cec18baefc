/**
 * The synthetic book of the desk's benches (deterministic): accounts of 1 + Poisson(4) positions on 200 instruments of Zipf-like
 * popularity with 5–10 rows each, equity and leverage lognormal, so that margin ratios have a median of about 3 % and a 99th percentile
 * of about 60 %. Prices of a market of one factor: 60 % volatility a year, and a fall of ten per cent in a minute.
 */
import type { Asset, Book, Instrument, MarginTier } from '../src/domain/book.ts';
import { Decimal } from '../src/domain/units.ts';
import type { FlatBook } from '../src/session/desk/flat-book.ts';

export const INSTRUMENTS = 200;

export type Random = () => number;

/** Uniform in [0, 1): xorshift128+ in 32-bit halves is more than a bench needs; mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const gauss = (next: Random): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

const poisson = (next: Random, mean: number): number => {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = next(); product > limit; product *= next()) count++;
  return count;
};

/** A positive number as the nearest double of its first six decimal digits. */
function sixDigits(value: number): number {
  const places = 5 - Math.floor(Math.log10(value));
  const power = 10 ** Math.abs(places);
  return places >= 0 ? Math.round(value * power) / power : Math.round(value / power) * power;
}

/** Rows with growing floors and rates, joined without a jump. */
function tiersOf(next: Random): MarginTier[] {
  const count = 5 + Math.floor(next() * 6);
  let floor = 0;
  let rate = 0.004 + 0.006 * next();
  return Array.from({ length: count }, (_, i) => {
    if (i > 0) {
      floor = i === 1 ? Math.round(20_000 * (1 + 4 * next())) : Math.round(floor * (2 + 2 * next()));
      rate = Math.min(0.5, rate * (1.3 + 0.5 * next()));
    }
    const maintenanceMarginRate = new Decimal(rate.toFixed(5));
    return {
      notionalFloor: new Decimal(floor),
      maxLeverage: new Decimal(1).div(maintenanceMarginRate.times(2)).toDecimalPlaces(4),
      maintenanceMarginRate,
    };
  });
}

export interface SyntheticOptions {
  readonly venue: string;
  /** Sizes round the floors of the rows: every leg close to an edge. */
  readonly isEdgeHeavy?: boolean;
  /** 200 where not given. */
  readonly markets?: number;
}

/** The book; `accounts` accounts on 200 instruments. */
export function syntheticBook(
  accounts: number,
  seed: number,
  { venue, isEdgeHeavy = false, markets = INSTRUMENTS }: SyntheticOptions = { venue: 'hyperliquid' },
): FlatBook {
  const next = seeded(seed);
  const instruments = new Map<string, Instrument>();
  const prices = new Float64Array(markets);
  const floors: number[][] = [];
  for (let i = 0; i < markets; i++) {
    prices[i] = Number(Math.exp(11 - 0.055 * i + gauss(next)).toPrecision(6));
    const tiers = tiersOf(next);
    floors.push(tiers.slice(1).map(({ notionalFloor }) => notionalFloor.toNumber()));
    const id = `M${i}`;
    instruments.set(id, {
      id,
      venue,
      contract: 'linear',
      base: id,
      quote: 'USD',
      settle: 'USDC',
      contractSize: new Decimal(1),
      markPrice: new Decimal(prices[i]!),
      tiers,
    });
  }
  const popularity = Float64Array.from({ length: markets }, (_, i) => 1 / (i + 1) ** 0.8);
  const cumulative = new Float64Array(markets);
  popularity.reduce((sum, value, i) => {
    cumulative[i] = sum + value;
    return sum + value;
  }, 0);
  // A table of draws: popularity without a search.
  const draws = Uint16Array.from({ length: 4096 }, (_, k) =>
    cumulative.findIndex((c) => c >= ((k + 0.5) / 4096) * cumulative[markets - 1]!),
  );
  const positionStart = new Uint32Array(accounts + 1);
  const capacity = Math.ceil(accounts * 5.2) + 64;
  const instrument = new Uint32Array(capacity);
  const size = new Float64Array(capacity);
  const entry = new Float64Array(capacity);
  const balanceAmount = new Float64Array(accounts);
  let at = 0;
  for (let a = 0; a < accounts; a++) {
    const count = Math.min(1 + poisson(next, 4), 24);
    const equity = Math.exp(Math.log(5000) + 2 * gauss(next));
    const leverage = Math.exp(Math.log(4) + 0.9 * gauss(next));
    let profit = 0;
    for (let k = 0; k < count && at < capacity; k++) {
      const j = draws[Math.floor(next() * 4096)]!;
      const price = prices[j]!;
      let notional = ((equity * leverage) / count) * (0.5 + next());
      if (isEdgeHeavy && floors[j]!.length > 0 && notional > 5_000)
        notional = floors[j]![Math.floor(next() * floors[j]!.length)]! * (1 + 0.01 * gauss(next));
      size[at] = (next() < 0.52 ? 1 : -1) * sixDigits(notional / price);
      entry[at] = sixDigits(price * Math.max(0.1, 1 + 0.05 * gauss(next)));
      instrument[at] = j;
      profit += size[at]! * (price - entry[at]!);
      at++;
    }
    positionStart[a + 1] = at;
    balanceAmount[a] = Math.round((equity - profit) * 100) / 100;
  }
  const book: Book = {
    format: 'leverage-book/1',
    asOf: '2026-01-01T00:00:00Z',
    unit: 'USD',
    instruments,
    assets: new Map<string, Asset>([['USDC', { symbol: 'USDC', price: new Decimal(1) }]]),
    accounts: [],
  };
  return {
    book,
    venues: [venue],
    instruments: [...instruments.keys()],
    assets: ['USDC'],
    count: accounts,
    idOf: (i) => `a${i}`,
    venue: new Uint8Array(accounts),
    balanceStart: Uint32Array.from({ length: accounts + 1 }, (_, i) => i),
    balanceAsset: new Uint32Array(accounts),
    balanceAmount,
    positionStart,
    positionInstrument: instrument.subarray(0, at),
    positionSize: size.subarray(0, at),
    positionEntry: entry.subarray(0, at),
    positionMode: new Uint8Array(at),
    positionLeverage: new Float64Array(at).fill(Number.NaN),
    positionMargin: new Float64Array(0),
    special: new Map(),
  };
}

const SECONDS_A_YEAR = 365 * 86_400;

/** Prices that move second by second: one factor and one of each market's own. */
export function createMarket(prices: Float64Array, seed: number) {
  const next = seeded(seed);
  const beta = Float64Array.from(prices, () => 0.8 + 0.7 * next());
  return {
    /** One step of `seconds` at `volatility` a year, with `drift` of the factor on top. */
    step: (seconds: number, volatility: number, drift: number): void => {
      const sigma = volatility * Math.sqrt(seconds / SECONDS_A_YEAR);
      const common = 0.7 * sigma * gauss(next) + drift;
      for (let i = 0; i < prices.length; i++) prices[i]! *= Math.exp(beta[i]! * common + 0.7 * sigma * gauss(next));
    },
  };
}
