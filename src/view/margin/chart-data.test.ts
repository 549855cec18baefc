import { describe, expect, it } from 'vitest';
import type { HistoryColumns } from '../../store/types.ts';
import { POSITIONS } from '../testing/fixture.ts';
import { chartLines, chartPoints, LINES_MAX, lowestPoint } from './chart-data.ts';

const history: HistoryColumns = {
  timeMs: Float64Array.from([1, 2, 3]),
  account: Float64Array.from([0.2, Number.NaN, 0.1]),
  marginRatio: Float64Array.from([0.1, 0.1, 0.2]),
  keys: ['hl:BTC', 'hl:SOL', 'gone'],
  distance: [
    [0.3, 0.3, 0.3],
    [0.1, 0.05, Number.NaN],
    [9, 9, 9],
  ].map((values) => Float64Array.from(values)),
};

describe('what the chart draws', () => {
  it('the nearest positions first, by their last known distance, nothing beyond the scale', () => {
    expect(chartLines(history, POSITIONS, 1)).toEqual([
      { column: 1, name: 'SOL short' },
      { column: 0, name: 'BTC long' },
    ]);
    expect(chartLines(history, POSITIONS, 10).map(({ name }) => name)).toContain('gone');
    const many = { ...history, keys: Array(20).fill('hl:BTC'), distance: Array(20).fill(history.distance[0]) };
    expect(chartLines(many, POSITIONS, 1).length).toBe(LINES_MAX);
  });

  it('gaps as gaps', () => {
    expect(chartPoints(history, chartLines(history, POSITIONS, 1))[1]).toEqual({ timeMs: 2, account: null, line0: 0.05, line1: 0.3 });
    expect(lowestPoint(history)).toBe(2);
    expect(lowestPoint({ ...history, account: new Float64Array(3).fill(Number.NaN) })).toBe(-1);
  });
});
