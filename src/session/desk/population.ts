/**
 * Generated accounts (rules PO-1…PO-6 of docs/population.md): deterministic from the seed, straight into columns, a million in about a
 * second. The first n accounts are the same whatever the number of accounts.
 */
import type { AssetSymbol } from '../../domain/book.ts';
import type { BookColumns, NumberColumn, TextColumn } from '../../domain/book-columns.ts';
import { type Draw, normalsFrom, uniformStream } from '../../domain/random.ts';
import type { Decimal } from '../../domain/units.ts';
import { atOnce } from './placing.ts';
import { type LogNormal, marketsOf, type PopulationMarkets, type PopulationShape, RECORDED_SHAPE } from './population-shape.ts';

export interface PopulationOptions {
  readonly accounts: number;
  /** Any safe integer. */
  readonly seed: number;
  /** ISO-8601, UTC. */
  readonly asOf: string;
  readonly shape?: PopulationShape;
  /** Marks by base asset, instead of the recorded ones: entries are drawn around them. */
  readonly markPrices?: ReadonlyMap<AssetSymbol, Decimal>;
}

/** Significant digits of sizes and entry prices; amounts have two places. */
const DIGITS = 6;
/** An unrealized return is held within ± this. */
const PROFIT_MAX = 0.8;
/** Draws before the next market that is not yet held is taken. */
const TRIES = 6;
/** At most this share of a venue's markets in one account. */
const SPREAD_MAX = 0.8;
const LONGEST_SEARCH = 64;
const ID_LENGTH = 8;

/** Accounts generated before the rest of the program gets its turn. */
const ACCOUNTS_PER_STEP = 8_192;

/** Accounts as `shape` says, counted in USD. Every number has so few digits that its double says it exactly. */
export const population = (options: PopulationOptions): BookColumns => atOnce(populationSteps(options));

/** The same step by step. */
export function* populationSteps(options: PopulationOptions): Generator<void, BookColumns> {
  const { accounts: count, seed, asOf, shape = RECORDED_SHAPE } = options;
  const markets = marketsOf(shape, options.markPrices);
  const venue = venuesOf(count, seed, shape);
  const positionStart = positionStarts(count, seed, shape, markets, venue);
  const balanceStart = new Uint32Array(count + 1);
  for (let i = 0; i <= count; i++) balanceStart[i] = i;
  const rows = new AccountFiller(seed, shape, markets, positionStart[count]!, count);
  yield;
  for (let i = 0; i < count; i++) {
    rows.fill(i, venue[i]!, positionStart[i]!, positionStart[i + 1]!);
    if ((i + 1) % ACCOUNTS_PER_STEP === 0) yield;
  }
  return {
    asOf,
    unit: 'USD',
    instruments: markets.instruments,
    assets: markets.assets,
    symbols: rows.symbols,
    venues: shape.venues.map(({ id }) => id),
    units: [],
    accounts: { count, id: idsOf(count, seed), venue, balanceStart, positionStart },
    balances: { count, asset: rows.asset, amount: plain(rows.amount), derived: new Uint8Array(count) },
    positions: {
      count: positionStart[count]!,
      instrument: rows.instrument,
      size: plain(rows.size),
      entryPrice: plain(rows.entryPrice),
      isolated: rows.isolated,
      tiers: new Map(),
      ...(rows.leverage ? { leverage: plain(rows.leverage) } : {}),
      ...(rows.isolatedMargin ? { isolatedMargin: plain(rows.isolatedMargin) } : {}),
    },
  };
}

const NOTHING_EXACT: ReadonlyMap<number, string> = new Map();
const plain = (value: Float64Array): NumberColumn => ({ value, exact: NOTHING_EXACT });

/** Index of each account's venue. */
function venuesOf(count: number, seed: number, shape: PopulationShape): Uint8Array {
  const draw = uniformStream(seed, 'venue');
  const ends: number[] = [];
  for (const { share } of shape.venues) ends.push((ends.at(-1) ?? 0) + share);
  const last = ends.length - 1;
  const venue = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const u = draw();
    let k = 0;
    while (k < last && u >= ends[k]!) k++;
    venue[i] = k;
  }
  return venue;
}

/** Where each account's positions begin, and where the last one's end. */
function positionStarts(count: number, seed: number, shape: PopulationShape, markets: PopulationMarkets, venue: Uint8Array): Uint32Array {
  const draw = countLaw(shape.positions, uniformStream(seed, 'positions'));
  const most = markets.venues.map((listed) => Math.max(1, Math.floor(listed.count * SPREAD_MAX)));
  const start = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) start[i + 1] = start[i]! + Math.min(draw(), most[venue[i]!]!);
  return start;
}

/** Numbers of positions, at least 1. */
function countLaw(law: PopulationShape['positions'], uniform: Draw): Draw {
  if (law.law === 'lognormal') {
    const draw = logNormal(law, normalsFrom(uniform));
    return () => Math.max(1, Math.min(law.most, Math.ceil(draw())));
  }
  const cumulative: number[] = [];
  for (let k = 0, p = Math.exp(1 - law.mean); k < LONGEST_SEARCH; p *= (law.mean - 1) / ++k) cumulative.push((cumulative.at(-1) ?? 0) + p);
  return () => {
    const u = uniform();
    let k = 0;
    while (k < LONGEST_SEARCH - 1 && u > cumulative[k]!) k++;
    return k + 1;
  };
}

const logNormal = ({ median, sigma }: LogNormal, normal: Draw): Draw => {
  return () => median * Math.exp(sigma * normal());
};

/** Writes accounts one after the other; each draws the same numbers of random numbers from streams of its own purposes. */
class AccountFiller {
  readonly symbols: readonly AssetSymbol[];
  readonly asset: Uint32Array;
  readonly amount: Float64Array;
  readonly instrument: Uint32Array;
  readonly size: Float64Array;
  readonly entryPrice: Float64Array;
  readonly isolated: Uint8Array;
  readonly leverage: Float64Array | undefined;
  readonly isolatedMargin: Float64Array | undefined;

  private readonly shape: PopulationShape;
  private readonly markPrice: Float64Array;
  private readonly tierStart: Uint32Array;
  private readonly tierFloor: Float64Array;
  private readonly tierRate: Float64Array;
  private readonly tierDeduction: Float64Array;
  private readonly maxLeverage: Float64Array;
  /** By instrument: how much larger positions in it are than in the first market of its venue. */
  private readonly tilt: Float64Array;
  /** By venue. */
  private readonly settle: Uint32Array;
  private readonly first: Uint32Array;
  private readonly pick: readonly Draw[];
  private readonly listed: Uint32Array;
  /** By instrument: 1 + the account that last took it. */
  private readonly taken: Uint32Array;

  private readonly drawEquity: Draw;
  private readonly drawRisk: Draw;
  private readonly drawWeight: Draw;
  private readonly drawProfit: Draw;
  private readonly drawSide: Draw;
  private readonly drawMode: Draw;

  constructor(seed: number, shape: PopulationShape, markets: PopulationMarkets, positionCount: number, count: number) {
    const { instruments, venues, assets } = markets;
    this.shape = shape;
    this.symbols = assets.map(({ symbol }) => symbol);
    this.asset = new Uint32Array(count);
    this.amount = new Float64Array(count);
    this.instrument = new Uint32Array(positionCount);
    this.size = new Float64Array(positionCount);
    this.entryPrice = new Float64Array(positionCount);
    this.isolated = new Uint8Array(positionCount);
    this.leverage = shape.statesLeverage ? new Float64Array(positionCount) : undefined;
    this.isolatedMargin = shape.isolatedShare > 0 ? new Float64Array(positionCount).fill(Number.NaN) : undefined;
    this.markPrice = Float64Array.from(instruments, ({ markPrice }) => markPrice!.toNumber());
    const tiers = instruments.flatMap((instrument) => instrument.tiers!);
    this.tierStart = startsOf(instruments.map((instrument) => instrument.tiers!.length));
    this.tierFloor = Float64Array.from(tiers, ({ notionalFloor }) => notionalFloor.toNumber());
    this.tierRate = Float64Array.from(tiers, ({ maintenanceMarginRate }) => maintenanceMarginRate.toNumber());
    this.tierDeduction = Float64Array.from(tiers, ({ maintenanceDeduction }) => maintenanceDeduction!.toNumber());
    this.maxLeverage = Float64Array.from(instruments, ({ tiers }) => tiers![0]!.maxLeverage!.toNumber());
    this.tilt = Float64Array.from(
      venues.flatMap(({ count: listed }) => Array.from({ length: listed }, (_, rank) => (rank + 1) ** -shape.sizeTilt)),
    );
    this.settle = Uint32Array.from(venues, ({ settle }) => this.symbols.indexOf(settle));
    this.first = Uint32Array.from(venues, ({ first }) => first);
    this.listed = Uint32Array.from(venues, (venue) => venue.count);
    this.pick = venues.map((venue) => popularityLaw(venue.count, shape.popularity, uniformStream(seed, `market ${venue.venue.id}`)));
    this.taken = new Uint32Array(instruments.length);
    const normals = (purpose: string): Draw => normalsFrom(uniformStream(seed, purpose));
    this.drawEquity = logNormal(shape.equity, normals('equity'));
    this.drawRisk = logNormal(shape.risk, normals('risk'));
    this.drawWeight = uniformStream(seed, 'split');
    this.drawProfit = normals('profit');
    this.drawSide = uniformStream(seed, 'side');
    this.drawMode = uniformStream(seed, 'mode');
  }

  /** Account `i` of venue `venue`, with the positions from row `from` up to and without row `to`. */
  fill(i: number, venue: number, from: number, to: number): void {
    let weights = 0;
    let weightedRate = 0;
    for (let row = from; row < to; row++) {
      const instrument = this.takeMarket(i, venue);
      const weight = -Math.log(this.drawWeight()) * this.tilt[instrument]!;
      this.instrument[row] = instrument;
      // the weight, until the size is known
      this.size[row] = weight;
      weights += weight;
      weightedRate += weight * this.tierRate[this.tierStart[instrument]!]!;
    }
    const equity = this.drawEquity();
    const gross = this.grossOf(equity, weightedRate / weights, from, to, weights);
    let profits = 0;
    let margins = 0;
    for (let row = from; row < to; row++) {
      const profit = this.fillPosition(row, (gross * this.size[row]!) / weights);
      const margin = this.isolated[row] === 1 ? this.isolatedMargin![row]! : Number.NaN;
      if (Number.isNaN(margin)) profits += profit;
      else margins += margin;
    }
    this.asset[i] = this.settle[venue]!;
    this.amount[i] = Math.round((equity - profits - margins) * 100) / 100;
  }

  /** A market of `venue` that account `i` does not hold yet. */
  private takeMarket(i: number, venue: number): number {
    const first = this.first[venue]!;
    const listed = this.listed[venue]!;
    const pick = this.pick[venue]!;
    let market = pick();
    for (let k = 1; k < TRIES && this.taken[first + market] === i + 1; k++) market = pick();
    while (this.taken[first + market] === i + 1) market = (market + 1) % listed;
    this.taken[first + market] = i + 1;
    return first + market;
  }

  /** Gross notional of account rows `from` … `to`, whose weights stand in `size` and sum to `weights`; `rate` is that of the smallest tiers. */
  private grossOf(equity: number, rate: number, from: number, to: number, weights: number): number {
    const { risk } = this.shape;
    const drawn = this.drawRisk();
    if (risk.law === 'leverage') return equity * drawn;
    const room = 1 - risk.thinnedAbove;
    const ratio = drawn <= risk.thinnedAbove ? drawn : risk.thinnedAbove + room * (1 - Math.exp((risk.thinnedAbove - drawn) / room));
    const gross = (equity * ratio) / rate;
    // maintenance is convex in notional: scaled down by what the higher tiers add, it is at most what was drawn
    let maintenance = 0;
    for (let row = from; row < to; row++) maintenance += this.maintenanceOf(this.instrument[row]!, (gross * this.size[row]!) / weights);
    return (gross * equity * ratio) / maintenance;
  }

  private maintenanceOf(instrument: number, notional: number): number {
    let tier = this.tierStart[instrument]!;
    const end = this.tierStart[instrument + 1]!;
    while (tier + 1 < end && notional >= this.tierFloor[tier + 1]!) tier++;
    return notional * this.tierRate[tier]! - this.tierDeduction[tier]!;
  }

  /** Size, entry and mode of a position of `notional`; its unrealized profit. */
  private fillPosition(row: number, notional: number): number {
    const { shape } = this;
    const instrument = this.instrument[row]!;
    const mark = this.markPrice[instrument]!;
    const side = this.drawSide() < shape.longShare ? 1 : -1;
    const isIsolated = shape.isolatedShare > 0 && this.drawMode() < shape.isolatedShare;
    const size = side * rounded(notional / mark);
    const chosen = this.maxLeverage[instrument]!;
    // an isolated position whose loss nears its margin is gone
    const spread = isIsolated ? Math.min(shape.profit.sigma, 0.2 / chosen) : shape.profit.sigma;
    const profit = shape.profit.mean + spread * this.drawProfit();
    const entry = rounded(mark / (1 + side * Math.max(-PROFIT_MAX, Math.min(PROFIT_MAX, profit))));
    this.size[row] = size;
    this.entryPrice[row] = entry;
    if (this.leverage) this.leverage[row] = chosen;
    if (isIsolated) {
      this.isolated[row] = 1;
      this.isolatedMargin![row] = Math.max(0.01, Math.round((Math.abs(size) * entry * 100) / chosen) / 100);
    }
    return size * (mark - entry);
  }
}

/** Where each of lists of these lengths begins when they lie one after the other, and where the last one ends. */
function startsOf(lengths: readonly number[]): Uint32Array {
  const start = new Uint32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) start[i + 1] = start[i]! + length;
  return start;
}

/** Indices 0 … count − 1 in proportion to 1/(index + 1 + offset)^exponent, by Walker's alias method: one uniform a draw. */
function popularityLaw(count: number, { exponent, offset }: PopulationShape['popularity'], uniform: Draw): Draw {
  const weights = Float64Array.from({ length: count }, (_, i) => (i + 1 + offset) ** -exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const share = weights.map((weight) => (weight / total) * count);
  const alias = new Uint32Array(count);
  const poor: number[] = [];
  const rich: number[] = [];
  for (const [i, value] of share.entries()) (value < 1 ? poor : rich).push(i);
  while (poor.length > 0 && rich.length > 0) {
    const low = poor.pop()!;
    const high = rich.pop()!;
    alias[low] = high;
    share[high] = share[high]! - (1 - share[low]!);
    (share[high]! < 1 ? poor : rich).push(high);
  }
  for (const i of [...poor, ...rich]) share[i] = 1;
  return () => {
    const u = uniform() * count;
    const i = Math.floor(u);
    return u - i < share[i]! ? i : alias[i]!;
  };
}

/** Powers of ten that are doubles exactly. */
const TENS = Float64Array.from({ length: 23 }, (_, k) => 10 ** k);
const BITS = new Float64Array(1);
const WORDS = new Uint32Array(BITS.buffer);
const HIGH_WORD = new Uint32Array(Float64Array.of(1).buffer)[1] === 0 ? 0 : 1;
const LOG10_OF_2 = Math.log10(2);

/** The nearest number above zero with `DIGITS` significant digits (now and then one more), 1e-17 < value < 1e27. */
function rounded(value: number): number {
  BITS[0] = value;
  const exponent = Math.floor(((WORDS[HIGH_WORD]! >>> 20) - 1023) * LOG10_OF_2);
  const places = DIGITS - 1 - exponent;
  if (places < 0) return Math.floor(value / TENS[-places]! + 0.5) * TENS[-places]!;
  const scale = TENS[places < 22 ? places : 22]!;
  return Math.max(1, Math.floor(value * scale + 0.5)) / scale;
}

const HEX = Uint16Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** Eight hexadecimal digits each, no two alike: a bijection of the index. */
function idsOf(count: number, seed: number): TextColumn {
  const units = new Uint16Array(count * ID_LENGTH);
  const end = new Uint32Array(count);
  for (let i = 0, at = 0; i < count; i++) {
    const word = scrambled((i ^ seed) >>> 0);
    for (let shift = 28; shift >= 0; shift -= 4) units[at++] = HEX[(word >>> shift) & 15]!;
    end[i] = at;
  }
  return { units, end };
}

/** A bijection of the 32-bit integers (the finaliser of MurmurHash3, A. Appleby). */
function scrambled(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
