import { describe, expect, it } from 'vitest';
import type { HistoryColumns } from '../../store/types.ts';
import { chartScale, chartY } from './chart-scale.ts';

const levels = { watch: 0.1, warning: 0.05, marginCall: 0.02, liquidation: 0 };
const history = (account: readonly number[], ...distance: readonly number[][]): HistoryColumns => ({
  timeMs: Float64Array.from(account, (_, i) => i),
  account: Float64Array.from(account),
  marginRatio: new Float64Array(account.length),
  keys: distance.map((_, i) => String(i)),
  distance: distance.map((column) => Float64Array.from(column)),
});

describe('chartScale', () => {
  it('reaches from liquidation to above the account and the first mark', () => {
    const scale = chartScale(history([0.08, 0.12], [0.5, 0.5]), levels);
    expect(scale.low).toBe(0);
    expect(scale.high).toBeCloseTo(0.156, 12);
    expect(scale.ticks.length).toBeLessThanOrEqual(6);
    expect(chartScale(history([0.01]), levels).high).toBeCloseTo(0.13, 12);
  });

  it('goes below zero where the account has been past it', () => {
    const scale = chartScale(history([0.05, -0.03]), levels);
    expect(scale.low).toBe(-0.03);
    expect(scale.ticks.some((tick) => Math.abs(tick) < 1e-12)).toBe(true);
  });

  it('stands without an account line, without levels, without anything', () => {
    const none = { watch: Number.NaN, warning: Number.NaN, marginCall: Number.NaN, liquidation: Number.NaN };
    expect(chartScale(history([Number.NaN], [0.3]), none).high).toBeCloseTo(0.39, 12);
    const bare = chartScale(history([Number.NaN], [Number.NaN]), none);
    expect(Number.isFinite(bare.high) && bare.high > bare.low).toBe(true);
  });

  it('puts the top at the top', () => {
    const scale = chartScale(history([0.1]), levels);
    expect(chartY(scale, scale.high, 200, 8, 30)).toBe(8);
    expect(chartY(scale, scale.low, 200, 8, 30)).toBe(170);
  });
});
