/**
 * Upkeep of the order in small steps (rule DK-15). Pools drift: in a block that was certified for far, one has come close to a threshold,
 * and the whole block is swept at every tick. The blocks swept most change places among themselves, pools of one width for pools of one
 * width, so that the close ones share a few blocks and the others are left alone again. Nothing else moves.
 */
import { BLOCK_PLACES, BLOCK_STARTS, firstEntry, type Layout, NO_POOL } from '../../engine/kernel/layout.ts';
import { certifyBlock } from './certificates.ts';
import type { DeskState } from './desk-state.ts';
import { classKey } from './placing.ts';

/** Blocks that change places at once, and how many must be worth it. */
const BLOCKS_MAX = 48;
const BLOCKS_MIN = 3;
/** Blocks swept since the last time that such a step is worth, per block that may take part, and ticks between two of them at least. */
const SWEEPS_WORTH = 8;
const REST_TICKS = 8;
/** Share of those ticks in which a block was swept, from which it takes part. */
const HOT_SHARE = 0.15;

/** Lets the blocks of one class that are swept most change places, when it is time. Returns how many did. */
export function sortLocally(desk: DeskState): number {
  const { blocks, tickCount } = desk;
  const ticks = tickCount - desk.sortedLocallyAt;
  if (desk.resort || ticks < REST_TICKS || desk.sweptSince < SWEEPS_WORTH * Math.min(BLOCKS_MAX, BLOCKS_MIN + desk.sweptSince / ticks))
    return 0;
  desk.sortedLocallyAt = tickCount;
  desk.sweptSince = 0;
  const chosen = hottest(desk, ticks * HOT_SHARE);
  blocks.sweeps.fill(0);
  if (chosen.length < BLOCKS_MIN) return 0;
  for (const block of chosen) if (!certifyBlock(desk, block)) return 0;
  for (const places of placesByWidth(desk.layout, chosen).values()) permute(desk, places);
  for (const block of chosen) {
    blocks.least[block] = leastRadius(desk.layout, block);
    blocks.firstRow[block] = -1;
  }
  return chosen.length;
}

/** The blocks of the busiest class that were swept most, hottest first. */
function hottest({ blocks, layout }: DeskState, sweepsMin: number): number[] {
  const byClass = new Map<string, number[]>();
  for (let block = 0; block < blocks.used; block++) {
    if (blocks.sweeps[block]! <= sweepsMin) continue;
    const key = classKey(layout.kind[block]!, blocks.unitAsset[block]!, blocks.isCompound[block] === 1);
    const list = byClass.get(key) ?? [];
    list.push(block);
    byClass.set(key, list);
  }
  const busiest = [...byClass.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
  return busiest.sort((a, b) => blocks.sweeps[b]! - blocks.sweeps[a]! || a - b).slice(0, BLOCKS_MAX);
}

/** Occupied places of the blocks, in the order of the blocks, by the room they have. */
function placesByWidth({ groupStart, pool }: Layout, chosen: readonly number[]): Map<number, number[]> {
  const byWidth = new Map<number, number[]>();
  for (const block of chosen) {
    for (let i = 0; i < BLOCK_PLACES; i++) {
      const place = block * BLOCK_PLACES + i;
      if (pool[place] === NO_POOL) continue;
      const at = block * BLOCK_STARTS + (i >> 1);
      const width = groupStart[at + 1]! - groupStart[at]!;
      const list = byWidth.get(width);
      if (list) list.push(place);
      else byWidth.set(width, [place]);
    }
  }
  return byWidth;
}

/** Puts the pools of `places` in the order of their radii. */
function permute(desk: DeskState, places: readonly number[]): void {
  const { layout, pools } = desk;
  const { constant, requirement, scale, state, pool, radius, weight, slot, groupStart } = layout;
  const order = byRadius(radius, places);
  const block = Math.floor(places[0]! / BLOCK_PLACES);
  const start = block * BLOCK_STARTS + ((places[0]! % BLOCK_PLACES) >> 1);
  const width = groupStart[start + 1]! - groupStart[start]!;
  const count = places.length;
  const heads = new Float64Array(5 * count);
  const ids = new Uint32Array(count);
  const weights = new Float64Array(width * count);
  const slots = new Uint32Array(width * count);
  places.forEach((place, i) => {
    heads.set([constant[place]!, requirement[place]!, scale[place]!, state[place]!, radius[place]!], 5 * i);
    ids[i] = pool[place]!;
    const first = firstEntry(layout, place);
    for (let k = 0; k < width; k++) {
      weights[i * width + k] = weight[first + 2 * k]!;
      slots[i * width + k] = slot[first + 2 * k]!;
    }
  });
  places.forEach((place, i) => {
    const from = order[i]!;
    constant[place] = heads[5 * from]!;
    requirement[place] = heads[5 * from + 1]!;
    scale[place] = heads[5 * from + 2]!;
    state[place] = heads[5 * from + 3]!;
    radius[place] = heads[5 * from + 4]!;
    pool[place] = ids[from]!;
    pools.place[ids[from]!] = place;
    const first = firstEntry(layout, place);
    for (let k = 0; k < width; k++) {
      weight[first + 2 * k] = weights[from * width + k]!;
      slot[first + 2 * k] = slots[from * width + k]!;
    }
  });
}

/** Indices of `places` by the radius there. Bits of a positive single grow with it; with an index behind they sort as one number. */
function byRadius(radius: Float32Array, places: readonly number[]): Uint32Array {
  const bits = new Uint32Array(radius.buffer, radius.byteOffset, radius.length);
  const keys = Float64Array.from(places, (place, i) => bits[place]! * BLOCKS_MAX * BLOCK_PLACES + i);
  keys.sort();
  return Uint32Array.from(keys, (key) => key % (BLOCKS_MAX * BLOCK_PLACES));
}

/** Least radius of a block from those of its places, rounded down as far as singles were rounded. */
function leastRadius({ radius, pool }: Layout, block: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let place = block * BLOCK_PLACES; place < (block + 1) * BLOCK_PLACES; place++)
    if (pool[place] !== NO_POOL && radius[place]! < least) least = radius[place]!;
  return least * (1 - 2 ** -22);
}
