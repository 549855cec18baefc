/** The session's history as the chart takes it. Choosing and labelling, no new figures. */
import type { HistoryColumns, PositionColumns } from '../../store/types.ts';

/** More lines than this cannot be told apart. */
export const LINES_MAX = 5;

export interface ChartLine {
  /** Index in `history.distance`. */
  readonly column: number;
  readonly name: string;
}

/** Told apart by dash, not by colour alone; the same in chart and legend. */
export const LINE_DASHES = ['7 3', '2 3', '10 3 2 3', '1 4', '14 4'] as const;

/** One instant; `account` and `line<n>` are fractions, null where there is a gap. */
export type ChartPoint = Readonly<Record<string, number | null>>;

const orGap = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value);

const lastKnown = (values: Float64Array | undefined): number => {
  for (let i = (values?.length ?? 0) - 1; i >= 0; i--) if (!Number.isNaN(values![i]!)) return values![i]!;
  return Number.POSITIVE_INFINITY;
};

/** The positions nearest to liquidation, nearest first, at most `LINES_MAX`; those without a distance or beyond `high` are left out. */
export const chartLines = (history: HistoryColumns, positions: PositionColumns, high: number): ChartLine[] =>
  history.keys
    .map((key, column) => ({ key, column, last: lastKnown(history.distance[column]) }))
    .filter(({ last }) => last <= high)
    .sort((a, b) => a.last - b.last)
    .slice(0, LINES_MAX)
    .map(({ key, column }) => {
      const at = positions.key.indexOf(key);
      return { column, name: at < 0 ? key : `${positions.base[at]} ${positions.side[at]}` };
    });

/** Rows for the chart: time, account, one field per line. */
export const chartPoints = (history: HistoryColumns, lines: readonly ChartLine[]): ChartPoint[] =>
  Array.from(history.timeMs, (timeMs, i) => {
    const point: Record<string, number | null> = { timeMs, account: orGap(history.account[i]) };
    lines.forEach((line, n) => {
      point[`line${n}`] = orGap(history.distance[line.column]?.[i]);
    });
    return point;
  });

/** Index of the smallest account distance seen, −1 where there was none. */
export const lowestPoint = (history: HistoryColumns): number => {
  let lowest = -1;
  history.account.forEach((value, i) => {
    if (!Number.isNaN(value) && (lowest < 0 || value < history.account[lowest]!)) lowest = i;
  });
  return lowest;
};
