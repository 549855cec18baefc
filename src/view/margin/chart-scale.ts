/** The vertical scale of the buffer chart. Geometry only. */
import type { BandLevels, HistoryColumns } from '../../store/types.ts';

export interface ChartScale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] as const;
const TICKS_MAX = 5;
/** Room above the highest point of the account. */
const HEADROOM = 1.3;
const SMALLEST = 0.004;

const known = (values: Iterable<number>): number[] => [...values].filter((value) => Number.isFinite(value));

/**
 * From liquidation (0, or below it where the account has been there) to somewhat above the account's own highest point and the first
 * mark; without an account line, above the nearest position. What is further away is not drawn: it is not what matters.
 */
export const chartScale = (history: HistoryColumns, levels: BandLevels): ChartScale => {
  const account = known(history.account);
  const drawn = account.length > 0 ? account : known(history.distance.map((column) => Math.min(...known(column))));
  const top = Math.max(SMALLEST, ...known([levels.watch]), account.length > 0 ? Math.max(...drawn) : Math.min(...drawn, 1)) * HEADROOM;
  const bottom = Math.min(0, ...account);
  const step = STEPS.find((candidate) => (top - bottom) / candidate <= TICKS_MAX) ?? top / TICKS_MAX;
  const first = Math.ceil(bottom / step);
  const ticks = Array.from({ length: Math.floor(top / step) - first + 1 }, (_, i) => (first + i) * step);
  return { low: bottom, high: top, ticks };
};

/** Height of `value` in a plot `height` pixels high whose drawing area leaves `above` and `below` free. */
export const chartY = (scale: ChartScale, value: number, height: number, above: number, below: number): number =>
  above + ((scale.high - value) / (scale.high - scale.low)) * (height - above - below);
