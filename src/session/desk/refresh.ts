/** Figures of the account columns: six of them by the kernel, for everything or for what changed. Rules DK-3, DK-10, DK-19. */
import { BLOCK_PLACES, type BlockKind, firstEntry, GENERAL, NO_POOL, widthOf } from '../../engine/kernel/layout.ts';
import { ratioOf, type Sums, sumEntries } from '../../engine/kernel/sweep.ts';
import { whileWriting, whileWritingRows } from './board.ts';
import { type DeskState, IS_BESIDE, IS_ISOLATED, IS_WHOLE, NONE } from './desk-state.ts';
import { exactPools } from './exact-row.ts';
import { kindOf } from './pool-place.ts';
import { legCountOf, legsOf } from './row-order.ts';

/** Up to this share of all legs, rows are brought up to date one by one; beyond it a sweep is cheaper. */
const FEW = 1 / 16;

/** Brings the six figures of every row up to the present prices, by the cheaper way. */
export function refreshColumns(desk: DeskState): void {
  const { changedInstruments } = desk;
  if (desk.areColumnsCurrent && changedInstruments.size === 0) return;
  const lists = desk.areColumnsCurrent ? changedLists(desk) : undefined;
  const count = lists?.reduce((sum, list) => sum + legCountOf(list), 0) ?? Number.POSITIVE_INFINITY;
  if (lists && count <= desk.store.legUsed * FEW) {
    const rows = new Set<number>();
    for (const list of lists) for (const leg of legsOf(list)) rows.add(desk.pools.row[desk.legPool[leg]!]!);
    for (const { pool } of desk.exactPools.values()) rows.add(desk.pools.row[pool]!);
    for (const row of rows) refreshRow(desk, row);
  } else sweepColumns(desk);
  changedInstruments.clear();
  desk.areColumnsCurrent = true;
}

/** Who holds what changed; undefined when an asset changed, which balances hold too. */
function changedLists(desk: DeskState) {
  const { ladders, order } = desk;
  const lists = [];
  for (const subject of desk.changedInstruments) {
    if (subject < 0) return undefined;
    for (const driver of ladders.driversOfInstrument[subject] ?? [])
      for (const id of ladders.laddersOfDriver[driver]!) if (ladders.all[id]!.ownDriver === driver) lists.push(order[id]);
  }
  return lists;
}

const rateOf = ({ board }: DeskState, unitAsset: number): number => (unitAsset < 0 ? 1 : board.price[unitAsset]!);

/** Sweeps every block into the columns. */
export function sweepColumns(desk: DeskState): void {
  const { layout, blocks, kernel, figures, figureStride } = desk;
  const compounds = new Set<number>();
  for (let block = 0; block < blocks.used; block++) {
    const groups = layout.groups[block]!;
    const rate = rateOf(desk, blocks.unitAsset[block]!);
    const firstRow = blocks.firstRow[block]!;
    if (firstRow >= 0)
      whileWritingRows(desk.guard, firstRow, () => {
        kernel.sweepColumns(block, groups, rate, figures, firstRow, figureStride);
        if (kindOf(layout, block * BLOCK_PLACES) === GENERAL) forgetNotional(desk, block, figures, firstRow, figureStride);
      });
    else {
      kernel.sweepColumns(block, groups, rate, desk.scratch, 0, BLOCK_PLACES);
      if (kindOf(layout, block * BLOCK_PLACES) === GENERAL) forgetNotional(desk, block, desk.scratch, 0, BLOCK_PLACES);
      whileWriting(desk.guard, () => scatter(desk, block, groups, compounds));
    }
  }
  for (const row of compounds) refreshRow(desk, row);
  for (const { pool } of desk.exactPools.values()) refreshRow(desk, desk.pools.row[pool]!);
}

/** Notional of the block's pools is not known, rather than nothing, where the price of a leg is missing (DK-2). */
function forgetNotional(desk: DeskState, block: number, figures: Float64Array, from: number, stride: number): void {
  const first = block * BLOCK_PLACES;
  for (let i = 0; i < 2 * desk.layout.groups[block]!; i++)
    if (Number.isNaN(figures[from + i]!) && isUnpriced(desk, first + i)) figures[from + i + stride] = Number.NaN;
}

/** Whether the price of a leg is missing: such a pool has no entries, and nothing of it is known. */
const isUnpriced = ({ layout, pools }: DeskState, place: number): boolean =>
  Number.isNaN(layout.constant[place]!) && Number.isNaN(layout.requirement[place]!) && pools.entryCount[layout.pool[place]!] === 0;

/** Figures of a block whose rows lie anywhere; accounts whose figures several pools make are only noted. */
function scatter(desk: DeskState, block: number, groups: number, compounds: Set<number>): void {
  const { layout, pools, scratch } = desk;
  const { equity, grossNotional, maintenance, leverage, marginRatio, marginExcess } = desk.columns.accounts;
  const isCompound = desk.blocks.isCompound[block] === 1;
  for (let i = 0; i < 2 * groups; i++) {
    const pool = layout.pool[block * BLOCK_PLACES + i]!;
    if (pool === NO_POOL) continue;
    const row = pools.row[pool]!;
    if (isCompound && (pools.flags[pool]! & IS_WHOLE) === 0) {
      if ((pools.flags[pool]! & IS_BESIDE) === 0) compounds.add(row);
      continue;
    }
    equity[row] = scratch[i]!;
    grossNotional[row] = scratch[BLOCK_PLACES + i]!;
    maintenance[row] = scratch[2 * BLOCK_PLACES + i]!;
    leverage[row] = scratch[3 * BLOCK_PLACES + i]!;
    marginRatio[row] = scratch[4 * BLOCK_PLACES + i]!;
    marginExcess[row] = scratch[5 * BLOCK_PLACES + i]!;
  }
}

/** Float figures of one pool, in the account's unit of account. */
export interface PoolFloats {
  readonly equity: number;
  readonly notional: number;
  readonly requirement: number;
  /** NaN where it is no number. */
  readonly ratio: number;
}

/** The pool at a place. */
export function poolFloats(desk: DeskState, place: number): PoolFloats {
  const { layout, tables } = desk;
  const kind: BlockKind = kindOf(layout, place);
  const sums: Sums = { equity: layout.constant[place]!, requirement: layout.requirement[place]!, notional: 0, turnover: 0 };
  sumEntries(layout, tables, firstEntry(layout, place), 2, widthOf(layout, place), sums);
  const rate = rateOf(desk, desk.blocks.unitAsset[Math.floor(place / BLOCK_PLACES)]!);
  const { equity, notional, requirement } = sums;
  const ratio = ratioOf(kind, equity, notional, requirement);
  const known = isUnpriced(desk, place) ? Number.NaN : notional;
  return { equity: equity * rate, notional: known * rate, requirement: requirement * rate, ratio };
}

/** The six figures of one row from its pools (PF-9): cross pools added up, the worst ratio, isolated ones left out. */
export function refreshRow(desk: DeskState, row: number): void {
  const { accounts } = desk.columns;
  const figures = rowFloats(desk, row);
  whileWriting(desk.guard, () => {
    accounts.equity[row] = figures.equity;
    accounts.grossNotional[row] = figures.notional;
    accounts.maintenance[row] = figures.requirement;
    accounts.leverage[row] = figures.equity > 0 ? figures.notional / figures.equity : Number.NaN;
    accounts.marginRatio[row] = figures.ratio;
    accounts.marginExcess[row] = figures.equity - figures.requirement;
  });
}

function rowFloats(desk: DeskState, row: number): PoolFloats {
  const { pools, firstPool } = desk;
  let exact: PoolFloats[] | undefined;
  let equity = 0;
  let notional = 0;
  let requirement = 0;
  let ratio = Number.NEGATIVE_INFINITY;
  let ordinal = 0;
  for (let pool = firstPool[row]!; pool !== NONE; pool = pools.next[pool]!, ordinal++) {
    const place = pools.place[pool]!;
    if (place === NONE) {
      exact ??= exactFloats(desk, row);
      const own = exact[ordinal]!;
      desk.exactFigures.set(pool, [own.equity, own.notional, own.requirement]);
    }
    if (pools.flags[pool]! & IS_ISOLATED) continue;
    const own = place === NONE ? exact![ordinal]! : poolFloats(desk, place);
    equity += own.equity;
    notional += own.notional;
    requirement += own.requirement;
    const isEmpty = own.equity === 0 && own.requirement === 0;
    if (!isEmpty) ratio = Math.max(ratio, own.ratio);
  }
  return { equity, notional, requirement, ratio: ratio === Number.NEGATIVE_INFINITY ? Number.NaN : ratio };
}

const exactFloats = (desk: DeskState, row: number): PoolFloats[] =>
  exactPools(desk, row).map(({ equity, grossNotional, requirement, marginRatio }) => {
    const number = (figure: typeof equity): number => (figure.ok ? figure.value.toNumber() : Number.NaN);
    return { equity: number(equity), notional: number(grossNotional), requirement: number(requirement), ratio: number(marginRatio) };
  });
