/**
 * Fills and deposits: an account whose positions and balances stay the same ones, in other amounts (rule DK-24). What follows from them is
 * written where it stands; only legs whose size changed leave their ladder's order and come back.
 */
import type { Account } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import { firstEntry, PLAIN } from '../../engine/kernel/layout.ts';
import { accountAt } from './account-store.ts';
import { type DeskState, IS_ISOLATED, NONE } from './desk-state.ts';
import { adoptLadders, countSlot, decide, noteEdge, place, replaceAccount, requiredOf, stageRow, unplace } from './mutate.ts';
import { blockOf, entryOfLeg, kindOf, settleDeductions } from './pool-place.ts';
import { refreshRow } from './refresh.ts';
import { noteChanged } from './resort.ts';
import { resizeLeg } from './row-order.ts';
import { countConstants } from './slot-sums.ts';
import type { Staging } from './staging.ts';
import { type Changes, eventsOf, noChanges, type StateEvents, settleRow } from './states.ts';

/** A position's size and entry price from now on. A size of 0 is no position: the account is another one then (`updateAccount`). */
export interface Fill {
  readonly leg: number;
  readonly size: number;
  readonly entryPrice: number;
}

/** The amount of the row's n-th balance from now on. */
export interface Deposit {
  readonly row: number;
  readonly balance: number;
  readonly amount: number;
}

/** What one account is given. */
interface Amendment {
  readonly fills: Fill[];
  readonly deposits: Deposit[];
}

/**
 * Takes in what came between two ticks; every account is derived once, whatever it was given. Of several fills of one leg the last holds.
 * `Full` is thrown as by `updateAccount`: what was not taken in yet is not.
 */
export function amendAccounts(desk: DeskState, fills: readonly Fill[], deposits: readonly Deposit[]): StateEvents {
  const changes = noChanges(desk);
  const { pools, legPool } = desk;
  const amendments = new Map<number, Amendment>();
  const amendmentOf = (row: number): Amendment => {
    const known = amendments.get(row);
    if (known) return known;
    const added: Amendment = { fills: [], deposits: [] };
    amendments.set(row, added);
    return added;
  };
  for (const fill of fills) amendmentOf(pools.row[legPool[fill.leg]!]!).fills.push(fill);
  for (const deposit of deposits) amendmentOf(deposit.row).deposits.push(deposit);
  for (const [row, amendment] of amendments) amend(desk, row, amendment, changes);
  return eventsOf(desk, changes);
}

function amend(desk: DeskState, row: number, { fills, deposits }: Amendment, changes: Changes): void {
  const { columns, store } = desk;
  if (store.special.has(columns.accounts.source[row]!)) {
    replaceAccount(desk, row, amended(desk, row, fills, deposits), changes);
    return;
  }
  const { size, entryPrice } = columns.legs;
  const before = new Map<number, number>();
  for (const fill of fills) {
    if (!before.has(fill.leg)) before.set(fill.leg, size[fill.leg]!);
    size[fill.leg] = fill.size;
    entryPrice[fill.leg] = fill.entryPrice;
  }
  for (const { balance, amount } of deposits) store.balanceAmount[store.balanceStart[row]! + balance] = amount;
  const staging = stageRow(desk, row);
  adoptLadders(desk);
  if (isSameShape(desk, row, staging)) restate(desk, row, staging, before, changes);
  else placeAnew(desk, row, before, changes);
  refreshRow(desk, row);
}

/** The account with other amounts, and everything that columns cannot say of it. */
function amended({ store, columns }: DeskState, row: number, fills: readonly Fill[], deposits: readonly Deposit[]): Account {
  const account = accountAt(store, row);
  const positions = [...account.positions];
  const balances = [...account.balances];
  for (const { leg, size, entryPrice } of fills) {
    const at = leg - columns.accounts.legStart[row]!;
    positions[at] = { ...positions[at]!, size: new Decimal(size), entryPrice: new Decimal(entryPrice) };
  }
  for (const { balance, amount } of deposits) balances[balance] = { ...balances[balance]!, amount: new Decimal(amount) };
  return { ...account, balances, positions };
}

/** Another form: the row's pools are taken out, by the sizes that they were entered with, and entered again. */
function placeAnew(desk: DeskState, row: number, before: ReadonlyMap<number, number>, changes: Changes): void {
  const { size } = desk.columns.legs;
  const now = [...before.keys()].map((leg) => [leg, size[leg]!] as const);
  for (const [leg, was] of before) size[leg] = was;
  const kept = unplace(desk, row);
  for (const [leg, is] of now) size[leg] = is;
  place(desk, row, kept, changes);
}

/** Whether the staged pools are those that stand there, entry by entry of the same ladders. */
function isSameShape({ pools, layout, blocks, ladders, firstPool }: DeskState, row: number, staging: Staging): boolean {
  if (staging.exact.size > 0 || staging.waits.length > 0) return false;
  const { ladderOfSlot } = ladders;
  let pool = firstPool[row]!;
  for (let p = 0; p < staging.poolCount; p++) {
    if (pool === NONE) return false;
    const at = pools.place[pool]!;
    if (at === NONE || kindOf(layout, at) !== staging.kind[p] || blocks.unitAsset[blockOf(at)] !== staging.unitAsset[p]) return false;
    if ((pools.flags[pool]! & IS_ISOLATED) !== (staging.flags[p]! & IS_ISOLATED)) return false;
    const first = staging.first[p]!;
    const count = staging.first[p + 1]! - first;
    if (pools.entryCount[pool] !== count) return false;
    const entry = firstEntry(layout, at);
    for (let k = 0; k < count; k++) if (ladderOfSlot[layout.slot[entry + 2 * k]!] !== ladderOfSlot[staging.slot[first + k]!]) return false;
    pool = pools.next[pool]!;
  }
  return pool === NONE;
}

/** Writes the staged pools over those that stand there. `before`: the sizes that the legs which changed had. */
function restate(desk: DeskState, row: number, staging: Staging, before: ReadonlyMap<number, number>, changes: Changes): void {
  const { pools, firstPool, legPool, columns } = desk;
  const { size } = columns.legs;
  const touched: number[] = [];
  for (let pool = firstPool[row]!, p = 0; pool !== NONE; pool = pools.next[pool]!, p++)
    if (restatePool(desk, row, pool, staging, p)) touched.push(pool);
  for (const [leg, was] of before) {
    if (was === size[leg]) continue;
    const slot = desk.layout.slot[entryOfLeg(desk, leg)]!;
    const ladder = desk.ladders.all[desk.ladders.ladderOfSlot[slot]!]!;
    resizeLeg(desk, ladder, leg, slot - ladder.slotBase, was);
    if (ladder.isStepped) noteEdge(desk, ladder.id, legPool[leg]!);
  }
  for (const pool of touched) decide(desk, pool, changes);
  settleRow(desk, row, changes);
}

/** False where the pool is as it was. */
function restatePool(desk: DeskState, row: number, pool: number, staging: Staging, p: number): boolean {
  const { pools, layout, sums, blocks } = desk;
  const at = pools.place[pool]!;
  const entry = firstEntry(layout, at);
  const first = staging.first[p]!;
  const count = staging.first[p + 1]! - first;
  const [constant, required, scale] = [staging.constant[p]!, staging.required[p]!, staging.scale[p]!];
  const isPlain = kindOf(layout, at) === PLAIN;
  const isOther = (k: number): boolean =>
    !isPlain || layout.slot[entry + 2 * k] !== staging.slot[first + k] || layout.weight[entry + 2 * k] !== staging.weight[first + k];
  let isTouched = !Object.is(layout.constant[at], constant) || requiredOf(desk, pool) !== required || layout.scale[at] !== scale;
  if (isTouched) {
    const { [row]: venue } = desk.columns.accounts.venue;
    const unitAsset = blocks.unitAsset[blockOf(at)]!;
    countConstants(sums, venue!, unitAsset, layout.constant[at]!, requiredOf(desk, pool), -1);
    countConstants(sums, venue!, unitAsset, constant, required, 1);
    layout.constant[at] = constant;
    layout.scale[at] = scale;
    if (required === 0) pools.required.delete(pool);
    else pools.required.set(pool, required);
  }
  for (let k = 0; k < count; k++) {
    if (!isOther(k)) continue;
    isTouched = true;
    const to = entry + 2 * k;
    countSlot(desk, layout.slot[to]!, layout.weight[to]!, -1);
    layout.weight[to] = staging.weight[first + k]!;
    layout.slot[to] = staging.slot[first + k]!;
    if (isPlain) countSlot(desk, layout.slot[to]!, layout.weight[to]!, 1);
  }
  if (!isTouched) return false;
  settleDeductions(desk, layout, at);
  // A deduction in another asset is written there by settleDeductions: what stands in the entries counts.
  if (!isPlain) for (let k = 0; k < count; k++) countSlot(desk, layout.slot[entry + 2 * k]!, layout.weight[entry + 2 * k]!, 1);
  noteChanged(desk, pool);
  return true;
}
