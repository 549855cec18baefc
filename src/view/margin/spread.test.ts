import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadLabels } from './spread.ts';

describe('spreadLabels', () => {
  it('leaves labels where they are when none collide', () => {
    expect(spreadLabels([10, 40, 80], 15, 0, 100)).toEqual([10, 40, 80]);
  });

  it('moves two that collide apart about their middle', () => {
    expect(spreadLabels([50, 52], 10, 0, 100)).toEqual([46, 56]);
  });

  it('keeps labels inside the range', () => {
    expect(spreadLabels([0, 1, 2], 10, 0, 100)).toEqual([0, 10, 20]);
    expect(spreadLabels([99, 100], 10, 0, 100)).toEqual([90, 100]);
  });

  it('spaces them evenly when they do not fit', () => {
    expect(spreadLabels([5, 5, 5, 5, 5], 50, 0, 100)).toEqual([0, 25, 50, 75, 100]);
  });

  it('keeps the order of the marks, the gap and the range', () => {
    let reached = 0;
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 2, maxLength: 12 }), (marks) => {
        const placed = spreadLabels(marks, 14, 0, 500);
        const sorted = marks.map((mark, index) => ({ mark, at: placed[index]! })).sort((a, b) => a.mark - b.mark || a.at - b.at);
        for (let i = 0; i < sorted.length; i++) {
          expect(sorted[i]!.at).toBeGreaterThanOrEqual(-1e-9);
          expect(sorted[i]!.at).toBeLessThanOrEqual(500 + 1e-9);
          if (i > 0) expect(sorted[i]!.at - sorted[i - 1]!.at).toBeGreaterThanOrEqual(14 - 1e-9);
        }
        reached++;
      }),
    );
    expect(reached).toBeGreaterThanOrEqual(100);
  });
});
