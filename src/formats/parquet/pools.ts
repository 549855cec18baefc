/** Values as they lie in a page, one after the other (the PLAIN encoding), as texts or as numbers. Every length is checked. */
import { doubleOfText, shortNumberOfBytes } from '../flat/number-text.ts';
import type { NumberPool } from './cells.ts';
import { refuse } from './refuse.ts';
import { textOfUtf8 } from './utf8.ts';

/** How values of a column lie in its pages. */
export type PhysicalType = 'BYTE_ARRAY' | 'DOUBLE' | 'INT32' | 'INT64' | 'BOOLEAN';

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** `count` values of page[from, …) as texts; truth values as `true` and `false`. Throws `InputError` where the page is shorter. */
export function plainTexts(page: Uint8Array, from: number, count: number, physical: PhysicalType): string[] {
  if (physical === 'BYTE_ARRAY') {
    const at = spans(page, from, count);
    return Array.from({ length: count }, (_, i) => textOfUtf8(page, at[2 * i]!, at[2 * i + 1]!));
  }
  if (physical === 'BOOLEAN') {
    checkRoom(page, from, Math.ceil(count / 8));
    return Array.from({ length: count }, (_, i) => ((page[from + (i >> 3)]! >> (i & 7)) & 1 ? 'true' : 'false'));
  }
  const { values, others } = plainNumbers(page, from, count, physical);
  return Array.from(values, (value, i) => others.get(i) ?? String(value));
}

/** `count` values of page[from, …) as numbers, by their decimal text: that of a double is its shortest. */
export function plainNumbers(page: Uint8Array, from: number, count: number, physical: PhysicalType): NumberPool {
  if (physical === 'BYTE_ARRAY') return numbersOfTexts(page, from, count);
  checkRoom(page, from, count * (physical === 'INT32' ? 4 : 8));
  const view = viewOf(page);
  const values = new Float64Array(count);
  const others = new Map<number, string>();
  for (let i = 0; i < count; i++) {
    if (physical === 'DOUBLE') values[i] = view.getFloat64(from + 8 * i, true);
    else if (physical === 'INT32') values[i] = view.getInt32(from + 4 * i, true);
    else setInteger(values, others, i, view.getBigInt64(from + 8 * i, true));
    const size = Math.abs(values[i]!);
    if (size === 0) values[i] = 0;
    else if (!(size > LEAST && size < MOST) && !others.has(i)) {
      others.set(i, String(values[i]!));
      values[i] = Number.NaN;
    }
  }
  return { values, others };
}

/** What a quantity may be: further out the exact path says what is wrong. */
const LEAST = 1e-40;
const MOST = 1e40;

function setInteger(values: Float64Array, others: Map<number, string>, i: number, integer: bigint): void {
  const text = integer.toString();
  values[i] = doubleOfText(text);
  if (Number.isNaN(values[i]!)) others.set(i, text);
}

function checkRoom(page: Uint8Array, from: number, length: number): void {
  if (length > page.length - from) refuse('a page that is cut off');
}

/** Where each of `count` byte strings begins and ends: 4 bytes of length, then the bytes. */
function spans(page: Uint8Array, from: number, count: number): Uint32Array {
  checkRoom(page, from, count * 4);
  const view = viewOf(page);
  const at = new Uint32Array(2 * count);
  let next = from;
  for (let i = 0; i < count; i++) {
    checkRoom(page, next, 4);
    const length = view.getUint32(next, true);
    next += 4;
    checkRoom(page, next, length);
    at[2 * i] = next;
    next += length;
    at[2 * i + 1] = next;
  }
  return at;
}

/** Decimal texts, turned to doubles without a string in between where a double says them. */
function numbersOfTexts(page: Uint8Array, from: number, count: number): NumberPool {
  const at = spans(page, from, count);
  const values = new Float64Array(count);
  const others = new Map<number, string>();
  for (let i = 0; i < count; i++) {
    let value = shortNumberOfBytes(page, at[2 * i]!, at[2 * i + 1]!);
    if (Number.isNaN(value)) {
      const text = textOfUtf8(page, at[2 * i]!, at[2 * i + 1]!);
      value = doubleOfText(text);
      if (Number.isNaN(value)) others.set(i, text);
    }
    values[i] = value;
  }
  return { values, others };
}
