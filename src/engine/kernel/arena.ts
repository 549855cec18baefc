/** One buffer, cut into typed arrays from front to back. Without a buffer it only counts: plan once with none, then with one of that size. */
import { aligned } from './columns.ts';

interface ArrayType<T> {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

export interface Arena {
  /** The next `length` elements; every array begins on a cache line. */
  readonly take: <T>(type: ArrayType<T>, length: number) => T;
  /** Bytes up to the end of what was taken, from the start of the buffer. */
  readonly end: () => number;
}

export function createArena(buffer: ArrayBufferLike | undefined, byteOffset: number): Arena {
  const nothing = new ArrayBuffer(0);
  let at = aligned(byteOffset);
  return {
    take: (type, length) => {
      const array = buffer ? new type(buffer, at, length) : new type(nothing, 0, 0);
      at += aligned(length * type.BYTES_PER_ELEMENT);
      return array;
    },
    end: () => at,
  };
}
