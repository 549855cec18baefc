/**
 * Ids and labels of up to a million accounts in two arrays instead of two million strings: the characters as UTF-8, end to end, and
 * where each begins. May lie in shared memory, so that the page reads names without asking. Rules DM-6, DM-7.
 */

/** Where a table lies, for a thread that shares the buffer. */
export interface StringsPlace {
  readonly buffer: ArrayBufferLike;
  readonly count: number;
  readonly byteLength: number;
}

export interface StringTable {
  readonly count: number;
  /** Id of entry i: bytes[start[2i], start[2i + 1]); its label: bytes[start[2i + 1], start[2i + 2]). */
  readonly start: Uint32Array;
  readonly bytes: Uint8Array;
}

/** Bytes that a table of `count` entries with `byteLength` bytes of text takes. */
export const stringsBytes = (count: number, byteLength: number): number => 4 * (2 * count + 1) + byteLength;

/** The table that lies at `place`. */
export const viewStrings = ({ buffer, count, byteLength }: StringsPlace): StringTable => ({
  count,
  start: new Uint32Array(buffer, 0, 2 * count + 1),
  bytes: new Uint8Array(buffer, 4 * (2 * count + 1), byteLength),
});

/** Takes entries one by one; room for text doubles as it fills. */
export interface StringsBuilder {
  readonly add: (id: string, label: string) => void;
  /** The table, in a buffer of exactly its size. */
  readonly finish: (allocate?: (bytes: number) => ArrayBufferLike) => { readonly table: StringTable; readonly place: StringsPlace };
}

/** A builder for `count` entries. */
export function stringsBuilder(count: number): StringsBuilder {
  const start = new Uint32Array(2 * count + 1);
  let bytes = new Uint8Array(Math.max(64, count * 16));
  let at = 0;
  let next = 0;
  const append = (text: string): void => {
    if (at + 3 * text.length > bytes.length) {
      const larger = new Uint8Array(2 * bytes.length + 3 * text.length);
      larger.set(bytes);
      bytes = larger;
    }
    at = encode(text, bytes, at);
    start[++next] = at;
  };
  return {
    add: (id, label) => {
      append(id);
      append(label);
    },
    finish: (allocate = (length) => new ArrayBuffer(length)) => {
      const entries = next >> 1;
      const place = { buffer: allocate(stringsBytes(entries, at)), count: entries, byteLength: at };
      const table = viewStrings(place);
      table.start.set(start.subarray(0, 2 * entries + 1));
      table.bytes.set(bytes.subarray(0, at));
      return { table, place };
    },
  };
}

/** Bytes of units[from, to) as UTF-8. */
export function bytesOfUnits(units: Uint16Array, from: number, to: number): number {
  let bytes = to - from;
  for (let i = from; i < to; i++) {
    const code = units[i]!;
    if (code < 0x80) continue;
    if (code < 0x800) bytes++;
    else if (isHigh(code) && i + 1 < to && isLow(units[i + 1]!)) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

const isHigh = (code: number): boolean => code >= 0xd800 && code < 0xdc00;
const isLow = (code: number): boolean => code >= 0xdc00 && code < 0xe000;

/** Units made text by one call. */
const PIECE = 4_096;

function textOf(units: Uint16Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += PIECE) text += String.fromCharCode(...units.subarray(at, Math.min(at + PIECE, to)));
  return text;
}

/** Writes units[from, to) as UTF-8 to `out` from `at` and returns the end: as `encode` does. */
export function encodeUnits(units: Uint16Array, from: number, to: number, out: Uint8Array, at: number): number {
  for (let i = from; i < to; i++) {
    const code = units[i]!;
    if (code >= 0x80) return encode(textOf(units, i, to), out, at);
    out[at++] = code;
  }
  return at;
}

/**
 * Writes `text` as UTF-8 to `out` from `at` and returns the end. Half a surrogate pair is written like any other character of three
 * bytes and read back as it was.
 */
function encode(text: string, out: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      out[at++] = code;
      continue;
    }
    const low = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
    if (isHigh(code) && isLow(low)) {
      code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      i++;
      out[at++] = 0xf0 | (code >> 18);
      out[at++] = 0x80 | ((code >> 12) & 0x3f);
    } else if (code >= 0x800) out[at++] = 0xe0 | (code >> 12);
    else {
      out[at++] = 0xc0 | (code >> 6);
      out[at++] = 0x80 | (code & 0x3f);
      continue;
    }
    out[at++] = 0x80 | ((code >> 6) & 0x3f);
    out[at++] = 0x80 | (code & 0x3f);
  }
  return at;
}

/** The text of bytes[from, to). */
function decode(bytes: Uint8Array, from: number, to: number): string {
  const codes: number[] = [];
  for (let i = from; i < to; i++) {
    const first = bytes[i]!;
    if (first < 0x80) codes.push(first);
    else if (first < 0xe0) codes.push(((first & 0x1f) << 6) | (bytes[++i]! & 0x3f));
    else if (first < 0xf0) codes.push(((first & 0x0f) << 12) | ((bytes[++i]! & 0x3f) << 6) | (bytes[++i]! & 0x3f));
    else codes.push(((first & 0x07) << 18) | ((bytes[++i]! & 0x3f) << 12) | ((bytes[++i]! & 0x3f) << 6) | (bytes[++i]! & 0x3f));
  }
  let text = '';
  for (let i = 0; i < codes.length; i += PIECE) text += String.fromCodePoint(...codes.slice(i, i + PIECE));
  return text;
}

export const idAt = ({ start, bytes }: StringTable, entry: number): string => decode(bytes, start[2 * entry]!, start[2 * entry + 1]!);

export const labelAt = ({ start, bytes }: StringTable, entry: number): string =>
  decode(bytes, start[2 * entry + 1]!, start[2 * entry + 2]!);

/** Negative where the id of entry a comes before that of b, by code point. */
export function compareIds({ start, bytes }: StringTable, a: number, b: number): number {
  let i = start[2 * a]!;
  let j = start[2 * b]!;
  const [endA, endB] = [start[2 * a + 1]!, start[2 * b + 1]!];
  while (i < endA && j < endB) {
    const difference = bytes[i++]! - bytes[j++]!;
    if (difference !== 0) return difference;
  }
  return endA - i - (endB - j);
}

const isAscii = (text: string): boolean => !/[^ -~]/.test(text);
const CAPITAL_A = 65;
const CAPITAL_Z = 90;
const TO_SMALL = 32;

/**
 * Calls `found` for each of the entries [from, to) whose id or label contains `text`, upper and lower case alike, in order. Within
 * ASCII bytes are compared; beyond it the texts themselves, in lower case.
 */
export function searchStrings(table: StringTable, text: string, from: number, to: number, found: (entry: number) => void): void {
  const wanted = text.toLowerCase();
  if (!isAscii(wanted)) {
    for (let entry = from; entry < to; entry++) {
      if (idAt(table, entry).toLowerCase().includes(wanted) || labelAt(table, entry).toLowerCase().includes(wanted)) found(entry);
    }
    return;
  }
  const { start, bytes } = table;
  const needle = Uint8Array.from(wanted, (character) => character.charCodeAt(0));
  for (let entry = from; entry < to; entry++) {
    const [id, label, end] = [start[2 * entry]!, start[2 * entry + 1]!, start[2 * entry + 2]!];
    if (contains(bytes, id, label, needle) || contains(bytes, label, end, needle)) found(entry);
  }
}

/** Whether bytes[from, to), capitals of ASCII made small, contains `needle`. */
function contains(bytes: Uint8Array, from: number, to: number, needle: Uint8Array): boolean {
  const last = to - needle.length;
  for (let i = from; i <= last; i++) {
    let k = 0;
    while (k < needle.length) {
      const byte = bytes[i + k]!;
      if ((byte >= CAPITAL_A && byte <= CAPITAL_Z ? byte + TO_SMALL : byte) !== needle[k]) break;
      k++;
    }
    if (k === needle.length) return true;
  }
  return false;
}
