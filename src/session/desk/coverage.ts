/** The coverage line: how much of the source the figures speak for (DM-5). */
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import type { DeskCoverage, DeskReject } from './messages.ts';
import { DESK_REJECTS_MAX } from './messages.ts';
import type { OpenDesk } from './opened.ts';

/** Accounts of the source that are not on the desk. */
export interface Skipped {
  /** Accounts that the source named; NaN where it did not say. */
  readonly inSource: number;
  readonly skipped: number;
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
}

/** Everything that the source named is on the desk. */
export const nothingSkipped = (accounts: number): Skipped => ({ inSource: accounts, skipped: 0, reasons: [] });

const INDETERMINATE = RISK_STATES.indexOf('indeterminate');

/** The line now. `stateCounts` by code, of all rows. */
export function coverageOf(
  { kernel, overAgeCount }: OpenDesk,
  { inSource, skipped, reasons }: Skipped,
  stateCounts: Uint32Array,
): DeskCoverage {
  const exact = new Set<number>();
  for (const { pool } of kernel.exactPools.values()) exact.add(kernel.pools.row[pool]!);
  return {
    inSource,
    loaded: kernel.columns.count,
    skipped,
    skippedReasons: reasons,
    indeterminate: stateCounts[INDETERMINATE]!,
    overAge: overAgeCount,
    exactOnly: exact.size,
  };
}

export const isSameCoverage = (a: DeskCoverage | null, b: DeskCoverage | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The first of many, as many as are listed. */
export const listed = (rejects: readonly DeskReject[]): readonly DeskReject[] => rejects.slice(0, DESK_REJECTS_MAX);
