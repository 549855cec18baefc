import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../domain/book-columns.ts';
import { Decimal } from '../../domain/units.ts';
import { readDecimal } from '../../wire/schema.ts';
import { doubleOfText, shortNumber, shortNumberOfBytes } from './number-text.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (sign) => sign.charCodeAt(0) & 255);

const shape = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.bigInt({ min: 0n, max: 10n ** 18n })),
    fc.nat({ max: 24 }),
    fc.constantFrom('', '0', '000'),
  )
  .map(([sign, digits, places, zeros]) => {
    const text = digits.toString().padStart(places + 1, '0');
    return `${sign}${zeros}${places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`}`;
  });

describe('FF-2 numbers read fast', () => {
  it('property: an answer is the number exactly; texts and bytes give the same', () => {
    let answers = 0;
    fc.assert(
      fc.property(shape, (text) => {
        const value = shortNumber(text);
        expect(shortNumberOfBytes(bytesOf(`x${text}y`), 1, text.length + 1)).toBe(value);
        if (Number.isNaN(value)) return;
        expect(value).toBe(Number(text) === 0 ? 0 : Number(text));
        expect(new Decimal(plainText(value)).eq(new Decimal(text))).toBe(true);
        answers++;
      }),
      { numRuns: 3000, seed: 5 },
    );
    expect(answers).toBeGreaterThan(1200);
  });

  it('property: whatever the exact reader refuses is not answered', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: fc.constantFrom(...'0123456789.-+eE xX,\0') }), fc.string()), (text) => {
        if (typeof readDecimal(text) !== 'string') return;
        expect(shortNumber(text)).toBeNaN();
        expect(doubleOfText(text)).toBeNaN();
      }),
      { numRuns: 3000, seed: 6 },
    );
  });

  it('property: the shortest text of any double in range is answered by that double', () => {
    let answers = 0;
    fc.assert(
      fc.property(fc.double({ min: 1e-39, max: 1e39, noNaN: true }), fc.constantFrom(1, -1), (size, sign) => {
        expect(doubleOfText(String(sign * size))).toBe(sign * size);
        answers++;
      }),
      { numRuns: 2000, seed: 7 },
    );
    expect(answers).toBeGreaterThan(1000);
  });

  it.each(['', '-', '.', '-.', '1e', '1.2.3', '--1', '1-', ' 1', '1 ', '+1', 'NaN', 'Infinity', '1e400', '1e-400', '0x1', '٣'])(
    'error: %j',
    (text) => {
      expect(doubleOfText(text)).toBeNaN();
    },
  );

  it('default: forms that are allowed', () => {
    expect(['5.', '.5', '-.5', '007', '-0', '1e-7', '0.30000000000000004'].map(doubleOfText)).toEqual([
      5,
      0.5,
      -0.5,
      7,
      0,
      1e-7,
      0.1 + 0.2,
    ]);
    expect(doubleOfText('0.3000000000000000444')).toBeNaN();
  });
});
