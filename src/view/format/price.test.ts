import { describe, expect, it } from 'vitest';
import { formatPrice, liquidationRounding, priceDecimals } from './price.ts';

describe('prices', () => {
  it.each([
    [61960.5, 1],
    [2450.12, 2],
    [84.1, 4],
    [0.5, 6],
    [0.0000123456, 10],
    [1234567, 0],
    [Number.NaN, 2],
    [0, 2],
  ])('a market at %d has %d decimals', (reference, decimals) => {
    expect(priceDecimals(reference)).toBe(decimals);
  });

  it('brings a liquidation price nearer: long up, short down', () => {
    expect(formatPrice('58120.41', 1, liquidationRounding('long'))).toBe('58,120.5');
    expect(formatPrice('58120.49', 1, liquidationRounding('short'))).toBe('58,120.4');
  });
});
