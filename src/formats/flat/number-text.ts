/** Decimal text to doubles, by the million: exact where it answers, silent (NaN) where the exact path must decide. */

/** Powers of ten that are doubles exactly. */
const TENS = Float64Array.from({ length: 23 }, (_, k) => 10 ** k);
/** Any decimal of so many significant digits is the shortest text of its double: none is lost. */
const DIGITS_MAX = 15;
const PLACES_MAX = 22;

const ZERO = 48;
const NINE = 57;
const POINT = 46;
const MINUS = 45;

/**
 * The double nearest to a plain decimal (`-12.50`, `.5`, `007`) of at most 15 significant digits and 22 places, which its shortest
 * text states exactly; NaN for any other text, right or wrong. Correctly rounded: whole number ÷ power of ten, both exact. −0 is 0.
 */
export function shortNumber(text: string): number {
  const length = text.length;
  let i = text.charCodeAt(0) === MINUS ? 1 : 0;
  const isNegative = i === 1;
  let digits = 0;
  let mantissa = 0;
  let point = -1;
  const first = i;
  for (; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= ZERO && code <= NINE) {
      if (mantissa !== 0 || code !== ZERO) digits++;
      mantissa = mantissa * 10 + (code - ZERO);
    } else if (code === POINT && point < 0) point = i;
    else return Number.NaN;
  }
  return scaled(isNegative, mantissa, digits, length - first, point < 0 ? 0 : length - point - 1, point >= 0);
}

/** The same of the text in bytes[from, to), which is UTF-8. */
export function shortNumberOfBytes(bytes: Uint8Array, from: number, to: number): number {
  let i = bytes[from] === MINUS ? from + 1 : from;
  const isNegative = i !== from;
  let digits = 0;
  let mantissa = 0;
  let point = -1;
  const first = i;
  for (; i < to; i++) {
    const code = bytes[i]!;
    if (code >= ZERO && code <= NINE) {
      if (mantissa !== 0 || code !== ZERO) digits++;
      mantissa = mantissa * 10 + (code - ZERO);
    } else if (code === POINT && point < 0) point = i;
    else return Number.NaN;
  }
  return scaled(isNegative, mantissa, digits, to - first, point < 0 ? 0 : to - point - 1, point >= 0);
}

function scaled(isNegative: boolean, mantissa: number, digits: number, length: number, places: number, hasPoint: boolean): number {
  const hasDigit = length > (hasPoint ? 1 : 0);
  if (!hasDigit || length > TEXT_MAX || digits > DIGITS_MAX || places > PLACES_MAX) return Number.NaN;
  if (mantissa === 0) return 0;
  const value = mantissa / TENS[places]!;
  return isNegative ? -value : value;
}

/** Longer texts are none that a ledger writes; the exact path says what is wrong with them. */
const TEXT_MAX = 40;

const PLAIN_OR_EXPONENT = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/;
const LEAST = 1e-40;
const MOST = 1e40;

/**
 * As `shortNumber`, and also for a longer text that is itself the shortest text of a double, as programs print them
 * (`0.30000000000000004`, `1e-7`).
 */
export function doubleOfText(text: string): number {
  const short = shortNumber(text);
  if (!Number.isNaN(short) || text.length > TEXT_MAX || !PLAIN_OR_EXPONENT.test(text)) return short;
  const value = Number(text);
  const size = Math.abs(value);
  return String(value) === text && size > LEAST && size < MOST ? value : Number.NaN;
}
