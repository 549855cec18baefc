/**
 * What price paths do to pools in columns. Rule ST-20. A pool is closed whole at the first step of a path at which it is past its line, at
 * that step's prices; what it is worth then is kept. Doubles decide: the prices of a path are drawn, and no tie of theirs means anything.
 *
 * Most pools are passed over by one look at a path: health is concave in each price (rates that rise with size), so it is nowhere lower than
 * with every leg at the worse end of the range that its price goes through. Only the others are followed step by step.
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
  /** Notional at present marks and worth now, without haircuts, in the desk's unit. */
  readonly notional: Float64Array;
  readonly worth: Float64Array;
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

/** How an entry's health goes with its own price: falls with it, whatever the size; is concave; or neither is known. */
const PLAIN = 1;
const CONCAVE = 2;
const UNKNOWN = 0;

export class PathPlayer {
  liquidated = 0;
  loss = 0;
  deficit = 0;
  private readonly plan: PathPlan;
  private readonly shape: Uint8Array;
  private readonly count: number;
  /** Price ÷ price now by step and market, and the ends of its range; the same of 1 ÷ price. */
  private readonly factor: Float64Array;
  private readonly low: Float64Array;
  private readonly high: Float64Array;

  constructor(plan: PathPlan) {
    this.plan = plan;
    this.count = plan.model.covariance.markets.length;
    this.shape = shapesOf(plan.slots, plan.markets);
    this.factor = new Float64Array(plan.model.steps * this.count);
    this.low = new Float64Array(this.count);
    this.high = new Float64Array(this.count);
  }

  play(index: number): void {
    const { plan, factor, low, high, count } = this;
    const { pools, model, seed } = plan;
    const path = drawPath(model, seed, index);
    low.fill(Number.POSITIVE_INFINITY);
    high.fill(0);
    for (let at = 0; at < path.length; at++) {
      const value = Math.exp(path[at]!);
      const market = at % count;
      factor[at] = value;
      if (value < low[market]!) low[market] = value;
      if (value > high[market]!) high[market] = value;
    }
    this.liquidated = this.deficit = 0;
    const last = model.steps - 1;
    this.loss = this.lossOfAll(last);
    for (let i = 0; i < pools.count; i++) if (!(this.lowest(i) > 0)) this.follow(i, last);
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

  /** Health of the pool is nowhere on the path below this. −Infinity where nothing is known. */
  private lowest(i: number): number {
    const { plan, shape, low, high } = this;
    const { pools, slots, markets } = plan;
    const { start, length, stride, weight, slot } = pools;
    const { own, asset, power } = markets;
    let health = pools.constant[i]! - pools.requirement[i]!;
    const end = start[i]! + length[i]! * stride;
    for (let at = start[i]!; at < end; at += stride) {
      const w = weight[at]!;
      const s = slot[at]!;
      const o = own[s]!;
      const a = asset[s]!;
      const form = shape[s]!;
      if (form === UNKNOWN) return Number.NEGATIVE_INFINITY;
      const isUp = power[s] === 1;
      const least = o < 0 ? 1 : isUp ? low[o]! : 1 / high[o]!;
      const most = o < 0 ? 1 : isUp ? high[o]! : 1 / low[o]!;
      if (a < 0 && form === PLAIN) health += healthAt(slots, w, s, w > 0 ? least : most, 1);
      else {
        const [poor, rich] = a < 0 ? [1, 1] : [low[a]!, high[a]!];
        health += Math.min(
          healthAt(slots, w, s, least, poor),
          healthAt(slots, w, s, most, poor),
          healthAt(slots, w, s, least, rich),
          healthAt(slots, w, s, most, rich),
        );
      }
    }
    // What rounding may hide: some thousand units in the last place.
    return health - 1e-12 * pools.scale[i]!;
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

/**
 * By live slot. Health of a position is concave in its own price where the rates of its table never fall and its requirement never jumps; it
 * rises with the price of a long where no rate reaches what a unit is worth, and always falls with that of a short.
 */
function shapesOf({ live, table, stepped }: StressSlots, { trades }: SlotMarkets): Uint8Array {
  const shape = new Uint8Array(live).fill(UNKNOWN);
  const rate = (s: number): number => table[s * FIELDS + REQUIRED]! / table[s * FIELDS + WORTH]!;
  for (let first = 0; first < live; ) {
    // Rows of one table lie together: all but the last have an end.
    let end = first;
    while (end + 1 < live && Number.isFinite(table[end * FIELDS + UPPER]!)) end++;
    let form = PLAIN;
    for (let s = first; s <= end; s++) {
      if (stepped[s] === 1 || (s > first && !(rate(s) >= rate(s - 1)))) form = UNKNOWN;
      else if (
        form === PLAIN &&
        (trades[s] !== 1 || !(table[s * FIELDS + GAIN]! > table[s * FIELDS + REQUIRED]!) || table[s * FIELDS + REQUIRED]! < 0)
      )
        form = CONCAVE;
    }
    shape.fill(form, first, end + 1);
    first = end + 1;
  }
  return shape;
}
