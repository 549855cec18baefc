import { describe, expect, it } from 'vitest';
import { BUFFER_SCALE, placeOn, risingScale } from './bar-geometry.ts';

const NONE = { watch: Number.NaN, warning: Number.NaN, marginCall: Number.NaN, liquidation: Number.NaN };

describe('bar gauges', () => {
  it('ends a rising scale somewhat past liquidation', () => {
    expect(placeOn(risingScale({ ...NONE, liquidation: 10 }, 5), 10)).toBeCloseTo(100 / 1.12, 9);
  });

  it('stands without levels and without a value', () => {
    expect(placeOn(risingScale(NONE, 3), 3)).toBeGreaterThan(0);
    expect(placeOn(risingScale(NONE, Number.NaN), Number.NaN)).toBe(0);
  });

  it('holds what lies beyond its ends', () => {
    expect(placeOn(BUFFER_SCALE, -0.2)).toBe(0);
    expect(placeOn(BUFFER_SCALE, 0.9)).toBe(100);
    expect(placeOn(BUFFER_SCALE, Number.POSITIVE_INFINITY)).toBe(100);
    expect(placeOn(BUFFER_SCALE, 0.125)).toBe(50);
  });
});
