import { describe, expect, it } from 'vitest';
import { scrollToRow, windowRows } from './window-rows.ts';

describe('windowRows', () => {
  it('takes the rows in sight and a few beyond', () => {
    expect(windowRows(10_000, 32, 3200, 320)).toEqual({ first: 94, end: 116 });
  });

  it('stays inside the list', () => {
    expect(windowRows(3, 32, 0, 320)).toEqual({ first: 0, end: 3 });
    expect(windowRows(0, 32, 500, 320)).toEqual({ first: 0, end: 0 });
    expect(windowRows(10, 32, 99_999, 320)).toEqual({ first: 10, end: 10 });
  });
});

describe('scrollToRow', () => {
  it('moves no more than it must', () => {
    expect(scrollToRow(5, 32, 0, 320)).toBe(0);
    expect(scrollToRow(10, 32, 0, 320)).toBe(32);
    expect(scrollToRow(2, 32, 320, 320)).toBe(64);
  });
});
