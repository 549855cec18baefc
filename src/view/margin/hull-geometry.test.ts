import { describe, expect, it } from 'vitest';
import { DECK_Y, HULL_HEIGHT, KEEL_Y, ratioY, seaPath } from './hull-geometry.ts';

describe('the hull', () => {
  it('floats at her keel without a requirement and has the deck awash at 1', () => {
    expect(ratioY(0)).toBe(KEEL_Y);
    expect(ratioY(1)).toBe(DECK_Y);
  });

  it('sinks as the ratio rises, and the drawing stays inside its frame', () => {
    expect(ratioY(0.6)).toBeLessThan(ratioY(0.5));
    expect(ratioY(1e9)).toBeGreaterThan(0);
    expect(ratioY(Number.POSITIVE_INFINITY)).toBe(ratioY(1e9));
    expect(ratioY(-3)).toBe(KEEL_Y);
    expect(ratioY(1e9)).toBeLessThan(HULL_HEIGHT);
  });

  it('draws a closed sea', () => {
    expect(seaPath(100)).toMatch(/^M0 100.* Z$/);
  });
});
