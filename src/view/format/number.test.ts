import { describe, expect, it } from 'vitest';
import {
  formatAmount,
  formatCompact,
  formatDistance,
  formatExact,
  formatFixed,
  formatHealthFactor,
  formatLeverage,
  formatPercent,
  formatRatio,
  formatSigned,
} from './number.ts';

describe('amounts', () => {
  it('writes a true minus sign and groups', () => {
    expect(formatFixed('-1234567.891', 2, 'floor')).toBe('−1,234,567.90');
    expect(formatFixed('-1234567.891', 2, 'ceil')).toBe('−1,234,567.89');
  });

  it('is exact beyond binary floating point', () => {
    expect(formatExact('123456789012345678901234567890.123456789')).toBe('123,456,789,012,345,678,901,234,567,890.123456789');
    expect(formatFixed('0.1000000000000000055', 19, 'floor')).toBe('0.1000000000000000055');
  });

  it('does not put a sign on zero', () => {
    expect(formatFixed('-0.001', 2, 'ceil')).toBe('0.00');
    expect(formatSigned('0', 2, 'floor')).toBe('0.00');
    expect(formatSigned('12.345', 2, 'floor')).toBe('+12.34');
  });

  it('shortens long amounts', () => {
    expect(formatCompact('12345678901', 'floor')).toBe('12.34B');
    expect(formatAmount('-0.12345678912')).toBe('−0.12345679');
    expect(formatAmount('1500')).toBe('1,500');
  });
});

describe('per cent', () => {
  it('rounds in the direction asked', () => {
    expect(formatPercent('0.12499', 1, 'floor')).toBe('12.4\u202f%');
    expect(formatPercent('0.12401', 1, 'ceil')).toBe('12.5\u202f%');
  });

  it('keeps two significant digits of what is small', () => {
    expect(formatPercent('0.00012999', 1, 'floor')).toBe('0.012\u202f%');
    expect(formatPercent('0', 1, 'floor')).toBe('0.0\u202f%');
    expect(formatPercent('-0.0312', 1, 'floor')).toBe('−3.2\u202f%');
  });
});

describe('distances', () => {
  it('are rounded down, and from a thousand per cent on only said to be further', () => {
    expect(formatDistance('0.12499')).toBe('12.4\u202f%');
    expect(formatDistance('-0.0661')).toBe('−6.7\u202f%');
    expect(formatDistance('9.9999')).toBe('999.9\u202f%');
    expect(formatDistance('10')).toBe('> 1,000\u202f%');
    expect(formatDistance('487313.66')).toBe('> 1,000\u202f%');
  });
});

describe('ratios near their edge', () => {
  it('rounds a margin ratio up, but never onto the edge from below', () => {
    expect(formatRatio('0.3141')).toBe('0.315');
    expect(formatRatio('0.99951')).toBe('0.9996');
    expect(formatRatio('0.9999999')).toBe('0.9999999'.padEnd(11, '0'));
    expect(formatRatio('1')).toBe('1.000');
    expect(formatRatio('1.0000001')).toBe('1.001');
    expect(formatRatio('0')).toBe('0.000');
  });

  it('rounds a health factor down, but never onto the edge from above', () => {
    expect(formatHealthFactor('1.8399')).toBe('1.839');
    expect(formatHealthFactor('1.00009')).toBe('1.000090');
    expect(formatHealthFactor('0.99999')).toBe('0.999');
    expect(formatHealthFactor('1')).toBe('1.000');
  });

  it('writes leverage with its sign', () => {
    expect(formatLeverage('4.2011', 'ceil')).toBe('4.21×');
  });
});
