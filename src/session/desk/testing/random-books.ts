/**
 * Seeded books for the desk's own tests: every venue of the registry, bundled and given tables, rows that step and rows that join,
 * inverse contracts, hedged legs, isolated positions, several currencies, huge and tiny sizes, lending; sized so that every state occurs.
 */
import type { Account, Asset, Balance, Book, Instrument, MarginTier, Position } from '../../../domain/book.ts';
import { Decimal } from '../../../domain/units.ts';
import type { VenueRules } from '../../../engine/rules.ts';
import { venues } from '../../../venues/registry.ts';

export type Random = () => number;

/** Uniform in [0, 1): mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const rulesOf = (venue: string): VenueRules => {
  const found = venues[venue];
  if (!found) throw new Error(`no venue ${venue}`);
  return found.rules;
};

const d = (value: string | number): Decimal => new Decimal(value);
const pick = <T>(next: Random, list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
const between = (next: Random, low: number, high: number): number => low + (high - low) * next();
/** A decimal of about `digits` significant digits, as a person would write it. */
const rounded = (value: number, digits: number): Decimal => d(Number(value.toPrecision(digits)));

export const MARKETS: Readonly<Record<string, number>> = { BTC: 65000, ETH: 3200, SOL: 150, DOGE: 0.13, kPEPE: 0.0091 };

interface Listing {
  readonly venue: string;
  readonly id: (base: string) => string;
  readonly contract: 'linear' | 'inverse';
  readonly quote: string;
  readonly settle: (base: string) => string;
  readonly contractSize: string;
  readonly takerFeeRate?: string;
}

const LISTINGS: readonly Listing[] = [
  { venue: 'hyperliquid', id: (b) => `hl:${b}`, contract: 'linear', quote: 'USD', settle: () => 'USDC', contractSize: '1' },
  { venue: 'binance-usdm', id: (b) => `binance:${b}USDT`, contract: 'linear', quote: 'USDT', settle: () => 'USDT', contractSize: '1' },
  { venue: 'binance-coinm', id: (b) => `coinm:${b}USD_PERP`, contract: 'inverse', quote: 'USD', settle: (b) => b, contractSize: '100' },
  { venue: 'bybit', id: (b) => `bybit:${b}USDT`, contract: 'linear', quote: 'USDT', settle: () => 'USDT', contractSize: '1' },
  { venue: 'bybit', id: (b) => `bybit:${b}USD`, contract: 'inverse', quote: 'USD', settle: (b) => b, contractSize: '1' },
  { venue: 'bybit-classic', id: (b) => `classic:${b}USDT`, contract: 'linear', quote: 'USDT', settle: () => 'USDT', contractSize: '1' },
  { venue: 'okx', id: (b) => `okx:${b}-USDT-SWAP`, contract: 'linear', quote: 'USDT', settle: () => 'USDT', contractSize: '0.01' },
  { venue: 'okx', id: (b) => `okx:${b}-USD-SWAP`, contract: 'inverse', quote: 'USD', settle: (b) => b, contractSize: '100' },
  { venue: 'dydx-v4', id: (b) => `dydx:${b}-USD`, contract: 'linear', quote: 'USD', settle: () => 'USDC', contractSize: '1' },
  {
    venue: 'generic',
    id: (b) => `gen:${b}`,
    contract: 'linear',
    quote: 'USD',
    settle: () => 'USD',
    contractSize: '1',
    takerFeeRate: '0.0005',
  },
  { venue: 'generic', id: (b) => `gen:${b}-INV`, contract: 'inverse', quote: 'USD', settle: (b) => b, contractSize: '10' },
];

/** Floors of the tables that a book gives, above the first. */
const FLOORS = [10_000, 50_000, 250_000, 1_000_000] as const;

/** Tables that a book gives; where the venue's rows step (OKX) floors are thresholds of their own. */
const givenTiers = (unit: number): MarginTier[] =>
  [
    [0, 50, 0.01],
    [FLOORS[0], 25, 0.02],
    [FLOORS[1], 20, 0.025],
    [FLOORS[2], 10, 0.05],
    [FLOORS[3], 4, 0.125],
  ].map(([floor, maxLeverage, rate]) => ({
    notionalFloor: d(floor!).div(unit),
    maxLeverage: d(maxLeverage!),
    maintenanceMarginRate: d(rate!),
  }));

function instrumentsOf(next: Random): Map<string, Instrument> {
  const instruments = new Map<string, Instrument>();
  for (const listing of LISTINGS) {
    for (const [base, price] of Object.entries(MARKETS)) {
      if (listing.contract === 'inverse' && base !== 'BTC' && base !== 'ETH') continue;
      const unit = listing.contract === 'inverse' ? price : 1;
      const isGiven = listing.venue === 'generic' || next() < 0.5;
      const id = listing.id(base);
      instruments.set(id, {
        id,
        venue: listing.venue,
        contract: listing.contract,
        base,
        quote: listing.quote,
        settle: listing.settle(base),
        contractSize: d(listing.contractSize),
        markPrice: rounded(price * between(next, 0.98, 1.02), 6),
        ...(listing.takerFeeRate ? { takerFeeRate: d(listing.takerFeeRate) } : {}),
        ...(isGiven ? { tiers: givenTiers(unit) } : {}),
      });
    }
  }
  return instruments;
}

const assetsOf = (next: Random): Map<string, Asset> =>
  new Map<string, Asset>([
    ['USD', { symbol: 'USD', price: d(1) }],
    ['USDT', { symbol: 'USDT', price: d('0.9997') }],
    ['USDC', { symbol: 'USDC', price: d(1), liquidationThreshold: d('0.78'), loanToValue: d('0.75') }],
    ['DAI', { symbol: 'DAI', price: d('1.0002'), liquidationThreshold: d('0.77'), loanToValue: d('0.63') }],
    [
      'BTC',
      { symbol: 'BTC', price: rounded(65000 * between(next, 0.99, 1.01), 6), collateralFactor: d('0.95'), liquidationThreshold: d('0.78') },
    ],
    [
      'ETH',
      { symbol: 'ETH', price: rounded(3200 * between(next, 0.99, 1.01), 6), collateralFactor: d('0.9'), liquidationThreshold: d('0.83') },
    ],
  ]);

export interface BookOptions {
  readonly accounts: number;
  readonly venues?: readonly string[];
  /** Share of accounts with something missing: a mark, a table. */
  readonly unknownShare?: number;
  /** Share of positions whose notional lies within a few thousandths of a floor of the tables that a book gives. */
  readonly edgeShare?: number;
}

/** A book of random accounts. */
export function randomBook(next: Random, options: BookOptions): Book {
  const instruments = instrumentsOf(next);
  const assets = assetsOf(next);
  const allowed = options.venues ?? [...new Set(LISTINGS.map(({ venue }) => venue)), 'aave-v3'];
  if ((options.unknownShare ?? 0) > 0) {
    const { markPrice: _, ...unpriced } = instruments.get('hl:SOL')!;
    instruments.set('hl:SOL', unpriced);
    assets.set('GRAIN', { symbol: 'GRAIN' });
    instruments.set('hl:NONE', { ...instruments.get('hl:ETH')!, id: 'hl:NONE', base: 'NONE', venue: 'dydx-v4' });
  }
  const accounts = Array.from({ length: options.accounts }, (_, i) => {
    const venue = allowed[i % allowed.length]!;
    return randomAccount(next, `a${i}`, venue, instruments, assets, options);
  });
  return { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', unit: 'USD', instruments, assets, accounts };
}

/** An account of `venue` on the given markets. */
export function randomAccount(
  next: Random,
  id: string,
  venue: string,
  instruments: ReadonlyMap<string, Instrument>,
  assets: ReadonlyMap<string, Asset>,
  { unknownShare = 0, edgeShare = 0 }: Pick<BookOptions, 'unknownShare' | 'edgeShare'> = {},
): Account {
  if (venue === 'aave-v3') return lendingAccount(next, id, assets);
  const own = [...instruments.values()].filter(
    (instrument) => instrument.venue === venue && (instrument.markPrice || next() < unknownShare),
  );
  const count = next() < 0.05 ? 0 : 1 + Math.floor(next() * 6);
  const scale = next() < 0.1 ? 1e-4 : next() < 0.1 ? 1e4 : 1;
  const positions = Array.from({ length: count }, () => randomPosition(next, pick(next, own), scale, edgeShare));
  const isMixed = next() < 0.4;
  const settle = positions[0] ? instruments.get(positions[0].instrument)!.settle : 'USDC';
  const kept = isMixed ? positions : positions.filter(({ instrument }) => instruments.get(instrument)!.settle === settle);
  return {
    id,
    venue,
    balances: [...balancesFor(next, kept, settle, instruments, assets), ...grainOf(next, assets)],
    positions: kept,
    ...(next() < 0.05 ? { maintenanceMarginOther: rounded(between(next, 0, 50), 4) } : {}),
  };
}

/** A grain of what has no price, on some accounts of books with something unknown. */
const grainOf = (next: Random, assets: ReadonlyMap<string, Asset>): Balance[] =>
  assets.has('GRAIN') && next() < 0.3 ? [{ asset: 'GRAIN', amount: d(3) }] : [];

const notionalOf = ({ contract, contractSize, markPrice }: Instrument, size: number): number => {
  const mark = markPrice?.toNumber() ?? 1;
  return Math.abs(size) * contractSize.toNumber() * (contract === 'inverse' ? 1 : mark);
};

function randomPosition(next: Random, instrument: Instrument, scale: number, edgeShare: number): Position {
  const mark = instrument.markPrice?.toNumber() ?? 1;
  const isOnEdge = edgeShare > 0 && next() < edgeShare;
  const notional = isOnEdge ? pick(next, FLOORS) * between(next, 0.995, 1.005) : 10 ** between(next, 2, 6) * scale;
  const units = instrument.contract === 'inverse' ? notional : notional / mark;
  const size = rounded(units / instrument.contractSize.toNumber(), 5).times(next() < 0.5 ? -1 : 1);
  const isIsolated = instrument.venue !== 'dydx-v4' && next() < 0.2;
  const coin = instrument.contract === 'inverse' ? notional / mark : notional;
  return {
    instrument: instrument.id,
    size,
    entryPrice: rounded(mark * between(next, 0.9, 1.1), 6),
    marginMode: isIsolated ? 'isolated' : 'cross',
    ...(isIsolated ? { isolatedMargin: rounded(coin * between(next, 0.01, 0.3), 6) } : {}),
    ...(next() < 0.8 ? { leverage: d(pick(next, [1, 2, 3, 5, 10, 20, 25, 50])) } : {}),
    ...(instrument.venue === 'hyperliquid' && next() < 0.1 ? { maxLeverage: d(pick(next, [3, 5, 10])) } : {}),
  };
}

/** Collateral worth a random share of the notional, whatever the profit: every state occurs. */
function balancesFor(
  next: Random,
  positions: readonly Position[],
  settle: string,
  instruments: ReadonlyMap<string, Instrument>,
  assets: ReadonlyMap<string, Asset>,
): Balance[] {
  const worth = positions.reduce((sum, { instrument, size }) => sum + notionalOf(instruments.get(instrument)!, size.toNumber()), 0);
  const wanted = worth * 10 ** between(next, -2, 0.5) * (next() < 0.05 ? -0.05 : 1);
  const amount = (symbol: string, value: number): Balance => ({
    asset: symbol,
    amount: rounded(value / (assets.get(symbol)?.price?.toNumber() ?? 1), 7),
  });
  if (positions.length === 0) return next() < 0.5 ? [] : [amount(settle, 1000)];
  const other = pick(
    next,
    [...assets.keys()].filter((symbol) => symbol !== 'GRAIN'),
  );
  return next() < 0.75 ? [amount(settle, wanted)] : [amount(settle, wanted * 0.7), amount(other, wanted * 0.3)];
}

function lendingAccount(next: Random, id: string, assets: ReadonlyMap<string, Asset>): Account {
  const size = 10 ** between(next, 1, 6);
  const amount = (symbol: string, value: number): Balance => ({
    asset: symbol,
    amount: rounded(value / assets.get(symbol)!.price!.toNumber(), 8),
  });
  const collateral = pick(next, ['ETH', 'BTC', 'USDC', 'DAI']);
  const debt = pick(
    next,
    ['USDC', 'DAI', 'ETH'].filter((symbol) => symbol !== collateral),
  );
  const balances = [amount(collateral, size), amount(debt, -size * between(next, 0.1, 0.95))];
  if (next() < 0.3) balances.push({ ...amount(pick(next, ['BTC', 'ETH']), size * 0.2), liquidationThreshold: d('0.7') });
  return { id, venue: 'aave-v3', balances: next() < 0.1 ? balances.slice(0, 1) : balances, positions: [] };
}
