/**
 * Words of contract calls: what a question is written in, and answers read with every length and offset checked (rule AA-20 of docs/spec/addresses.md). Solidity's ABI as far as fixed words,
 * texts and Multicall3 need it. Nothing of an answer is trusted: what does not fit is refused with its place.
 */
import { refuse } from '../../domain/fault.ts';

const WORD_DIGITS = 64;
/** Bytes of one answer that are read at most. */
const BYTES_MAX = 1_000_000;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const UINT_MAX = 2n ** 256n;

/** One argument as a word: an address, a whole number from 0, or a word that is one already. Throws RangeError for what is none. */
export function word(value: string | bigint | number): string {
  if (typeof value === 'string') {
    if (/^0x[0-9a-fA-F]{64}$/.test(value)) return value.slice(2).toLowerCase();
    if (!ADDRESS.test(value)) throw new RangeError('an argument is an address, a word or a number');
    return value.slice(2).toLowerCase().padStart(WORD_DIGITS, '0');
  }
  const number = BigInt(value);
  if (number < 0n || number >= UINT_MAX) throw new RangeError('an argument is a whole number from 0 to 2^256 − 1');
  return number.toString(16).padStart(WORD_DIGITS, '0');
}

/** `0x`, the selector, the arguments. */
export const callData = (selector: string, ...args: readonly (string | bigint | number)[]): string =>
  `${selector}${args.map(word).join('')}`;

/** An answer's bytes, word by word. */
export class Words {
  private readonly digits: string;
  private readonly pointer: string;

  /** `answer`: 0x and whole bytes. Throws `InputError` at `pointer`. */
  constructor(answer: unknown, pointer = '') {
    if (typeof answer !== 'string' || !/^0x(?:[0-9a-fA-F]{2})*$/.test(answer)) refuse(pointer, 'expected bytes as hexadecimal text');
    const text = answer as string;
    if (text.length > 2 + 2 * BYTES_MAX) refuse(pointer, `expected at most ${BYTES_MAX} bytes`);
    this.digits = text.slice(2);
    this.pointer = pointer;
  }

  get length(): number {
    return Math.floor(this.digits.length / WORD_DIGITS);
  }

  /** Exactly so many words: another contract answers with others. */
  exactly(count: number): this {
    if (this.digits.length !== count * WORD_DIGITS)
      refuse(this.pointer, `expected ${count} ${count === 1 ? 'word' : 'words'} of 32 bytes: another contract answers here`);
    return this;
  }

  uint(index: number, bits = 256): bigint {
    const value = BigInt(`0x${this.slice(index)}`);
    if (value >> BigInt(bits) !== 0n) refuse(this.at(index), `expected a number of ${bits} bits`);
    return value;
  }

  /** A number that is small, such as a count or a length. */
  count(index: number, most: number): number {
    const value = this.uint(index);
    if (value > BigInt(most)) refuse(this.at(index), `expected a number up to ${most}`);
    return Number(value);
  }

  flag(index: number): boolean {
    const value = this.uint(index);
    if (value > 1n) refuse(this.at(index), 'expected yes or no: 0 or 1');
    return value === 1n;
  }

  address(index: number): string {
    return `0x${this.uint(index, 160).toString(16).padStart(40, '0')}`;
  }

  /** Bytes `offset` onwards where the offset is a number of whole words; as its own `Words`. */
  from(byteOffset: number): Words {
    if (byteOffset % 32 !== 0 || byteOffset * 2 > this.digits.length) refuse(this.pointer, 'an offset points outside of the answer');
    return new Words(`0x${this.digits.slice(byteOffset * 2)}`, this.pointer);
  }

  /** `length` bytes after the word at `index`, as hexadecimal text with 0x. */
  bytesAt(index: number): string {
    const length = this.count(index, BYTES_MAX);
    const start = (index + 1) * WORD_DIGITS;
    if (start + length * 2 > this.digits.length) refuse(this.at(index), 'its bytes reach beyond the answer');
    return `0x${this.digits.slice(start, start + length * 2)}`;
  }

  private slice(index: number): string {
    const digits = this.digits.slice(index * WORD_DIGITS, (index + 1) * WORD_DIGITS);
    if (digits.length !== WORD_DIGITS) refuse(this.at(index), 'the answer ends before this word');
    return digits;
  }

  private at(index: number): string {
    return `${this.pointer}/${index}`;
  }
}

/** One call to a contract. `mayFail`: a contract that does not know it is no fault. */
export interface Call {
  readonly to: string;
  readonly data: string;
  readonly mayFail?: boolean;
}

/** `aggregate3((address target, bool allowFailure, bytes callData)[])` of Multicall3. All calls may fail there: which one did is said by us. */
export function encodeAggregate(calls: readonly Call[]): string {
  const tuples = calls.map(({ to, data }) => {
    const digits = data.slice(2);
    const padded = digits.padEnd(Math.ceil(digits.length / WORD_DIGITS) * WORD_DIGITS, '0');
    return `${word(to)}${word(1)}${word(96)}${word(digits.length / 2)}${padded}`;
  });
  let offset = tuples.length * 32;
  const offsets = tuples.map((tuple) => {
    const here = offset;
    offset += tuple.length / 2;
    return word(here);
  });
  return `0x82ad56cb${word(32)}${word(tuples.length)}${offsets.join('')}${tuples.join('')}`;
}

/** `(bool success, bytes returnData)[]`: the bytes of each call; undefined where it failed. Throws `InputError` for another number of them. */
export function decodeAggregate(answer: unknown, count: number): readonly (string | undefined)[] {
  const whole = new Words(answer);
  const list = whole.from(whole.count(0, BYTES_MAX));
  if (list.count(0, 10_000) !== count) refuse('/0', `expected the answers of ${count} calls: another contract answers here`);
  const heads = list.from(32);
  return Array.from({ length: count }, (_, i) => {
    const tuple = heads.from(heads.count(i, BYTES_MAX));
    const hasWorked = tuple.flag(0);
    const offset = tuple.count(1, BYTES_MAX);
    const bytes = tuple.from(offset).bytesAt(0);
    return hasWorked ? bytes : undefined;
  });
}

/** Longer names of tokens are cut off. */
const SYMBOL_MAX = 24;

/** A token's symbol: text, or the bytes32 of old tokens. Printable ASCII only: a token may call itself anything. '' where it has none that can be shown. */
export function decodeSymbol(answer: string | undefined): string {
  if (answer === undefined || !/^0x(?:[0-9a-fA-F]{2}){32,}$/.test(answer)) return '';
  const words = new Words(answer);
  const isText = words.length >= 2 && words.uint(0) === 32n;
  const length = isText ? words.uint(1) : 0n;
  if (isText && 64n + length > BigInt((answer.length - 2) / 2)) return '';
  const digits = isText ? words.from(32).bytesAt(0).slice(2) : answer.slice(2, 2 + WORD_DIGITS).replace(/(?:00)+$/, '');
  const text = (digits.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join('');
  return /^[\x21-\x7e][\x20-\x7e]*$/.test(text) ? text.slice(0, SYMBOL_MAX).trim() : '';
}
