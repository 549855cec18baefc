/**
 * The session's past for the buffer chart: what was sampled, thinned to a bounded number of points without losing a peak or a
 * trough. Time is cut into cells of equal width; a cell keeps, for every series, its smallest and largest value in the order in
 * which they came. When there are too many points the width doubles. Rules SE-20…SE-23.
 */
import type { HistoryColumns } from './protocol.ts';

/** Points that cross the border at most: what the chart draws at once. */
export const HISTORY_POINTS_MAX = 300;
/** Series besides the account's own two; of an account with more positions the first ones are drawn. */
export const HISTORY_SERIES_MAX = 64;

/** One instant. A series without a number at that instant is left out. */
export interface Sample {
  readonly timeMs: number;
  /** `account`, `marginRatio`, and `position:` + key. */
  readonly values: Readonly<Record<string, number>>;
}

interface Extremes {
  readonly min: number;
  readonly minAtMs: number;
  readonly max: number;
  readonly maxAtMs: number;
}

interface Cell {
  /** Number of the cell at the present width. */
  readonly index: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Nothing was known for a while before it. */
  readonly afterGap: boolean;
  readonly series: ReadonlyMap<string, Extremes>;
}

export interface History {
  /** Width of a cell, ms; 0: one sample, one cell. */
  readonly widthMs: number;
  readonly cells: readonly Cell[];
}

export const EMPTY_HISTORY: History = { widthMs: 0, cells: [] };

const positionSeries = (key: string): string => `position:${key}`;

/** The values of one instant: the account's distance, its margin ratio and each position's distance; NaN is left out. */
export function sampleOf(timeMs: number, account: number, marginRatio: number, keys: readonly string[], distance: Float64Array): Sample {
  const values: Record<string, number> = {};
  const set = (name: string, value: number | undefined): void => {
    if (value !== undefined && Number.isFinite(value)) values[name] = value;
  };
  set('account', Math.abs(account));
  set('marginRatio', marginRatio);
  for (const [i, key] of keys.slice(0, HISTORY_SERIES_MAX).entries()) set(positionSeries(key), distance[i]);
  return { timeMs, values };
}

/**
 * The history with one more sample. More than `gapMs` after the last one is a gap; a sample from before the last one starts the
 * history anew, for the clock has been set back.
 */
export function withSample(history: History, sample: Sample, gapMs: number): History {
  const last = history.cells.at(-1);
  if (last && sample.timeMs < last.endMs) return withSample(EMPTY_HISTORY, sample, gapMs);
  const afterGap = last !== undefined && sample.timeMs - last.endMs > gapMs;
  const cell = cellOf(sample, history.widthMs, afterGap);
  const joins = last !== undefined && (last.index === cell.index || sample.timeMs === last.endMs);
  const cells = joins ? [...history.cells.slice(0, -1), joined(last, cell)] : [...history.cells, cell];
  return thinned({ widthMs: history.widthMs, cells });
}

function cellOf(sample: Sample, widthMs: number, afterGap: boolean): Cell {
  const { timeMs } = sample;
  const at = (value: number): Extremes => ({ min: value, minAtMs: timeMs, max: value, maxAtMs: timeMs });
  const series = new Map(Object.entries(sample.values).map(([name, value]) => [name, at(value)]));
  return { index: indexAt(timeMs, widthMs), startMs: timeMs, endMs: timeMs, afterGap, series };
}

const indexAt = (timeMs: number, widthMs: number): number => (widthMs === 0 ? timeMs : Math.floor(timeMs / widthMs));

/** Two neighbouring cells as one, a before b. */
function joined(a: Cell, b: Cell): Cell {
  const series = new Map(a.series);
  for (const [name, right] of b.series) {
    const left = series.get(name);
    series.set(name, left ? wider(left, right) : right);
  }
  return { index: a.index, startMs: a.startMs, endMs: b.endMs, afterGap: a.afterGap, series };
}

function wider(a: Extremes, b: Extremes): Extremes {
  const low = b.min < a.min ? b : a;
  const high = b.max > a.max ? b : a;
  return { min: low.min, minAtMs: low.minAtMs, max: high.max, maxAtMs: high.maxAtMs };
}

/** Rows a cell takes: one for a single instant, two for two extremes, and one that marks a gap. */
const rowsOf = (cell: Cell): number => (cell.afterGap ? 1 : 0) + (cell.startMs === cell.endMs ? 1 : 2);

/** Widens the cells until their rows fit. A gap inside a widened cell is no longer drawn; its values stay. */
function thinned(history: History): History {
  let { widthMs, cells } = history;
  while (cells.reduce((rows, cell) => rows + rowsOf(cell), 0) > HISTORY_POINTS_MAX) {
    const spanMs = (cells.at(-1)?.endMs ?? 0) - (cells[0]?.startMs ?? 0);
    widthMs = Math.max(widthMs * 2, Math.ceil(spanMs / (HISTORY_POINTS_MAX / 2)), 1);
    cells = regrouped(cells, widthMs);
  }
  return { widthMs, cells };
}

function regrouped(cells: readonly Cell[], widthMs: number): Cell[] {
  const groups: Cell[] = [];
  for (const cell of cells) {
    const index = indexAt(cell.startMs, widthMs);
    const last = groups.at(-1);
    if (last?.index === index) groups[groups.length - 1] = joined(last, cell);
    else groups.push({ ...cell, index });
  }
  return groups;
}

/** The history as columns; `keys` are the positions shown, in their order. NaN where a series has no number. */
export function historyColumns(history: History, keys: readonly string[]): HistoryColumns {
  const shown = keys.slice(0, HISTORY_SERIES_MAX);
  const timeMs: number[] = [];
  const rows: ((name: string) => number)[] = [];
  for (const cell of history.cells) {
    if (cell.afterGap) {
      timeMs.push(cell.startMs);
      rows.push(() => Number.NaN);
    }
    const pick = (second: boolean) => (name: string) => {
      const extremes = cell.series.get(name);
      if (!extremes) return Number.NaN;
      return extremes.minAtMs <= extremes.maxAtMs === second ? extremes.max : extremes.min;
    };
    timeMs.push(cell.startMs);
    rows.push(pick(false));
    if (cell.endMs > cell.startMs) {
      timeMs.push(cell.endMs);
      rows.push(pick(true));
    }
  }
  const column = (name: string): Float64Array => Float64Array.from(rows, (row) => row(name));
  return {
    timeMs: Float64Array.from(timeMs),
    account: column('account'),
    marginRatio: column('marginRatio'),
    keys: shown,
    distance: shown.map((key) => column(positionSeries(key))),
  };
}
