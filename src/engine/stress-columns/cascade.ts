/**
 * A cascade over pools in columns, in the rounds of docs/spec/cascade.md with pools closed whole (`full`). Rule ST-7.
 *
 * The first round sums every pool and notes how far prices may go before it can be breached: health changes by no more than
 * Σ |w| (worth + steepest requirement) × the relative move, so a pool with health H is safe while the path of prices, W = Π (1 + m) over
 * the rounds' largest moves m, stays below W_now (1 + H ÷ that sum). Later rounds look at the others alone.
 */
import { BAND } from '../kernel/limits.ts';
import { healthAt, volumeAt } from './feedback.ts';
import type { PoolEntries } from './pools.ts';
import { FIELDS, GAIN, OWN, REQUIRED, SETTLE, type SlotMarkets, type StressSlots, WORTH } from './slots.ts';

/** The pools of a book that may be closed. */
export interface CascadePools {
  readonly count: number;
  readonly entries: PoolEntries;
  /** 1 where the pool takes part. */
  readonly alive: Uint8Array;
}

export interface CascadeRoundColumns {
  /** Pools closed in this round. */
  readonly closed: number[];
  /** By pool closed: what it is left with when all is traded at the round's average, and Σ |volume| × fill price, both in its own unit. */
  readonly fills: { readonly cash: number; readonly notional: number }[];
  /** By market: base units sold in it, average ÷ price before, price factors since the shock before and after. */
  readonly sold: Float64Array;
  readonly average: Float64Array;
  readonly before: Float64Array;
  readonly after: Float64Array;
}

export interface CascadeColumns {
  readonly rounds: CascadeRoundColumns[];
  /** Pools looked at in all rounds together: the work. */
  looked: number;
  /** Pools decided by `decide`. */
  near: number;
  isCutOff: boolean;
  /** Pools given up: the book of a market that they trade in cannot take it (CA-4). */
  aside: number;
}

/** The band round a line within which prices of a round, known to about a hundred units in the last place, do not decide. */
const CASCADE_BAND = 20 * BAND;
const ROUNDS_MAX = 10_000;
const SHARE = 1 - 1e-9;

/** Slots at the shock, with everything that followed since. */
export class RoundSlots {
  readonly slots: StressSlots;
  private readonly shocked: Float64Array;
  private readonly markets: SlotMarkets;

  constructor(slots: StressSlots, markets: SlotMarkets) {
    this.slots = slots;
    this.shocked = slots.table.slice();
    this.markets = markets;
  }

  /** Writes the slots at these impacts. */
  move(impact: Float64Array): void {
    const { table } = this.slots;
    const { own, power, asset } = this.markets;
    const { shocked } = this;
    for (let s = 0; s < own.length; s++) {
      if (own[s]! < 0 && asset[s]! < 0) continue;
      const at = s * FIELDS;
      const ownFactor = own[s]! < 0 ? 1 : power[s] === 1 ? impact[own[s]!]! : 1 / impact[own[s]!]!;
      const assetFactor = asset[s]! < 0 ? 1 : impact[asset[s]!]!;
      const factor = ownFactor * assetFactor;
      table[at + GAIN] = shocked[at + GAIN]! * factor;
      table[at + WORTH] = shocked[at + WORTH]! * factor;
      table[at + REQUIRED] = shocked[at + REQUIRED]! * factor;
      table[at + OWN] = shocked[at + OWN]! * ownFactor;
      table[at + SETTLE] = shocked[at + SETTLE]! * assetFactor;
    }
  }

  /** How far any price variable went between two rounds, as a factor ≥ 1; squared where two prices multiply in one slot. */
  pathOf(before: Float64Array, after: Float64Array): number {
    const { own, asset, power } = this.markets;
    let most = 0;
    for (let m = 0; m < before.length; m++) {
      const ratio = after[m]! / before[m]!;
      most = Math.max(most, Math.abs(ratio - 1), Math.abs(1 / ratio - 1));
    }
    const isCrossed = own.some((market, s) => market >= 0 && (asset[s]! >= 0 || power[s] !== 1));
    return isCrossed ? (1 + most) ** 2 : 1 + most;
  }
}

/** How far the rounds are: the share of the present one, and what was closed in those before. */
export interface CascadeProgress {
  readonly fraction: number;
  readonly rounds: number;
  readonly closed: number;
}

/** Pools that a slice looks at. */
const POOLS_PER_SLICE = 32_768;

/**
 * Plays rounds until nobody is breached, in slices. `depth`: base units per unit of log price by market, Infinity where nothing moves it; `decide`
 * says whether a pool is breached whose health is too near zero, at these impacts.
 */
export function* playColumns(
  pools: CascadePools,
  slots: StressSlots,
  markets: SlotMarkets,
  depth: Float64Array,
  decide: (pool: number, impact: Float64Array) => boolean,
): Generator<CascadeProgress, CascadeColumns> {
  const result: CascadeColumns = { rounds: [], looked: 0, near: 0, isCutOff: false, aside: 0 };
  const moving = new RoundSlots(slots, markets);
  const limit = new Float64Array(pools.count);
  const total = new Float64Array(depth.length);
  const { alive, entries } = pools;
  let path = 1;
  let gone = 0;
  let impact = new Float64Array(depth.length).fill(1);
  for (;;) {
    const closed: number[] = [];
    const sold = new Float64Array(depth.length);
    for (let i = 0; i < pools.count; i++) {
      if (alive[i] === 0 || limit[i]! > path) continue;
      result.looked++;
      const health = healthOf(entries, i, slots, markets, sums);
      const width = CASCADE_BAND * sums.size;
      let isBreached = health < 0;
      if (Math.abs(health) <= width) {
        result.near++;
        isBreached = decide(i, impact);
      }
      if (isBreached) closed.push(i);
      else limit[i] = health > width ? path * (1 + ((health - width) / sums.slope) * SHARE) : 0;
      if (result.looked % POOLS_PER_SLICE === 0) yield { fraction: i / pools.count, rounds: result.rounds.length, closed: gone };
    }
    if (closed.length === 0) return result;
    for (const i of closed) alive[i] = 0;
    const given = clear(closed, entries, slots, markets, depth, total, sold);
    result.aside += given;
    if (closed.length === 0) continue;
    const average = Float64Array.from(sold, (volume, m) => averageOf(volume / depth[m]!));
    const fills = closed.map((i) => fillOf(entries, i, slots, markets, average));
    sold.forEach((volume, m) => {
      total[m]! += volume;
    });
    const after = Float64Array.from(total, (volume, m) => Math.max(LEAST, Math.exp(-volume / depth[m]!)));
    gone += closed.length;
    result.rounds.push({ closed, fills, sold, average, before: impact, after });
    moving.move(after);
    path *= moving.pathOf(impact, after);
    impact = after;
    if (result.rounds.length >= ROUNDS_MAX) {
      result.isCutOff = true;
      return result;
    }
  }
}

/** A double has no price below this share of the shocked one: further falls change nothing that could be told apart. */
const LEAST = 1e-150;

/** Buying more than so many depths has no price worth the name. */
const LOG_RISE_MAX = 1000;

/** Volumes of a round into `sold`; pools that trade where the book cannot take the round leave `closed`. Returns how many. */
function clear(
  closed: number[],
  entries: PoolEntries,
  slots: StressSlots,
  markets: SlotMarkets,
  depth: Float64Array,
  total: Float64Array,
  sold: Float64Array,
): number {
  let given = 0;
  for (;;) {
    sold.fill(0);
    for (const i of closed) addVolumes(entries, i, slots, markets, sold);
    const full = sold.map((volume, m) => (volume !== 0 && (total[m]! + volume) / depth[m]! < -LOG_RISE_MAX ? 1 : 0));
    if (!full.includes(1)) return given;
    const left = closed.filter((i) => !tradesIn(entries, i, markets, full));
    given += closed.length - left.length;
    closed.length = 0;
    for (const i of left) closed.push(i);
  }
}

function tradesIn(
  { start, length, stride, weight, slot }: PoolEntries,
  i: number,
  { own, asset, trades }: SlotMarkets,
  full: Float64Array,
): boolean {
  for (let at = start[i]!; at < start[i]! + length[i]! * stride; at += stride) {
    const s = slot[at]!;
    const market = trades[s] === 1 ? own[s]! : trades[s] === 2 ? asset[s]! : -1;
    if (weight[at] !== 0 && market >= 0 && full[market] === 1) return true;
  }
  return false;
}

/** (1 − e^−x) ÷ x: the average fill ÷ the price before. */
const averageOf = (x: number): number => (x === 0 ? 1 : -Math.expm1(-x) / x);

const sums = { size: 0, slope: 0 };

/** Health of a pool, the magnitude behind it, and the most that a relative move of 1 can change it. */
function healthOf(
  { start, length, stride, weight, slot, constant, requirement, scale }: PoolEntries,
  i: number,
  slots: StressSlots,
  { steepest }: SlotMarkets,
  into: { size: number; slope: number },
): number {
  const { table, base, deducted } = slots;
  let health = constant[i]! - requirement[i]!;
  let size = scale[i]!;
  let slope = 0;
  const end = start[i]! + length[i]! * stride;
  for (let at = start[i]!; at < end; at += stride) {
    const w = weight[at]!;
    if (w === 0) continue;
    const s = slot[at]!;
    const b = base[s]! * FIELDS;
    const units = Math.abs(w);
    health += healthAt(slots, w, s, 1, 1);
    const worth = units * table[b + WORTH]!;
    const required = units * Math.max(Math.abs(table[b + REQUIRED]!), steepest[base[s]!]!);
    const deductions = Math.abs(deducted[s]!) * table[b + SETTLE]!;
    size += 2 * worth + deductions;
    slope += worth + required + 2 * deductions;
  }
  into.size = size;
  into.slope = slope;
  return health;
}

/** Adds what closing the pool sells, base units by market. */
function addVolumes(
  { start, length, stride, weight, slot }: PoolEntries,
  i: number,
  slots: StressSlots,
  markets: SlotMarkets,
  sold: Float64Array,
): void {
  const { own, asset, trades } = markets;
  const end = start[i]! + length[i]! * stride;
  for (let at = start[i]!; at < end; at += stride) {
    const w = weight[at]!;
    const s = slot[at]!;
    if (w === 0 || trades[s] === 0) continue;
    const market = trades[s] === 1 ? own[s]! : asset[s]!;
    if (market >= 0) sold[market]! += volumeAt(slots, markets, w, s, 1);
  }
}

function fillOf(
  { start, length, stride, weight, slot, constant }: PoolEntries,
  i: number,
  { table, base }: StressSlots,
  { own, asset, power, trades }: SlotMarkets,
  average: Float64Array,
): { cash: number; notional: number } {
  let cash = constant[i]!;
  let notional = 0;
  const end = start[i]! + length[i]! * stride;
  for (let at = start[i]!; at < end; at += stride) {
    const w = weight[at]!;
    const s = slot[at]!;
    if (w === 0) continue;
    const row = base[s]!;
    const market = trades[s] === 1 ? own[s]! : trades[s] === 2 ? asset[s]! : -1;
    const factor = market < 0 ? 1 : power[row] === 1 ? average[market]! : 1 / average[market]!;
    cash += w * table[row * FIELDS + GAIN]! * factor;
    if (market >= 0) notional += Math.abs(w) * table[row * FIELDS + WORTH]! * factor;
  }
  return { cash, notional };
}
