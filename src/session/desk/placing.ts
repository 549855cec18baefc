/**
 * The second half of building a desk: pools sorted into blocks (rule DK-8). Pools of one kind, one unit and one shape of account lie
 * together, those close to a threshold first; inside a block the widest first, so that the two lanes of a group are of one width.
 */
import { radiusOf } from '../../engine/kernel/certify.ts';
import { BLOCK_GROUPS, BLOCK_PLACES, BLOCK_STARTS, type BlockKind, type Layout, NO_POOL } from '../../engine/kernel/layout.ts';
import type { SlotTables } from '../../engine/kernel/tables.ts';
import type { Staging } from './staging.ts';

/** Blocks of pools in their order; `NO_POOL` fills the last block of a class. */
export interface Placing {
  readonly order: Uint32Array;
  readonly blocks: readonly PlacedBlock[];
  /** Pairs of entries that the groups take. */
  readonly entryPairs: number;
}

export interface PlacedBlock {
  readonly kind: BlockKind;
  readonly unitAsset: number;
  readonly isCompound: boolean;
}

/** A pool's class as one key: pools of different classes never share a block. */
export const classKey = (kind: number, unitAsset: number, isCompound: boolean): string => `${kind} ${unitAsset} ${Number(isCompound)}`;

/** What deciding on places needs to know of each pool. */
export interface PlacingInput {
  readonly poolCount: number;
  /** Radius, for the order; pools without a place are negative. */
  readonly radius: Float32Array;
  readonly width: (pool: number) => number;
  readonly classOf: Uint16Array;
  readonly classes: readonly PlacedBlock[];
}

/** Runs what works in small steps to its end. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Pools of one step. */
const STEP_POOLS = 16_384;

/** Radii of staged pools at the tables' prices; `deduction`: what a leg in each slot takes off. −1 for pools without linear form. */
export function* stagedRadii(staging: Staging, tables: SlotTables, deduction: Float64Array): Generator<void, Float32Array> {
  const radius = new Float32Array(staging.poolCount);
  const { kind, constant, required, scale, first, slot } = staging;
  for (let p = 0; p < staging.poolCount; p++) {
    const at = first[p]!;
    const end = first[p + 1]!;
    // The requirement without prices, as settleDeductions will write it.
    let sum = 0;
    for (let i = at; i < end; i++) sum += deduction[slot[i]!]!;
    radius[p] = radiusOf(staging, tables, kind[p] as BlockKind, constant[p]!, required[p]! - sum, scale[p]!, at, 1, end - at);
    if (p % STEP_POOLS === STEP_POOLS - 1) yield;
  }
  for (const pool of staging.exact.keys()) radius[pool] = -1;
  return radius;
}

/** A pool's bucket: the upper half of its radius as a single, whose bits grow with it, is 1 part in 128. */
const BUCKETS = 1 << 16;

/**
 * Puts every pool into a block: by class, then by radius. The order inside a block is `sortByWidth`'s. In steps, since a million
 * pools take some time.
 */
export function* placePools({ poolCount, radius, classOf, classes, width }: PlacingInput): Generator<void, Placing> {
  const bits = new Uint32Array(radius.buffer, radius.byteOffset, radius.length);
  // Buckets that are in use, by class: few of all.
  const counts = classes.map(() => new Uint32Array(0));
  const members = classes.map(() => 0);
  for (let p = 0; p < poolCount; p++) {
    if (p % STEP_POOLS === STEP_POOLS - 1) yield;
    if (radius[p]! < 0) continue;
    const c = classOf[p]!;
    if (counts[c]!.length === 0) counts[c] = new Uint32Array(BUCKETS);
    members[c]!++;
    counts[c]![bits[p]! >>> 16]!++;
  }
  const blocks = classes.flatMap((block, c) => Array.from({ length: Math.ceil(members[c]! / BLOCK_PLACES) }, () => block));
  const order = new Uint32Array(blocks.length * BLOCK_PLACES).fill(NO_POOL);
  let first = 0;
  classes.forEach((_, c) => {
    let at = first;
    counts[c]!.forEach((count, bucket) => {
      counts[c]![bucket] = at;
      at += count;
    });
    first += Math.ceil(members[c]! / BLOCK_PLACES) * BLOCK_PLACES;
  });
  yield;
  for (let p = 0; p < poolCount; p++) {
    if (p % STEP_POOLS === STEP_POOLS - 1) yield;
    if (radius[p]! >= 0) order[counts[classOf[p]!]![bits[p]! >>> 16]!++] = p;
  }
  let entryPairs = 0;
  for (let at = 0; at < order.length; at += BLOCK_PLACES) {
    if (at % STEP_POOLS === 0) yield;
    sortByWidth(order.subarray(at, at + BLOCK_PLACES), width);
    for (let g = 0; g < BLOCK_GROUPS; g++) entryPairs += groupWidth(order, at + 2 * g, width);
  }
  return { order, blocks, entryPairs };
}

/** Entries of a pool; `at` is where it stands among the pools that are looked at. */
type WidthOf = (pool: number, at: number) => number;

const groupWidth = (order: Uint32Array, at: number, width: WidthOf): number =>
  Math.max(order[at] === NO_POOL ? 0 : width(order[at]!, at), order[at + 1] === NO_POOL ? 0 : width(order[at + 1]!, at + 1));

/** Widest first, stable; vacant places last. */
function sortByWidth(places: Uint32Array, width: (pool: number) => number): void {
  const key = (pool: number): number => (pool === NO_POOL ? -1 : width(pool));
  let most = 0;
  for (const pool of places) most = Math.max(most, key(pool));
  const start = new Uint32Array(most + 3);
  for (const pool of places) start[most - key(pool) + 1]!++;
  for (let k = 0; k <= most + 1; k++) start[k + 1]! += start[k]!;
  const sorted = new Uint32Array(places.length);
  for (const pool of places) sorted[start[most - key(pool)]!++] = pool;
  places.set(sorted);
}

/** Writes the group boundaries of one block whose pools are given, beginning at entry pair `from`; returns where they end. */
export function startGroups(layout: Layout, block: number, places: Uint32Array, width: WidthOf, from: number): number {
  let at = from;
  let groups = 0;
  for (let g = 0; g < BLOCK_GROUPS; g++) {
    layout.groupStart[block * BLOCK_STARTS + g] = at;
    if (places[2 * g] !== NO_POOL || places[2 * g + 1] !== NO_POOL) groups = g + 1;
    at += groupWidth(places, 2 * g, width);
  }
  layout.groupStart[block * BLOCK_STARTS + BLOCK_GROUPS] = at;
  layout.groups[block] = groups;
  return at;
}
