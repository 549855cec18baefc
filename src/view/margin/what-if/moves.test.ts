import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundPercent,
  FIELD_HIGH,
  FIELD_LOW,
  isStill,
  moveOfPercent,
  percentOfMove,
  SLIDER_HIGH,
  SLIDER_LOW,
  spokenPercent,
} from './moves.ts';

describe('moves', () => {
  it.each([
    [-12.5, '-0.125'],
    [0, '0'],
    [10, '0.1'],
    [100, '1'],
    [-99.9, '-0.999'],
    [900, '9'],
    [0.1, '0.001'],
  ])('%d per cent is the fraction %s', (percent, move) => {
    expect(moveOfPercent(percent)).toBe(move);
    expect(percentOfMove(move)).toBe(percent);
  });

  it('is safe at both ends and beyond them', () => {
    expect(moveOfPercent(-100)).toBe('-0.999');
    expect(moveOfPercent(Number.NEGATIVE_INFINITY)).toBe('0');
    expect(moveOfPercent(Number.NaN)).toBe('0');
    expect(moveOfPercent(1e9)).toBe('9');
    expect(percentOfMove(undefined)).toBe(0);
    expect(percentOfMove('')).toBe(0);
    expect(percentOfMove('nonsense')).toBe(0);
    expect(SLIDER_LOW).toBeGreaterThan(FIELD_LOW);
    expect(SLIDER_HIGH).toBeLessThan(FIELD_HIGH);
  });

  it('comes back unchanged from text, for every tenth of a per cent', () => {
    let reached = 0;
    fc.assert(
      fc.property(fc.integer({ min: FIELD_LOW * 10, max: FIELD_HIGH * 10 }), (tenths) => {
        expect(percentOfMove(moveOfPercent(tenths / 10))).toBe(boundPercent(tenths / 10));
        expect(Number(moveOfPercent(tenths / 10))).toBe(tenths / 1000);
        reached++;
      }),
    );
    expect(reached).toBeGreaterThanOrEqual(100);
  });

  it('knows a what-if that moves nothing', () => {
    expect(isStill({ all: '0', moves: { BTC: '0' } })).toBe(true);
    expect(isStill({ all: '0', moves: { BTC: '-0.1' } })).toBe(false);
    expect(spokenPercent(-12.5)).toBe('minus 12.5 percent');
    expect(spokenPercent(0)).toBe('no move');
  });
});
