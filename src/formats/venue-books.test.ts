/** What the venues' parsers make of recorded responses is a book: the reader takes it, unchanged, and the engine says the same of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Book } from '../domain/book.ts';
import { InputError } from '../domain/fault.ts';
import { assessAccount } from '../engine/assess.ts';
import { venues } from '../venues/registry.ts';
import type { Venue } from '../venues/venue.ts';
import { LosslessNumber, readJson } from '../wire/json.ts';
import { isRecord } from '../wire/schema.ts';
import { assessmentLine } from './assessment-json.ts';
import { bookFaults, readBook, writeBook } from './leverage-book.ts';
import { tierFaults } from './tier-checks.ts';

const VENUES = fileURLToPath(new URL('../venues/', import.meta.url));

/** Files that are a response as a whole; elsewhere a vector keeps it in its field `response`. */
const WHOLE = /^(position|account|user)/;

/** Every `response` in `value`, at any depth. */
function responsesIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(responsesIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => (key === 'response' ? [item] : responsesIn(item)));
}

function recordedResponses(venue: string): unknown[] {
  const folder = `${VENUES}${venue}/vectors/`;
  const files = readdirSync(VENUES).includes(venue) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  return files.flatMap((file) => {
    const json = readJson(readFileSync(folder + file, 'utf8'));
    return WHOLE.test(file) ? [json] : responsesIn(json);
  });
}

/** The book without what belongs to a running feed. */
const settled = (book: Book): Book => ({
  ...book,
  instruments: new Map(
    [...book.instruments].map(([id, { markTimeMs: _, ...instrument }]) => {
      return [id, instrument];
    }),
  ),
});

const linesOf = (book: Book): string[] =>
  book.accounts.map((account) => {
    const assessment = assessAccount(account, book, venues[account.venue]!.rules);
    return assessmentLine(assessment, { account: '', pools: [] }, book);
  });

function bookOf(venue: Venue, response: unknown): Book | undefined {
  try {
    return venue.parse!(response, { asOf: '2026-01-01T00:00:00Z', accountId: 'recorded' });
  } catch (error) {
    // a vector of something that the venue must refuse
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

type Path = readonly (string | number)[];

const placesIn = (value: unknown, path: Path = []): Path[] => {
  if (Array.isArray(value)) return [path, ...value.flatMap((item, i) => placesIn(item, [...path, i]))];
  if (!isRecord(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]))];
};

/** A copy of `value` with `item` at `path`; what stands beside the path is shared. */
function replaced(value: unknown, path: Path, item: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return item;
  if (Array.isArray(value)) return value.map((old, i) => (i === key ? replaced(old, rest, item) : old));
  return { ...(value as object), [key]: replaced((value as Record<string, unknown>)[key], rest, item) };
}

const intruder = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', ' ', 'NaN', '0', '-1', '1e400', '1e39', '1e-39', 'USDT', 'constructor', [], {}),
  fc.constantFrom('0', '-5', '1e400', '1e20', '1.5').map((text) => new LosslessNumber(text)),
  fc.string(),
);

let tried = 0;
let assessed = 0;

describe('BF-18 a book that a venue’s parser makes', () => {
  const withParser = Object.entries(venues).filter(([, venue]) => venue.parse);
  const counts = new Map<string, { books: number; refused: number }>();

  it.each(withParser)('%s: reads back the same, and assesses the same', (id, venue) => {
    const count = { books: 0, refused: 0 };
    counts.set(id, count);
    for (const response of recordedResponses(id)) {
      const book = bookOf(venue, response);
      if (!book) {
        count.refused++;
        continue;
      }
      const again = readBook(writeBook(book));
      expect(again).toEqual(settled(book));
      expect(linesOf(again)).toEqual(linesOf(settled(book)));
      for (const instrument of book.instruments.values()) {
        const table = venue.rules.marginTable(instrument);
        if (table && table.join !== 'slope' && table.measure === 'notional') expect(tierFaults(table.tiers, table.join, '')).toEqual([]);
      }
      count.books++;
    }
  });

  it.each(withParser)('%s: a damaged response is refused, as input or as a book, or can be assessed', (id, venue) => {
    const responses = recordedResponses(id).slice(0, 6);
    if (responses.length === 0) return;
    const damage = fc.tuple(fc.nat(), fc.nat(), intruder);
    fc.assert(
      fc.property(damage, ([which, where, value]) => {
        const response = responses[which % responses.length];
        const places = placesIn(response);
        const damaged = replaced(response, places[where % places.length]!, value);
        const book = bookOf(venue, damaged);
        tried++;
        if (!book || bookFaults(book).length > 0) return;
        expect(readBook(writeBook(book))).toEqual(settled(book));
        expect(linesOf(book).length).toBe(book.accounts.length);
        assessed++;
      }),
      { numRuns: 300, seed: 8 },
    );
  });

  it('enough of them were tried', () => {
    const total = [...counts.values()].reduce((sum, { books }) => sum + books, 0);
    console.log([...counts].map(([id, { books, refused }]) => `${id}: ${books} books, ${refused} refused`).join('; '));
    expect(total).toBeGreaterThanOrEqual(20);
    expect(tried).toBeGreaterThanOrEqual(1200);
    expect(assessed).toBeGreaterThanOrEqual(300);
  });
});
