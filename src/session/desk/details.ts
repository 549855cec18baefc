/**
 * The columns that no sweep fills: uniform shock, nearest liquidation and largest position. In Float64 from the pools' linear form
 * (DS-10, `marketShocks`); where a pool has none, or rounding could decide, from the exact engine. Rule DM-19.
 */
import { assessAccount } from '../../engine/assess.ts';
import {
  FALL,
  type MarketShocks,
  marketShocks,
  NEARER,
  PAST,
  type PoolEntries,
  RISE,
  type SlotMoves,
  UNCERTAIN,
  UNKNOWN,
} from '../../engine/desk/market-shock.ts';
import { NO_LEG } from '../../engine/kernel/columns.ts';
import { firstEntry, LENDING } from '../../engine/kernel/layout.ts';
import { whileWriting } from './board.ts';
import { accountAndBook } from './desk-engine.ts';
import { type DeskState, IS_ISOLATED, NONE } from './desk-state.ts';
import { kindOf } from './pool-place.ts';
import { everything, instrumentsAlone, slotMoves } from './slot-moves.ts';

/** A fall to nearly nothing, and a rise to a hundred times: beyond, a price is never reached. */
const FALL_MAX = 0.999_999;
const RISE_MAX = 99;

/** Which of the columns are wanted. */
export interface DetailWish {
  readonly shock: boolean;
  readonly nearest: boolean;
  readonly biggest: boolean;
}

export const ALL_DETAILS: DetailWish = { shock: true, nearest: true, biggest: true };

/** How slots follow a move, at the prices of one tick. */
export interface DetailMoves {
  readonly together: SlotMoves;
  readonly alone: SlotMoves;
  /**
   * By slot of a linear leg: the most that its requirement grows as its price rises, per notional; NaN where that is not bounded, and in
   * `canFall` 0 where the requirement may grow as its price falls.
   */
  readonly steepest: Float64Array;
  readonly canFall: Uint8Array;
}

export function detailMoves(desk: DeskState): DetailMoves {
  const { ladders } = desk;
  const steepest = new Float64Array(ladders.slotCount).fill(Number.NaN);
  const canFall = new Uint8Array(ladders.slotCount);
  for (const { role, direction, slotBase, rowCount, rate, isFixed, isStepped } of ladders.all) {
    if (role !== 'leg' || direction < 0) continue;
    const isRising = isFixed || rate.every((own, row) => own >= 0 && (row === 0 || own >= rate[row - 1]!));
    for (let row = 0; row < rowCount; row++) {
      if (isRising) canFall[slotBase + row] = 1;
      if (isRising && !isStepped) steepest[slotBase + row] = isFixed ? rate[row]! : rate[rowCount - 1]!;
    }
  }
  return { together: slotMoves(desk, everything(desk)), alone: slotMoves(desk, instrumentsAlone), steepest, canFall };
}

/** Pools, or parts of them, put side by side. */
interface Batch {
  count: number;
  entryCount: number;
  readonly start: Uint32Array;
  readonly length: Uint32Array;
  readonly constant: Float64Array;
  readonly requirement: Float64Array;
  readonly scale: Float64Array;
  readonly weight: Float64Array;
  readonly slot: Uint32Array;
  /** Place among the rows, pool, leg of a part, and which moves count. */
  readonly at: Uint32Array;
  readonly pool: Uint32Array;
  readonly leg: Uint32Array;
  readonly ways: Uint8Array;
}

const newBatch = (pools: number, entries: number): Batch => ({
  count: 0,
  entryCount: 0,
  start: new Uint32Array(pools),
  length: new Uint32Array(pools),
  constant: new Float64Array(pools),
  requirement: new Float64Array(pools),
  scale: new Float64Array(pools),
  weight: new Float64Array(entries),
  slot: new Uint32Array(entries),
  at: new Uint32Array(pools),
  pool: new Uint32Array(pools),
  leg: new Uint32Array(pools),
  ways: new Uint8Array(pools),
});

function shocksOf(batch: Batch, moves: SlotMoves): MarketShocks {
  const { count } = batch;
  const out: MarketShocks = {
    down: new Float64Array(count),
    up: new Float64Array(count),
    error: new Float64Array(count),
    flag: new Uint8Array(count),
  };
  const entries: PoolEntries = { ...batch, stride: 1 };
  marketShocks(count, new Uint8Array(count).fill(1), entries, moves, FALL_MAX, out, RISE_MAX, batch.ways);
  return out;
}

/** What was found, by place among the rows. */
interface Found {
  readonly shock: Float64Array;
  readonly nearest: Float64Array;
  readonly nearestLeg: Uint32Array;
  readonly biggestLeg: Uint32Array;
  /** Places that only the exact engine can tell. */
  readonly exact: Set<number>;
}

/**
 * Brings the details of `rows` up to the present prices. `worth`: desk's unit per unit of size, by instrument. Rows are written when all
 * of them are known.
 */
export function refreshDetails(
  desk: DeskState,
  worth: Float64Array,
  rows: ArrayLike<number>,
  wish: DetailWish = ALL_DETAILS,
  moves: DetailMoves = detailMoves(desk),
): void {
  const count = rows.length;
  const found: Found = {
    shock: new Float64Array(count).fill(Number.NaN),
    nearest: new Float64Array(count).fill(Number.NaN),
    nearestLeg: new Uint32Array(count).fill(NO_LEG),
    biggestLeg: new Uint32Array(count),
    exact: new Set(),
  };
  const sizes = batchSizes(desk, rows, found.exact);
  if (wish.shock) findShocks(desk, rows, sizes, moves, found);
  if (wish.nearest) findNearest(desk, rows, sizes, moves, found);
  if (wish.biggest) for (let i = 0; i < count; i++) found.biggestLeg[i] = biggestOf(desk, worth, rows[i]!);
  const { accounts } = desk.columns;
  for (const at of wish.shock || wish.nearest ? found.exact : []) exactDetails(desk, rows[at]!, at, found);
  whileWriting(desk.guard, () => {
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (wish.biggest) accounts.biggestLeg[row] = found.biggestLeg[i]!;
      if (wish.shock) accounts.shock[row] = found.shock[i]!;
      if (!wish.nearest) continue;
      accounts.nearest[row] = found.nearest[i]!;
      accounts.nearestLeg[row] = found.nearestLeg[i]!;
    }
  });
}

interface Sizes {
  pools: number;
  entries: number;
  legs: number;
}

/** Notes the places of rows with a pool that has no linear form. */
function batchSizes({ columns, firstPool, pools }: DeskState, rows: ArrayLike<number>, exact: Set<number>): Sizes {
  const sizes = { pools: 0, entries: 0, legs: 0 };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    sizes.legs += columns.accounts.legEnd[row]! - columns.accounts.legStart[row]!;
    for (let pool = firstPool[row]!; pool !== NONE; pool = pools.next[pool]!) {
      if (pools.place[pool] === NONE) exact.add(i);
      sizes.pools++;
      sizes.entries += pools.entryCount[pool]!;
    }
  }
  return sizes;
}

function biggestOf({ columns }: DeskState, worth: Float64Array, row: number): number {
  const { accounts, legs } = columns;
  let biggest = NO_LEG;
  let most = Number.NEGATIVE_INFINITY;
  for (let leg = accounts.legStart[row]!; leg < accounts.legEnd[row]!; leg++) {
    const notional = Math.abs(legs.size[leg]! * worth[legs.instrument[leg]!]!);
    if (notional > most || biggest === NO_LEG) {
      biggest = leg;
      most = Number.isNaN(notional) ? most : notional;
    }
  }
  return biggest;
}

/** The worst of the account's cross pools; none where one is past its line or not known. */
function findShocks(desk: DeskState, rows: ArrayLike<number>, sizes: Sizes, moves: DetailMoves, { shock, exact }: Found): void {
  const { firstPool, pools } = desk;
  const batch = newBatch(sizes.pools, sizes.entries);
  for (let i = 0; i < rows.length; i++) {
    if (exact.has(i)) continue;
    for (let pool = firstPool[rows[i]!]!; pool !== NONE; pool = pools.next[pool]!)
      if ((pools.flags[pool]! & IS_ISOLATED) === 0 && isCarrying(desk, rows[i]!, pool)) addWhole(desk, pool, i, batch);
  }
  const { down, up, flag } = shocksOf(batch, moves.together);
  for (let k = 0; k < batch.count; k++) {
    const at = batch.at[k]!;
    if (flag[k] === UNCERTAIN) exact.add(at);
    const nearer = nearerOf(down[k]!, up[k]!);
    if (!Number.isNaN(nearer) && !(Math.abs(nearer) >= Math.abs(shock[at]!))) shock[at] = nearer;
  }
  for (let k = 0; k < batch.count; k++) if (flag[k] === PAST || flag[k] === UNKNOWN) shock[batch.at[k]!] = Number.NaN;
}

/** What holds no position and requires nothing has no move that liquidates it; what has been lent has. */
function isCarrying({ columns, layout, legPool, pools }: DeskState, row: number, pool: number): boolean {
  const place = pools.place[pool]!;
  if (kindOf(layout, place) === LENDING || layout.requirement[place] !== 0) return true;
  const { legStart, legEnd } = columns.accounts;
  for (let leg = legStart[row]!; leg < legEnd[row]!; leg++) if (legPool[leg] === pool) return true;
  return false;
}

const nearerOf = (down: number, up: number): number => (Number.isNaN(up) || Math.abs(down) <= up ? down : up);

function addWhole({ layout, pools }: DeskState, pool: number, at: number, batch: Batch): void {
  const place = pools.place[pool]!;
  const k = batch.count++;
  const first = firstEntry(layout, place);
  const length = pools.entryCount[pool]!;
  batch.at[k] = at;
  batch.ways[k] = NEARER;
  batch.start[k] = batch.entryCount;
  batch.length[k] = length;
  batch.constant[k] = layout.constant[place]!;
  batch.requirement[k] = layout.requirement[place]!;
  batch.scale[k] = layout.scale[place]!;
  for (let e = 0; e < length; e++) {
    batch.weight[batch.entryCount] = layout.weight[first + 2 * e]!;
    batch.slot[batch.entryCount++] = layout.slot[first + 2 * e]!;
  }
}

/** One for each instrument of each pool: where it lies, and how near its liquidation may be at the least. */
interface Candidates {
  count: number;
  readonly at: Uint32Array;
  readonly pool: Uint32Array;
  readonly leg: Uint32Array;
  readonly ways: Uint8Array;
  readonly bound: Float64Array;
}

/** What is nearer than a bound by less than this may be rounding. */
const CAUTION = 1 - 1e-9;

/**
 * The smallest distance of a position. In each pool the legs that may be nearest are followed, then those of the others whose bound lies
 * within what was found: of several legs mostly one.
 */
function findNearest(desk: DeskState, rows: ArrayLike<number>, sizes: Sizes, moves: DetailMoves, found: Found): void {
  const { nearest, exact } = found;
  const candidates: Candidates = {
    count: 0,
    at: new Uint32Array(sizes.legs),
    pool: new Uint32Array(sizes.legs),
    leg: new Uint32Array(sizes.legs),
    ways: new Uint8Array(sizes.legs),
    bound: new Float64Array(sizes.legs),
  };
  const isFollowed = new Uint8Array(sizes.legs);
  const without = new Set<number>();
  const first = newBatch(sizes.legs, sizes.legs);
  for (let i = 0; i < rows.length; i++) {
    if (exact.has(i)) continue;
    for (let pool = desk.firstPool[rows[i]!]!; pool !== NONE; pool = desk.pools.next[pool]!) {
      const from = candidates.count;
      addCandidates(desk, pool, i, moves, candidates);
      let least = from;
      for (let c = from + 1; c < candidates.count; c++) if (candidates.bound[c]! < candidates.bound[least]!) least = c;
      for (let c = from; c < candidates.count; c++) {
        if (c !== least && candidates.bound[c] !== 0) continue;
        isFollowed[c] = 1;
        addPart(desk, candidates, c, first);
      }
    }
  }
  followParts(first, moves, found, without);
  const second = newBatch(sizes.legs, sizes.legs);
  for (let c = 0; c < candidates.count; c++) {
    if (isFollowed[c] === 1) continue;
    const at = candidates.at[c]!;
    const reach = candidates.ways[c] === FALL ? FALL_MAX : RISE_MAX;
    const most = Number.isNaN(nearest[at]!) ? reach : nearest[at]!;
    if (candidates.bound[c]! * CAUTION > most || exact.has(at) || without.has(candidates.pool[c]!)) continue;
    addPart(desk, candidates, c, second);
  }
  followParts(second, moves, found, without);
}

/** Takes in what the parts say. `without`: pools that are past their line or not known, by any of their parts. */
function followParts(batch: Batch, moves: DetailMoves, { nearest, nearestLeg, exact }: Found, without: Set<number>): void {
  const { down, up, flag } = shocksOf(batch, moves.alone);
  for (let k = 0; k < batch.count; k++) {
    const at = batch.at[k]!;
    if (flag[k] === UNCERTAIN) exact.add(at);
    if (flag[k] === PAST || flag[k] === UNKNOWN) without.add(batch.pool[k]!);
    const way = batch.ways[k];
    const distance = Math.abs(way === NEARER ? nearerOf(down[k]!, up[k]!) : way === FALL ? down[k]! : up[k]!);
    const leg = batch.leg[k]!;
    if (Number.isNaN(distance) || distance > nearest[at]! || (distance === nearest[at] && leg > nearestLeg[at]!)) continue;
    nearest[at] = distance;
    nearestLeg[at] = leg;
  }
}

/** The instruments of a pool. Of an instrument with several legs either direction counts, and the first leg stands for it. */
function addCandidates(desk: DeskState, pool: number, at: number, moves: DetailMoves, candidates: Candidates): void {
  const { pools, columns, legPool, layout } = desk;
  const { accounts, legs } = columns;
  const row = pools.row[pool]!;
  const from = candidates.count;
  const health = healthOf(desk, pool);
  let entry = firstEntry(layout, pools.place[pool]!);
  for (let leg = accounts.legStart[row]!; leg < accounts.legEnd[row]!; leg++) {
    if (legPool[leg] !== pool) continue;
    const own = entry;
    entry += 2;
    let known = from;
    while (known < candidates.count && legs.instrument[candidates.leg[known]!] !== legs.instrument[leg]) known++;
    if (known < candidates.count) {
      candidates.ways[known] = NEARER;
      candidates.bound[known] = 0;
      continue;
    }
    candidates.at[known] = at;
    candidates.pool[known] = pool;
    candidates.leg[known] = leg;
    candidates.ways[known] = legs.size[leg]! > 0 ? FALL : RISE;
    candidates.bound[known] = boundOf(health, layout.weight[own]!, layout.slot[own]!, moves, desk.tables.coefficient);
    candidates.count++;
  }
}

/** Equity − requirement now. */
function healthOf({ pools, layout, tables }: DeskState, pool: number): number {
  const place = pools.place[pool]!;
  const { coefficient } = tables;
  let health = layout.constant[place]! - layout.requirement[place]!;
  const first = firstEntry(layout, place);
  for (let i = first; i < first + 2 * pools.entryCount[pool]!; i += 2) {
    const weight = layout.weight[i]!;
    const slot = layout.slot[i]!;
    health += weight * coefficient[2 * slot]! - Math.abs(weight) * coefficient[2 * slot + 1]!;
  }
  return health;
}

/**
 * A distance that the leg's price must move at least for health to end: a fall of a long leg takes at most what it is worth, a rise of a
 * short one that and what its requirement may grow. 0 where nothing can be said.
 */
function boundOf(health: number, weight: number, slot: number, moves: DetailMoves, coefficient: Float64Array): number {
  const { steepest, canFall } = moves;
  const notional = Math.abs(weight) * coefficient[2 * slot]!;
  const bound = weight > 0 ? (canFall[slot] === 1 ? health / notional : 0) : health / (notional * (1 + steepest[slot]!));
  return bound > 0 ? bound : 0;
}

/** The legs of one instrument of a pool, with everything else as constants at present prices. */
function addPart({ layout, pools, tables, columns, legPool }: DeskState, candidates: Candidates, c: number, batch: Batch): void {
  const { accounts, legs } = columns;
  const pool = candidates.pool[c]!;
  const instrument = legs.instrument[candidates.leg[c]!]!;
  const place = pools.place[pool]!;
  const first = firstEntry(layout, place);
  const k = batch.count++;
  let constant = layout.constant[place]!;
  let requirement = layout.requirement[place]!;
  let scale = layout.scale[place]!;
  batch.start[k] = batch.entryCount;
  let leg = accounts.legStart[pools.row[pool]!]!;
  const end = accounts.legEnd[pools.row[pool]!]!;
  for (let e = 0; e < pools.entryCount[pool]!; e++) {
    while (leg < end && legPool[leg] !== pool) leg++;
    const isMover = leg < end && legs.instrument[leg] === instrument;
    leg++;
    const weight = layout.weight[first + 2 * e]!;
    const slot = layout.slot[first + 2 * e]!;
    if (isMover) {
      batch.weight[batch.entryCount] = weight;
      batch.slot[batch.entryCount++] = slot;
      continue;
    }
    const worth = weight * tables.coefficient[2 * slot]!;
    const required = Math.abs(weight) * tables.coefficient[2 * slot + 1]!;
    constant += worth;
    requirement += required;
    scale += 2 * Math.max(Math.abs(worth), Math.abs(required));
  }
  batch.at[k] = candidates.at[c]!;
  batch.pool[k] = pool;
  batch.leg[k] = candidates.leg[c]!;
  batch.ways[k] = candidates.ways[c]!;
  batch.length[k] = batch.entryCount - batch.start[k]!;
  batch.constant[k] = constant;
  batch.requirement[k] = requirement;
  batch.scale[k] = scale;
}

/** The same from the exact engine. */
function exactDetails(desk: DeskState, row: number, at: number, found: Found): void {
  const { accounts } = desk.columns;
  const { account, book } = accountAndBook(desk, row);
  const { uniformShock, positions, pools } = assessAccount(account, book, desk.rulesOf(account.venue));
  const past = new Set(pools.flatMap(({ id, marginExcess }) => (marginExcess.ok && marginExcess.value.isNegative() ? [id] : [])));
  found.shock[at] = uniformShock.ok ? uniformShock.value.toNumber() : Number.NaN;
  found.nearest[at] = Number.NaN;
  found.nearestLeg[at] = NO_LEG;
  for (const { index, pool, liquidationDistance } of positions) {
    if (past.has(pool) || !liquidationDistance.ok) continue;
    const distance = liquidationDistance.value.abs().toNumber();
    if (distance >= found.nearest[at]!) continue;
    found.nearest[at] = distance;
    found.nearestLeg[at] = accounts.legStart[row]! + index;
  }
}
