/**
 * What the desk knows beside the columns and keeps where the page can see it: what a unit of each instrument is worth and how old that
 * is, which rows are watched or rest on old prices, and the order of the rows. Rules DM-8…DM-10.
 */
import { aligned } from '../../engine/kernel/columns.ts';

/** Where a board lies, for a thread that shares the buffer. */
export interface BoardPlace {
  readonly buffer: ArrayBufferLike;
  readonly instrumentCount: number;
  /** Distinct sets of assets that accounts hold. */
  readonly setCount: number;
  readonly rowCapacity: number;
}

/** Orders kept at once: one that is read while the other is written. */
const ORDER_SLOTS = 2;

export interface Board {
  /**
   * Element 0 is odd while columns or board are being written and counts up by 2 with every change: what was read between two
   * equal even values belongs together (DM-9).
   */
  readonly control: Int32Array;
  /** By instrument: notional in the desk's unit per unit of size; NaN where a price is missing. */
  readonly worth: Float64Array;
  /** By instrument: when its price was true, or that of what it settles in if that lies further from the clock, ms; NaN where none. */
  readonly timeMs: Float64Array;
  /** By set of assets: the same for the prices of them all; NaN where none has an age. */
  readonly setTimeMs: Float64Array;
  /** By source: the set of assets that the account holds. */
  readonly assetSet: Uint32Array;
  /** By source: 1 on the watch-list. */
  readonly watched: Uint8Array;
  /** By source: 1 where a price behind the account is older than its market's limit. */
  readonly overAge: Uint8Array;
  /** Rows in the order of a query, all that match. */
  readonly order: readonly Uint32Array[];
}

interface ArrayType<T> {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

function layOut(
  buffer: ArrayBufferLike | undefined,
  { instrumentCount, setCount, rowCapacity }: Omit<BoardPlace, 'buffer'>,
): { board: Board; bytes: number } {
  let at = 0;
  const nothing = new ArrayBuffer(0);
  const take = <T>(Type: ArrayType<T>, length: number): T => {
    const array = buffer ? new Type(buffer, at, length) : new Type(nothing, 0, 0);
    at += aligned(length * Type.BYTES_PER_ELEMENT);
    return array;
  };
  const board: Board = {
    control: take(Int32Array, 1),
    worth: take(Float64Array, instrumentCount),
    timeMs: take(Float64Array, instrumentCount),
    setTimeMs: take(Float64Array, setCount),
    assetSet: take(Uint32Array, rowCapacity),
    watched: take(Uint8Array, rowCapacity),
    overAge: take(Uint8Array, rowCapacity),
    order: Array.from({ length: ORDER_SLOTS }, () => take(Uint32Array, rowCapacity)),
  };
  return { board, bytes: at };
}

/** The board that lies at `place`. */
export const viewBoard = (place: BoardPlace): Board => layOut(place.buffer, place).board;

/** A new board, and where it lies. */
export function createBoard(
  size: Omit<BoardPlace, 'buffer'>,
  allocate: (bytes: number) => ArrayBufferLike = (bytes) => new ArrayBuffer(bytes),
): { readonly board: Board; readonly place: BoardPlace } {
  const place = { ...size, buffer: allocate(layOut(undefined, size).bytes) };
  const board = viewBoard(place);
  board.worth.fill(Number.NaN);
  board.timeMs.fill(Number.NaN);
  board.setTimeMs.fill(Number.NaN);
  return { board, place };
}

/** Runs `change` on shared columns: another thread can tell that it must look again. */
export function whileWriting<T>({ control }: Board, change: () => T): T {
  Atomics.add(control, 0, 1);
  try {
    return change();
  } finally {
    Atomics.add(control, 0, 1);
  }
}

/** What `read` returns, or undefined where something was written meanwhile: look again with the next frame (DM-9). */
export function readSteadily<T>({ control }: Board, read: () => T): T | undefined {
  const before = Atomics.load(control, 0);
  if ((before & 1) === 1) return undefined;
  const value = read();
  return Atomics.load(control, 0) === before ? value : undefined;
}
