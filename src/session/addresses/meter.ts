/** How far venues and we agree, over one account and over the list. Rules DG of docs/spec/addresses.md, WL-7. */
import { Decimal } from '../../domain/units.ts';
import type { Comparison } from '../../policy/disagreement.ts';
import type { ComparisonRow, DisagreementMeter, WatchedAccountRow } from './messages.ts';

const gapOf = ({ gap }: Comparison): number => (gap === null ? Number.NaN : new Decimal(gap).toNumber());

/** −1 where there is no gap. */
const sizeOf = (comparison: Comparison): number => {
  const gap = Math.abs(gapOf(comparison));
  return Number.isNaN(gap) ? -1 : gap;
};

/** Of the figures that differ the one that differs most; of those without a gap the first. */
export function worstOf(differing: readonly Comparison[]): WatchedAccountRow['worst'] {
  const [first, ...rest] = differing;
  if (!first) return null;
  const worst = rest.reduce((held, next) => (sizeOf(next) > sizeOf(held) ? next : held), first);
  return { figure: nameOf(worst), gap: Math.abs(gapOf(worst)), reason: worst.reason ?? '' };
}

const nameOf = ({ figure, instrument }: Comparison): string => (instrument === undefined ? figure : `${figure} ${instrument}`);

/** One line a figure that the venue states. */
export const comparisonRows = (comparisons: readonly Comparison[]): ComparisonRow[] =>
  comparisons.map((comparison) => ({
    figure: comparison.figure,
    instrument: comparison.instrument ?? '',
    ours: comparison.ours ?? '',
    theirs: comparison.theirs ?? '',
    gap: gapOf(comparison),
    reason: comparison.reason ?? '',
  }));

/** Over all figures that venues state. The median of an even number of gaps is the mean of the middle two. */
export function meterOf(comparisons: readonly Comparison[]): DisagreementMeter {
  const reasons: Record<string, number> = {};
  for (const { reason } of comparisons) if (reason !== undefined) reasons[reason] = (reasons[reason] ?? 0) + 1;
  const gaps = comparisons
    .map((comparison) => Math.abs(gapOf(comparison)))
    .filter((gap) => !Number.isNaN(gap))
    .sort((a, b) => a - b);
  const [low, high] = [gaps[(gaps.length - 1) >> 1], gaps[gaps.length >> 1]];
  return {
    compared: comparisons.length,
    agreeing: comparisons.filter(({ reason }) => reason === undefined).length,
    reasons,
    medianGap: low === undefined || high === undefined ? Number.NaN : (low + high) / 2,
    worstGap: gaps.at(-1) ?? Number.NaN,
  };
}
