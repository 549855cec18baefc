import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { none, some } from '../domain/outcome.ts';
import { Decimal } from '../domain/units.ts';
import { decimalText, figureFields } from './assessment-json.ts';

describe('BF-21 decimalText', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['1500', '1500'],
    ['1e12', '1000000000000'],
    ['-2.50', '-2.5'],
    ['1e-12', '0.000000000001'],
    ['1e60', `1${'0'.repeat(60)}`],
    ['1e-60', `0.${'0'.repeat(59)}1`],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['1234567890123456789012345678905', '1234567890123456789012345678900'],
    ['1234567890123456789012345678915', '1234567890123456789012345678920'],
    ['0.33333333333333333333333333333333333333', '0.333333333333333333333333333333'],
    ['-0.66666666666666666666666666666666666666', '-0.666666666666666666666666666667'],
  ])('%s is printed as %s', (value, text) => {
    expect(decimalText(new Decimal(value))).toBe(text);
  });

  it('property: exact up to thirty digits, and within half a unit of the thirtieth beyond', () => {
    let asserted = 0;
    const number = fc.tuple(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), fc.integer({ min: -30, max: 10 }));
    fc.assert(
      fc.property(number, ([digits, exponent]) => {
        const value = new Decimal(`${digits}e${exponent}`);
        const text = decimalText(value);
        expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
        const error = new Decimal(text).minus(value).abs();
        if (value.precision() <= 30) expect(error.isZero()).toBe(true);
        else expect(error.lte(new Decimal(10).pow(value.e - 29).div(2))).toBe(true);
        asserted++;
      }),
      { numRuns: 500, seed: 7 },
    );
    expect(asserted).toBe(500);
  });
});

describe('BF-22 figureFields', () => {
  it('default: a number, or null with the reason right behind it', () => {
    const fields = figureFields({ equity: some(new Decimal('1.50')), leverage: none('insolvent'), notional: none('missing-mark', 'X') }, [
      'equity',
      'leverage',
      'notional',
    ]);
    expect(JSON.stringify(fields)).toBe(
      '{"equity":"1.5","leverage":null,"leverageReason":"insolvent","notional":null,"notionalReason":"missing-mark"}',
    );
  });
});
