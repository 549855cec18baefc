/** A back-test in words, and the order of its liquidations. */
import type { BackTestRow, BackTestView } from '../../store/types.ts';
import { formatFixed } from '../format/number.ts';

export type SortKey = 'at' | 'account' | 'a' | 'b';

/** No warning is the worst lead: first upward, last downward. */
const leadOf = (ms: number): number => (Number.isNaN(ms) ? -1 : ms);

export const by =
  (key: SortKey, isDown: boolean) =>
  (a: BackTestRow, b: BackTestRow): number => {
    const up =
      key === 'account'
        ? a.account.localeCompare(b.account, 'en', { numeric: true })
        : key === 'at'
          ? a.atMs - b.atMs
          : leadOf(a.leadMs[key === 'a' ? 0 : 1]) - leadOf(b.leadMs[key === 'a' ? 0 : 1]);
    return (isDown ? -up : up) || a.atMs - b.atMs;
  };

/** One sentence: how often each rings, over how long. */
export function findingText({ hours, timesAsOften, columns: [a, b] }: BackTestView): string {
  const span = `in ${formatFixed(hours.toFixed(hours < 100 ? 1 : 0), hours < 100 ? 1 : 0, 'halfExpand')} h`;
  if (a.announcements === 0 && b.announcements === 0) return `Neither announces anything ${span}.`;
  if (Number.isNaN(timesAsOften)) return `Only A announces anything ${span}: ${a.announcements} times.`;
  if (a.announcements === 0) return `Only B announces anything ${span}: ${b.announcements} times.`;
  const [more, times] = timesAsOften >= 1 ? ['A', timesAsOften] : ['B', 1 / timesAsOften];
  if (times === 1) return `A and B announce as often ${span}.`;
  return `${more} announces ${formatFixed(times.toFixed(4), 1, 'halfExpand')} times as often as ${more === 'A' ? 'B' : 'A'} ${span}.`;
}
