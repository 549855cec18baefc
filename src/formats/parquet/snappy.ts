/**
 * Snappy's raw format (format_description.txt of google/snappy), every length and offset checked against what is there. The decoder
 * that comes with hyparquet loops for ever on a literal whose four-byte length is negative as a signed integer.
 */
import { refuse } from './refuse.ts';

/** A three-byte copy makes 64 bytes: nothing grows by more. */
const GROWTH_MAX = 22;
/** Fewer bytes are copied faster one by one. */
const SHORT = 40;

/** `input` unpacked, which must give exactly `length` bytes. Throws `InputError`. */
export function unpackSnappy(input: Uint8Array, length: number): Uint8Array {
  if (length > input.length * GROWTH_MAX) refuse('a page that unpacks to more than it can hold');
  let at = 0;
  let stated = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = input[at++];
    if (byte === undefined || shift > 28) refuse('a packed page without its length');
    stated += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  if (stated !== length) refuse('a packed page of another length than stated');
  const output = new Uint8Array(length);
  let to = 0;
  while (at < input.length) {
    const tag = input[at++]!;
    if ((tag & 3) === 0) {
      let count = (tag >> 2) + 1;
      if (count > 60) {
        const bytes = count - 60;
        if (at + bytes > input.length) refuse('a packed page that is cut off');
        count = 1;
        for (let k = 0; k < bytes; k++) count += input[at + k]! * 2 ** (8 * k);
        at += bytes;
      }
      if (count > input.length - at || count > length - to) refuse('a packed page that is cut off');
      if (count > SHORT) output.set(input.subarray(at, at + count), to);
      else for (let k = 0; k < count; k++) output[to + k] = input[at + k]!;
      at += count;
      to += count;
      continue;
    }
    const bytes = (tag & 3) === 1 ? 1 : (tag & 3) === 2 ? 2 : 4;
    if (at + bytes > input.length) refuse('a packed page that is cut off');
    let offset = 0;
    for (let k = 0; k < bytes; k++) offset += input[at + k]! * 2 ** (8 * k);
    at += bytes;
    let count = (tag >> 2) + 1;
    if (bytes === 1) {
      count = ((tag >> 2) & 7) + 4;
      offset += (tag >> 5) * 256;
    }
    if (offset === 0 || offset > to || count > length - to) refuse('a packed page that repeats what is not there');
    if (offset >= count && count > SHORT) output.copyWithin(to, to - offset, to - offset + count);
    else for (let k = 0; k < count; k++) output[to + k] = output[to + k - offset]!;
    to += count;
  }
  if (to !== length) refuse('a packed page that is cut off');
  return output;
}
