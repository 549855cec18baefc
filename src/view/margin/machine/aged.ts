/** The buffer less what may have moved unseen while its prices grew old, as the page writes it. From the first class below live on; never silently. */
import { selectAlarms } from '../../../store/selectors.ts';
import type { AgedPool, AlarmOutlook, AppState } from '../../../store/types.ts';
import { formatDistance, formatFixed } from '../../format/number.ts';
import { formatAge } from '../../format/time.ts';

/** What the alarms know of the pool that is shown. */
export const selectOutlookOf =
  (account: string, pool: string) =>
  (state: AppState): AlarmOutlook | undefined =>
    selectAlarms(state)?.outlook.find((one) => one.account === account && one.pool === pool && pool !== '');

export interface AgedText {
  readonly distance: string;
  readonly money: string;
  /** What was done to the figure and why. */
  readonly words: string;
  /** The same, where room is scarce. */
  readonly short: string;
  readonly isStruck: boolean;
  /** For drawing. */
  readonly drawn: number;
}

/** Undefined while all prices are live, and where nothing is known. */
export function agedText(aged: AgedPool | null | undefined, unit: string): AgedText | undefined {
  if (!aged || aged.freshness === 'live') return undefined;
  const { distance, buffer, shrinkage, isStruck, ageMs, market } = aged;
  const old = `${market} price ${Number.isFinite(ageMs) ? `${formatAge(ageMs)} old` : 'missing'}`;
  const left = Math.max(0, Number(distance));
  return {
    distance: distance === '' ? '' : left > 0 ? formatDistance(distance) : 'perhaps none',
    money: buffer === '' ? '' : `${formatFixed(buffer, 2, 'floor')} ${unit}`,
    short: isStruck ? 'no longer valid' : `less ${shrinkage === '' ? 'unknown' : formatFixed(shrinkage, 2, 'ceil')} unseen`,
    words: isStruck
      ? `no longer valid: ${old}`
      : `less ${shrinkage === '' ? 'an unknown amount' : `${formatFixed(shrinkage, 2, 'ceil')} ${unit}`} unseen: ${old}`,
    isStruck,
    drawn: distance === '' ? Number.NaN : left,
  };
}
