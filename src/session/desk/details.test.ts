import { describe, expect, it } from 'vitest';
import { compareDetails } from './testing/details.ts';

describe('DM-19 details of a row are those of the exact engine', () => {
  it('uniform shock, nearest liquidation and largest position on random books of every venue', () => {
    const reached = compareDetails([4]);
    expect(Math.min(reached.shocks, reached.nearest)).toBeGreaterThan(30);
    expect(reached.none).toBeGreaterThan(6);
  }, 120_000);
});
