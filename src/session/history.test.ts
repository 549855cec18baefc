import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_HISTORY, HISTORY_POINTS_MAX, type History, historyColumns, sampleOf, withSample } from './history.ts';

const KEYS = ['a', 'b'];
const GAP_MS = 10_000;

const build = (rows: readonly (readonly [timeMs: number, account: number, a: number, b: number])[]): History =>
  rows.reduce(
    (history, [timeMs, account, a, b]) => withSample(history, sampleOf(timeMs, account, account / 2, KEYS, Float64Array.of(a, b)), GAP_MS),
    EMPTY_HISTORY,
  );

const finite = (column: ArrayLike<number> | undefined): number[] => Array.from(column ?? []).filter(Number.isFinite);

describe('SE-20 few samples are kept as they are', () => {
  it('one row each, the account by its distance without sign', () => {
    const columns = historyColumns(
      build([
        [0, -0.1, 1, Number.NaN],
        [100, -0.2, 2, 3],
      ]),
      KEYS,
    );
    expect([...columns.timeMs]).toEqual([0, 100]);
    expect([...columns.account]).toEqual([0.1, 0.2]);
    expect([...columns.marginRatio]).toEqual([-0.05, -0.1]);
    expect([...(columns.distance[1] ?? [])]).toEqual([Number.NaN, 3]);
  });

  it('two samples of one instant are one cell with both extremes', () => {
    const columns = historyColumns(
      build([
        [0, 1, 5, 1],
        [100, 1, 7, 1],
        [100, 1, 4, 1],
      ]),
      KEYS,
    );
    expect(Math.min(...finite(columns.distance[0]))).toBe(4);
  });

  it('shows only the positions that are asked for', () => {
    expect(historyColumns(build([[0, 1, 5, 1]]), ['b', 'new']).distance.map((column) => [...column])).toEqual([[1], [Number.NaN]]);
  });
});

describe('SE-21 thinning keeps every peak and trough', () => {
  const steps = fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 9_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
    ),
    { minLength: 1, maxLength: 900, size: 'max' },
  );

  it('smallest, largest, first and last instant survive, in at most 300 points and in order of time', () => {
    let thinnedCount = 0;
    fc.assert(
      fc.property(steps, (moves) => {
        let timeMs = 1_700_000_000_000;
        const rows = moves.map(([wait, account, a, b]) => {
          timeMs += wait;
          return [timeMs, account, a, b ?? Number.NaN] as const;
        });
        const columns = historyColumns(build(rows), KEYS);
        if (rows.length > HISTORY_POINTS_MAX) thinnedCount++;
        expect(columns.timeMs.length).toBeLessThanOrEqual(HISTORY_POINTS_MAX);
        expect([columns.timeMs[0], columns.timeMs.at(-1)]).toEqual([rows[0]?.[0], rows.at(-1)?.[0]]);
        expect([...columns.timeMs]).toEqual([...columns.timeMs].sort((x, y) => x - y));
        for (const [column, from] of [
          [columns.account, 1],
          [columns.distance[0], 2],
          [columns.distance[1], 3],
        ] as const) {
          const [kept, all] = [finite(column), finite(rows.map((row) => row[from]))];
          expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...all), Math.max(...all)]);
        }
      }),
      { numRuns: 60 },
    );
    expect(thinnedCount).toBeGreaterThan(10);
  });

  it('keeps extremes in the order in which they came', () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => [i * 100, i === 1_501 ? 9 : i === 1_500 ? -9 : 1, 1, 1] as const);
    const account = finite(historyColumns(build(rows.map(([t, v]) => [t, Math.abs(v), v, 1])), KEYS).distance[0]);
    expect(account.indexOf(-9)).toBeGreaterThan(-1);
    expect(account.indexOf(9)).toBeGreaterThan(account.indexOf(-9));
  });
});

describe('SE-22 gaps', () => {
  it('marks a pause with a row of no numbers, and never draws over it', () => {
    const columns = historyColumns(
      build([
        [0, 1, 1, 1],
        [1_000, 1, 1, 1],
        [60_000, 1, 1, 1],
      ]),
      KEYS,
    );
    expect([...columns.account]).toEqual([1, 1, Number.NaN, 1]);
    expect([...columns.timeMs]).toEqual([0, 1_000, 60_000, 60_000]);
  });

  it('stays within its points when every sample follows a gap', () => {
    const rows = Array.from({ length: 2_000 }, (_, i) => [i * 60_000, 1, 1, 1] as const);
    expect(historyColumns(build(rows), KEYS).timeMs.length).toBeLessThanOrEqual(HISTORY_POINTS_MAX);
  });

  it('starts anew when the clock is set back', () => {
    expect([
      ...historyColumns(
        build([
          [5_000, 1, 1, 1],
          [1_000, 2, 1, 1],
        ]),
        KEYS,
      ).account,
    ]).toEqual([2]);
  });
});
