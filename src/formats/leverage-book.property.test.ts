/** The reader under damage: what it takes is what the text says, and what it refuses it refuses with a place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Book } from '../domain/book.ts';
import { InputError } from '../domain/fault.ts';
import { Decimal } from '../domain/units.ts';
import { readBook, readBookLenient, writeBook } from './leverage-book.ts';
import { changed, fullBook, type Json, TEST_VENUES } from './testing/books.ts';

/** Pointers of every value in `json`, containers too. */
function pointersOf(json: Json, base = ''): string[] {
  if (typeof json !== 'object' || json === null) return [base];
  const entries = Array.isArray(json) ? json.map((item, i) => [String(i), item] as const) : Object.entries(json);
  return [base, ...entries.flatMap(([key, item]) => pointersOf(item, `${base}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`))];
}

const POINTERS = pointersOf(fullBook()).filter((pointer) => pointer !== '');

/** Values that a careless or hostile writer puts where another belongs. */
const intruder = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    false,
    '',
    ' ',
    'NaN',
    'Infinity',
    '-Infinity',
    '1e400',
    '1e-400',
    '0',
    '-1',
    '1',
    '0x10',
    '1,5',
    '١',
    [],
    {},
    [[]],
  ),
  fc.constantFrom<Json>('cross', 'isolated', 'smooth', 'stepped', 'lender', 'constructor', '__proto__', 'USDC', 'sm:BTC/USD', '17df694e61'),
  fc.string().map((text): Json => text),
  fc.double().map((number): Json => (Number.isFinite(number) ? number : String(number))),
  fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n }).map((number): Json => String(number)),
);

const damage = fc.array(fc.record({ pointer: fc.constantFrom(...POINTERS), value: fc.option(intruder, { nil: undefined }) }), {
  minLength: 1,
  maxLength: 3,
});

function damaged(changes: readonly { pointer: string; value: Json | undefined }[]): Json | undefined {
  try {
    return changes.reduce<Json>((book, { pointer, value }) => changed(book, pointer, value), fullBook());
  } catch {
    // an earlier change took away what this one is in
    return undefined;
  }
}

/** Whether `pointer` names something in `json`, or something that could be added to it. */
function isPlace(json: Json, pointer: string): boolean {
  const segments = pointer.split('/').slice(1);
  let value: Json = json;
  for (const [i, segment] of segments.entries()) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null) return false;
    const child: Json | undefined = Object.hasOwn(value, key) ? (value as { [key: string]: Json })[key] : undefined;
    if (child === undefined) return i === segments.length - 1;
    value = child;
  }
  return true;
}

/** Every quantity of the book as text, under the pointer it has in the text. */
function quantitiesOf(value: unknown, base = ''): Map<string, Decimal> {
  if (value instanceof Decimal) return new Map([[base, value]]);
  if (typeof value !== 'object' || value === null) return new Map();
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return new Map(
    entries.flatMap(([key, item]) => [...quantitiesOf(item, `${base}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`)]),
  );
}

function valueAt(json: Json, pointer: string): Json {
  let value = json;
  for (const segment of pointer.split('/').slice(1))
    value = (value as { [key: string]: Json })[segment.replaceAll('~1', '/').replaceAll('~0', '~')]!;
  return value;
}

describe('BF-9 to BF-17 under damage', () => {
  it('property: a damaged book is refused with places, or read as what it says', () => {
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(damage, (changes) => {
        const json = damaged(changes);
        if (json === undefined) return;
        let book: Book;
        try {
          book = readBook(JSON.stringify(json), TEST_VENUES);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.faults.length).toBeGreaterThan(0);
          for (const fault of error.faults) {
            expect(fault.message).not.toBe('');
            expect({ pointer: fault.pointer, isPlace: isPlace(json, fault.pointer) }).toEqual({ pointer: fault.pointer, isPlace: true });
          }
          refused++;
          return;
        }
        for (const [pointer, value] of quantitiesOf(book)) expect(value.eq(new Decimal(String(valueAt(json, pointer))))).toBe(true);
        expect(readBook(writeBook(book), TEST_VENUES)).toEqual(book);
        taken++;
      }),
      { numRuns: 1500, seed: 4 },
    );
    expect(refused).toBeGreaterThan(900);
    expect(taken).toBeGreaterThan(30);
  });

  it('property: what is left of a damaged book is right in itself, and every loss has its fault', () => {
    let partial = 0;
    fc.assert(
      fc.property(damage, (changes) => {
        const json = damaged(changes);
        if (json === undefined) return;
        const text = JSON.stringify(json);
        try {
          const { book, faults } = readBookLenient(text, TEST_VENUES);
          expect(readBook(writeBook(book), TEST_VENUES)).toEqual(book);
          const count = ((json as { accounts: Json[] }).accounts as Json[]).length;
          const atFault = new Set(faults.flatMap((fault) => /^\/accounts\/(\d+)/.exec(fault.pointer)?.[1] ?? []));
          expect(book.accounts.length + atFault.size).toBe(count);
          if (faults.length > 0 && book.accounts.length > 0) partial++;
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 1000, seed: 5 },
    );
    expect(partial).toBeGreaterThan(250);
  });

  it('property: a damaged text is refused or read, and nothing else happens', () => {
    const text = JSON.stringify(fullBook());
    let refused = 0;
    const cut = fc.record({ at: fc.nat({ max: text.length }), length: fc.nat({ max: 4 }), put: fc.string({ maxLength: 4 }) });
    fc.assert(
      fc.property(cut, ({ at, length, put }) => {
        try {
          readBook(text.slice(0, at) + put + text.slice(at + length), TEST_VENUES);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          refused++;
        }
      }),
      { numRuns: 2000, seed: 6 },
    );
    expect(refused).toBeGreaterThan(1000);
  });
});
