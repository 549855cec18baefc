import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTENT_HEIGHT_MAX, moveByKey, scrollTopFor, sightOf, type Viewport, wantedHeight, windowAround } from './geometry.ts';

const viewport = (rowCount: number, viewHeight = 600, rowHeight = 24): Viewport => ({
  rowCount,
  rowHeight,
  viewHeight,
  contentHeight: wantedHeight(rowCount, rowHeight),
});

describe('rows in sight', () => {
  it('are those of the pixels that are seen', () => {
    expect(sightOf(viewport(1_000_000), 0)).toEqual({ first: 0, end: 25, offset: 0 });
    expect(sightOf(viewport(1_000_000), 36)).toEqual({ first: 1, end: 27, offset: 12 });
    expect(sightOf(viewport(1_000_000), 24_000_000 - 600)).toEqual({ first: 999_975, end: 1_000_000, offset: 0 });
  });

  it('are all of a short list, wherever it is scrolled', () => {
    expect(sightOf(viewport(3), 0)).toEqual({ first: 0, end: 3, offset: 0 });
    expect(sightOf(viewport(3), 50)).toEqual({ first: 0, end: 3, offset: 0 });
    expect(sightOf(viewport(0), 0)).toEqual({ first: 0, end: 0, offset: 0 });
  });

  it('reach both ends where the browser, or its limit, gives fewer pixels than rows want', () => {
    const long = viewport(5_000_000);
    expect(long.contentHeight).toBe(CONTENT_HEIGHT_MAX);
    expect(sightOf(long, 0).first).toBe(0);
    expect(sightOf(long, CONTENT_HEIGHT_MAX - 600).end).toBe(5_000_000);
    const clamped: Viewport = { ...viewport(1_000_000), contentHeight: 17_895_697 };
    expect(sightOf(clamped, 17_895_697 - 600).end).toBe(1_000_000);
  });

  it('hold the row that was scrolled to, at any length and scale', () => {
    let reached = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4_000_000 }),
        fc.integer({ min: 48, max: 1_200 }),
        fc.nat(),
        fc.nat(),
        (rowCount, viewHeight, a, b) => {
          const sight = viewport(rowCount, viewHeight);
          const row = a % rowCount;
          const before = b % Math.max(1, sight.contentHeight - viewHeight);
          const { first, end, offset } = sightOf(sight, scrollTopFor(sight, row, before));
          expect(first).toBeLessThanOrEqual(row);
          expect(end).toBeGreaterThan(row);
          expect(offset).toBeLessThan(24);
          reached++;
        },
      ),
      { numRuns: 500 },
    );
    expect(reached).toBeGreaterThanOrEqual(500);
  });
});

describe('windowAround', () => {
  it('asks for a screenful to either side and for the same while scrolling a little', () => {
    const sight = viewport(1_000_000);
    const at = windowAround(sightOf(sight, 100_000), 26, 1_000_000, 1_000);
    expect(at.from).toBeLessThanOrEqual(sightOf(sight, 100_000).first - 26);
    expect(at.from + at.count).toBeGreaterThanOrEqual(sightOf(sight, 100_000).end + 26);
    expect(windowAround(sightOf(sight, 100_100), 26, 1_000_000, 1_000)).toEqual(at);
  });

  it('never asks beyond the ends', () => {
    expect(windowAround({ first: 0, end: 3, offset: 0 }, 26, 3, 1_000)).toEqual({ from: 0, count: 3 });
    const { from, count } = windowAround({ first: 999_975, end: 1_000_000, offset: 0 }, 26, 1_000_000, 1_000);
    expect(from + count).toBe(1_000_000);
  });
});

describe('moveByKey', () => {
  const size = { rows: 100, columns: 5, page: 20 };
  it.each([
    ['ArrowDown', false, { row: 11, column: 2 }],
    ['ArrowUp', false, { row: 9, column: 2 }],
    ['PageDown', false, { row: 30, column: 2 }],
    ['PageUp', false, { row: 0, column: 2 }],
    ['Home', false, { row: 0, column: 2 }],
    ['End', false, { row: 99, column: 2 }],
    ['ArrowDown', true, { row: 99, column: 2 }],
    ['ArrowRight', true, { row: 10, column: 4 }],
    ['ArrowLeft', false, { row: 10, column: 1 }],
    ['x', false, null],
  ] as const)('%s (control %s)', (key, withControl, to) => {
    expect(moveByKey(key, { row: 10, column: 2 }, size, withControl)).toEqual(to);
  });
});
