/** A desk's ticks beside the exact path for every account at every tick. */
import { RISK_STATES } from '../../../engine/kernel/columns.ts';
import { SEVERITY } from '../../../policy/risk-state.ts';
import type { DeskState } from '../desk-state.ts';
import { exactPools } from '../exact-row.ts';
import type { PriceChanges } from '../price-board.ts';
import { maintain } from '../resort.ts';
import { tick } from '../tick.ts';

/** State of a row by the exact path alone. */
export const exactRowCode = (desk: DeskState, row: number): number =>
  exactPools(desk, row).reduce(
    (worst, { code }) => (SEVERITY.indexOf(RISK_STATES[code]!) > SEVERITY.indexOf(RISK_STATES[worst]!) ? code : worst),
    0,
  );

export interface Comparison {
  accountTicks: number;
  /** State changes that the exact path saw. */
  crossings: number;
  /** Account-ticks at which the desk's state is not the exact one. */
  wrong: number;
  /** Changes that the exact path saw and the desk did not tell, or told otherwise. */
  missed: number;
  /** Changes that the desk told and the exact path did not see. */
  invented: number;
  blocksSwept: number;
  blocksHeld: number;
  exactDecisions: number;
}

export const NOTHING_COMPARED: Comparison = {
  accountTicks: 0,
  crossings: 0,
  wrong: 0,
  missed: 0,
  invented: 0,
  blocksSwept: 0,
  blocksHeld: 0,
  exactDecisions: 0,
};

export const addUp = (a: Comparison, b: Comparison): Comparison =>
  Object.fromEntries(Object.entries(a).map(([name, value]) => [name, value + b[name as keyof Comparison]])) as unknown as Comparison;

/** What must be none. */
export const faults = ({ wrong, missed, invented }: Comparison): number => wrong + missed + invented;

/** Runs the ticks, a little upkeep after each, and compares every account's state and every told change with the exact ones. */
export function compareTicks(
  desk: DeskState,
  ticks: Iterable<PriceChanges>,
  upkeep = 0,
  exactOf: (row: number) => number = (row) => exactRowCode(desk, row),
): Comparison {
  const result = { ...NOTHING_COMPARED };
  const before = Uint8Array.from({ length: desk.columns.count }, (_, row) => exactOf(row));
  for (const changes of ticks) {
    const { blocksSwept, exactDecisions } = desk.counters;
    const told = tick(desk, changes);
    result.blocksSwept += desk.counters.blocksSwept - blocksSwept;
    result.exactDecisions += desk.counters.exactDecisions - exactDecisions;
    result.blocksHeld += desk.blocks.used;
    const toldRows = new Map([...told.rows].map((row, i) => [row, told.to[i]!] as const));
    for (let row = 0; row < desk.columns.count; row++) {
      const exact = exactOf(row);
      result.accountTicks++;
      if (desk.columns.accounts.state[row] !== exact) result.wrong++;
      const isCrossing = exact !== before[row];
      if (isCrossing) result.crossings++;
      if (isCrossing && toldRows.get(row) !== exact) result.missed++;
      if (!isCrossing && toldRows.has(row)) result.invented++;
      before[row] = exact;
    }
    if (upkeep > 0) maintain(desk, upkeep);
  }
  return result;
}
