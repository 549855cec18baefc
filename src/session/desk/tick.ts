/** One tick: prices in, states out; what cannot have changed is not looked at. Rules DK-12…DK-19. */
import { firstEntry } from '../../engine/kernel/layout.ts';
import { mustSweep, recertify, renewReferences } from './certificates.ts';
import type { DeskState } from './desk-state.ts';
import { driverValue, fillCoefficients, type Ladder, STEPS } from './ladders.ts';
import { reform } from './mutate.ts';
import { settleDeductions } from './pool-place.ts';
import { applyPrices, type PriceChanges } from './price-board.ts';
import { measureMoves, noteDriver } from './references.ts';
import { noteMoved, noteWear } from './resort.ts';
import { type LadderLegs, moveRows, pushesPointer, type RowMoves } from './row-order.ts';
import { countMove } from './slot-sums.ts';
import { type Changes, decideExactly, eventsOf, noChanges, type StateEvents, sweepBlock } from './states.ts';

/** Blocks that one tick certifies at most: a share of all, fewer when so many are swept that certificates would not last. */
const CERTIFY_SHARE = 0.03;
const CERTIFY_MIN = 8;
const ROUGH = 0.04;

/** Weight of the newest move in the smoothed square of moves. */
const MEMORY = 0.03;

/** Takes new prices in and brings every state up to date. Figures in the columns stay as they are (`refreshColumns`). */
export function tick(desk: DeskState, prices: PriceChanges): StateEvents {
  const changes = noChanges(desk);
  const arrived = movePrices(desk, prices);
  measureMoves(desk.references, desk.factor, desk.knownDrivers);
  sweepTouched(desk, changes);
  decideExactly(desk, (row) => isConcerned(desk, row, prices), changes);
  for (const row of arrived) reform(desk, row, changes);
  return eventsOf(desk, changes);
}

/** Prices, coefficients and rows; returns the rows whose form waited for one of the prices. */
export function movePrices(desk: DeskState, prices: PriceChanges): number[] {
  const { ladders, factor, board, variance } = desk;
  const first = applyPrices(board, prices);
  desk.tickCount++;
  desk.observedTicks++;
  const drivers = changedDrivers(desk, prices);
  for (const d of drivers) {
    const value = driverValue(ladders.drivers[d]!, board);
    const move = value / factor[d]! - 1;
    if (Number.isNaN(factor[d]!)) noteDriver(desk.references, d, value, desk.swing[d]!);
    if (Number.isFinite(move)) variance[d]! += MEMORY * (move * move - variance[d]!);
    factor[d] = value;
  }
  desk.areBoundsFresh = false;
  const moves: RowMoves = { legs: [], slots: [] };
  // A ladder of two drivers is met twice: the second time there is nothing left to move.
  for (const d of drivers) {
    const ids = ladders.laddersOfDriver[d]!;
    for (let i = 0; i < ids.length; i++) moveLadder(desk, ids[i]!, moves);
  }
  applyMoves(desk, moves);
  return waitingRows(desk, first);
}

function changedDrivers({ ladders, changedInstruments }: DeskState, prices: PriceChanges): number[] {
  const drivers: number[] = [];
  const note = (list: readonly number[] | undefined): void => {
    if (list) for (let i = 0; i < list.length; i++) drivers.push(list[i]!);
  };
  for (let k = 0; k < prices.instruments.length; k++) {
    changedInstruments.add(prices.instruments[k]!);
    note(ladders.driversOfInstrument[prices.instruments[k]!]);
  }
  for (let k = 0; k < (prices.assets?.length ?? 0); k++) {
    changedInstruments.add(-1 - prices.assets![k]!);
    note(ladders.driversOfAsset[prices.assets![k]!]);
  }
  return drivers;
}

/** Coefficients of a ladder, and which of its legs change their row. */
export function moveLadder(desk: DeskState, id: number, moves: RowMoves): void {
  const { factor, ladderColumns } = desk;
  fillCoefficients(ladderColumns, id, factor[ladderColumns.driver[id]!]!, desk.tables);
  if (ladderColumns.moves[id] === 0) return;
  const list = desk.order[id];
  if (!list) return;
  const isPushed = pushesPointer(ladderColumns, id, factor[ladderColumns.ownDriver[id]!]!);
  if (isPushed || list.loose.legs.length > 0) moveLegs(desk, desk.ladders.all[id]!, list, moves);
  else if (ladderColumns.moves[id] === STEPS) desk.edgePools.delete(id);
}

function moveLegs(desk: DeskState, ladder: Ladder, list: LadderLegs, moves: RowMoves): void {
  const { factor, legPool, columns } = desk;
  const edge = new Set<number>();
  moveRows(list, ladder, columns.legs, factor[ladder.ownDriver]!, moves, (leg) => edge.add(legPool[leg]!));
  if (edge.size > 0) desk.edgePools.set(ladder.id, edge);
  else desk.edgePools.delete(ladder.id);
}

/**
 * Puts legs into their new rows. In passes, each of which reads one thing of every leg: what they read lies anywhere in memory, and
 * reads that do not wait for each other overlap.
 */
function applyMoves(desk: DeskState, { legs, slots }: RowMoves): void {
  const { layout, legPool, pools, sums, ladders, ladderColumns, columns } = desk;
  const { accounts } = columns;
  const count = legs.length;
  const pool = new Uint32Array(count);
  const place = new Uint32Array(count);
  const start = new Uint32Array(count);
  const entry = new Uint32Array(count);
  for (let i = 0; i < count; i++) pool[i] = legPool[legs[i]!]!;
  for (let i = 0; i < count; i++) {
    place[i] = pools.place[pool[i]!]!;
    start[i] = pools.row[pool[i]!]!;
  }
  for (let i = 0; i < count; i++) {
    start[i] = accounts.legStart[start[i]!]!;
    entry[i] = firstEntry(layout, place[i]!);
  }
  for (let i = 0; i < count; i++) {
    let ordinal = 0;
    for (let leg = start[i]!; leg < legs[i]!; leg++) if (legPool[leg] === pool[i]) ordinal++;
    entry[i]! += 2 * ordinal;
  }
  for (let i = 0; i < count; i++) {
    const at = entry[i]!;
    const to = slots[i]!;
    countMove(sums, ladderColumns, ladders.ladderOfSlot[to]!, layout.slot[at]!, to, layout.weight[at]!);
    layout.slot[at] = to;
  }
  for (let i = 0; i < count; i++) {
    settleDeductions(desk, layout, place[i]!);
    noteMoved(desk, pool[i]!);
  }
  desk.counters.rowsMoved += count;
}

/** Sweeps the blocks whose certificate does not cover the present prices, and certifies some of them anew. */
function sweepTouched(desk: DeskState, changes: Changes): void {
  const { blocks } = desk;
  let left = desk.wear > ROUGH ? CERTIFY_MIN : Math.max(CERTIFY_MIN, Math.ceil(blocks.used * CERTIFY_SHARE));
  let swept = 0;
  const moves = Float64Array.from(desk.references, ({ move }) => move);
  for (let block = 0; block < blocks.used; block++) {
    if (!mustSweep(blocks, moves, block)) continue;
    sweepBlock(desk, block, changes);
    swept++;
    if (left > 0 && recertify(desk, block)) left--;
  }
  noteWear(desk, swept);
  desk.sweptSince += swept;
  renewReferences(desk, (block) => sweepBlock(desk, block, changes));
}

function waitingRows(desk: DeskState, first: { instruments: number[]; assets: number[] }): number[] {
  const rows = new Set<number>();
  const collect = (map: Map<number, Set<number>>, subjects: readonly number[]): void => {
    for (const subject of subjects) {
      for (const row of map.get(subject) ?? []) rows.add(row);
      map.delete(subject);
    }
  };
  collect(desk.waiting.instruments, first.instruments);
  collect(desk.waiting.assets, first.assets);
  return [...rows];
}

/** Whether any of the changed prices stands behind the row. */
function isConcerned(desk: DeskState, row: number, prices: PriceChanges): boolean {
  if ((prices.assets?.length ?? 0) > 0) return true;
  const { accounts, legs } = desk.columns;
  for (let leg = accounts.legStart[row]!; leg < accounts.legEnd[row]!; leg++) {
    for (let k = 0; k < prices.instruments.length; k++) if (prices.instruments[k] === legs.instrument[leg]) return true;
  }
  return false;
}

/** Sweeps everything, whatever is certified: the oracle and the fallback. */
export function sweepAll(desk: DeskState): StateEvents {
  const changes = noChanges(desk);
  for (let block = 0; block < desk.blocks.used; block++) sweepBlock(desk, block, changes);
  decideExactly(desk, () => true, changes);
  return eventsOf(desk, changes);
}
