import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAxis, formatCount, formatMoney, formatShort, hundredfold, parseShort, plain } from './money.ts';

describe('plain', () => {
  it.each([
    [1e21, '1000000000000000000000'],
    [1.5e-7, '0.00000015'],
    [-1.234e25, '-12340000000000000000000000'],
    [-2.5e-10, '-0.00000000025'],
    [0, '0'],
    [-12.5, '-12.5'],
  ])('%d', (value, text) => {
    expect(plain(value)).toBe(text);
  });

  it('says the same double, for any', () => {
    let reached = 0;
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = plain(value);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(text)).toBe(value === 0 ? 0 : value);
        reached++;
      }),
      { numRuns: 500 },
    );
    expect(reached).toBeGreaterThanOrEqual(500);
  });
});

describe('amounts', () => {
  it.each([
    ['1234567.5', 'floor', '1,234,567'],
    ['1234567.5', 'ceil', '1,234,568'],
    ['0.004', 'ceil', '0.01'],
    ['-12.341', 'floor', '−12.35'],
    ['0', 'floor', '0'],
    ['98765432109.8', 'floor', '98.76B'],
  ] as const)('%s rounded %s', (text, rounding, shown) => {
    expect(formatMoney(text, rounding)).toBe(shown);
  });

  it('are short in charts', () => {
    expect(formatShort(13_812_345)).toBe('13.81M');
    expect(formatShort(999)).toBe('999');
    expect(formatShort(Number.NaN)).toBe('not known');
    expect(formatCount(1_000_000)).toBe('1,000,000');
    expect([5_000, 2_500_000, 1.2e9, 250_000_000, 100, 0].map(formatAxis)).toEqual(['5K', '2.5M', '1.2B', '250M', '100', '0']);
  });

  it.each([
    ['1,200', 1200],
    ['1.5m', 1_500_000],
    ['-2k', -2000],
    ['−2 K', -2000],
    ['2bn', 2e9],
    ['.5', 0.5],
    ['', Number.NaN],
    ['abc', Number.NaN],
    ['1.2.3', Number.NaN],
  ])('typed as %s', (text, value) => {
    expect(parseShort(text)).toBe(value);
  });
});

describe('hundredfold', () => {
  it.each([
    ['0.008818092375831643', '0.8818092375831643'],
    ['-0.1', '-10'],
    ['12', '1200'],
    ['0', '0'],
    ['1.5', '150'],
    ['0.00001', '0.001'],
    ['1.2345', '123.45'],
  ])('%s', (text, expected) => {
    expect(hundredfold(text)).toBe(expected);
  });
});
