import { describe, expect, it } from 'vitest';
import { fundingRate } from './funding.ts';

describe('FD-25 funding rate', () => {
  it.each([
    [-0.002, -0.0015],
    [-0.0004, 0.0001],
    [0, 0.0001],
    [0.0004, 0.0001],
    [0.00061, 0.00011],
    [0.002, 0.0015],
  ])('FUND-CLAMP: premium %d gives %d', (premium, expected) => expect(Math.abs(fundingRate(premium) - expected)).toBeLessThan(1e-15));
});
