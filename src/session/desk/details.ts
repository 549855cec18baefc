/**
 * The columns that no sweep fills: uniform shock, nearest liquidation and largest position. In Float64 from the pools' linear form
 * (DS-10, `marketShocks`); where a pool has none, or rounding could decide, from the exact engine. Rule DM-19.
 */
import { assessAccount } from '../../engine/assess.ts';
import {
  type MarketShocks,
  marketShocks,
  PAST,
  type PoolEntries,
  type SlotMoves,
  UNCERTAIN,
  UNKNOWN,
} from '../../engine/desk/market-shock.ts';
import { NO_LEG } from '../../engine/kernel/columns.ts';
import { firstEntry } from '../../engine/kernel/layout.ts';
import { accountAndBook } from './desk-engine.ts';
import { type DeskState, IS_ISOLATED, NONE } from './desk-state.ts';
import { everything, instrumentsAlone, slotMoves } from './slot-moves.ts';

/** A fall to nearly nothing, and a rise to a hundred times: beyond, a price is never reached. */
const FALL_MAX = 0.999_999;
const RISE_MAX = 99;

/** Pools, or parts of them, put side by side; grows as it is filled. */
interface Batch {
  count: number;
  entryCount: number;
  start: Uint32Array;
  length: Uint32Array;
  constant: Float64Array;
  requirement: Float64Array;
  scale: Float64Array;
  weight: Float64Array;
  slot: Uint32Array;
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
});

const entriesOf = (batch: Batch): PoolEntries => ({ ...batch, stride: 1 });

function shocksOf(batch: Batch, moves: SlotMoves): MarketShocks {
  const { count } = batch;
  const out: MarketShocks = {
    down: new Float64Array(count),
    up: new Float64Array(count),
    error: new Float64Array(count),
    flag: new Uint8Array(count),
  };
  marketShocks(count, new Uint8Array(count).fill(1), entriesOf(batch), moves, FALL_MAX, out, RISE_MAX);
  return out;
}

/** What a batch's pools belong to. */
interface WholePool {
  readonly row: number;
  readonly isIsolated: boolean;
}
/** Legs of one instrument in one pool. */
interface Alone {
  readonly row: number;
  /** First leg on the instrument, its side, and whether there are others: then either direction counts. */
  readonly leg: number;
  readonly isLong: boolean;
  isShared: boolean;
}

/** Brings the details of `rows` up to the present prices. `worth`: desk's unit per unit of size, by instrument. */
export function refreshDetails(desk: DeskState, worth: Float64Array, rows: ArrayLike<number>): void {
  const exact = new Set<number>();
  const sizes = batchSizes(desk, rows);
  const whole = newBatch(sizes.pools, sizes.entries);
  const alone = newBatch(sizes.legs, sizes.legs);
  const wholePools: WholePool[] = [];
  const alonePools: Alone[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    clearRow(desk, worth, row);
    for (let pool = desk.firstPool[row]!; pool !== NONE; pool = desk.pools.next[pool]!) {
      if (desk.pools.place[pool] === NONE) {
        exact.add(row);
        continue;
      }
      addWhole(desk, pool, whole);
      wholePools.push({ row, isIsolated: (desk.pools.flags[pool]! & IS_ISOLATED) !== 0 });
      addAlone(desk, pool, alone, alonePools);
    }
  }
  writeShocks(desk, shocksOf(whole, slotMoves(desk, everything(desk))), wholePools, exact);
  writeNearest(desk, shocksOf(alone, slotMoves(desk, instrumentsAlone)), alonePools, exact);
  for (const row of exact) exactDetails(desk, row);
}

function batchSizes({ columns, firstPool, pools }: DeskState, rows: ArrayLike<number>): { pools: number; entries: number; legs: number } {
  const sizes = { pools: 0, entries: 0, legs: 0 };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    sizes.legs += columns.accounts.legEnd[row]! - columns.accounts.legStart[row]!;
    for (let pool = firstPool[row]!; pool !== NONE; pool = pools.next[pool]!) {
      sizes.pools++;
      sizes.entries += pools.entryCount[pool]!;
    }
  }
  return sizes;
}

/** No shock and no liquidation until one is found; the largest leg. */
function clearRow({ columns }: DeskState, worth: Float64Array, row: number): void {
  const { accounts, legs } = columns;
  accounts.shock[row] = Number.NaN;
  accounts.nearest[row] = Number.NaN;
  accounts.nearestLeg[row] = NO_LEG;
  let biggest = NO_LEG;
  let most = Number.NEGATIVE_INFINITY;
  for (let leg = accounts.legStart[row]!; leg < accounts.legEnd[row]!; leg++) {
    const notional = Math.abs(legs.size[leg]! * worth[legs.instrument[leg]!]!);
    if (notional > most || biggest === NO_LEG) {
      biggest = leg;
      most = Number.isNaN(notional) ? most : notional;
    }
  }
  accounts.biggestLeg[row] = biggest;
}

function addWhole({ layout, pools }: DeskState, pool: number, batch: Batch): void {
  const place = pools.place[pool]!;
  const at = batch.count++;
  const first = firstEntry(layout, place);
  batch.start[at] = batch.entryCount;
  batch.length[at] = pools.entryCount[pool]!;
  batch.constant[at] = layout.constant[place]!;
  batch.requirement[at] = layout.requirement[place]!;
  batch.scale[at] = layout.scale[place]!;
  for (let k = 0; k < batch.length[at]!; k++) {
    batch.weight[batch.entryCount] = layout.weight[first + 2 * k]!;
    batch.slot[batch.entryCount++] = layout.slot[first + 2 * k]!;
  }
}

/** One part for each instrument of the pool: its legs, and everything else as constants at present prices. */
function addAlone(desk: DeskState, pool: number, batch: Batch, found: Alone[]): void {
  const { pools, columns, legPool } = desk;
  const { accounts, legs } = columns;
  const row = pools.row[pool]!;
  const known = new Map<number, number>();
  for (let leg = accounts.legStart[row]!; leg < accounts.legEnd[row]!; leg++) {
    if (legPool[leg] !== pool) continue;
    const instrument = legs.instrument[leg]!;
    const at = known.get(instrument);
    if (at !== undefined) {
      found[at]!.isShared = true;
      continue;
    }
    known.set(instrument, found.push({ row, leg, isLong: legs.size[leg]! > 0, isShared: false }) - 1);
    addPart(desk, pool, instrument, batch);
  }
}

function addPart({ layout, pools, tables, columns, legPool }: DeskState, pool: number, instrument: number, batch: Batch): void {
  const { accounts, legs } = columns;
  const place = pools.place[pool]!;
  const first = firstEntry(layout, place);
  const at = batch.count++;
  let constant = layout.constant[place]!;
  let requirement = layout.requirement[place]!;
  let scale = layout.scale[place]!;
  batch.start[at] = batch.entryCount;
  let leg = accounts.legStart[pools.row[pool]!]!;
  const end = accounts.legEnd[pools.row[pool]!]!;
  for (let k = 0; k < pools.entryCount[pool]!; k++) {
    while (leg < end && legPool[leg] !== pool) leg++;
    const isMover = leg < end && legs.instrument[leg] === instrument;
    leg++;
    const weight = layout.weight[first + 2 * k]!;
    const slot = layout.slot[first + 2 * k]!;
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
  batch.length[at] = batch.entryCount - batch.start[at]!;
  batch.constant[at] = constant;
  batch.requirement[at] = requirement;
  batch.scale[at] = scale;
}

/** The worst of the account's cross pools; none where one is past its line or not known. */
function writeShocks({ columns }: DeskState, { down, up, flag }: MarketShocks, pools: readonly WholePool[], exact: Set<number>): void {
  const { shock } = columns.accounts;
  const without = new Set<number>();
  pools.forEach(({ row, isIsolated }, i) => {
    if (isIsolated) return;
    if (flag[i] === UNCERTAIN) exact.add(row);
    if (flag[i] === PAST || flag[i] === UNKNOWN) without.add(row);
    const nearer = nearerOf(down[i]!, up[i]!);
    if (!(Math.abs(nearer) >= Math.abs(shock[row]!))) shock[row] = Number.isNaN(nearer) ? shock[row]! : nearer;
  });
  for (const row of without) shock[row] = Number.NaN;
}

const nearerOf = (down: number, up: number): number => (Number.isNaN(up) || Math.abs(down) <= up ? down : up);

function writeNearest({ columns }: DeskState, { down, up, flag }: MarketShocks, parts: readonly Alone[], exact: Set<number>): void {
  const { nearest, nearestLeg } = columns.accounts;
  parts.forEach(({ row, leg, isLong, isShared }, i) => {
    if (flag[i] === UNCERTAIN) exact.add(row);
    const distance = Math.abs(isShared ? nearerOf(down[i]!, up[i]!) : isLong ? down[i]! : up[i]!);
    if (Number.isNaN(distance) || distance >= nearest[row]!) return;
    nearest[row] = distance;
    nearestLeg[row] = leg;
  });
}

/** The same from the exact engine. */
function exactDetails(desk: DeskState, row: number): void {
  const { accounts } = desk.columns;
  const { account, book } = accountAndBook(desk, row);
  const { uniformShock, positions, pools } = assessAccount(account, book, desk.rulesOf(account.venue));
  const past = new Set(pools.flatMap(({ id, marginExcess }) => (marginExcess.ok && marginExcess.value.isNegative() ? [id] : [])));
  accounts.shock[row] = uniformShock.ok ? uniformShock.value.toNumber() : Number.NaN;
  accounts.nearest[row] = Number.NaN;
  accounts.nearestLeg[row] = NO_LEG;
  for (const { index, pool, liquidationDistance } of positions) {
    if (past.has(pool) || !liquidationDistance.ok) continue;
    const distance = liquidationDistance.value.abs().toNumber();
    if (distance >= accounts.nearest[row]!) continue;
    accounts.nearest[row] = distance;
    accounts.nearestLeg[row] = accounts.legStart[row]! + index;
  }
}
