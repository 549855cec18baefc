/** States of pools and accounts, and who changed: blocks swept, near ones decided exactly. Rules DK-9…DK-11. */
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import { NO_POOL } from '../../engine/kernel/layout.ts';
import { NEAR } from '../../engine/kernel/sweep.ts';
import { SEVERITY } from '../../policy/risk-state.ts';
import { type DeskState, NONE } from './desk-state.ts';
import { exactPools } from './exact-row.ts';
import { noteDirty } from './resort.ts';

/** By code: how much it weighs among the pools of an account (RS-4). */
const WEIGHT = RISK_STATES.map((state) => SEVERITY.indexOf(state));

/** Rows whose state changed, with the state each had before. */
export type Changes = Map<number, number>;

/** Rows that changed, as columns: states before and after. */
export interface StateEvents {
  readonly rows: Uint32Array;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export function eventsOf(desk: DeskState, changes: Changes): StateEvents {
  const { state } = desk.columns.accounts;
  const rows = new Uint32Array(changes.size);
  let count = 0;
  for (const [row, before] of changes) if (state[row] !== before) rows[count++] = row;
  const from = new Uint8Array(count);
  const to = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    from[i] = changes.get(rows[i]!)!;
    to[i] = state[rows[i]!]!;
  }
  return { rows: rows.slice(0, count), from, to };
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
  if (codeOfPool(desk, pool) === code) return;
  const place = desk.pools.place[pool]!;
  if (place === NONE) desk.pools.code[pool] = code;
  else desk.layout.state[place] = code;
  noteDirty(desk, pool);
  const row = desk.pools.row[pool]!;
  const { state } = desk.columns.accounts;
  const before = state[row]!;
  const after = codeOfRow(desk, row);
  if (before === after) return;
  if (!changes.has(row)) changes.set(row, before);
  state[row] = after;
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
  const { layout, hits } = desk;
  const count = desk.kernel.sweepStates(block, layout.groups[block]!, hits);
  desk.counters.blocksSwept++;
  desk.blocks.sweeps[block]!++;
  for (let h = 0; h < count; h++) {
    const pool = layout.pool[hits[2 * h]!]!;
    const code = hits[2 * h + 1]!;
    if (pool !== NO_POOL) setCode(desk, pool, code & NEAR ? exactCode(desk, pool) : code, changes);
  }
}

/** Pools that only the exact path decides: without linear form, or on the edge of a stepped row. */
export function decideExactly(desk: DeskState, isConcerned: (row: number) => boolean, changes: Changes): void {
  for (const { pool } of desk.exactPools.values())
    if (isConcerned(desk.pools.row[pool]!)) setCode(desk, pool, exactCode(desk, pool), changes);
  for (const edge of desk.edgePools.values()) for (const pool of edge) setCode(desk, pool, exactCode(desk, pool), changes);
}
