import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fault, InputError } from '../domain/fault.ts';
import { DEPTH_MAX, LosslessNumber, readJson } from './json.ts';
import { createNestingScan } from './nesting.ts';

const faultOf = (read: () => unknown): Fault => {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError && error.faults.length === 1) return error.faults[0]!;
    throw error;
  }
  throw new Error('was read');
};

/** What JSON.parse gives, with every number as its text in a LosslessNumber, so that the two readings compare. */
const plain = (value: unknown): unknown => {
  if (value instanceof LosslessNumber) return Number(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  return value;
};

describe('BF-1 readJson: strict JSON, numbers by their text', () => {
  it('default: keeps the decimal text of every number', () => {
    const text = '[0.1000, -0, 1e400, 123456789012345678901234567890.123456789, 1E-5, {"a": 12}]';
    const [a, b, c, d, e, f] = readJson(text) as [
      LosslessNumber,
      LosslessNumber,
      LosslessNumber,
      LosslessNumber,
      LosslessNumber,
      { a: LosslessNumber },
    ];
    expect([a, b, c, d, e, f.a].map(String)).toEqual(['0.1000', '-0', '1e400', '123456789012345678901234567890.123456789', '1E-5', '12']);
  });

  it('default: strings with escapes, words, nesting, a byte order mark', () => {
    expect(readJson('\uFEFF {"a\\u0062": ["\\"\\n\\u00e9", true, false, null, {}, []]}\n')).toEqual({
      ab: ['"\né', true, false, null, {}, []],
    });
  });

  it.each([
    ['', 'not valid JSON at line 1, column 1: expected a value, found the end of the text'],
    ['{"a": 1', 'not valid JSON at line 1, column 8: expected "," or "}", found the end of the text'],
    ['{"a": 1,\n "b" 2}', 'not valid JSON at line 2, column 6, within /b: expected ":" after the field name, found "2"'],
    ['{"a": 1,}', 'expected a field name in double quotes, found "}"'],
    ['[1 2]', 'expected "," or "]", found "2"'],
    ['[1,]', 'expected a value, found "]"'],
    ["{'a': 1}", 'expected a field name in double quotes, found "\'"'],
    ['{"a": "b', 'a string without its closing quote'],
    ['"a\nb"', 'must be written as an escape'],
    ['"\\x41"', 'a string with an escape that JSON does not know'],
    ['"\\u12g4"', 'a string with an escape that JSON does not know'],
    ['{} {}', 'expected the end, found "{"'],
  ])('error: broken JSON %j says where', (text, message) => {
    const fault = faultOf(() => readJson(text));
    expect(fault.pointer).toBe('');
    expect(fault.message).toContain(message);
  });

  it.each(['NaN', 'Infinity', '-Infinity', '+1', '.5', '1.', '01', '0x10', '1e', '--1', 'undefined', 'True', "'x'", '1_000'])(
    'error: %s is no JSON value, and the pointer names its field',
    (word) => {
      const fault = faultOf(() => readJson(`{"accounts": [{"size": ${word}}]}`));
      expect(fault.pointer).toBe('/accounts/0/size');
      expect(fault.message).toContain(`found ${JSON.stringify(word)}`);
    },
  );
});

describe('BF-2 readJson: bounds', () => {
  it(`default: ${DEPTH_MAX} levels are read`, () => {
    expect(readJson('['.repeat(DEPTH_MAX) + ']'.repeat(DEPTH_MAX))).toHaveLength(1);
  });

  it('error: one level more is refused, by the reader and by the scan of pieces', () => {
    const deep = '{"a":'.repeat(DEPTH_MAX + 1);
    expect(faultOf(() => readJson(deep)).message).toContain('nested deeper than 64 levels');
    const scan = createNestingScan();
    expect(faultOf(() => [...deep].map((character) => scan(new TextEncoder().encode(character)))).message).toContain(
      'nested deeper than 64 levels',
    );
  });

  it('behavior: brackets inside strings do not count, even across pieces of one byte', () => {
    const text = JSON.stringify({ 'a"[[': `\\"${'[{'.repeat(200)}\\`, b: 'é'.repeat(10) });
    const scan = createNestingScan();
    for (const byte of new TextEncoder().encode(text)) scan(Uint8Array.of(byte));
    expect(readJson(text)).toEqual(JSON.parse(text));
  });

  it('error: a long run of opening brackets is given up at once', () => {
    const text = '['.repeat(50_000_000);
    const start = performance.now();
    expect(faultOf(() => readJson(text)).message).toContain('nested deeper than 64 levels');
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('BF-3 readJson: keys', () => {
  it.each(['__proto__', 'constructor', 'prototype', '\\u005f_proto__', '__prot\\u006f__', 'construct\\u006fr'])(
    'error: the key %s is refused with its pointer, and pollutes nothing',
    (key) => {
      const fault = faultOf(() => readJson(`{"accounts": [{"${key}": {"polluted": "1"}}]}`));
      expect(fault.pointer).toBe(`/accounts/0/${JSON.parse(`"${key}"`)}`);
      expect(fault.message).toContain('is not allowed');
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  it('error: a key that stands twice is refused, also when the values are equal or the spelling differs', () => {
    for (const text of ['{"x": {"a": 1, "a": 2}}', '{"x": {"a": 1, "a": 1}}', '{"x": {"a": 1, "\\u0061": 1}}']) {
      const fault = faultOf(() => readJson(text));
      expect(fault.pointer).toBe('/x/a');
      expect(fault.message).toContain('stands twice');
    }
  });

  it('behavior: the pointer is escaped as RFC 6901 wants', () => {
    expect(faultOf(() => readJson('{"a/b~c": NaN}')).pointer).toBe('/a~1b~0c');
  });

  it('behavior: other names of Object.prototype are ordinary keys', () => {
    expect(Object.keys(readJson('{"toString": 1, "hasOwnProperty": 2}') as object)).toEqual(['toString', 'hasOwnProperty']);
  });
});

describe('BF-1 readJson agrees with JSON.parse', () => {
  it('property: every valid document reads the same', () => {
    let asserted = 0;
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        let read: unknown;
        try {
          read = readJson(text);
        } catch (error) {
          // the one licence to differ: keys that are refused on purpose
          expect((error as InputError).faults[0]!.message).toMatch(/is not allowed/);
          return;
        }
        expect(plain(read)).toEqual(JSON.parse(text));
        asserted++;
      }),
      { numRuns: 400, seed: 1 },
    );
    expect(asserted).toBeGreaterThanOrEqual(360);
  });

  it('property: a damaged document is refused by both or read the same by both', () => {
    let refused = 0;
    let read = 0;
    const base = '{"a": [1, -2.5e3, "x\\ny", true, null, {"b": {}, "c": []}], "d\\u00e9": "\\"", "e": 0.10}';
    const damage = fc.record({
      at: fc.nat({ max: base.length }),
      cut: fc.nat({ max: 3 }),
      put: fc.string({ unit: fc.constantFrom(...'{}[],:"\\ 0123456789.eE+-truefalsn\n\u0000é'), maxLength: 3 }),
    });
    fc.assert(
      fc.property(damage, ({ at, cut, put }) => {
        const text = base.slice(0, at) + put + base.slice(at + cut);
        let expected: unknown;
        let isValid = true;
        try {
          expected = JSON.parse(text);
        } catch {
          isValid = false;
        }
        try {
          const value = plain(readJson(text));
          expect({ text, isValid }).toEqual({ text, isValid: true });
          expect(value).toEqual(expected);
          read++;
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          if (isValid) expect(error.message).toMatch(/stands twice/);
          refused++;
        }
      }),
      { numRuns: 4000, seed: 2 },
    );
    expect(refused).toBeGreaterThan(1500);
    expect(read).toBeGreaterThan(300);
  });
});
