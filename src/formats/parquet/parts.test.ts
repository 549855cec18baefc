/** The parts of Parquet that are decoded here, each beside another implementation. */
import fc from 'fast-check';
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../domain/fault.ts';
import { crc32 } from './crc32.ts';
import { readHybrid } from './hybrid.ts';
import { unpackSnappy } from './snappy.ts';
import { scanStruct } from './thrift-scan.ts';
import { textOfUtf8, utf8Of } from './utf8.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (sign) => sign.charCodeAt(0));

describe('FF-12 crc32', () => {
  it('default: the check value of the standard, in one piece and in several', () => {
    expect(crc32(ascii('123456789'))).toBe(0xcbf43926);
    expect(crc32(ascii('56789'), crc32(ascii('1234')))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
  });
});

describe('FF-12 unpackSnappy', () => {
  it('property: unpacks what is packed, runs and repeats included', () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.array(fc.constantFrom('abcabcabc', 'x'.repeat(100), '0.5', 'BTC'), { maxLength: 400 }).map((parts) => ascii(parts.join(''))),
    );
    fc.assert(
      fc.property(content, (bytes) => {
        expect(unpackSnappy(snappyCompress(bytes), bytes.length)).toEqual(bytes);
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  it('property: any bytes are refused or unpacked, in bounded time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 1000 }), (bytes, length) => {
        try {
          expect(unpackSnappy(bytes, length)).toHaveLength(length);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 3000, seed: 2 },
    );
  });

  it('error: a literal whose length is negative as a signed number, which sends other decoders round in circles', () => {
    expect(() => unpackSnappy(Uint8Array.of(0x0a, 0xfc, 0xfa, 0xff, 0xff, 0xff), 10)).toThrow(InputError);
  });
});

describe('FF-12 readHybrid', () => {
  const read = (bytes: readonly number[], width: number, count: number): number[] => {
    const out = new Uint32Array(count);
    readHybrid(Uint8Array.from(bytes), 0, bytes.length, width, count, out);
    return [...out];
  };

  it('default: the examples of the format: a run, and 0 to 7 in three bits each', () => {
    expect(read([0x08, 0x04], 3, 4)).toEqual([4, 4, 4, 4]);
    expect(read([0x03, 0b10001000, 0b11000110, 0b11111010], 3, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(read([], 0, 3)).toEqual([0, 0, 0]);
  });

  it('property: packed values of any width come back', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 32 })
          .chain((width) =>
            fc.tuple(fc.constant(width), fc.array(fc.bigInt({ min: 0n, max: 2n ** BigInt(width) - 1n }), { minLength: 1, maxLength: 40 })),
          ),
        ([width, values]) => {
          const groups = Math.ceil(values.length / 8);
          let bits = 0n;
          values.forEach((value, i) => {
            bits |= value << BigInt(i * width);
          });
          const bytes = Array.from({ length: groups * width }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n));
          expect(read([(groups << 1) | 1, ...bytes], width, values.length)).toEqual(values.map(Number));
        },
      ),
      { numRuns: 500, seed: 3 },
    );
  });

  it('error: it ends early; a run that goes on is cut', () => {
    expect(() => read([0x03, 0, 0], 3, 8)).toThrow(InputError);
    expect(() => read([0x04], 3, 2)).toThrow(InputError);
    expect(read([0xfe, 0xff, 0xff, 0xff, 0x0f, 5], 3, 2)).toEqual([5, 5]);
  });
});

describe('FF-13 utf8Of', () => {
  it('property: the bytes that an encoder gives, half characters replaced', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('\ud83d', '\ude00', 'ä'))), (parts) => {
        const text = parts.join('');
        expect(String(utf8Of(text))).toBe(String(new TextEncoder().encode(text)));
      }),
      { numRuns: 500, seed: 6 },
    );
  });
});

describe('FF-12 textOfUtf8', () => {
  it('property: any text comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const bytes = new TextEncoder().encode(`..${text}..`);
        expect(textOfUtf8(bytes, 2, bytes.length - 2)).toBe(text);
      }),
      { numRuns: 300, seed: 4 },
    );
    const long = 'ä😀x'.repeat(5000);
    const bytes = new TextEncoder().encode(long);
    expect(textOfUtf8(bytes, 0, bytes.length)).toBe(long);
  });

  it('property: bytes are refused exactly where a strict decoder refuses them', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const likely = fc.constantFrom(
      0x41,
      0x7f,
      0x80,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xdf,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
      0xff,
      0xa0,
      0x90,
      0x8f,
    );
    let refused = 0;
    fc.assert(
      fc.property(fc.array(likely, { maxLength: 6 }), (list) => {
        const bytes = Uint8Array.from(list);
        let expected: string | undefined;
        try {
          expected = strict.decode(bytes);
        } catch {
          refused++;
        }
        if (expected === undefined) expect(() => textOfUtf8(bytes, 0, bytes.length)).toThrow(InputError);
        else expect(textOfUtf8(bytes, 0, bytes.length)).toBe(expected);
      }),
      { numRuns: 5000, seed: 5 },
    );
    expect(refused).toBeGreaterThan(2000);
  });
});

describe('FF-12 scanStruct', () => {
  it('property: any bytes are refused or end within them', () => {
    let ended = 0;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        try {
          expect(scanStruct(bytes, 0, bytes.length)).toBeLessThanOrEqual(bytes.length);
          ended++;
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 5000, seed: 6 },
    );
    expect(ended).toBeGreaterThan(50);
  });

  it('behavior: tells of the lists of the outermost structure', () => {
    const lists: [number, number][] = [];
    // field 2: a list of two structures, each with a list of one byte
    const inner = [0x19, 0x13, 0x07, 0x00];
    const bytes = Uint8Array.from([0x29, 0x2c, ...inner, ...inner, 0x00]);
    expect(scanStruct(bytes, 0, bytes.length, (field, length) => lists.push([field, length]))).toBe(bytes.length);
    expect(lists).toEqual([[2, 2]]);
  });
});
