/**
 * Who is forced when one market falls, over pools in columns: the matrix G of rule CA-20 (ST-8). A pool is summed once; a market that falls
 * changes the health of those that hold it by its own entries alone, so all markets together cost twice one sweep.
 */
import { BAND } from '../kernel/limits.ts';
import type { PoolEntries } from './pools.ts';
import { DEDUCTION, FIELDS, FLOOR, GAIN, OWN, REQUIRED, SETTLE, type SlotMarkets, type StressSlots, UPPER, WORTH } from './slots.ts';

/** Pools that a fall of a market closes, one entry a pool and market. */
export interface ForcedList {
  readonly pool: number[];
  readonly column: number[];
  /** Requirement − equity there, pool's unit. */
  readonly missing: number[];
  /** Volumes of the f-th are those from start[f] to start[f + 1]. */
  readonly start: number[];
  readonly market: number[];
  /** Base units, + sold. */
  readonly amount: number[];
}

export const emptyForced = (): ForcedList => ({ pool: [], column: [], missing: [], start: [0], market: [], amount: [] });

/** A pool so near its line that only the exact path can tell; −1: at present prices. */
export interface NearFall {
  readonly pool: number;
  readonly column: number;
}

/** Health that one entry adds where its own price is multiplied by `ownFactor` and that of its asset by `assetFactor`. */
export function healthAt(slots: StressSlots, w: number, s: number, ownFactor: number, assetFactor: number): number {
  const { table, base, deducted } = slots;
  const size = Math.abs(w);
  let b = base[s]! * FIELDS;
  const own = size * table[b + OWN]! * ownFactor;
  while (own >= table[b + UPPER]!) b += FIELDS;
  while (own < table[b + FLOOR]!) b -= FIELDS;
  const health = (w * table[b + GAIN]! - size * table[b + REQUIRED]!) * (ownFactor * assetFactor);
  return b === s * FIELDS ? health : health - (deducted[s]! - table[b + DEDUCTION]!) * (table[b + SETTLE]! * assetFactor);
}

/** What closing an entry trades of its market, base units, + sold, where its own price is multiplied by `ownFactor`. */
export function volumeAt(slots: StressSlots, { trades, power }: SlotMarkets, w: number, s: number, ownFactor: number): number {
  const row = slots.base[s]!;
  if (trades[s] === 2) return w;
  return power[row] === 1 ? w : -w * ownOf(slots, s) * ownFactor;
}

/** The own price variable: what a unit of weight is worth in what it settles in. */
function ownOf({ table, base }: StressSlots, s: number): number {
  const at = base[s]! * FIELDS;
  return table[at + WORTH]! / table[at + SETTLE]!;
}

/** Finds what every fall forces among the pools of a block, market by market. `fall`: h < 1, negative for a rise. */
export class FeedbackWalker {
  private readonly slots: StressSlots;
  private readonly markets: SlotMarkets;
  private readonly ownFactor: readonly [number, number];
  private readonly assetFactor: number;
  /** By market: what its fall adds to the health of the pool in hand, and the marks of those that it holds. */
  private readonly change: Float64Array;
  private readonly held: number[] = [];
  private readonly isHeld: Uint8Array;
  readonly near: NearFall[] = [];
  unknown = 0;

  constructor(slots: StressSlots, markets: SlotMarkets, marketCount: number, fall: number) {
    this.slots = slots;
    this.markets = markets;
    this.ownFactor = [1 - fall, 1 / (1 - fall)];
    this.assetFactor = 1 - fall;
    this.change = new Float64Array(marketCount);
    this.isHeld = new Uint8Array(marketCount);
  }

  /** `poolOf(i)`: id of the i-th of the block, −1 where nobody lives. Pools past their line now are forced whatever falls (CA-20). */
  add(entries: PoolEntries, count: number, poolOf: (i: number) => number, into: ForcedList): void {
    for (let i = 0; i < count; i++) {
      const pool = poolOf(i);
      if (pool >= 0) this.addPool(entries, i, pool, into);
    }
  }

  private addPool(entries: PoolEntries, i: number, pool: number, into: ForcedList): void {
    const { slots, markets, change, held } = this;
    const { weight, slot, stride } = entries;
    const { own, asset, trades } = markets;
    held.length = 0;
    let health = entries.constant[i]! - entries.requirement[i]!;
    let turnover = entries.scale[i]!;
    let isTrading = false;
    const end = entries.start[i]! + entries.length[i]! * stride;
    for (let at = entries.start[i]!; at < end; at += stride) {
      const w = weight[at]!;
      if (w === 0) continue;
      const s = slot[at]!;
      isTrading ||= trades[s] !== 0;
      const now = healthAt(slots, w, s, 1, 1);
      health += now;
      turnover += 2 * Math.abs(w) * slots.table[slots.base[s]! * FIELDS + WORTH]!;
      this.touch(own[s]!);
      this.touch(asset[s]!);
      if (own[s]! >= 0) change[own[s]!]! += this.fallen(w, s, own[s]!) - now;
      if (asset[s]! >= 0 && asset[s] !== own[s]) change[asset[s]!]! += this.fallen(w, s, asset[s]!) - now;
    }
    if (isTrading && Number.isNaN(health)) this.unknown++;
    else if (isTrading) this.judge(entries, i, pool, health, 4 * BAND * turnover, into);
    for (let k = 0; k < held.length; k++) this.isHeld[held[k]!] = 0;
  }

  private touch(market: number): void {
    if (market < 0 || this.isHeld[market] === 1) return;
    this.isHeld[market] = 1;
    this.held.push(market);
    this.change[market] = 0;
  }

  private fallen(w: number, s: number, market: number): number {
    const { own, asset, power } = this.markets;
    const ownFactor = own[s] === market ? this.ownFactor[power[s] === 1 ? 0 : 1] : 1;
    return healthAt(this.slots, w, s, ownFactor, asset[s] === market ? this.assetFactor : 1);
  }

  private judge(entries: PoolEntries, i: number, pool: number, health: number, width: number, into: ForcedList): void {
    const { held, change, isHeld } = this;
    if (Math.abs(health) <= width) this.near.push({ pool, column: -1 });
    else if (health < 0)
      for (let market = 0; market < isHeld.length; market++) if (isHeld[market] === 0) this.force(entries, i, pool, market, -health, into);
    for (const market of held) {
      const after = health + change[market]!;
      if (Math.abs(after) <= width) this.near.push({ pool, column: market });
      else if (after < 0) this.force(entries, i, pool, market, -after, into);
    }
  }

  /** Notes the pool as closed by the fall of `column`. */
  force(
    { weight, slot, start, length, stride }: PoolEntries,
    i: number,
    pool: number,
    column: number,
    missing: number,
    into: ForcedList,
  ): void {
    const { own, asset, power, trades } = this.markets;
    const end = start[i]! + length[i]! * stride;
    for (let at = start[i]!; at < end; at += stride) {
      const w = weight[at]!;
      const s = slot[at]!;
      if (w === 0 || trades[s] === 0) continue;
      const market = trades[s] === 1 ? own[s]! : asset[s]!;
      if (market < 0) continue;
      into.market.push(market);
      into.amount.push(volumeAt(this.slots, this.markets, w, s, market === column ? this.ownFactor[power[s] === 1 ? 0 : 1] : 1));
    }
    into.pool.push(pool);
    into.column.push(column);
    into.missing.push(missing);
    into.start.push(into.market.length);
  }
}

/** G, row by row: forced volume ÷ (depth × −ln(1 − h)). `depth`: base units per unit of log price, Infinity where nothing moves it. */
export function feedbackMatrix(
  forced: ForcedList,
  markets: number,
  depth: Float64Array,
  fall: number,
  without?: ReadonlySet<number>,
): Float64Array {
  const matrix = new Float64Array(markets * markets);
  for (let f = 0; f < forced.pool.length; f++) if (!without?.has(forced.pool[f]!)) addForced(matrix, forced, f, markets, 1);
  scaleRows(matrix, markets, depth, fall);
  return matrix;
}

export function addForced(
  matrix: Float64Array,
  { column, start, market, amount }: ForcedList,
  f: number,
  markets: number,
  sign: 1 | -1,
): void {
  for (let v = start[f]!; v < start[f + 1]!; v++) matrix[market[v]! * markets + column[f]!]! += sign * amount[v]!;
}

export function scaleRows(matrix: Float64Array, markets: number, depth: Float64Array, fall: number): void {
  const logFall = -Math.log1p(-fall);
  for (let i = 0; i < markets; i++) for (let j = 0; j < markets; j++) matrix[i * markets + j]! /= depth[i]! * logFall;
}
