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

/**
 * Counters of what is being written (DM-9): odd meanwhile, and up by 2 with every write. What was read of a row between two equal even
 * values of `all` and of its part of `rows` belongs together. Nothing is held longer than the writing of some thousand numbers takes.
 */
export interface Guard {
  /** One: rows anywhere. */
  readonly all: Int32Array;
  /** One for every `GUARDED_ROWS` rows. */
  readonly rows: Int32Array;
}

export const GUARDED_ROWS = 1_024;
const guardsOf = (rowCapacity: number): number => Math.ceil(rowCapacity / GUARDED_ROWS);

/** Counters of columns that nobody else sees yet. */
export const createGuard = (rowCapacity: number): Guard => ({ all: new Int32Array(1), rows: new Int32Array(guardsOf(rowCapacity)) });

export interface Board {
  readonly guard: Guard;
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
    guard: { all: take(Int32Array, 1), rows: take(Int32Array, guardsOf(rowCapacity)) },
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

/** Runs `change`, which writes rows that may lie anywhere. To be short: what takes long is computed before. */
export function whileWriting<T>({ all }: Guard, change: () => T): T {
  Atomics.add(all, 0, 1);
  try {
    return change();
  } finally {
    Atomics.add(all, 0, 1);
  }
}

/** The same for `GUARDED_ROWS` rows at most, from `from` on. */
export function whileWritingRows<T>({ rows }: Guard, from: number, change: () => T): T {
  const first = Math.floor(from / GUARDED_ROWS);
  const isSplit = from % GUARDED_ROWS !== 0 && first + 1 < rows.length;
  Atomics.add(rows, first, 1);
  if (isSplit) Atomics.add(rows, first + 1, 1);
  try {
    return change();
  } finally {
    Atomics.add(rows, first, 1);
    if (isSplit) Atomics.add(rows, first + 1, 1);
  }
}

/** How often a row may be found in the making before a reader goes without: a millisecond or so, where the writer takes microseconds. */
export interface Patience {
  left: number;
}

/** Runs `read` on one row until nothing of the row was written meanwhile. False where patience ended: what was read is worth nothing. */
export function readSteadily({ all, rows }: Guard, row: number, patience: Patience, read: () => void): boolean {
  const part = Math.floor(row / GUARDED_ROWS);
  for (;;) {
    const before = Atomics.load(all, 0);
    const partBefore = Atomics.load(rows, part);
    if (((before | partBefore) & 1) === 0) {
      read();
      if (Atomics.load(all, 0) === before && Atomics.load(rows, part) === partBefore) return true;
    }
    if (patience.left-- <= 0) return false;
  }
}
