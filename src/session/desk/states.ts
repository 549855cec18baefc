/** States of pools and accounts, and who changed: blocks swept, near ones decided exactly. Rules DK-9…DK-11. */
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { NO_POOL } from '../../engine/kernel/layout.ts';
import { NEAR } from '../../engine/kernel/sweep.ts';
import { SEVERITY } from '../../policy/risk-state.ts';
import { type DeskState, NONE } from './desk-state.ts';
import { exactPools } from './exact-row.ts';
import { noteMoved } from './resort.ts';

/** By code: how much it weighs among the pools of an account (RS-4). */
const WEIGHT = RISK_STATES.map((state) => SEVERITY.indexOf(state));

/** Rows whose state was touched, with the state each had before. */
export interface Changes {
  /** Stamp of this list in `DeskState.changedAt`. */
  readonly stamp: number;
  readonly rows: number[];
  readonly before: number[];
}

export const noChanges = (desk: DeskState): Changes => ({ stamp: ++desk.changeCount, rows: [], before: [] });

function setState(desk: DeskState, row: number, code: number, { stamp, rows, before }: Changes): void {
  const { state } = desk.columns.accounts;
  if (desk.changedAt[row] !== stamp) {
    desk.changedAt[row] = stamp;
    rows.push(row);
    before.push(state[row]!);
  }
  state[row] = code;
}

/** Rows that changed, as columns: states before and after. */
export interface StateEvents {
  readonly rows: Uint32Array;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export function eventsOf(desk: DeskState, changes: Changes): StateEvents {
  const { state } = desk.columns.accounts;
  const rows = new Uint32Array(changes.rows.length);
  const from = new Uint8Array(changes.rows.length);
  const to = new Uint8Array(changes.rows.length);
  let count = 0;
  for (let i = 0; i < changes.rows.length; i++) {
    const row = changes.rows[i]!;
    if (state[row] === changes.before[i]) continue;
    rows[count] = row;
    from[count] = changes.before[i]!;
    to[count++] = state[row]!;
  }
  return { rows: rows.subarray(0, count), from: from.subarray(0, count), to: to.subarray(0, count) };
}

export const codeOfPool = (desk: DeskState, pool: number): number => {
  const place = desk.pools.place[pool]!;
  return place === NONE ? desk.pools.code[pool]! : desk.layout.state[place]!;
};

/** Code of the worst pool of a row. */
export function codeOfRow(desk: DeskState, row: number): number {
  let worst = 0;
  for (let pool = desk.firstPool[row]!; pool !== NONE; pool = desk.pools.next[pool]!) {
    const code = codeOfPool(desk, pool);
    if (WEIGHT[code]! > WEIGHT[worst]!) worst = code;
  }
  return worst;
}

export function setCode(desk: DeskState, pool: number, code: number, changes: Changes): void {
  const { pools, layout } = desk;
  const place = pools.place[pool]!;
  if ((place === NONE ? pools.code[pool] : layout.state[place]) === code) return;
  if (place === NONE) pools.code[pool] = code;
  else layout.state[place] = code;
  noteMoved(desk, pool);
  const row = pools.row[pool]!;
  const isOnly = pools.next[pool] === NONE && desk.firstPool[row] === pool;
  const after = isOnly ? code : codeOfRow(desk, row);
  if (desk.columns.accounts.state[row] !== after) setState(desk, row, after, changes);
}

/** Brings the row's state up to date where its pools changed and no code did. */
export function settleRow(desk: DeskState, row: number, changes: Changes): void {
  const code = codeOfRow(desk, row);
  if (desk.columns.accounts.state[row] !== code) setState(desk, row, code, changes);
}

/** State of a pool by the exact path. */
export function exactCode(desk: DeskState, pool: number): number {
  const row = desk.pools.row[pool]!;
  let ordinal = 0;
  for (let other = desk.firstPool[row]!; other !== pool; other = desk.pools.next[other]!) ordinal++;
  desk.counters.exactDecisions++;
  return exactPools(desk, row)[ordinal]!.code;
}

/** Brings the states of a block up to date. */
export function sweepBlock(desk: DeskState, block: number, changes: Changes): void {
  const { layout, hits, pools, columns } = desk;
  const count = desk.kernel.sweepStates(block, layout.groups[block]!, hits);
  desk.counters.blocksSwept++;
  desk.blocks.sweeps[block]!++;
  const isCompound = desk.blocks.isCompound[block] === 1;
  for (let h = 0; h < count; h++) {
    const place = hits[2 * h]!;
    const pool = layout.pool[place]!;
    if (pool === NO_POOL) continue;
    const hit = hits[2 * h + 1]!;
    const code = hit & NEAR ? exactCode(desk, pool) : hit;
    if (isCompound) {
      setCode(desk, pool, code, changes);
      continue;
    }
    // The account's only pool: its state is the account's.
    if (layout.state[place] === code) continue;
    layout.state[place] = code;
    noteMoved(desk, pool);
    const row = pools.row[pool]!;
    if (columns.accounts.state[row] !== code) setState(desk, row, code, changes);
  }
}

/** Pools that only the exact path decides: without linear form, or on the edge of a stepped row. */
export function decideExactly(desk: DeskState, isConcerned: (row: number) => boolean, changes: Changes): void {
  for (const { pool } of desk.exactPools.values())
    if (isConcerned(desk.pools.row[pool]!)) setCode(desk, pool, exactCode(desk, pool), changes);
  for (const edge of desk.edgePools.values()) for (const pool of edge) setCode(desk, pool, exactCode(desk, pool), changes);
}
