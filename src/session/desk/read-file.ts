/**
 * A file of accounts, read piece by piece: JSON, CSV or Parquet, told apart by its first bytes. What of it cannot be read is listed by row,
 * field and reason; the rest is taken. Rule DM-4.
 */
import { type Fault, InputError } from '../../domain/fault.ts';
import { CsvReader } from '../../formats/csv.ts';
import type { FlatReading } from '../../formats/flat/reader.ts';
import { textOfUtf8 } from '../../formats/parquet/utf8.ts';
import { footerStart, ParquetReader, TAIL_BYTES } from '../../formats/parquet.ts';
import { readAny, TEXT_LENGTH_MAX } from '../load.ts';
import { listed, type Skipped } from './coverage.ts';
import type { StagedJob } from './desk.ts';
import { type FlatBook, flatten } from './flat-book.ts';
import { flatOf } from './flat-of-columns.ts';
import type { DeskReject } from './messages.ts';

/** A file: its bytes, or only its size where they are asked for piece by piece. */
export interface ByteSource {
  readonly size: number;
  readonly bytes?: Uint8Array;
}

export interface FileReading {
  readonly flat: FlatBook;
  readonly skipped: Skipped;
  readonly rejects: readonly DeskReject[];
}

/** Bytes that decide what a file is. */
const HEAD_BYTES = 64;
/** Bytes of one piece of text: some ten milliseconds of reading. */
const PIECE_BYTES = 1 << 19;
/** More is a quote that was never closed, or no table. */
const LINE_BYTES_MAX = 1 << 24;
const LINE_FEED = 10;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

function* bytesOf({ bytes }: ByteSource, from: number, to: number): StagedJob<Uint8Array> {
  if (bytes) return bytes.subarray(from, to);
  const given = yield { from, to };
  if (!given) throw new Error('the job was resumed without the bytes that it wanted');
  return given;
}

type Format = 'parquet' | 'json' | 'csv';

function formatOf(head: Uint8Array): Format {
  const text = String.fromCharCode(...head);
  if (text.startsWith('PAR1')) return 'parquet';
  const start = BYTE_ORDER_MARK.every((byte, i) => head[i] === byte) ? 3 : 0;
  return /^\s*[{[]/.test(text.slice(start)) ? 'json' : 'csv';
}

/** Reads the file; `share` of the whole work is done when it is read. Throws `InputError` where nothing of it can be used. */
export function* readFile(source: ByteSource, nowIso: string, share: number): StagedJob<FileReading> {
  if (source.size === 0) throw new InputError([{ pointer: '', message: 'the file is empty' }]);
  const format = formatOf(yield* bytesOf(source, 0, Math.min(HEAD_BYTES, source.size)));
  if (format === 'json') return yield* readJsonFile(source, nowIso, share);
  const reading = format === 'parquet' ? yield* readParquetFile(source, share) : yield* readCsvFile(source, share);
  if (reading.columns.accounts.count === 0) {
    const faults = reading.faults.length > 0 ? reading.faults : [{ pointer: '', message: 'the file holds no account' }];
    throw new InputError(faults);
  }
  return { flat: yield* flatOf(reading.columns), skipped: skippedOf(reading), rejects: rejectsOf(reading) };
}

const skippedOf = ({ columns, skippedCount, skippedReasons }: FlatReading): Skipped => ({
  inSource: columns.accounts.count + skippedCount,
  skipped: skippedCount,
  reasons: [...skippedReasons].map(([reason, count]) => ({ reason, count })),
});

const rejectsOf = ({ faults }: FlatReading): readonly DeskReject[] =>
  listed(faults.map(({ row, column, message }) => ({ row: row === undefined ? 0 : row + 1, field: column ?? '', reason: message })));

function* readParquetFile(source: ByteSource, share: number): StagedJob<FlatReading> {
  const { size } = source;
  const tail = yield* bytesOf(source, Math.max(0, size - TAIL_BYTES), size);
  const start = footerStart(tail, size);
  const reader = new ParquetReader(yield* bytesOf(source, start, size), size, { isLenient: true });
  for (const { from, to } of reader.groups) {
    reader.readGroup(yield* bytesOf(source, from, to));
    yield { stage: 'reading', done: reader.accountCount, fraction: (share * to) / size };
  }
  return reader.finish();
}

function* readCsvFile(source: ByteSource, share: number): StagedJob<FlatReading> {
  const reader = new CsvReader({ isLenient: true });
  for (const piece of pieces(source)) {
    const { text, to } = yield* piece;
    reader.push(text);
    yield { stage: 'reading', done: reader.accountCount, fraction: (share * to) / source.size };
  }
  return reader.finish();
}

interface Piece {
  readonly text: string;
  readonly to: number;
}

/** The text in pieces that end with a line, so that no character is cut in two. */
function* pieces(source: ByteSource): Generator<StagedJob<Piece>> {
  const rest: { bytes: Uint8Array } = { bytes: new Uint8Array(0) };
  for (let from = 0; from < source.size; from += PIECE_BYTES)
    yield nextPiece(source, from, Math.min(from + PIECE_BYTES, source.size), rest);
}

function* nextPiece(source: ByteSource, from: number, to: number, rest: { bytes: Uint8Array }): StagedJob<Piece> {
  const bytes = joined(rest.bytes, yield* bytesOf(source, from, to));
  const end = to === source.size ? bytes.length : bytes.lastIndexOf(LINE_FEED) + 1;
  rest.bytes = bytes.subarray(end);
  if (rest.bytes.length > LINE_BYTES_MAX) throw new InputError([{ pointer: '', message: `a line of more than ${LINE_BYTES_MAX} bytes` }]);
  return { text: textOf(bytes, 0, end), to };
}

/** The text of the bytes. Throws `InputError` for bytes that are no UTF-8: replaced, two names could become one. */
function textOf(bytes: Uint8Array, from: number, to: number): string {
  try {
    return textOfUtf8(bytes, from, to);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError([{ pointer: '', message: 'the file is not text in UTF-8' }], { cause: error });
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** JSON is read whole: it has no lines to stop at. */
function* readJsonFile(source: ByteSource, nowIso: string, share: number): StagedJob<FileReading> {
  if (source.size > TEXT_LENGTH_MAX) {
    const message = `${source.size} bytes of JSON are more than can be read (${TEXT_LENGTH_MAX}): convert the book to CSV or Parquet`;
    throw new InputError([{ pointer: '', message }]);
  }
  const bytes = yield* bytesOf(source, 0, source.size);
  const start = BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? 3 : 0;
  const text = textOf(bytes, start, bytes.length);
  yield { stage: 'reading', done: 0, fraction: share / 2 };
  const { book, faults } = readAny(text, undefined, nowIso);
  const rejects = faults.map(jsonReject);
  const left = new Set(rejects.flatMap(({ row }) => (row > 0 ? [row] : [])));
  return {
    flat: flatten(book),
    skipped: { inSource: book.accounts.length + left.size, skipped: left.size, reasons: reasonsOf(rejects) },
    rejects: listed(rejects),
  };
}

/** `/accounts/3/positions/0/size` is the field `/positions/0/size` of the fourth account. */
function jsonReject({ pointer, message }: Fault): DeskReject {
  const match = /^\/accounts\/(\d+)(\/.*)?$/.exec(pointer);
  return match ? { row: Number(match[1]) + 1, field: match[2] ?? '', reason: message } : { row: 0, field: pointer, reason: message };
}

/** Accounts by the first reason met. */
function reasonsOf(rejects: readonly DeskReject[]): Skipped['reasons'] {
  const first = new Map<number, string>();
  for (const { row, reason } of rejects) if (row > 0 && !first.has(row)) first.set(row, reason);
  const counts = new Map<string, number>();
  for (const reason of first.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => ({ reason, count }));
}
