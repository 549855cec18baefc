/**
 * Walks a structure of Thrift's compact protocol without building anything, so that what is handed to the parser is known to be whole
 * and small: lengths that fit, bounded nesting, no number longer than its type. A parser that trusts lengths can be made to
 * allocate gigabytes, or to shift a big integer for minutes.
 */
import { refuse } from './refuse.ts';

const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const STRUCT = 12;

const DEPTH_MAX = 16;
/** Bytes of the longest variable-length integer of each type. */
const VARINT_BYTES: Readonly<Record<number, number>> = { [I16]: 3, [I32]: 5, [I64]: 10 };

/** Told the field number and length of every list of the outermost structure. */
export type OnList = (field: number, length: number) => void;

/** Where the structure that begins at `from` ends. Throws `InputError` when it is not whole before `to`. */
export function scanStruct(bytes: Uint8Array, from: number, to: number, onList?: OnList): number {
  return new Scan(bytes, from, to, onList).run();
}

class Scan {
  private readonly bytes: Uint8Array;
  private readonly to: number;
  private readonly onList: OnList | undefined;
  private at: number;

  constructor(bytes: Uint8Array, from: number, to: number, onList: OnList | undefined) {
    this.bytes = bytes;
    this.at = from;
    this.to = to;
    this.onList = onList;
  }

  run(): number {
    this.struct(0);
    return this.at;
  }

  private struct(depth: number): void {
    if (depth > DEPTH_MAX) refuse(`structures nested deeper than ${DEPTH_MAX} levels`);
    for (let field = 0; ; ) {
      const head = this.byte();
      const type = head & 15;
      if (type === STOP) return;
      const step = head >> 4;
      field = step === 0 ? zigzag(this.varint(VARINT_BYTES[I16]!)) : field + step;
      this.value(type, depth, field, false);
    }
  }

  private value(type: number, depth: number, field: number, isItem: boolean): void {
    if (type === TRUE || type === FALSE) this.skip(isItem ? 1 : 0);
    else if (type === BYTE) this.skip(1);
    else if (type === I16 || type === I32 || type === I64) this.varint(VARINT_BYTES[type]!);
    else if (type === DOUBLE) this.skip(8);
    else if (type === BINARY) this.skip(this.varint(VARINT_BYTES[I32]!));
    else if (type === LIST || type === SET) this.list(depth, field, isItem);
    else if (type === STRUCT) this.struct(depth + 1);
    else refuse(`an unknown type (${type}) in its description`);
  }

  private list(depth: number, field: number, isItem: boolean): void {
    const head = this.byte();
    const itemType = head & 15;
    const length = head >> 4 === 15 ? this.varint(VARINT_BYTES[I32]!) : head >> 4;
    if (depth > DEPTH_MAX) refuse(`lists nested deeper than ${DEPTH_MAX} levels`);
    // an item takes a byte at least
    if (length > this.to - this.at) refuse('a list that is longer than the file');
    if (depth === 0 && !isItem) this.onList?.(field, length);
    for (let i = 0; i < length; i++) this.value(itemType, depth + 1, 0, true);
  }

  private byte(): number {
    if (this.at >= this.to) refuse('it is cut off');
    return this.bytes[this.at++]!;
  }

  private skip(length: number): void {
    if (length > this.to - this.at) refuse('it is cut off');
    this.at += length;
  }

  private varint(bytesMax: number): number {
    let value = 0;
    for (let i = 0; i < bytesMax; i++) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return value;
    }
    return refuse('a number longer than its type');
  }
}

const zigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
