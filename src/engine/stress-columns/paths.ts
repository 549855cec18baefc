/**
 * What price paths do to pools in columns. Rule ST-20. A pool is closed whole at the first step of a path at which it is past its line, at
 * that step's prices; what it is worth then is kept. Doubles decide: the prices of a path are drawn, and no tie of theirs means anything.
 *
 * Most pools are passed over by one look at a path: health loses at most Σ reach × how far the price of each leg goes the wrong way. What
 * a leg reaches does not depend on the path: with rates that rise with size, a long loses no more than worth less what the first row requires
 * for each unit that its price falls, a short no more than worth and what the last row requires. Only the others are followed step by step.
 */
import { drawPath, type PathModel } from '../stress/paths.ts';
import { healthAt } from './feedback.ts';
import type { PoolEntries } from './pools.ts';
import { FIELDS, GAIN, REQUIRED, type SlotMarkets, type StressSlots, UPPER, WORTH } from './slots.ts';

/** Pools that a path may close, side by side; and what they are worth. */
export interface PathPools extends PoolEntries {
  readonly count: number;
  /** Desk's unit per unit of the pool, now, and the market whose price that follows; −1 where none. */
  readonly rate: Float64Array;
  readonly unit: Int32Array;
  /** Notional at present marks, in the desk's unit. */
  readonly notional: Float64Array;
  /** What haircuts leave out of the i-th pool's equity are those from hiddenStart[i] to hiddenStart[i + 1]: by market, in the desk's unit now. */
  readonly hiddenStart: Uint32Array;
  readonly hiddenMarket: Int32Array;
  readonly hidden: Float64Array;
}

/** Everything that paths need, as plain data: it can be sent to other threads, or lie in memory that they share. */
export interface PathPlan {
  readonly seed: number;
  readonly paths: number;
  /** Its markets are those that `markets` numbers. */
  readonly model: PathModel;
  readonly pools: PathPools;
  readonly slots: StressSlots;
  readonly markets: SlotMarkets;
  /** What all pools together hold of each slot and unit, those included that nothing closes: see `PathExposure`. */
  readonly exposure: PathExposure;
}

/** Worth of everything that is held, in the desk's unit now: each part follows the prices of up to two or three markets, −1 for none. */
export interface PathExposure {
  readonly value: Float64Array;
  readonly own: Int32Array;
  readonly power: Int8Array;
  readonly asset: Int32Array;
  readonly unit: Int32Array;
}

/** Paths `from` to `from` + length of one run, by path; all in the desk's unit. */
export interface PathPiece {
  readonly from: number;
  /** Notional at present marks of the pools that the path closes. */
  readonly liquidated: Float64Array;
  /** Worth now − worth at the end, of all pools, closed ones as they were left. Below zero: a gain. */
  readonly loss: Float64Array;
  /** What closed pools are worth below zero. */
  readonly deficit: Float64Array;
}

/** Paths `from` … `from` + `count` − 1. */
export function playPaths(player: PathPlayer, from: number, count: number): PathPiece {
  const piece = { from, liquidated: new Float64Array(count), loss: new Float64Array(count), deficit: new Float64Array(count) };
  for (let k = 0; k < count; k++) {
    player.play(from + k);
    piece.liquidated[k] = player.liquidated;
    piece.loss[k] = player.loss;
    piece.deficit[k] = player.deficit;
  }
  return piece;
}

/** Ways that a price goes: down and up, and the same of 1 ÷ price. */
const WAYS = 4;
const [DOWN, UP, INVERSE] = [0, 1, 2];

export class PathPlayer {
  liquidated = 0;
  loss = 0;
  deficit = 0;
  private readonly plan: PathPlan;
  private readonly count: number;
  /** Price ÷ price now by step and market; and how far it goes at most, by market and way. */
  private readonly factor: Float64Array;
  private readonly distance: Float64Array;
  /** By entry: what it loses for each unit of distance, and the distance that counts; by pool: health now, −Infinity where no bound is known. */
  private readonly reach: Float64Array;
  private readonly way: Uint32Array;
  private readonly health: Float64Array;

  constructor(plan: PathPlan) {
    const { pools, model } = plan;
    this.plan = plan;
    this.count = model.covariance.markets.length;
    this.factor = new Float64Array(model.steps * this.count);
    // What follows no price stands still: the last place is 0.
    this.distance = new Float64Array(this.count * WAYS + 1);
    this.reach = new Float64Array(pools.weight.length);
    this.way = new Uint32Array(pools.weight.length).fill(this.count * WAYS);
    this.health = new Float64Array(pools.count);
    const ends = endsOf(plan.slots);
    for (let i = 0; i < pools.count; i++) this.health[i] = this.bound(i, ends);
  }

  /** Writes what the pool's entries reach; returns its health now, less what rounding may hide. */
  private bound(i: number, ends: Ends): number {
    const { plan } = this;
    const { start, length, stride, weight, constant, requirement, scale } = plan.pools;
    let health = constant[i]! - requirement[i]! - HIDDEN * scale[i]!;
    const end = start[i]! + length[i]! * stride;
    for (let at = start[i]!; at < end; at += stride) {
      const now = healthAt(plan.slots, weight[at]!, plan.pools.slot[at]!, 1, 1);
      health += now - HIDDEN * Math.abs(now);
      if (!this.noteReach(at, ends)) health = Number.NEGATIVE_INFINITY;
    }
    return health;
  }

  /** False where the entry follows two prices at once, or its requirement jumps, falls with size, or takes more than a unit is worth. */
  private noteReach(at: number, { first, last }: Ends): boolean {
    const { plan, reach, way } = this;
    const { own, asset, power, trades } = plan.markets;
    const { table } = plan.slots;
    const w = plan.pools.weight[at]!;
    const s = plan.pools.slot[at]!;
    const [o, a] = [own[s]!, asset[s]!];
    if (o < 0 && a < 0) return true;
    const gain = table[s * FIELDS + GAIN]!;
    if (o < 0) {
      const value = w * gain - Math.abs(w) * table[s * FIELDS + REQUIRED]!;
      reach[at] = Math.abs(value);
      way[at] = a * WAYS + (value > 0 ? DOWN : UP);
      return first[s] === last[s];
    }
    if (a >= 0 || trades[s] !== 1 || first[s]! < 0) return false;
    const [least, most] = [table[first[s]! * FIELDS + REQUIRED]!, table[last[s]! * FIELDS + REQUIRED]!];
    if (!(gain > most && least >= 0)) return false;
    reach[at] = w > 0 ? w * (gain - least) : -w * (gain + most);
    way[at] = o * WAYS + (power[s] === 1 ? 0 : INVERSE) + (w > 0 ? DOWN : UP);
    return true;
  }

  play(index: number): void {
    const { plan, factor, distance, count, reach, way, health } = this;
    const { pools, model, seed } = plan;
    const { start, length, stride } = pools;
    const path = drawPath(model, seed, index);
    distance.fill(0);
    for (let at = 0; at < path.length; at++) {
      const value = Math.exp(path[at]!);
      const market = (at % count) * WAYS;
      factor[at] = value;
      distance[market + DOWN] = Math.max(distance[market + DOWN]!, 1 - value);
      distance[market + UP] = Math.max(distance[market + UP]!, value - 1);
      distance[market + INVERSE + DOWN] = Math.max(distance[market + INVERSE + DOWN]!, 1 - 1 / value);
      distance[market + INVERSE + UP] = Math.max(distance[market + INVERSE + UP]!, 1 / value - 1);
    }
    this.liquidated = this.deficit = 0;
    const last = model.steps - 1;
    this.loss = this.lossOfAll(last);
    for (let i = 0; i < pools.count; i++) {
      let lowest = health[i]!;
      const end = start[i]! + length[i]! * stride;
      for (let at = start[i]!; at < end; at += stride) lowest -= reach[at]! * distance[way[at]!]!;
      if (!(lowest > 0)) this.follow(i, last);
    }
  }

  private lossOfAll(step: number): number {
    const { value, own, power, asset, unit } = this.plan.exposure;
    let loss = 0;
    for (let k = 0; k < value.length; k++) {
      const o = this.at(step, own[k]!);
      loss += value[k]! * (1 - (power[k] === 1 ? o : 1 / o) * this.at(step, asset[k]!) * this.at(step, unit[k]!));
    }
    return loss;
  }

  private at(step: number, market: number): number {
    return market < 0 ? 1 : this.factor[step * this.count + market]!;
  }

  /** Follows a pool through the steps; where it is closed, what it is worth there takes the place of what it is worth at the end. */
  private follow(i: number, last: number): void {
    const { plan, count, factor } = this;
    const { pools, slots, markets } = plan;
    const { start, length, stride, weight, slot } = pools;
    const { own, asset, power } = markets;
    const first = start[i]!;
    const end = first + length[i]! * stride;
    const rest = pools.constant[i]! - pools.requirement[i]!;
    for (let step = 0; step <= last; step++) {
      const row = step * count;
      let health = rest;
      for (let at = first; at < end; at += stride) {
        const s = slot[at]!;
        const o = own[s]! < 0 ? 1 : factor[row + own[s]!]!;
        health += healthAt(slots, weight[at]!, s, power[s] === 1 ? o : 1 / o, asset[s]! < 0 ? 1 : factor[row + asset[s]!]!);
      }
      if (!(health < 0)) continue;
      const worth = this.worthAt(i, step);
      this.liquidated += pools.notional[i]!;
      this.loss += this.worthAt(i, last) - worth;
      if (worth < 0) this.deficit -= worth;
      return;
    }
  }

  /** Worth without haircuts, in the desk's unit. */
  private worthAt(i: number, step: number): number {
    const { pools, slots, markets } = this.plan;
    const { start, length, stride, weight, slot } = pools;
    const { own, asset, power } = markets;
    let equity = pools.constant[i]!;
    const end = start[i]! + length[i]! * stride;
    for (let at = start[i]!; at < end; at += stride) {
      const s = slot[at]!;
      const o = this.at(step, own[s]!);
      equity += weight[at]! * slots.table[slots.base[s]! * FIELDS + GAIN]! * (power[s] === 1 ? o : 1 / o) * this.at(step, asset[s]!);
    }
    let worth = equity * pools.rate[i]! * this.at(step, pools.unit[i]!);
    for (let k = pools.hiddenStart[i]!; k < pools.hiddenStart[i + 1]!; k++)
      worth += pools.hidden[k]! * this.at(step, pools.hiddenMarket[k]!);
    return worth;
  }
}

/** What rounding may hide, of a magnitude: some thousand units in the last place. */
const HIDDEN = 1e-12;

/** By live slot: the first and the last row of its table; −1 where the requirement jumps, or a rate is below the one before. */
interface Ends {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

function endsOf({ live, table, stepped }: StressSlots): Ends {
  const ends: Ends = { first: new Int32Array(live).fill(-1), last: new Int32Array(live).fill(-1) };
  const rate = (s: number): number => table[s * FIELDS + REQUIRED]! / table[s * FIELDS + WORTH]!;
  for (let from = 0; from < live; ) {
    // Rows of one table lie together: all but the last have an end.
    let to = from;
    while (to + 1 < live && Number.isFinite(table[to * FIELDS + UPPER]!)) to++;
    let isKnown = true;
    for (let s = from; s <= to; s++) if (stepped[s] === 1 || (s > from && !(rate(s) >= rate(s - 1)))) isKnown = false;
    if (isKnown) {
      ends.first.fill(from, from, to + 1);
      ends.last.fill(to, from, to + 1);
    }
    from = to + 1;
  }
  return ends;
}
