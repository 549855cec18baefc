/** The flat form as Parquet, in and out. Rules FF-3 to FF-12 of docs/spec/flat-format.md. */
import type { Book } from '../domain/book.ts';
import { type BookColumns, bookOf } from '../domain/book-columns.ts';
import type { FlatBatch } from './flat/batch.ts';
import { FlatReader, type FlatReaderOptions, type FlatReading } from './flat/reader.ts';
import { type Cell, DOUBLE_COLUMNS, FlatTable, type FlatWriter, type NumberForm } from './flat/rows.ts';
import { COLUMNS, FLAT_FORMAT } from './flat/schema.ts';
import type { ColumnCells } from './parquet/cells.ts';
import { readColumn } from './parquet/column.ts';
import { crc32 } from './parquet/crc32.ts';
import { CHECKED_KEYS, checkedFacts, describedColumn, type Footer, footerStart, KEYS, readFooter, TAIL_BYTES } from './parquet/footer.ts';
import { refuse } from './parquet/refuse.ts';
import { elementOf, TableWriter } from './parquet/table-writer.ts';

export { footerStart, TAIL_BYTES };

/** Reads a Parquet file row group by row group, so that no more of it than one group need be in memory. */
export class ParquetReader {
  private readonly reader: FlatReader;
  private readonly footer: Footer;
  private next = 0;
  private row = 0;
  private checksum: number;

  /** `footer`: the bytes from `footerStart` to the end of a file of `size` bytes. Throws `InputError`. */
  constructor(footer: Uint8Array, size: number, options: FlatReaderOptions = {}) {
    this.footer = readFooter(footer, size);
    this.checksum = this.footer.checkedFacts;
    this.reader = new FlatReader(options);
    if (this.footer.head) this.reader.takeHead(this.footer.head, (field) => `/metadata/${field}`);
  }

  /** Where each row group lies in the file: [from, to). */
  get groups(): readonly { readonly from: number; readonly to: number; readonly rowCount: number }[] {
    return this.footer.groups;
  }

  /** Accounts that are whole so far. */
  get accountCount(): number {
    return this.reader.accountCount;
  }

  /** Takes the bytes of the next group. Throws `InputError`. */
  readGroup(bytes: Uint8Array): void {
    const group = this.footer.groups[this.next++] ?? refuse('more groups than stated');
    if (bytes.length !== group.to - group.from) refuse('a group of another length than stated');
    this.checksum = crc32(bytes, this.checksum);
    const columns = new Array<ColumnCells | undefined>(COLUMNS.length).fill(undefined);
    for (const { column, form, from, to } of group.chunks) {
      columns[column] = readColumn(bytes, from - group.from, to - group.from, form, group.rowCount);
    }
    if (group.rowCount > 0) this.reader.take(new ParquetBatch(columns, group.rowCount, this.row));
    this.row += group.rowCount;
  }

  /** The whole, after the last group. Throws `InputError`, in strict reading with the faults of all rows. */
  finish(): FlatReading {
    if (this.next !== this.footer.groups.length) refuse('it is cut off');
    const { checksum } = this.footer;
    if (checksum !== undefined && checksum !== this.checksum) refuse('its check sum is wrong: the file is damaged');
    return this.reader.finish();
  }
}

class ParquetBatch implements FlatBatch {
  readonly rowCount: number;
  readonly firstRow: number;
  private readonly columns: readonly (ColumnCells | undefined)[];

  constructor(columns: readonly (ColumnCells | undefined)[], rowCount: number, firstRow: number) {
    this.columns = columns.map((cells) => (cells?.isEmpty === false ? cells : undefined));
    this.rowCount = rowCount;
    this.firstRow = firstRow;
  }

  fills(column: number): boolean {
    return this.columns[column] !== undefined;
  }

  text(row: number, column: number): string | undefined {
    return this.columns[column]?.text(row);
  }

  number(row: number, column: number): number {
    return this.columns[column]?.number(row) ?? Number.NaN;
  }

  line(): undefined {
    return undefined;
  }

  broken(): undefined {
    return undefined;
  }
}

/** The columns of a Parquet file that is there as a whole. Throws `InputError`. */
export function readParquetColumns(bytes: Uint8Array, options: FlatReaderOptions = {}): FlatReading {
  const start = footerStart(bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES)), bytes.length);
  if (bytes[0] !== 0x50 || bytes[1] !== 0x41 || bytes[2] !== 0x52 || bytes[3] !== 0x31) refuse('it does not begin with PAR1');
  const reader = new ParquetReader(bytes.subarray(start), bytes.length, options);
  for (const { from, to } of reader.groups) reader.readGroup(bytes.subarray(from, to));
  return reader.finish();
}

/** The book of a Parquet file. Throws `InputError` with the fault of every row. */
export const readParquet = (bytes: Uint8Array, options: FlatReaderOptions = {}): Book => bookOf(readParquetColumns(bytes, options).columns);

export interface ParquetWriteOptions {
  /** `double`: faster and smaller; only for a book whose numbers are doubles. */
  readonly numbers?: NumberForm;
}

/** Rows of one group: some ten milliseconds of writing, and of reading. */
const GROUP_ROWS = 8192;

/** Writes a table whose accounts have all been noted, a piece at a time. */
export class ParquetBookWriter implements FlatWriter {
  private readonly table: FlatTable;
  private readonly writer: TableWriter;
  private readonly facts: Readonly<Record<string, string | undefined>>;
  private checksum: number;

  constructor(book: BookColumns, table: FlatTable) {
    const { numbers } = table;
    const columns = table.columns.map(
      (name) => ({ name, holds: numbers === 'double' && DOUBLE_COLUMNS.includes(name) ? 'double' : 'text' }) as const,
    );
    this.table = table;
    this.writer = new TableWriter('book', columns, GROUP_ROWS);
    this.facts = { [KEYS.format]: FLAT_FORMAT, [KEYS.asOf]: book.asOf, [KEYS.unit]: book.unit, [KEYS.numbers]: numbers };
    this.checksum = checkedFacts(
      CHECKED_KEYS.map((key) => this.facts[key]),
      columns.map((column) => describedColumn(elementOf(column))),
    );
  }

  *head(): Generator<Uint8Array<ArrayBuffer>> {
    yield this.writer.head();
    yield* this.rows(this.table.marketRows());
  }

  part(book: BookColumns, from = 0, to = book.accounts.count): Generator<Uint8Array<ArrayBuffer>> {
    return this.rows(this.table.rowsOf(book, from, to));
  }

  *foot(): Generator<Uint8Array<ArrayBuffer>> {
    yield this.checked(this.writer.rest());
    yield this.writer.foot({ ...this.facts, [KEYS.checksum]: this.checksum.toString(16).padStart(8, '0') });
  }

  private *rows(rows: Iterable<readonly Cell[]>): Generator<Uint8Array<ArrayBuffer>> {
    for (const cells of rows) {
      const bytes = this.writer.row(cells);
      if (bytes) yield this.checked(bytes);
    }
  }

  /** CRC-32 of the facts and of the groups. */
  private checked(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    this.checksum = crc32(bytes, this.checksum);
    return bytes;
  }
}

/**
 * A book as a Parquet file, in pieces of some thousand rows. Throws `InputError` for a text that is no Unicode, and with `double` for a
 * number that is no double.
 */
export function* parquetPieces(book: BookColumns, { numbers = 'text' }: ParquetWriteOptions = {}): Generator<Uint8Array<ArrayBuffer>> {
  const table = new FlatTable(book, false, numbers);
  table.note(book);
  const writer = new ParquetBookWriter(book, table);
  yield* writer.head();
  yield* writer.part(book);
  yield* writer.foot();
}

/** A book as a Parquet file. */
export const writeParquet = (book: BookColumns, options: ParquetWriteOptions = {}): Uint8Array<ArrayBuffer> =>
  joined([...parquetPieces(book, options)]);

/** Pieces as one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
