/** The bound on nesting for an input that arrives in pieces: a hopeless one is given up before the rest is read. */
import { InputError } from '../domain/fault.ts';
import { DEPTH_MAX, tooDeep } from './json.ts';

const QUOTE = 34;
const BACKSLASH = 92;

/**
 * A function to be given the UTF-8 bytes of a JSON text in order, in pieces of any size. It throws `InputError` at
 * the byte that nests deeper than `DEPTH_MAX`; it checks nothing else. Bytes of a longer character are never taken
 * for a bracket or a quote, since all of them are above 127.
 */
export function createNestingScan(): (bytes: Uint8Array) => void {
  let depth = 0;
  let offset = 0;
  let inString = false;
  let isEscaped = false;
  return (bytes) => {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      // '[' and '{', ']' and '}' differ in one bit only
      else if ((byte & 0xdf) === 0x5b) {
        if (++depth > DEPTH_MAX) throw new InputError([{ pointer: '', message: tooDeep(`byte ${offset + i + 1}`) }]);
      } else if ((byte & 0xdf) === 0x5d) depth--;
    }
    offset += bytes.length;
  };
}
