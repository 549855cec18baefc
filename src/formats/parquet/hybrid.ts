/**
 * Parquet's run-length and bit-packed hybrid (Encodings.md of apache/parquet-format), for levels and dictionary indices. Runs are
 * cut where the wanted values end: a stated length never decides how much is written.
 */
import { refuse } from './refuse.ts';

/** Fills out[0, count) from bytes[from, to). Throws `InputError` when the bytes end before that. */
export function readHybrid(bytes: Uint8Array, from: number, to: number, bitWidth: number, count: number, out: Uint32Array): void {
  if (bitWidth > 32) refuse('indices of more than 32 bits');
  if (bitWidth === 0) {
    out.fill(0, 0, count);
    return;
  }
  let at = from;
  let done = 0;
  while (done < count) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= to || shift > 28) refuse('a page that is cut off');
      const byte = bytes[at++]!;
      header += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const length = Math.floor(header / 2);
    if (header % 2 === 0) {
      const width = (bitWidth + 7) >> 3;
      if (at + width > to) refuse('a page that is cut off');
      let value = 0;
      for (let k = 0; k < width; k++) value += bytes[at + k]! * 2 ** (8 * k);
      at += width;
      const end = Math.min(done + length, count);
      out.fill(value, done, end);
      done = end;
    } else {
      const values = Math.min(length * 8, count - done);
      if (at + Math.ceil((values * bitWidth) / 8) > to) refuse('a page that is cut off');
      unpack(bytes, at, bitWidth, values, out, done);
      done += values;
      at += length * bitWidth;
    }
  }
}

/** `count` values of `bitWidth` bits, lowest bits first. */
function unpack(bytes: Uint8Array, from: number, bitWidth: number, count: number, out: Uint32Array, first: number): void {
  if (bitWidth === 1) {
    unpackBits(bytes, from, count, out, first);
    return;
  }
  if (bitWidth > 24) {
    unpackWide(bytes, from, bitWidth, count, out, first);
    return;
  }
  const mask = 2 ** bitWidth - 1;
  // Four bytes hold any value of up to 24 bits; the last values may have fewer than four left.
  const whole = Math.max(0, Math.min(count, Math.floor(((bytes.length - from - 4) * 8) / bitWidth)));
  let bit = 0;
  for (let i = 0; i < whole; i++, bit += bitWidth) {
    const at = from + (bit >>> 3);
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    out[first + i] = (word >>> (bit & 7)) & mask;
  }
  for (let i = whole; i < count; i++, bit += bitWidth) {
    let word = 0;
    for (let at = from + (bit >>> 3), shift = 0; at < bytes.length && shift < 32; at++, shift += 8) word |= bytes[at]! << shift;
    out[first + i] = (word >>> (bit & 7)) & mask;
  }
}

/** Levels are single bits, a column's worth of them for every group. */
function unpackBits(bytes: Uint8Array, from: number, count: number, out: Uint32Array, first: number): void {
  const whole = count >> 3;
  let to = first;
  for (let k = 0; k < whole; k++, to += 8) {
    const byte = bytes[from + k]!;
    out[to] = byte & 1;
    out[to + 1] = (byte >> 1) & 1;
    out[to + 2] = (byte >> 2) & 1;
    out[to + 3] = (byte >> 3) & 1;
    out[to + 4] = (byte >> 4) & 1;
    out[to + 5] = (byte >> 5) & 1;
    out[to + 6] = (byte >> 6) & 1;
    out[to + 7] = byte >> 7;
  }
  for (let i = 8 * whole; i < count; i++) out[first + i] = (bytes[from + whole]! >> (i & 7)) & 1;
}

function unpackWide(bytes: Uint8Array, from: number, bitWidth: number, count: number, out: Uint32Array, first: number): void {
  for (let i = 0; i < count; i++) {
    let value = 0;
    for (let k = 0; k < bitWidth; k++) {
      const bit = i * bitWidth + k;
      value += ((bytes[from + (bit >> 3)]! >> (bit & 7)) & 1) * 2 ** k;
    }
    out[first + i] = value;
  }
}
