/**
 * What a generated population looks like (rules PO-1…PO-6 of docs/population.md): laws for equity, leverage, number of positions, market
 * mix, side and margin mode, and the markets and margin tables it trades on.
 */
import type { Asset, AssetSymbol, Instrument, MarginTier, VenueId } from '../../domain/book.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import recorded from './population-markets.json' with { type: 'json' };

/** ln x is normal: median, and the standard deviation of ln x. */
export interface LogNormal {
  readonly median: number;
  readonly sigma: number;
}

/** Contracts that a venue lists: the first `marketCount` of the recorded markets, by falling open interest. */
export interface Listing {
  readonly quote: AssetSymbol;
  readonly settle: AssetSymbol;
  readonly marketCount: number;
}

export interface PopulationVenue {
  readonly id: VenueId;
  /** Before the colon of an instrument's id. */
  readonly prefix: string;
  /** Of the accounts; the shares of all venues add up to 1. */
  readonly share: number;
  readonly listings: readonly Listing[];
}

export interface PopulationShape {
  readonly venues: readonly PopulationVenue[];
  readonly equity: LogNormal;
  /**
   * How much an account dares. `leverage`: gross notional ÷ equity, any height. `marginRatio`: maintenance margin ÷ equity; above
   * `thinnedAbove` values are drawn together towards 1, since a venue liquidates what passes it.
   */
  readonly risk: ({ readonly law: 'leverage' } & LogNormal) | ({ readonly law: 'marginRatio'; readonly thinnedAbove: number } & LogNormal);
  /** `poisson`: 1 + Poisson(mean − 1). `lognormal`: the next whole number, at most `most`. */
  readonly positions:
    | { readonly law: 'poisson'; readonly mean: number }
    | ({ readonly law: 'lognormal'; readonly most: number } & LogNormal);
  /**
   * Gross notional is split among an account's positions as a stick broken at random places; then those in the venue's market r
   * (from 1) are 1/r^tilt the size of those in the first.
   */
  readonly sizeTilt: number;
  /** Market r of a venue (from 1) is held in proportion to 1/(r + offset)^exponent. */
  readonly popularity: { readonly exponent: number; readonly offset: number };
  readonly longShare: number;
  readonly isolatedShare: number;
  /** Unrealized return of a position on its entry: normal, before it is held within ±80 %. */
  readonly profit: { readonly mean: number; readonly sigma: number };
  /** Whether positions state the leverage that was chosen. */
  readonly statesLeverage: boolean;
  /** `recorded`: each market's own maximum leverage. `exchange`: 125, 75, 50 and 25 by rank, as large exchanges offer. */
  readonly maxLeverage: 'recorded' | 'exchange';
}

/** Calibrated on recorded Hyperliquid accounts, spread over three venues. See docs/population.md for the fit and for what is not fitted. */
export const RECORDED_SHAPE: PopulationShape = {
  venues: [
    { id: 'hyperliquid', prefix: 'hl', share: 0.5, listings: [{ quote: 'USD', settle: 'USDC', marketCount: 110 }] },
    { id: 'binance-usdm', prefix: 'bn', share: 0.3, listings: [{ quote: 'USDT', settle: 'USDT', marketCount: 55 }] },
    { id: 'bybit', prefix: 'by', share: 0.2, listings: [{ quote: 'USDT', settle: 'USDT', marketCount: 35 }] },
  ],
  equity: { median: 5_000, sigma: 2 },
  risk: { law: 'marginRatio', median: 0.075, sigma: 0.85, thinnedAbove: 0.4 },
  positions: { law: 'lognormal', median: 1.6, sigma: 1.5, most: 100 },
  sizeTilt: 0.3,
  popularity: { exponent: 1.3, offset: 0.8 },
  longShare: 0.33,
  isolatedShare: 0.01,
  profit: { mean: 0.04, sigma: 0.15 },
  statesLeverage: true,
  maxLeverage: 'recorded',
};

/** The book that speed is measured on: 200 instruments of one venue, 1 + Poisson(4) positions, leverage up to any height. */
export const BENCH_SHAPE: PopulationShape = {
  venues: [
    {
      id: 'generic',
      prefix: 'ge',
      share: 1,
      listings: [
        { quote: 'USD', settle: 'USD', marketCount: 190 },
        { quote: 'USDC', settle: 'USD', marketCount: 10 },
      ],
    },
  ],
  equity: { median: 5_000, sigma: 2 },
  risk: { law: 'leverage', median: 4, sigma: 0.9 },
  positions: { law: 'poisson', mean: 5 },
  sizeTilt: 0,
  popularity: { exponent: 0.75, offset: 0 },
  longShare: 0.5,
  isolatedShare: 0,
  profit: { mean: 0, sigma: 0.1 },
  statesLeverage: false,
  maxLeverage: 'exchange',
};

interface RecordedMarket {
  readonly base: AssetSymbol;
  readonly markPrice: string;
  readonly maxLeverage: number;
}

const MARKETS: readonly RecordedMarket[] = (recorded.markets as [string, string, number][]).map(([base, markPrice, maxLeverage]) => ({
  base,
  markPrice,
  maxLeverage,
}));

/** What an account of one venue can hold. */
export interface VenueMarkets {
  readonly venue: PopulationVenue;
  /** First instrument of the venue in `PopulationMarkets.instruments`; they lie together. */
  readonly first: number;
  readonly count: number;
  readonly settle: AssetSymbol;
}

export interface PopulationMarkets {
  readonly instruments: readonly Instrument[];
  readonly assets: readonly Asset[];
  readonly venues: readonly VenueMarkets[];
}

/** Margin tables have 5 to 10 rows; the next floor is four times the one before, from here. */
const FIRST_FLOOR = 25_000;
const FLOOR_STEP = 4;
/** Maintenance rate of a row, in that of the first. */
const RATE_STEPS = ['1', '1.5', '2', '2.5', '3', '4', '5', '6', '8', '10'] as const;
const RATE_MAX = 0.6;
const TIERS_SPREAD = 6;
const EXCHANGE_LEVERAGE = [
  [10, 125],
  [50, 75],
  [120, 50],
  [Number.POSITIVE_INFINITY, 25],
] as const;

/** Half the initial margin rate at the maximum leverage, to six places. */
const firstRateOf = (maxLeverage: number): Decimal => ONE.div(2 * maxLeverage).toDecimalPlaces(6, Decimal.ROUND_UP);

/** Continuous at every floor: deduction = deduction before + floor × (rate − rate before). */
function tiersOf(maxLeverage: number, rank: number): MarginTier[] {
  const tiers: MarginTier[] = [];
  const first = firstRateOf(maxLeverage);
  let floor = ZERO;
  for (const step of RATE_STEPS.slice(0, 5 + (rank % TIERS_SPREAD))) {
    const before = tiers.at(-1);
    const maintenanceMarginRate = first.times(step);
    if (maintenanceMarginRate.gt(RATE_MAX)) break;
    const rise = before ? floor.times(maintenanceMarginRate.minus(before.maintenanceMarginRate)) : ZERO;
    tiers.push({
      notionalFloor: floor,
      maxLeverage: Decimal.max(1, new Decimal(maxLeverage).div(step).floor()),
      maintenanceMarginRate,
      maintenanceDeduction: rise.plus(before?.maintenanceDeduction ?? ZERO),
    });
    floor = floor.isZero() ? new Decimal(FIRST_FLOOR) : floor.times(FLOOR_STEP);
  }
  return tiers;
}

/** The instruments and assets of a shape, marked at `markPrices` where it names a market, else at the recorded prices. */
export function marketsOf(shape: PopulationShape, markPrices: ReadonlyMap<AssetSymbol, Decimal> = new Map()): PopulationMarkets {
  const instruments: Instrument[] = [];
  const venues: VenueMarkets[] = [];
  for (const venue of shape.venues) {
    const first = instruments.length;
    for (const [k, { quote, settle, marketCount }] of venue.listings.entries()) {
      for (const [rank, market] of MARKETS.slice(0, marketCount).entries()) {
        const maxLeverage = shape.maxLeverage === 'recorded' ? market.maxLeverage : EXCHANGE_LEVERAGE.find(([below]) => rank < below)![1];
        instruments.push({
          id: `${venue.prefix}:${market.base}${k === 0 ? '' : `-${quote}`}`,
          venue: venue.id,
          contract: 'linear',
          base: market.base,
          quote,
          settle,
          contractSize: ONE,
          markPrice: markPrices.get(market.base) ?? new Decimal(market.markPrice),
          tiers: tiersOf(maxLeverage, rank),
        });
      }
    }
    venues.push({ venue, first, count: instruments.length - first, settle: venue.listings[0]!.settle });
  }
  const symbols = [...new Set(venues.map(({ settle }) => settle))];
  return { instruments, venues, assets: symbols.map((symbol) => ({ symbol, price: ONE })) };
}
