import { describe, expect, it } from 'vitest';
import { formatAge, formatClock, formatInstant } from './time.ts';

describe('time', () => {
  it('names the zone', () => {
    expect(formatClock(Date.UTC(2026, 1, 5, 18, 34, 0), 'utc')).toBe('18:34:00 UTC');
    expect(formatInstant(Date.UTC(2026, 1, 5, 18, 34, 0), 'utc')).toBe('5 Feb 2026, 18:34:00 UTC');
  });

  it('says so when there is none', () => {
    expect(formatClock(Number.NaN, 'utc')).toBe('no time yet');
    expect(formatAge(Number.NaN)).toBe('age not known');
  });

  it.each([
    [0, '0.0\u202fs'],
    [401, '0.5\u202fs'],
    [12_001, '13\u202fs'],
    [60_000, '1\u202fmin'],
    [3_600_001, '2\u202fh'],
    [-5, '0.0\u202fs'],
  ])('an age of %d ms', (age, text) => {
    expect(formatAge(age)).toBe(text);
  });
});
