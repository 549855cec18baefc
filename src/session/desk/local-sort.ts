/**
 * Upkeep of the order in small steps (rule DK-15). Pools drift: in a block that was certified for far, one has come close to a threshold,
 * and the whole block is swept at every tick. The blocks swept most change places among themselves, pools of one width for pools of one
 * width, so that the close ones share a few blocks and the others are left alone again. Nothing else moves.
 */
import { BLOCK_PLACES, BLOCK_STARTS, firstEntry, type Layout, NO_POOL, widthOf } from '../../engine/kernel/layout.ts';
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
  for (const places of placesByWidth(desk.layout, chosen)) permute(desk, places);
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
function placesByWidth({ groupStart, pool }: Layout, chosen: readonly number[]): Uint32Array[] {
  const widthAt = (place: number): number => {
    const at = Math.floor(place / BLOCK_PLACES) * BLOCK_STARTS + ((place % BLOCK_PLACES) >> 1);
    return groupStart[at + 1]! - groupStart[at]!;
  };
  const counts: number[] = [];
  const visit = (each: (place: number, width: number) => void): void => {
    for (const block of chosen)
      for (let place = block * BLOCK_PLACES; place < (block + 1) * BLOCK_PLACES; place++)
        if (pool[place] !== NO_POOL) each(place, widthAt(place));
  };
  visit((_, width) => {
    counts[width] = (counts[width] ?? 0) + 1;
  });
  const lists = Array.from(counts, (count) => new Uint32Array(count ?? 0));
  counts.fill(0);
  visit((place, width) => {
    lists[width]![counts[width]!++] = place;
  });
  return lists.filter(({ length }) => length > 0);
}

/** Puts the pools of `places`, all of one width, in the order of their radii. */
function permute(desk: DeskState, places: Uint32Array): void {
  const { layout, pools } = desk;
  const { constant, requirement, scale, state, pool, radius, weight, slot } = layout;
  const order = byRadius(radius, places);
  const width = widthOf(layout, places[0]!);
  const count = places.length;
  const gathered = <T extends Float64Array | Float32Array | Uint32Array | Uint8Array>(from: T, into: T): T => {
    for (let i = 0; i < count; i++) into[i] = from[places[order[i]!]!]!;
    return into;
  };
  const scatter = (from: ArrayLike<number>, into: { [place: number]: number }): void => {
    for (let i = 0; i < count; i++) into[places[i]!] = from[i]!;
  };
  const first = Uint32Array.from(places, (place) => firstEntry(layout, place));
  const weights = new Float64Array(width * count);
  const slots = new Uint32Array(width * count);
  for (let i = 0, to = 0; i < count; i++) {
    for (let k = 0, at = first[order[i]!]!; k < width; k++, at += 2, to++) {
      weights[to] = weight[at]!;
      slots[to] = slot[at]!;
    }
  }
  for (let i = 0, from = 0; i < count; i++) {
    for (let k = 0, at = first[i]!; k < width; k++, at += 2, from++) {
      weight[at] = weights[from]!;
      slot[at] = slots[from]!;
    }
  }
  scatter(gathered(constant, new Float64Array(count)), constant);
  scatter(gathered(requirement, new Float64Array(count)), requirement);
  scatter(gathered(scale, new Float32Array(count)), scale);
  scatter(gathered(state, new Uint8Array(count)), state);
  scatter(gathered(radius, new Float32Array(count)), radius);
  scatter(gathered(pool, new Uint32Array(count)), pool);
  for (let i = 0; i < count; i++) pools.place[pool[places[i]!]!] = places[i]!;
}

/** Indices of `places` by the radius there. Bits of a positive single grow with it; with an index behind they sort as one number. */
function byRadius(radius: Float32Array, places: Uint32Array): Uint32Array {
  const bits = new Uint32Array(radius.buffer, radius.byteOffset, radius.length);
  const keys = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) keys[i] = bits[places[i]!]! * BLOCKS_MAX * BLOCK_PLACES + i;
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
