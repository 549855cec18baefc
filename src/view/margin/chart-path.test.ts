import { describe, expect, it } from 'vitest';
import { linePath, nearestIndex, timeTicks } from './chart-path.ts';

const MINUTE = 60_000;

describe('timeTicks', () => {
  it('whole instants, few enough, from a second to days', () => {
    expect(timeTicks(1_500, 4_600, 4)).toEqual([2_000, 3_000, 4_000]);
    expect(timeTicks(10 * MINUTE + 1, 41 * MINUTE, 4)).toEqual([20 * MINUTE, 30 * MINUTE, 40 * MINUTE]);
    for (const spanMs of [900, 5_000, 77_777, 3 * MINUTE, 3_600_000, 86_400_000, 40 * 86_400_000])
      for (const most of [1, 3, 6]) {
        const ticks = timeTicks(1_790_000_000_123, 1_790_000_000_123 + spanMs, most);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        expect(ticks.every((at) => at >= 1_790_000_000_123 && at <= 1_790_000_000_123 + spanMs && at % 1_000 === 0)).toBe(true);
      }
  });

  it('none where there is no span', () => {
    expect([timeTicks(5, 5, 4), timeTicks(9, 5, 4), timeTicks(Number.NaN, 5, 4), timeTicks(0, 5_000, 0)]).toEqual([[], [], [], []]);
  });
});

it('a line is broken where nothing is known', () => {
  const path = linePath(
    Float64Array.of(0, 1, 2, 3, 4),
    Float64Array.of(1, 2, Number.NaN, 3, 4),
    (t) => t * 10,
    (v) => 100 - v,
  );
  expect(path).toBe('M0.0 99.0L10.0 98.0M30.0 97.0L40.0 96.0');
  expect(linePath(Float64Array.of(1), Float64Array.of(Number.NaN), Number, Number)).toBe('');
});

it('the nearest instant, the earlier of two as near', () => {
  const times = Float64Array.of(10, 20, 40);
  expect([0, 14, 15, 16, 30, 31, 99].map((at) => nearestIndex(times, at))).toEqual([0, 0, 0, 1, 1, 2, 2]);
  expect(nearestIndex(new Float64Array(0), 5)).toBe(-1);
});
