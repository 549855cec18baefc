/** UTF-8 to text; bytes that are no UTF-8 are refused rather than replaced, since two names could become one. */
import { refuse } from './refuse.ts';

const PIECE = 4096;

/** The text in bytes[from, to). Throws `InputError`. */
export function textOfUtf8(bytes: Uint8Array, from: number, to: number): string {
  for (let i = from; i < to; i++) if (bytes[i]! > 127) return wideText(bytes, from, to);
  if (to - from <= PIECE) return String.fromCharCode.apply(null, bytes.subarray(from, to) as unknown as number[]);
  let text = '';
  for (let at = from; at < to; at += PIECE) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(at + PIECE, to)) as unknown as number[]);
  }
  return text;
}

function wideText(bytes: Uint8Array, from: number, to: number): string {
  const units = new Uint16Array(PIECE + 1);
  let count = 0;
  let text = '';
  for (let i = from; i < to; ) {
    const head = bytes[i]!;
    const length = head < 0x80 ? 1 : head >> 5 === 6 ? 2 : head >> 4 === 14 ? 3 : head >> 3 === 30 ? 4 : 0;
    if (length === 0 || i + length > to) refuse('a text that is not UTF-8');
    let point = length === 1 ? head : head & (0x7f >> length);
    for (let k = 1; k < length; k++) {
      const next = bytes[i + k]!;
      if (next >> 6 !== 2) refuse('a text that is not UTF-8');
      point = (point << 6) | (next & 63);
    }
    if (point < LEAST[length]! || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) refuse('a text that is not UTF-8');
    if (point < 0x10000) units[count++] = point;
    else {
      units[count++] = 0xd800 + ((point - 0x10000) >> 10);
      units[count++] = 0xdc00 + ((point - 0x10000) & 1023);
    }
    i += length;
    if (count >= PIECE) {
      text += String.fromCharCode.apply(null, units.subarray(0, count) as unknown as number[]);
      count = 0;
    }
  }
  return text + String.fromCharCode.apply(null, units.subarray(0, count) as unknown as number[]);
}

/** Smallest code point that may take so many bytes. */
const LEAST: readonly number[] = [0, 0, 0x80, 0x800, 0x10000];

/** The bytes of `text`; half a character (a lone surrogate), which has none, becomes U+FFFD. */
export function utf8Of(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return wideBytes(text, bytes.subarray(0, i));
    bytes[i] = unit;
  }
  return bytes;
}

/** `head` are the bytes of the ASCII that `text` begins with. */
function wideBytes(text: string, head: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + 3 * (text.length - head.length));
  bytes.set(head);
  let at = head.length;
  for (let i = head.length; i < text.length; i++) {
    const point = text.codePointAt(i)!;
    if (point > 0xffff) i++;
    at = writePoint(bytes, at, point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
  }
  return bytes.slice(0, at);
}

function writePoint(bytes: Uint8Array, from: number, point: number): number {
  let at = from;
  if (point < 0x80) bytes[at++] = point;
  else if (point < 0x800) bytes[at++] = 0xc0 | (point >> 6);
  else {
    if (point < 0x10000) bytes[at++] = 0xe0 | (point >> 12);
    else {
      bytes[at++] = 0xf0 | (point >> 18);
      bytes[at++] = 0x80 | ((point >> 12) & 63);
    }
    bytes[at++] = 0x80 | ((point >> 6) & 63);
  }
  if (point >= 0x80) bytes[at++] = 0x80 | (point & 63);
  return at;
}
