import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { InputError } from '../domain/fault.ts';
import { LosslessNumber, readJson } from './json.ts';
import { check, decimal, fields, fraction, identifier, nonNegativeDecimal, positiveDecimal, readDecimal } from './schema.ts';

const faultsOf = (schema: v.GenericSchema, input: unknown, base = '') => {
  try {
    check(schema, input, base);
  } catch (error) {
    if (error instanceof InputError) return error.faults;
    throw error;
  }
  return [];
};

describe('BF-4 decimal: a quantity by its text', () => {
  it.each([
    ['1', '1'],
    ['-12.50', '-12.5'],
    ['0.100000000000000000000000000001', '0.100000000000000000000000000001'],
    ['123456789012345678901234567890.1', '123456789012345678901234567890.1'],
    ['1e3', '1000'],
    ['2.5E-7', '0.00000025'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-0', '0'],
    ['0e-900', '0'],
  ])('default: %s is %s, as a string and as a JSON number', (text, expected) => {
    expect(check(decimal(), text).toFixed()).toBe(expected);
    expect(check(decimal(), new LosslessNumber(text)).toFixed()).toBe(expected);
  });

  it.each(['', ' ', ' 1', '1 ', 'NaN', 'Infinity', '-Infinity', '+1', '0x10', '0b1', '1_000', '1,5', '--1', '1e', 'e5', '.', '-', '١'])(
    'error: %j is no decimal number',
    (text) => {
      expect(faultsOf(decimal(), text, '/x')).toEqual([
        { pointer: '/x', message: `expected a decimal number, found ${JSON.stringify(text)}` },
      ]);
    },
  );

  it.each(['1e400', '-1e400', '1e40', '1e-400', '1e-40', '1e99999999999999999999', '1e-99999999999999999999', `1${'0'.repeat(60)}`])(
    'error: %s is out of range, as a string and as a JSON number',
    (text) => {
      for (const input of [text, new LosslessNumber(text)]) expect(faultsOf(decimal(), input)[0]!.message).toContain('is out of range');
    },
  );

  it.each([[null], [true], [1.5], [[]], [{}], [undefined]])('error: %j is not a string', (input) => {
    expect(faultsOf(decimal(), input)[0]!.message).toMatch(/^expected a decimal number as a string, found /);
  });

  it('error: a number of a million digits is refused, not computed with', () => {
    expect(faultsOf(decimal(), '1'.repeat(1_000_000))[0]!.message).toContain('at most 100 characters');
  });

  it('error: signs and fractions', () => {
    expect(faultsOf(positiveDecimal(), '0')[0]!.message).toBe('must be above zero, found 0');
    expect(faultsOf(positiveDecimal(), '-1')[0]!.message).toBe('must be above zero, found -1');
    expect(faultsOf(nonNegativeDecimal(), '-1')[0]!.message).toBe('must not be below zero, found -1');
    expect(check(nonNegativeDecimal(), '0').toFixed()).toBe('0');
    expect(faultsOf(fraction(), '80')[0]!.message).toContain('must be a fraction');
    expect(check(fraction(), '1').toFixed()).toBe('1');
  });

  it('property: the text of a number survives, digit for digit', () => {
    let asserted = 0;
    const digits = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 36n }), fc.nat({ max: 30 }), fc.boolean());
    fc.assert(
      fc.property(digits, ([integer, places, isNegative]) => {
        const padded = String(integer).padStart(places + 1, '0');
        const point = padded.length - places;
        const text = (isNegative && integer > 0n ? '-' : '') + (places > 0 ? `${padded.slice(0, point)}.${padded.slice(point)}` : padded);
        const value = readDecimal(new LosslessNumber(text));
        if (typeof value === 'string') throw new Error(value);
        expect(value.toFixed(places)).toBe(text);
        asserted++;
      }),
      { numRuns: 500, seed: 3 },
    );
    expect(asserted).toBe(500);
  });
});

describe('BF-5 fields: an object with these fields and no others', () => {
  const schema = fields({ id: identifier(), size: decimal(), note: v.exactOptional(v.string('expected a string')) });

  it('default: takes what it knows', () => {
    expect(check(schema, readJson('{"id": "a", "size": 1.50}'))).toEqual({ id: 'a', size: expect.anything() });
  });

  it('error: every unknown, missing and wrong field is a fault of its own', () => {
    expect(faultsOf(schema, readJson('{"id": "", "a/b": 1, "toString": 2, "note": null}'), '/accounts/3')).toEqual([
      { pointer: '/accounts/3/id', message: 'must not be empty' },
      { pointer: '/accounts/3/size', message: 'is required' },
      { pointer: '/accounts/3/note', message: 'expected a string' },
      { pointer: '/accounts/3/a~1b', message: 'unknown field' },
      { pointer: '/accounts/3/toString', message: 'unknown field' },
    ]);
  });

  it.each([
    ['[]', 'an array'],
    ['12', '12'],
    ['null', 'null'],
    ['"x"', '"x"'],
  ])('error: %s is no object', (text, found) => {
    expect(faultsOf(schema, readJson(text), '/x')).toEqual([{ pointer: '/x', message: `expected an object, found ${found}` }]);
  });
});
