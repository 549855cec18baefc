/** A list of trades as CSV: time, instrument, side, size, price, fee (rules TL-1 to TL-5 of docs/spec/study.md). */
import Papa from 'papaparse';
import { type Fault, InputError } from '../domain/fault.ts';
import { type Decimal, ZERO } from '../domain/units.ts';
import { readDecimal } from '../wire/schema.ts';

export interface ListedTrade {
  readonly timeMs: number;
  readonly instrument: string;
  /** Signed: + bought, − sold. */
  readonly size: Decimal;
  readonly price: Decimal;
  readonly fee: Decimal;
}

const COLUMNS = ['time', 'instrument', 'side', 'size', 'price', 'fee'] as const;
type Column = (typeof COLUMNS)[number];
const REQUIRED: readonly Column[] = ['time', 'instrument', 'size', 'price'];
const TRADES_MAX = 200_000;
const FAULTS_MAX = 100;
const NAME_MAX = 200;
/** An instant with its zone: a time without one means nothing. */
const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/;
const MILLISECONDS = /^\d{1,16}$/;
const SIGNS: Readonly<Record<string, 1 | -1>> = { buy: 1, b: 1, long: 1, sell: -1, s: -1, short: -1 };

type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };
const fine = <T>(value: T): Reading<T> => ({ ok: true, value });
const wrong = (message: string): Reading<never> => ({ ok: false, message });

function timeOf(text: string): Reading<number> {
  const timeMs = MILLISECONDS.test(text) ? Number(text) : INSTANT.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  return Number.isFinite(timeMs) && Math.abs(timeMs) <= 8.64e15
    ? fine(timeMs)
    : wrong(`expected ISO-8601 with its zone, or ms since 1970, found "${text}"`);
}

function decimalOf(text: string): Reading<Decimal> {
  const value = readDecimal(text);
  return typeof value === 'string' ? wrong(value) : fine(value);
}

function priceOf(text: string): Reading<Decimal> {
  const price = decimalOf(text);
  return !price.ok || price.value.gt(ZERO) ? price : wrong(`a price must be above 0, found "${text}"`);
}

/** TL-2: with a side the size is a number of units, above 0; without one its sign says it. */
function sizeOf(text: string, side: string): Reading<Decimal> {
  const size = decimalOf(text);
  if (!size.ok) return size;
  if (size.value.isZero()) return wrong('a trade of nothing');
  if (side === '') return size;
  if (size.value.isNegative()) return wrong(`a size beside a side must be above 0, found "${text}"`);
  return fine(SIGNS[side.toLowerCase()] === -1 ? size.value.negated() : size.value);
}

const nameOf = (text: string): Reading<string> =>
  text !== '' && text.length <= NAME_MAX ? fine(text) : wrong(`expected a name of 1 to ${NAME_MAX} characters`);

/** Where each column stands. Throws for a header that misses one or has it twice. */
function placesOf(header: readonly string[]): Readonly<Record<Column, number>> {
  const names = header.map((name) => name.trim().toLowerCase());
  const faults: Fault[] = REQUIRED.filter((name) => !names.includes(name)).map((name) => ({
    pointer: '/0',
    message: `the header has no column "${name}"`,
  }));
  for (const name of COLUMNS) {
    if (names.indexOf(name) !== names.lastIndexOf(name)) faults.push({ pointer: '/0', message: `the header has "${name}" twice` });
  }
  if (faults.length > 0) throw new InputError(faults);
  return Object.fromEntries(COLUMNS.map((name) => [name, names.indexOf(name)])) as Record<Column, number>;
}

/**
 * The trades of `text`, in order of time; those of one instant as they stand. Rows count from 1, after the header. Throws `InputError` with a
 * pointer (`/3/price`) for every fault, a hundred at most; nothing of a faulty list is used.
 */
export function readTrades(text: string): readonly ListedTrade[] {
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: 'greedy' });
  const [header, ...rows] = data;
  if (!header) throw new InputError([{ pointer: '', message: 'an empty file: no header line' }]);
  const places = placesOf(header);
  if (rows.length > TRADES_MAX)
    throw new InputError([{ pointer: '', message: `${rows.length} trades are more than can be read (${TRADES_MAX})` }]);
  const faults: Fault[] = [];
  const trades: ListedTrade[] = [];
  rows.forEach((row, i) => {
    const text = (name: Column): string => (places[name] < 0 ? '' : (row[places[name]] ?? '').trim());
    const take = <T>(name: Column, reading: Reading<T>): T | undefined => {
      if (reading.ok) return reading.value;
      faults.push({ pointer: `/${i + 1}/${name}`, message: reading.message });
      return undefined;
    };
    const side = text('side');
    if (side !== '' && SIGNS[side.toLowerCase()] === undefined)
      faults.push({ pointer: `/${i + 1}/side`, message: `expected buy or sell, found "${side}"` });
    const timeMs = take('time', timeOf(text('time')));
    const instrument = take('instrument', nameOf(text('instrument')));
    const size = take('size', sizeOf(text('size'), side));
    const price = take('price', priceOf(text('price')));
    const fee = take('fee', text('fee') === '' ? fine(ZERO) : decimalOf(text('fee')));
    if (timeMs === undefined || instrument === undefined || !size || !price || !fee) return;
    trades.push({ timeMs, instrument, size, price, fee });
  });
  if (faults.length > 0) throw new InputError(faults.slice(0, FAULTS_MAX));
  return trades.sort((a, b) => a.timeMs - b.timeMs);
}
