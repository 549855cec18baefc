/**
 * JSON as it comes from outside: every number keeps its decimal text (never through binary floating point),
 * nesting is bounded before parsing, keys that could reach a prototype are refused.
 */
import { LosslessNumber, parse } from 'lossless-json';
import { InputError } from '../domain/fault.ts';

export { LosslessNumber };

/** Deeper than any format here needs. */
export const DEPTH_MAX = 64;

/** Parses `text`; numbers become `LosslessNumber`. Throws `InputError`. */
export function readJson(text: string): unknown {
  refuseDeepNesting(text);
  try {
    return parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, null, (number) => new LosslessNumber(number));
  } catch (cause) {
    throw new InputError([{ pointer: '', message: `not valid JSON: ${cause instanceof Error ? cause.message : 'unreadable'}` }], { cause });
  }
}

function refuseDeepNesting(text: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 92) i++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 91 || code === 123) {
      if (++depth > DEPTH_MAX) throw new InputError([{ pointer: '', message: `nested deeper than ${DEPTH_MAX} levels at character ${i}` }]);
    } else if (code === 93 || code === 125) depth--;
  }
}
