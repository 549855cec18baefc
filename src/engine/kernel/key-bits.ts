/**
 * Float64 keys as integers that sort the same way (rule DS-1). A key's 64 bits, sign bit flipped when positive and all bits when
 * negative, compare as unsigned integers like the numbers themselves; −0 counts as +0, so that the two are ties; NaN comes after
 * everything else, rising and falling alike, and all NaN are ties. Read through integer views of the column, low word first, as
 * every engine and WebAssembly lay them out. The NaN of arithmetic is meant: bit patterns of signalling NaN are not looked for.
 */

/** Digits of a key: four of 16 bits, the highest first. */
export const DIGITS = 4;
/** Values of a digit. */
export const RADIX = 0x1_0000;
/** Every digit of a NaN; no number has it as its first, in either direction. */
export const NAN_DIGIT = 0xffff;

/** Flip word of a falling order; 0 is a rising one. */
export const FALLING = -1;

/** The column's bits as 32-bit words: low word of key i at 2i, high word at 2i + 1. */
export const wordsOf = (keys: Float64Array): Int32Array => new Int32Array(keys.buffer, keys.byteOffset, keys.length * 2);

/** The column's bits as 16-bit words: the highest of key i at 4i + 3. */
export const halfWordsOf = (keys: Float64Array): Uint16Array => new Uint16Array(keys.buffer, keys.byteOffset, keys.length * 4);

/** Digit 0…3 of the key of `row` in the order that `flip` says. */
export function digitOf(words: Int32Array, row: number, digit: number, flip: number): number {
  const low = words[2 * row]!;
  let high = words[2 * row + 1]!;
  const magnitude = high & 0x7fff_ffff;
  // Zero words wrap round: one test sends NaN, infinities and zeros aside.
  if ((magnitude - 1) >>> 0 >= 0x7fef_ffff) {
    if (magnitude > 0x7ff0_0000 || (magnitude === 0x7ff0_0000 && low !== 0)) return NAN_DIGIT;
    if (magnitude === 0 && low === 0) high = 0;
  }
  const negative = high >> 31;
  const word = (digit < 2 ? high ^ (negative | 0x8000_0000) : low ^ negative) ^ flip;
  return (digit & 1) === 0 ? word >>> 16 : word & 0xffff;
}

/** The highest 16 bits, as they lie in memory, of the keys whose first digit is `digit`. */
export const rawOfDigit = (digit: number, flip: number): number => {
  const ordered = flip === 0 ? digit : 0xffff - digit;
  return ordered < 0x8000 ? 0xffff - ordered : ordered - 0x8000;
};

/**
 * Order of two keys: negative where x comes first, 0 for ties. `sign` is 1 rising, −1 falling; NaN last either way, −0 = +0.
 */
export function compareKeys(x: number, y: number, sign: number): number {
  if (x < y) return -sign;
  if (x > y) return sign;
  if (x === y) return 0;
  return (Number.isNaN(x) ? 1 : 0) - (Number.isNaN(y) ? 1 : 0);
}
