import { describe, expect, it } from 'vitest';
import { compareDetails } from './testing/details.ts';

describe('DM-19 details of a row are those of the exact engine', () => {
  it('uniform shock, nearest liquidation and largest position on random books of every venue', () => {
    const reached = compareDetails([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(Math.min(reached.shocks, reached.nearest)).toBeGreaterThan(300);
    expect(reached.none).toBeGreaterThan(50);
  }, 120_000);
});
