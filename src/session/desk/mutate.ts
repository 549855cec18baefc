/**
 * Accounts added, changed and removed where they lie (rules DK-20, DK-21). A changed account keeps its place when its new form fits;
 * otherwise it moves to a free one. `Full` is thrown when there is no room or no slot left: nothing is lost, the desk must be built
 * anew from `flatOf`.
 */
import type { Account } from '../../domain/book.ts';
import { radiusOf } from '../../engine/kernel/certify.ts';
import { BLOCK_PLACES, firstEntry, widthOf } from '../../engine/kernel/layout.ts';
import { codeOf, NEAR, type Sums, sumEntries } from '../../engine/kernel/sweep.ts';
import { accountAt, giveRow, marginAt, moveRow, putAccount } from './account-store.ts';
import { givePlace, noteWaiting, unitRateOf } from './build.ts';
import { freshenBounds, lowerCertificate } from './certificates.ts';
import { type DeskState, markFigures, NONE } from './desk-state.ts';
import { Full, freePlace } from './free-place.ts';
import { adoptLadder, driverValue, fillBounds, fillCoefficients } from './ladders.ts';
import { classKey } from './placing.ts';
import { blockOf, kindOf, padEntries, settleDeductions, vacate } from './pool-place.ts';
import { noteDriver } from './references.ts';
import { refreshRow } from './refresh.ts';
import { noteChanged } from './resort.ts';
import { addLeg, removeLeg } from './row-order.ts';
import { countChange, countConstants } from './slot-sums.ts';
import { type AccountSource, clearStaging, type Staging, stageAccount } from './staging.ts';
import { type Changes, eventsOf, exactCode, noChanges, type StateEvents, setCode, settleRow } from './states.ts';

/** Enters an account at the end; its id must be new. Returns its row and whether its state is one to tell. */
export function addAccount(desk: DeskState, account: Account): { readonly row: number; readonly events: StateEvents } {
  const { columns, store } = desk;
  if (columns.count >= columns.accountCapacity) throw new Full('row', false);
  const row = columns.count;
  columns.accounts.legStart[row] = 0;
  columns.accounts.legEnd[row] = 0;
  columns.accounts.state[row] = 0;
  desk.firstPool[row] = NONE;
  const source = store.names.add(account.id, account.label);
  columns.count++;
  enter(desk, row, source, account);
  const changes = noChanges(desk);
  place(desk, row, NONE, changes);
  refreshRow(desk, row);
  return { row, events: eventsOf(desk, changes) };
}

/** Puts `account` in the place of the one in `row`; ids must be equal. */
export function updateAccount(desk: DeskState, row: number, account: Account): StateEvents {
  const changes = noChanges(desk);
  replaceAccount(desk, row, account, changes);
  return eventsOf(desk, changes);
}

/** The same as part of other changes. */
export function replaceAccount(desk: DeskState, row: number, account: Account, changes: Changes): void {
  const kept = unplace(desk, row);
  giveRow(desk.store, row);
  enter(desk, row, desk.columns.accounts.source[row]!, account);
  place(desk, row, kept, changes);
  refreshRow(desk, row);
}

function enter(desk: DeskState, row: number, source: number, account: Account): void {
  desk.columns.accounts.unitRate[row] = account.unit === undefined ? 1 : unitRateOf(desk.board, account.unit);
  if (putAccount(desk.store, row, source, account)) return;
  desk.store.special.set(source, account);
  throw new Full('leg', true);
}

/** Takes the account of `row` out; the last row takes its place. */
export function removeAccount(desk: DeskState, row: number): void {
  const { columns, store, firstPool, pools } = desk;
  const kept = unplace(desk, row);
  if (kept !== NONE) releasePlace(desk, kept);
  giveRow(store, row);
  store.special.delete(columns.accounts.source[row]!);
  const last = --columns.count;
  forgetWaiting(desk, row);
  if (row !== last) {
    moveRow(store, last, row);
    firstPool[row] = firstPool[last]!;
    for (let pool = firstPool[row]!; pool !== NONE; pool = pools.next[pool]!) {
      pools.row[pool] = row;
      if (pools.place[pool] !== NONE) desk.blocks.firstRow[blockOf(pools.place[pool]!)] = -1;
    }
    moveWaiting(desk, last, row);
  }
  firstPool[last] = NONE;
  columns.rowVersion++;
}

/** Finds the form of a row anew: prices it waited for have come. */
export function reform(desk: DeskState, row: number, changes: Changes): void {
  desk.staging.quick.clear();
  place(desk, row, unplace(desk, row), changes);
  refreshRow(desk, row);
}

function forgetWaiting(desk: DeskState, row: number): void {
  for (const map of [desk.waiting.instruments, desk.waiting.assets]) for (const rows of map.values()) rows.delete(row);
}

function moveWaiting(desk: DeskState, from: number, to: number): void {
  for (const map of [desk.waiting.instruments, desk.waiting.assets]) for (const rows of map.values()) if (rows.delete(from)) rows.add(to);
}

/** Takes the row's pools out of everything. The place of its only pool stays its own and is returned; others are set free. */
export function unplace(desk: DeskState, row: number): number {
  const { pools, layout, sums, ladders, legPool, columns } = desk;
  const { accounts } = columns;
  const taken = new Map<number, number>();
  for (let leg = accounts.legStart[row]!; leg < accounts.legEnd[row]!; leg++) {
    const pool = legPool[leg]!;
    // A range that is given back belongs to nobody.
    legPool[leg] = NONE;
    if (pools.place[pool] === NONE) continue;
    const ordinal = taken.get(pool) ?? 0;
    taken.set(pool, ordinal + 1);
    const slot = layout.slot[firstEntry(layout, pools.place[pool]!) + 2 * ordinal]!;
    removeLeg(desk, ladders.all[ladders.ladderOfSlot[slot]!]!, leg);
  }
  let kept = NONE;
  const only = desk.firstPool[row]!;
  for (let pool = only; pool !== NONE; pool = pools.next[pool]!) {
    const at = pools.place[pool]!;
    if (at !== NONE) {
      const first = firstEntry(layout, at);
      for (let k = 0; k < pools.entryCount[pool]!; k++) countSlot(desk, layout.slot[first + 2 * k]!, layout.weight[first + 2 * k]!, -1);
      const unitAsset = desk.blocks.unitAsset[blockOf(at)]!;
      countConstants(sums, accounts.venue[row]!, unitAsset, layout.constant[at]!, requiredOf(desk, pool), -1);
      if (pool === only && pools.next[pool] === NONE) {
        kept = at;
        vacate(layout, at);
      } else releasePlace(desk, at);
    }
    desk.exactPools.delete(pool);
    desk.exactFigures.delete(pool);
    pools.required.delete(pool);
    for (const edge of desk.edgePools.values()) edge.delete(pool);
    noteChanged(desk, pool);
    pools.place[pool] = NONE;
    pools.free.push(pool);
  }
  desk.firstPool[row] = NONE;
  forgetWaiting(desk, row);
  return kept;
}

export const countSlot = ({ sums, ladders, ladderColumns }: DeskState, slot: number, weight: number, sign: 1 | -1): void =>
  countChange(sums, ladderColumns, ladders.ladderOfSlot[slot]!, slot, weight, sign);

export const requiredOf = ({ pools }: DeskState, pool: number): number => pools.required.get(pool) ?? 0;

function releasePlace(desk: DeskState, at: number): void {
  vacate(desk.layout, at);
  desk.blocks.firstRow[blockOf(at)] = -1;
  givePlace(desk, at);
}

/** Stages the row and puts its pools in; `kept` is a vacant place that its only pool may take. */
export function place(desk: DeskState, row: number, kept: number, changes: Changes): void {
  const { accounts } = desk.columns;
  const staging = stageRow(desk, row);
  const count = accounts.legEnd[row]! - accounts.legStart[row]!;
  adoptLadders(desk);
  const isCompound = staging.poolCount > 1;
  if (kept !== NONE && (isCompound || !fits(desk, kept, staging))) {
    releasePlace(desk, kept);
    kept = NONE;
  }
  let previous = NONE;
  const ids: number[] = [];
  for (let p = 0; p < staging.poolCount; p++) {
    const pool = desk.pools.free.pop() ?? desk.pools.used++;
    if (pool >= desk.pools.capacity) throw new Full('pool', true);
    ids.push(pool);
    if (previous === NONE) desk.firstPool[row] = pool;
    else desk.pools.next[previous] = pool;
    desk.pools.next[pool] = NONE;
    previous = pool;
    enterPool(desk, row, pool, staging, p, isCompound, kept);
  }
  for (let i = 0; i < count; i++) enterLeg(desk, accounts.legStart[row]! + i, ids, staging, i);
  for (const { waitsFor } of staging.waits) noteWaiting(desk, row, waitsFor);
  markFigures(desk.pools, desk.firstPool[row]!);
  for (const pool of ids) decide(desk, pool, changes);
  settleRow(desk, row, changes);
}

/** The row's pools as its columns say, in the staging that belongs to the desk: it holds them until the next row is staged. */
export function stageRow(desk: DeskState, row: number): Staging {
  const { accounts } = desk.columns;
  const staging = desk.rowStaging;
  const count = accounts.legEnd[row]! - accounts.legStart[row]!;
  clearStaging(staging, count);
  stageAccount(desk.staging, staging, rowSource(desk, row, count), 0);
  return staging;
}

/** The row as a source of one account, its positions counted from 0. */
function rowSource(desk: DeskState, row: number, count: number): AccountSource {
  const { store, columns } = desk;
  const { accounts, legs } = columns;
  const start = accounts.legStart[row]!;
  return {
    venues: store.venues,
    venueOf: () => accounts.venue[row]!,
    specialOf: () => store.special.get(accounts.source[row]!),
    accountOf: () => accountAt(store, row),
    balanceStart: store.balanceStart.subarray(row, row + 1),
    balanceEnd: store.balanceEnd.subarray(row, row + 1),
    balanceAsset: store.balanceAsset,
    balanceAmount: store.balanceAmount,
    positionStart: Uint32Array.of(0),
    positionEnd: Uint32Array.of(count),
    instrument: legs.instrument.subarray(start, start + count),
    size: legs.size.subarray(start, start + count),
    entryPrice: legs.entryPrice.subarray(start, start + count),
    mode: Uint8Array.from({ length: count }, (_, p) => store.settings[store.legSetting[start + p]!]!.mode),
    leverageOf: (p) => store.settings[store.legSetting[start + p]!]!.leverage,
    marginOf: (p) => marginAt(store.margins, start + p),
  };
}

/** Fills the slots of ladders that an update brought. */
export function adoptLadders(desk: DeskState): void {
  const { ladders, ladderColumns, tables, factor, swing, board, references } = desk;
  if (ladders.slotCount > tables.capacity || ladders.drivers.length > factor.length) throw new Full('slot', true);
  for (; desk.knownDrivers < ladders.drivers.length; desk.knownDrivers++) {
    const d = desk.knownDrivers;
    const { instrument, asset } = ladders.drivers[d]!;
    const swingOf = desk.swingOf ?? (() => 1);
    factor[d] = driverValue(ladders.drivers[d]!, board);
    swing[d] = (instrument < 0 ? 0 : swingOf(board.instruments[instrument]!.base)) + (asset < 0 ? 0 : swingOf(board.assets[asset]!));
    noteDriver(references, d, factor[d]!, swing[d]!);
  }
  while (ladderColumns.count < ladders.all.length) {
    const ladder = ladders.all[ladderColumns.count]!;
    adoptLadder(ladderColumns, ladder, tables);
    fillCoefficients(ladderColumns, ladder.id, factor[ladder.driver]!, tables);
    fillBounds(ladderColumns, ladder.id, factor[ladder.driver]!, factor[ladder.ownDriver]!, swing[ladder.driver]!, tables);
  }
}

function classOfPlace({ layout, blocks }: DeskState, at: number): string {
  const block = blockOf(at);
  return classKey(layout.kind[block]!, blocks.unitAsset[block]!, blocks.isCompound[block] === 1);
}

function fits(desk: DeskState, at: number, staging: Staging): boolean {
  const key = classKey(staging.kind[0]!, staging.unitAsset[0]!, false);
  return !staging.exact.has(0) && classOfPlace(desk, at) === key && widthOf(desk.layout, at) >= staging.first[1]!;
}

/** Writes a staged pool into `kept` or a free place; a pool without linear form only into the list of those. */
function enterPool(desk: DeskState, row: number, pool: number, staging: Staging, p: number, isCompound: boolean, kept: number): void {
  const { pools, layout, sums, blocks } = desk;
  const first = staging.first[p]!;
  const count = staging.first[p + 1]! - first;
  pools.row[pool] = row;
  pools.flags[pool] = staging.flags[p]!;
  pools.entryCount[pool] = count;
  pools.place[pool] = NONE;
  pools.code[pool] = 0;
  const required = staging.required[p]!;
  if (required !== 0) pools.required.set(pool, required);
  const why = staging.exact.get(p);
  if (why) {
    desk.exactPools.set(pool, { pool, why });
    return;
  }
  const unitAsset = staging.unitAsset[p]!;
  const at = kept !== NONE ? kept : freePlace(desk, staging.kind[p]!, unitAsset, isCompound, count);
  pools.place[pool] = at;
  layout.pool[at] = pool;
  layout.constant[at] = staging.constant[p]!;
  layout.scale[at] = staging.scale[p]!;
  const entry = firstEntry(layout, at);
  for (let k = 0; k < count; k++) {
    layout.weight[entry + 2 * k] = staging.weight[first + k]!;
    layout.slot[entry + 2 * k] = staging.slot[first + k]!;
  }
  padEntries(layout, at, count);
  settleDeductions(desk, layout, at);
  // What stands in the entries counts: a deduction in another asset is written there by settleDeductions.
  for (let k = 0; k < count; k++) countSlot(desk, layout.slot[entry + 2 * k]!, layout.weight[entry + 2 * k]!, 1);
  countConstants(sums, desk.columns.accounts.venue[row]!, unitAsset, staging.constant[p]!, required, 1);
  const block = blockOf(at);
  if (kept === NONE) blocks.firstRow[block] = -1;
  layout.groups[block] = Math.max(layout.groups[block]!, ((at % BLOCK_PLACES) >> 1) + 1);
  noteChanged(desk, pool);
}

function enterLeg(desk: DeskState, leg: number, ids: readonly number[], staging: Staging, i: number): void {
  const { legPool, pools, ladders, layout } = desk;
  const p = staging.poolOfPosition[i]!;
  legPool[leg] = ids[p]!;
  if (pools.place[ids[p]!] === NONE) return;
  let ordinal = 0;
  for (let j = 0; j < i; j++) if (staging.poolOfPosition[j] === p) ordinal++;
  const slot = layout.slot[firstEntry(layout, pools.place[ids[p]!]!) + 2 * ordinal]!;
  const ladder = ladders.all[ladders.ladderOfSlot[slot]!]!;
  addLeg(desk, ladder, leg, slot - ladder.slotBase);
  if (ladder.isStepped) noteEdge(desk, ladder.id, ids[p]!);
}

/** Whether a leg of the pool stands on an edge of a stepped ladder shows with the next price; until then the exact path decides. */
export function noteEdge({ edgePools }: DeskState, ladder: number, pool: number): void {
  const edge = edgePools.get(ladder) ?? new Set<number>();
  edgePools.set(ladder, edge.add(pool));
}

function isOnEdge({ edgePools }: DeskState, pool: number): boolean {
  for (const edge of edgePools.values()) if (edge.has(pool)) return true;
  return false;
}

/** State of a pool that was just entered, and what it means for its block's certificate. */
export function decide(desk: DeskState, pool: number, changes: Changes): void {
  const { layout, tables, pools } = desk;
  const at = pools.place[pool]!;
  if (at === NONE) {
    setCode(desk, pool, exactCode(desk, pool), changes);
    return;
  }
  const kind = kindOf(layout, at);
  const first = firstEntry(layout, at);
  const count = pools.entryCount[pool]!;
  const sums: Sums = { equity: layout.constant[at]!, requirement: layout.requirement[at]!, notional: 0, turnover: 0 };
  sumEntries(layout, tables, first, 2, count, sums);
  const code = codeOf(kind, sums, layout.scale[at]!);
  setCode(desk, pool, code & NEAR || isOnEdge(desk, pool) ? exactCode(desk, pool) : code, changes);
  freshenBounds(desk);
  const radius = radiusOf(layout, tables, kind, layout.constant[at]!, layout.requirement[at]!, layout.scale[at]!, first, 2, count);
  layout.radius[at] = radius;
  lowerCertificate(desk, blockOf(at), radius);
}
