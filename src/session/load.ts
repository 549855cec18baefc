/** A text as a book, whatever it is: `leverage-book/1`, or a venue's own response, told apart by its shape. Rules SE-14, SE-15. */
import type { Book } from '../domain/book.ts';
import { type Fault, InputError } from '../domain/fault.ts';
import { bookFaults, readBookLenient } from '../formats/leverage-book.ts';
import { venues } from '../venues/registry.ts';
import { readJson } from '../wire/json.ts';

export interface Reading {
  readonly book: Book;
  /** What was left out, and why. */
  readonly faults: readonly Fault[];
}

/** Longer texts are refused unread: 200 MB. */
export const TEXT_LENGTH_MAX = 200_000_000;

/**
 * Reads `text`; accounts that cannot be read are left out and named. `asOf` (ISO-8601) is used where a response carries no time.
 * Throws `InputError` where nothing of it can be used.
 */
export function readAny(text: string, meta: string | undefined, asOf: string): Reading {
  if (text.length > TEXT_LENGTH_MAX) throw refusal(`${text.length} characters are more than can be read (${TEXT_LENGTH_MAX})`);
  const reading = isHyperliquidResponse(text) ? readHyperliquid(readJson(text), meta, asOf) : readBookLenient(text);
  if (reading.book.accounts.length > 0) return reading;
  throw reading.faults.length > 0 ? new InputError(reading.faults) : refusal('the book holds no account', '/accounts');
}

const refusal = (message: string, pointer = ''): InputError => new InputError([{ pointer, message }]);

/** Every `clearinghouseState`, bare or in the envelope it came in, lists `assetPositions`; a book names its format and has no such field. */
const isHyperliquidResponse = (text: string): boolean => text.includes('"assetPositions"') && !text.includes('"leverage-book/1"');

function readHyperliquid(response: unknown, meta: string | undefined, asOf: string): Reading {
  const parse = venues.hyperliquid?.parse;
  if (!parse) throw refusal('responses of Hyperliquid cannot be read');
  const context = meta === undefined ? { asOf } : { asOf, meta: readJson(meta) };
  const book = parse(response, context);
  const faults = bookFaults(book);
  if (faults.length > 0) {
    throw new InputError(
      faults.map(({ pointer, message }) => ({ pointer: '', message: `the response gives a book that cannot be: ${pointer} ${message}` })),
    );
  }
  return { book, faults: [] };
}
