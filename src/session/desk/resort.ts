/**
 * Putting all blocks into a new order in the background (rule DK-15). After large moves the pools near a threshold lie scattered and
 * every tick touches many blocks. A new layout is written beside the running one, some pools at a time, and takes its place when it
 * is whole; what changed meanwhile is written again at the end.
 */
import { radiusOf } from '../../engine/kernel/certify.ts';
import { BLOCK_PLACES, type BlockKind, firstEntry, type Layout, NO_POOL, widthOf } from '../../engine/kernel/layout.ts';
import { blocksOf, firstRowOf, givePlace } from './build.ts';
import { dropCertificate, freshenBounds, lowerCertificate } from './certificates.ts';
import { type Blocks, type DeskState, NONE } from './desk-state.ts';
import { freePlace } from './free-place.ts';
import { sortLocally } from './local-sort.ts';
import { type PlacedBlock, type Placing, placePools, startGroups } from './placing.ts';
import { blockOf, padEntries, vacate } from './pool-place.ts';
import { referenceAt } from './references.ts';

export interface Resort {
  /** What is left to do, a block's worth at a time. */
  readonly steps: Generator<void, void>;
}

/**
 * Marks of `DeskState.copyMarks`, set whether there is a copy or not. `MOVED`: a tick changed rows or state, the copy is to be written
 * again; `CHANGED`: the pool has other entries, or came, or went.
 */
const MOVED = 1;
const CHANGED = 2;

/** Share of blocks a tick sweeps, smoothed, above which the order is worn; and ticks between two new orders at least. */
const WORN = 0.08;
const REST_TICKS = 32;
const SMOOTHING = 0.1;

/** Tells the desk how much of it the last tick looked at. */
export function noteWear(desk: DeskState, sweptBlocks: number): void {
  desk.wear += SMOOTHING * (sweptBlocks / Math.max(1, desk.blocks.used) - desk.wear);
}

/** A tick changed rows or the state of a pool: certificates of its copy hold, its numbers do not. */
export function noteMoved({ copyMarks }: DeskState, pool: number): void {
  if (copyMarks[pool] === 0) copyMarks[pool] = MOVED;
}

/** A pool came, went, or has other entries than before. */
export function noteChanged({ copyMarks }: DeskState, pool: number): void {
  copyMarks[pool] = CHANGED;
}

/**
 * Works on the order for about `budget` pools: on a new one, begun when the present is worn; where it is not, lets the hottest blocks
 * change places. True while there is more to do. To be called between ticks, with whatever time is left.
 */
export function maintain(desk: DeskState, budget: number): boolean {
  if (!desk.resort) {
    if (desk.wear < WORN || desk.tickCount - desk.resortedAt < REST_TICKS) {
      sortLocally(desk);
      return false;
    }
    beginResort(desk);
  }
  for (let left = budget; left > 0; left -= BLOCK_PLACES) if (desk.resort?.steps.next().done) return false;
  return true;
}

/** Begins a new order now, worn or not. */
export function beginResort(desk: DeskState): void {
  desk.resort = { steps: resortSteps(desk) };
}

function* resortSteps(desk: DeskState): Generator<void, void> {
  estimateSwings(desk);
  const radius = new Float32Array(desk.pools.capacity).fill(-1);
  for (let block = 0; block < desk.blocks.used; block++) {
    measureBlock(desk, block, radius);
    yield;
  }
  desk.copyMarks.fill(0);
  const { poolCount, classOf, classes, width } = yield* classify(desk, radius);
  const placing = yield* placePools({ poolCount, radius, width: (pool) => width[pool]!, classOf, classes });
  desk.resortedAt = desk.tickCount;
  if (placing.blocks.length > desk.layout.blockCapacity || placing.entryPairs > desk.layout.entryCapacity) {
    desk.resort = undefined;
    return;
  }
  const copy: Copy = {
    placing,
    width,
    newPlace: new Uint32Array(desk.pools.capacity).fill(NONE),
    blocks: blocksOf(desk.layout.blockCapacity),
    entryUsed: 0,
  };
  yield;
  for (let block = 0; block < placing.blocks.length; block++) {
    copyBlock(desk, copy, block);
    yield;
  }
  yield* catchUp(desk, copy);
  finish(desk, copy);
}

/** Rounds of bringing copies up to date, of which the last wrote no more than so many. */
const AGAIN_MAX = 2048;
const ROUNDS_MAX = 4;
/** Pools looked at in one step. */
const STEP_POOLS = 65_536;

/** Writes again what ticks have moved since it was copied, until little is left for the swap itself. */
function* catchUp(desk: DeskState, copy: Copy): Generator<void, void> {
  const { copyMarks } = desk;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let done = 0;
    for (let pool = copyMarks.indexOf(MOVED); pool >= 0; pool = copyMarks.indexOf(MOVED, pool + 1)) {
      copyAgain(desk.layout, desk.pools.place[pool]!, desk.spare, copy, pool);
      copyMarks[pool] = 0;
      if (++done % BLOCK_PLACES === 0) yield;
    }
    if (done <= AGAIN_MAX) return;
    yield;
  }
}

function copyAgain(from: Layout, at: number, to: Layout, { newPlace, width }: Copy, pool: number): void {
  if (newPlace[pool] !== NONE) copyPool(from, at, to, newPlace[pool]!, width[pool]!, pool);
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

function measureBlock(desk: DeskState, block: number, radius: Float32Array): void {
  const { layout, kernel } = desk;
  freshenBounds(desk);
  kernel.certify(block, layout.groups[block]!);
  for (let at = block * BLOCK_PLACES; at < (block + 1) * BLOCK_PLACES; at++)
    if (layout.pool[at] !== NO_POOL) radius[layout.pool[at]!] = layout.radius[at]!;
}

/** Classes of the pools that have a place, and their entries; a pool that came since it was measured is taken to be close. */
function* classify({ pools, layout, blocks }: DeskState, radius: Float32Array) {
  const poolCount = pools.used;
  const classes: PlacedBlock[] = [];
  const classOf = new Uint16Array(poolCount);
  // ENTRIES_MAX fits.
  const width = new Uint16Array(poolCount);
  const known = new Map<number, number>();
  for (let pool = 0; pool < poolCount; pool++) {
    if (pool % STEP_POOLS === STEP_POOLS - 1) yield;
    const at = pools.place[pool]!;
    if (at === NONE) {
      radius[pool] = -1;
      continue;
    }
    width[pool] = pools.entryCount[pool]!;
    const block = blockOf(at);
    const kind = layout.kind[block] as BlockKind;
    const key = (blocks.unitAsset[block]! + 1) * 8 + kind * 2 + blocks.isCompound[block]!;
    let id = known.get(key);
    if (id === undefined) {
      id = classes.push({ kind, unitAsset: blocks.unitAsset[block]!, isCompound: blocks.isCompound[block] === 1 }) - 1;
      known.set(key, id);
    }
    classOf[pool] = id;
    if (radius[pool]! < 0) radius[pool] = 0;
  }
  return { poolCount, classes, classOf, width };
}

/** A new layout in the making. */
interface Copy {
  readonly placing: Placing;
  /** Entries of each pool when it was planned. */
  readonly width: Uint16Array;
  /** By pool: its place in the new layout. */
  readonly newPlace: Uint32Array;
  readonly blocks: Blocks;
  entryUsed: number;
}

/** Writes one block of the new layout and certifies it at present prices. What changes later is written again. */
function copyBlock(desk: DeskState, copy: Copy, block: number): void {
  const { pools, spare, layout, kernel, tables, copyMarks } = desk;
  const placed = copy.placing.blocks[block]!;
  const places = copy.placing.order.subarray(block * BLOCK_PLACES, (block + 1) * BLOCK_PLACES);
  spare.kind[block] = placed.kind;
  copy.blocks.unitAsset[block] = placed.unitAsset;
  copy.blocks.isCompound[block] = Number(placed.isCompound);
  copy.entryUsed = startGroups(spare, block, places, (pool) => copy.width[pool]!, copy.entryUsed);
  for (let i = 0; i < BLOCK_PLACES; i++) {
    const at = block * BLOCK_PLACES + i;
    const pool = places[i]!;
    if (pool !== NO_POOL) copy.newPlace[pool] = at;
    // A pool that changed may be gone, wider, or another account's by now.
    if (pool === NO_POOL || copyMarks[pool] === CHANGED) {
      vacate(spare, at);
      continue;
    }
    copyPool(layout, pools.place[pool]!, spare, at, copy.width[pool]!, pool);
    copyMarks[pool] = 0;
  }
  copy.blocks.used = block + 1;
  const reference = referenceAt(desk.references, desk.tickCount, desk.factor, desk.swing, desk.knownDrivers);
  if (reference === undefined) return;
  freshenBounds(desk);
  kernel.bind(spare, tables);
  copy.blocks.least[block] = kernel.certify(block, spare.groups[block]!);
  kernel.bind(layout, tables);
  copy.blocks.reference[block] = reference;
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

/** Swaps the layouts and brings what is still out of date over. */
function finish(desk: DeskState, copy: Copy): void {
  const { pools, layout: old, blocks: oldBlocks, copyMarks } = desk;
  const oldPlace = pools.place;
  for (let block = 0; block < oldBlocks.used; block++) dropCertificate(desk, block);
  desk.layout = desk.spare;
  desk.spare = old;
  desk.blocks = copy.blocks;
  desk.entryUsed = copy.entryUsed;
  desk.freePlaces = new Map();
  desk.resort = undefined;
  desk.wear = 0;
  pools.place = copy.newPlace;
  // Certified at several ticks: what prices have left since must catch up when they come back.
  for (let block = 0; block < desk.blocks.used; block++) {
    const reference = desk.blocks.reference[block]!;
    desk.blocks.isOutside[block] = reference < 0 || desk.blocks.least[block]! <= desk.references[reference]!.move ? 1 : 0;
  }
  const homeless: number[] = [];
  const changed: number[] = [];
  for (let pool = copyMarks.indexOf(MOVED); pool >= 0; pool = copyMarks.indexOf(MOVED, pool + 1))
    copyAgain(old, oldPlace[pool]!, desk.layout, copy, pool);
  for (let pool = copyMarks.indexOf(CHANGED); pool >= 0; pool = copyMarks.indexOf(CHANGED, pool + 1)) {
    changed.push(pool);
    if (!bringOver(desk, old, oldBlocks, pool, oldPlace[pool]!)) homeless.push(pool);
  }
  for (let block = 0; block < desk.blocks.used; block++) findVacant(desk, block);
  for (const pool of homeless) settleIn(desk, old, oldBlocks, pool, oldPlace[pool]!);
  desk.kernel.bind(desk.layout, desk.tables);
  for (const pool of changed) certifyPool(desk, pool);
}

/** Vacant places lie behind the last group, or where something left: only blocks that are not full are looked through. */
function findVacant(desk: DeskState, block: number): void {
  const { layout, pools, blocks } = desk;
  blocks.firstRow[block] = blocks.isCompound[block] === 1 ? -1 : firstRowOf(layout, pools, block);
  for (let at = block * BLOCK_PLACES; at < (block + 1) * BLOCK_PLACES; at++) if (layout.pool[at] === NO_POOL) givePlace(desk, at);
}

/** A changed pool into the place that was planned for it; false when it lives and has none that fits. */
function bringOver(desk: DeskState, old: Layout, oldBlocks: Blocks, pool: number, at: number): boolean {
  const { layout, pools, blocks } = desk;
  const planned = pools.place[pool]!;
  pools.place[pool] = at === NONE ? NONE : planned;
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
  if (isFit) copyPool(old, at, layout, planned, pools.entryCount[pool]!, pool);
  else if (planned !== NONE) vacate(layout, planned);
  return isFit;
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

/** Makes its block's certificate hold for a pool that was not in it when it was computed. */
function certifyPool(desk: DeskState, pool: number): void {
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
