/**
 * Putting the blocks into a new order in the background (rule DK-15). After large moves the pools near a threshold lie scattered and
 * every tick touches many blocks. A new layout is written beside the running one, some pools at a time, and takes its place when it
 * is whole; what changed meanwhile is written again at the end.
 */
import { radiusOf } from '../../engine/kernel/certify.ts';
import { BLOCK_PLACES, type BlockKind, firstEntry, type Layout, NO_POOL, widthOf } from '../../engine/kernel/layout.ts';
import { blocksOf, noteBlock } from './build.ts';
import { dropCertificate, freshenBounds, lowerCertificate } from './certificates.ts';
import { type Blocks, type DeskState, NONE } from './desk-state.ts';
import { freePlace } from './free-place.ts';
import { sortLocally } from './local-sort.ts';
import { type PlacedBlock, type Placing, placePools, startGroups } from './placing.ts';
import { blockOf, padEntries, vacate } from './pool-place.ts';
import { referenceAt } from './references.ts';

export interface Resort {
  phase: 'measure' | 'copy';
  /** Next block to measure, or to copy. */
  cursor: number;
  readonly radius: Float32Array;
  placing: Placing | undefined;
  /** By pool: its place in the new layout. */
  readonly newPlace: Uint32Array;
  readonly blocks: Blocks;
  entryUsed: number;
  /** Pools that changed since they were measured. */
  readonly dirty: Set<number>;
}

/** Share of blocks a tick sweeps, smoothed, above which the order is worn; and ticks between two new orders at least. */
const WORN = 0.05;
const REST_TICKS = 24;
const SMOOTHING = 0.1;

/** Tells the desk how much of it the last tick looked at. */
export function noteWear(desk: DeskState, sweptBlocks: number): void {
  desk.wear += SMOOTHING * (sweptBlocks / Math.max(1, desk.blocks.used) - desk.wear);
}

/** Pools whose copy in a new order is out of date. */
export function noteDirty(desk: DeskState, pool: number): void {
  desk.resort?.dirty.add(pool);
}

/**
 * Works on a new order for about `budget` pools, beginning one when the present is worn; where it is not, lets the hottest blocks change
 * places. True while there is more to do. To be called between ticks, with whatever time is left.
 */
export function maintain(desk: DeskState, budget: number): boolean {
  if (!desk.resort) {
    if (desk.wear < WORN || desk.tickCount - desk.resortedAt < REST_TICKS) {
      sortLocally(desk);
      return false;
    }
    beginResort(desk);
  }
  const resort = desk.resort!;
  for (let left = budget; left > 0; left -= BLOCK_PLACES) {
    if (resort.phase === 'measure') measureBlock(desk, resort);
    else if (resort.cursor < resort.placing!.blocks.length) copyBlock(desk, resort);
    else {
      finish(desk, resort);
      return false;
    }
  }
  return true;
}

/** Begins a new order now, worn or not. */
export function beginResort(desk: DeskState): void {
  estimateSwings(desk);
  desk.resort = {
    phase: 'measure',
    cursor: 0,
    radius: new Float32Array(desk.pools.capacity).fill(-1),
    placing: undefined,
    newPlace: new Uint32Array(desk.pools.capacity).fill(NONE),
    blocks: blocksOf(desk.layout.blockCapacity),
    entryUsed: 0,
    dirty: new Set(),
  };
}

/** Ticks seen before swings are estimated from them; no market is taken to be calmer than this share of the median. */
const OBSERVED_MIN = 16;
const CALMEST = 0.1;

/** Swings from how much each price moved lately: the better they fit, the less is touched. Certificates keep the swings they had. */
function estimateSwings(desk: DeskState): void {
  const { variance, observedTicks, swing, knownDrivers } = desk;
  if (observedTicks < OBSERVED_MIN) return;
  const moves = Array.from({ length: knownDrivers }, (_, d) => Math.sqrt(variance[d]!)).filter((move) => move > 0);
  if (moves.length === 0) return;
  moves.sort((a, b) => a - b);
  const median = moves[moves.length >> 1]!;
  const next = new Float64Array(swing.length);
  for (let d = 0; d < swing.length; d++) next[d] = swing[d] === 0 ? 0 : Math.max(CALMEST, Math.sqrt(variance[d]!) / median);
  desk.swing = next;
  desk.areBoundsFresh = false;
}

function measureBlock(desk: DeskState, resort: Resort): void {
  const { layout, blocks, kernel } = desk;
  if (resort.cursor >= blocks.used) {
    plan(desk, resort);
    return;
  }
  const block = resort.cursor++;
  freshenBounds(desk);
  kernel.certify(block, layout.groups[block]!);
  for (let at = block * BLOCK_PLACES; at < (block + 1) * BLOCK_PLACES; at++) {
    const pool = layout.pool[at]!;
    if (pool !== NO_POOL) resort.radius[pool] = layout.radius[at]!;
  }
}

/** Decides where every pool will lie. What comes after is entered at the end. */
function plan(desk: DeskState, resort: Resort): void {
  const { layout, pools, blocks } = desk;
  const classes: PlacedBlock[] = [];
  const classOf = new Uint16Array(pools.used);
  const known = new Map<number, number>();
  for (let pool = 0; pool < pools.used; pool++) {
    const at = pools.place[pool]!;
    if (at === NONE) {
      resort.radius[pool] = -1;
      continue;
    }
    const block = blockOf(at);
    const kind = layout.kind[block] as BlockKind;
    const key = (blocks.unitAsset[block]! + 1) * 8 + kind * 2 + blocks.isCompound[block]!;
    let id = known.get(key);
    if (id === undefined) {
      id = classes.push({ kind, unitAsset: blocks.unitAsset[block]!, isCompound: blocks.isCompound[block] === 1 }) - 1;
      known.set(key, id);
    }
    classOf[pool] = id;
    if (resort.radius[pool]! < 0) resort.radius[pool] = 0;
  }
  const width = (pool: number): number => pools.entryCount[pool]!;
  const placing = placePools({ poolCount: pools.used, radius: resort.radius, width, classOf, classes });
  const isRoom = placing.blocks.length <= layout.blockCapacity && placing.entryPairs <= layout.entryCapacity;
  if (!isRoom) {
    desk.resort = undefined;
    desk.resortedAt = desk.tickCount;
    return;
  }
  resort.placing = placing;
  resort.phase = 'copy';
  resort.cursor = 0;
  resort.dirty.clear();
}

/** Writes one block of the new layout and certifies it at present prices. */
function copyBlock(desk: DeskState, resort: Resort): void {
  const { pools, spare, layout, kernel, tables } = desk;
  const placing = resort.placing!;
  const block = resort.cursor++;
  const placed = placing.blocks[block]!;
  const places = placing.order.subarray(block * BLOCK_PLACES, (block + 1) * BLOCK_PLACES);
  // What left since the plan leaves its place vacant; what changed is written again at the end.
  for (let i = 0; i < BLOCK_PLACES; i++) if (places[i] !== NO_POOL && pools.place[places[i]!] === NONE) places[i] = NO_POOL;
  spare.kind[block] = placed.kind;
  resort.blocks.unitAsset[block] = placed.unitAsset;
  resort.blocks.isCompound[block] = Number(placed.isCompound);
  resort.entryUsed = startGroups(spare, block, places, (pool) => pools.entryCount[pool]!, resort.entryUsed);
  for (let i = 0; i < BLOCK_PLACES; i++) {
    const at = block * BLOCK_PLACES + i;
    const pool = places[i]!;
    if (pool === NO_POOL) {
      vacate(spare, at);
      continue;
    }
    resort.newPlace[pool] = at;
    copyPool(layout, pools.place[pool]!, spare, at, pools.entryCount[pool]!, pool);
  }
  resort.blocks.used = block + 1;
  const reference = referenceAt(desk.references, desk.tickCount, desk.factor, desk.swing, desk.knownDrivers);
  if (reference === undefined) return;
  freshenBounds(desk);
  kernel.bind(spare, tables);
  resort.blocks.least[block] = kernel.certify(block, spare.groups[block]!);
  kernel.bind(layout, tables);
  resort.blocks.reference[block] = reference;
  desk.references[reference]!.blockCount++;
}

function copyPool(from: Layout, fromPlace: number, to: Layout, toPlace: number, count: number, pool: number): void {
  to.pool[toPlace] = pool;
  to.constant[toPlace] = from.constant[fromPlace]!;
  to.requirement[toPlace] = from.requirement[fromPlace]!;
  to.scale[toPlace] = from.scale[fromPlace]!;
  to.state[toPlace] = from.state[fromPlace]!;
  const source = firstEntry(from, fromPlace);
  const target = firstEntry(to, toPlace);
  for (let k = 0; k < 2 * count; k += 2) {
    to.weight[target + k] = from.weight[source + k]!;
    to.slot[target + k] = from.slot[source + k]!;
  }
  padEntries(to, toPlace, count);
}

/** Swaps the layouts and brings what changed meanwhile over. */
function finish(desk: DeskState, resort: Resort): void {
  const { pools, layout: old, blocks: oldBlocks } = desk;
  for (let block = 0; block < oldBlocks.used; block++) dropCertificate(desk, block);
  const oldPlace = new Map([...resort.dirty].map((pool) => [pool, pools.place[pool]!] as const));
  desk.layout = desk.spare;
  desk.spare = old;
  desk.blocks = resort.blocks;
  desk.entryUsed = resort.entryUsed;
  desk.freePlaces = new Map();
  desk.resort = undefined;
  desk.resortedAt = desk.tickCount;
  desk.wear = 0;
  const homeless: number[] = [];
  for (let pool = 0; pool < pools.used; pool++) if (pools.place[pool] !== NONE) pools.place[pool] = resort.newPlace[pool]!;
  for (const [pool, at] of oldPlace) if (!bringOver(desk, old, oldBlocks, pool, at, resort.newPlace[pool]!)) homeless.push(pool);
  for (let block = 0; block < desk.blocks.used; block++) noteBlock(desk, block);
  for (const pool of homeless) settleIn(desk, old, oldBlocks, pool, oldPlace.get(pool)!);
  desk.kernel.bind(desk.layout, desk.tables);
  for (const pool of oldPlace.keys()) recertifyPool(desk, pool);
}

/** A changed pool into the place that was planned for it; false when it lives and has none that fits. */
function bringOver(desk: DeskState, old: Layout, oldBlocks: Blocks, pool: number, at: number, planned: number): boolean {
  const { layout, pools, blocks } = desk;
  if (at === NONE) {
    if (planned !== NONE) vacate(layout, planned);
    return true;
  }
  const [from, to] = [blockOf(at), planned === NONE ? -1 : blockOf(planned)];
  const isFit =
    to >= 0 &&
    layout.kind[to] === old.kind[from] &&
    blocks.unitAsset[to] === oldBlocks.unitAsset[from] &&
    blocks.isCompound[to] === oldBlocks.isCompound[from] &&
    widthOf(layout, planned) >= pools.entryCount[pool]!;
  if (isFit) {
    copyPool(old, at, layout, planned, pools.entryCount[pool]!, pool);
    return true;
  }
  if (planned !== NONE) vacate(layout, planned);
  return false;
}

function settleIn(desk: DeskState, old: Layout, oldBlocks: Blocks, pool: number, at: number): void {
  const from = blockOf(at);
  const isCompound = oldBlocks.isCompound[from] === 1;
  const to = freePlace(desk, old.kind[from]!, oldBlocks.unitAsset[from]!, isCompound, desk.pools.entryCount[pool]!);
  desk.pools.place[pool] = to;
  copyPool(old, at, desk.layout, to, desk.pools.entryCount[pool]!, pool);
  const block = blockOf(to);
  desk.blocks.firstRow[block] = -1;
  desk.layout.groups[block] = Math.max(desk.layout.groups[block]!, ((to % BLOCK_PLACES) >> 1) + 1);
}

function recertifyPool(desk: DeskState, pool: number): void {
  const { layout, tables, pools } = desk;
  const at = pools.place[pool]!;
  if (at === NONE) return;
  freshenBounds(desk);
  const kind = layout.kind[blockOf(at)] as BlockKind;
  const first = firstEntry(layout, at);
  const count = pools.entryCount[pool]!;
  const radius = radiusOf(layout, tables, kind, layout.constant[at]!, layout.requirement[at]!, layout.scale[at]!, first, 2, count);
  lowerCertificate(desk, blockOf(at), radius);
}
