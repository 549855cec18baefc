/** The flat form as CSV, in and out. Rules FF-3 to FF-9 of docs/spec/flat-format.md. */
import Papa from 'papaparse';
import type { Book } from '../domain/book.ts';
import { type BookColumns, bookOf } from '../domain/book-columns.ts';
import { InputError } from '../domain/fault.ts';
import type { FlatBatch } from './flat/batch.ts';
import { columnsByName } from './flat/columns-by-name.ts';
import { doubleOfText } from './flat/number-text.ts';
import { FlatReader, type FlatReaderOptions, type FlatReading } from './flat/reader.ts';
import { type Cell, FlatTable, type FlatWriter } from './flat/rows.ts';
import { AT, COLUMNS, COLUMNS_MAX, TYPES } from './flat/schema.ts';

/** Characters of the header line at most: a hundred times what all columns take. */
const HEADER_MAX = 1 << 16;
/** Characters of one row at most: far more is a quote that was never closed. */
const ROW_MAX = 1 << 24;
const DELIMITERS = [',', ';', '\t'] as const;

const BYTE_ORDER_MARK = 0xfeff;
const CARRIAGE_RETURN = 13;
const APOSTROPHE = 39;

/** Reads a CSV file that arrives in pieces. */
export class CsvReader {
  private readonly reader: FlatReader;
  private header: Header | undefined;
  private rest = '';
  private isFirst = true;
  /** Rows and lines that are done with. */
  private row = 0;
  private line = 1;

  constructor(options: FlatReaderOptions = {}) {
    this.reader = new FlatReader(options);
  }

  /** Accounts that are whole so far. */
  get accountCount(): number {
    return this.reader.accountCount;
  }

  /** Takes the next piece of the text; pieces of about a megabyte are best. Throws `InputError` when nothing can be read. */
  push(piece: string): void {
    const text = this.isFirst && piece.charCodeAt(0) === BYTE_ORDER_MARK ? piece.slice(1) : piece;
    if (piece !== '') this.isFirst = false;
    this.rest = this.rest === '' ? text : this.rest + text;
    this.readRows(false);
  }

  /** The whole, after the last piece. Throws `InputError`, in strict reading with the faults of all rows. */
  finish(): FlatReading {
    if (!this.header && this.rest !== '' && !this.rest.includes('\n')) this.rest += '\n';
    this.readRows(true);
    if (!this.header) throw new InputError([{ pointer: '', message: 'an empty file: no header line' }]);
    return this.reader.finish();
  }

  private readRows(isLast: boolean): void {
    if (!this.header && !this.readHeader()) return;
    if (this.rest === '') return;
    const hasQuotes = this.rest.includes('"');
    const { data, errors, meta } = parse(this.rest, this.header!.delimiter, !isLast);
    const isCutOff = isLast && this.rest.charCodeAt(this.rest.length - 1) !== 10;
    this.rest = isLast ? '' : this.rest.slice(meta.cursor);
    if (this.rest.length > ROW_MAX) this.refuse(`a row of more than ${ROW_MAX} characters: is a quote left open?`);
    if (isCutOff) this.reader.endsWithinLine = true;
    this.take(data, hasQuotes, this.brokenRows(data, errors));
  }

  private take(data: readonly string[][], hasQuotes: boolean, broken: ReadonlyMap<number, string>): void {
    const header = this.header!;
    const batch = new CsvBatch(header, this.row);
    for (const [i, cells] of data.entries()) {
      const last = cells.length - 1;
      const end = cells[last]!;
      if (end.charCodeAt(end.length - 1) === CARRIAGE_RETURN) cells[last] = end.slice(0, -1);
      const line = this.line++;
      const isBlank = last === 0 && cells[0] === '';
      const lineBreaks = hasQuotes ? lineBreaksIn(cells) : 0;
      if (lineBreaks > 0) this.checkLineBreaks(cells, line, broken.get(i));
      this.line += lineBreaks;
      if (isBlank) continue;
      const message =
        broken.get(i) ??
        (cells.length === header.names.length ? undefined : `expected ${header.names.length} cells, found ${cells.length}`);
      batch.add(cells, line, message);
    }
    this.row += batch.rowCount;
    if (batch.rowCount > 0) this.reader.take(batch);
  }

  /** Only a name may hold a line break: elsewhere a quote has swallowed the rows that follow it. */
  private checkLineBreaks(cells: readonly string[], line: number, broken: string | undefined): void {
    const { columns, names } = this.header!;
    const isSound =
      broken === undefined &&
      cells.length === names.length &&
      cells.every((cell, k) => !cell.includes('\n') || TYPES[columns[k]!] === 'text');
    if (!isSound) this.refuse(`line ${line}: a quote that opens there has swallowed the lines after it`);
  }

  private brokenRows(data: readonly string[][], errors: readonly Papa.ParseError[]): Map<number, string> {
    const broken = new Map<number, string>();
    for (const { code, row = 0 } of errors) {
      if (code === 'MissingQuotes') {
        const line = this.line + data.slice(0, row).reduce((sum, cells) => sum + 1 + lineBreaksIn(cells), 0);
        this.refuse(`line ${line}: a quote that opens there is never closed`);
      }
      broken.set(row, 'a quote within a quoted cell must be doubled');
    }
    return broken;
  }

  /** False while the header line is not complete. */
  private readHeader(): boolean {
    const end = this.rest.indexOf('\n');
    if (end > HEADER_MAX || (end < 0 && this.rest.length > HEADER_MAX)) {
      this.refuse(
        `the header line is longer than ${HEADER_MAX} characters: this is no flat book (it has ${COLUMNS.length} columns at most)`,
      );
    }
    if (end < 0) return false;
    const line = this.rest.slice(0, end).replace(/\r$/, '');
    this.rest = this.rest.slice(end + 1);
    this.header = readHeader(line);
    this.line = 2;
    return true;
  }

  private refuse(message: string): never {
    throw new InputError([{ pointer: '', message }]);
  }
}

/** Line feeds end rows; a carriage return before one is taken off the last cell, so that both kinds of line ends may be mixed. */
function parse(text: string, delimiter: string, hasMore: boolean): Papa.ParseResult<string[]> {
  return new Papa.Parser({ delimiter, newline: '\n', quoteChar: '"' }).parse(text, 0, hasMore) as Papa.ParseResult<string[]>;
}

const lineBreaksIn = (cells: readonly string[]): number => {
  let count = 0;
  for (const cell of cells) for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++;
  return count;
};

interface Header {
  readonly delimiter: string;
  readonly names: readonly string[];
  /** Column number of each cell. */
  readonly columns: Int32Array;
  /** Cell of each column; −1 where the file does not have it. */
  readonly cellOf: Int32Array;
}

/** The columns that the first line names. Throws `InputError` with every name that is wrong. */
function readHeader(line: string): Header {
  if (line.includes('\r'))
    throw new InputError([{ pointer: '', message: 'lines end with a carriage return alone: save the file with LF or CRLF' }]);
  const delimiter = DELIMITERS.find((sign) => line.includes(sign)) ?? ',';
  const names = parse(line, delimiter, false).data[0] ?? [];
  if (names.length > COLUMNS_MAX) {
    throw new InputError([{ pointer: '/columns', message: `${names.length} columns: a flat book has ${COLUMNS.length} at most` }]);
  }
  return { ...columnsByName(names), delimiter, names };
}

class CsvBatch implements FlatBatch {
  rowCount = 0;
  readonly firstRow: number;
  private readonly cellOf: Int32Array;
  private readonly cells: string[][] = [];
  private readonly lines: number[] = [];
  private readonly faults = new Map<number, string>();

  constructor(header: Header, firstRow: number) {
    this.cellOf = header.cellOf;
    this.firstRow = firstRow;
  }

  add(cells: string[], line: number, broken: string | undefined): void {
    if (broken !== undefined) this.faults.set(this.rowCount, broken);
    this.cells.push(cells);
    this.lines.push(line);
    this.rowCount++;
  }

  fills(column: number): boolean {
    return this.cellOf[column]! >= 0;
  }

  text(row: number, column: number): string | undefined {
    const at = this.cellOf[column]!;
    const cell = at < 0 ? undefined : this.cells[row]![at];
    if (cell === undefined || cell === '') return undefined;
    return cell.charCodeAt(0) === APOSTROPHE && TYPES[column] === 'text' ? cell.slice(1) : cell;
  }

  number(row: number, column: number): number {
    const at = this.cellOf[column]!;
    const cell = at < 0 ? undefined : this.cells[row]![at];
    return cell === undefined || cell === '' ? Number.NaN : doubleOfText(cell);
  }

  line(row: number): number {
    return this.lines[row]!;
  }

  broken(row: number): string | undefined {
    return this.faults.size === 0 ? undefined : this.faults.get(row);
  }
}

/** The columns of a CSV text that is there as a whole. Throws `InputError`. */
export function readCsvColumns(text: string, options: FlatReaderOptions = {}): FlatReading {
  const reader = new CsvReader(options);
  for (let at = 0; at < text.length; at += PIECE) reader.push(text.slice(at, at + PIECE));
  return reader.finish();
}

/** The book of a CSV text. Throws `InputError` with the fault of every row. */
export const readCsv = (text: string, options: FlatReaderOptions = {}): Book => bookOf(readCsvColumns(text, options).columns);

const PIECE = 1 << 20;
const PIECE_ACCOUNTS = 2048;
const NEEDS_QUOTES = /[",\n\r]/;
/** What a spreadsheet takes for a formula, and what would be read back as another text. */
const NEEDS_GUARD = /^(?:[=+\-@\t\r']|$)/;

const quoted = (text: string): string => (NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A name as a cell: no spreadsheet takes it for a formula, and the reader gives it back unchanged (FF-6). */
export const guardedCell = (text: string): string => quoted(NEEDS_GUARD.test(text) ? `'${text}` : text);

/** Writes a table whose accounts have all been noted, a piece at a time. */
export class CsvWriter implements FlatWriter {
  private readonly table: FlatTable;
  private readonly isText: readonly boolean[];

  constructor(table: FlatTable) {
    this.table = table;
    this.isText = table.columns.map((name) => TYPES[AT[name]] === 'text');
  }

  /** The header, and the rows before the first account. */
  head(): readonly string[] {
    return [`${this.table.columns.join(',')}\n${this.lines(this.table.marketRows())}`];
  }

  part(book: BookColumns, from = 0, to = book.accounts.count): readonly string[] {
    return [this.lines(this.table.rowsOf(book, from, to))];
  }

  foot(): readonly string[] {
    return [];
  }

  private lines(rows: Iterable<readonly Cell[]>): string {
    const { isText } = this;
    let text = '';
    for (const cells of rows) {
      text += cellText(cells[0], isText[0]!);
      for (let k = 1; k < cells.length; k++) text += `,${cellText(cells[k], isText[k]!)}`;
      text += '\n';
    }
    return text;
  }
}

/** A book as CSV text, in pieces of some thousand lines. Throws `InputError` for a text that is no Unicode. */
export function* csvPieces(book: BookColumns): Generator<string> {
  const table = new FlatTable(book, true);
  table.note(book);
  const writer = new CsvWriter(table);
  yield* writer.head();
  const { count } = book.accounts;
  for (let from = 0; from < count; from += PIECE_ACCOUNTS) yield* writer.part(book, from, Math.min(from + PIECE_ACCOUNTS, count));
}

const cellText = (cell: Cell, isText: boolean): string => {
  if (cell === undefined) return '';
  return isText ? guardedCell(cell as string) : String(cell);
};

/** A book as CSV text. */
export const writeCsv = (book: BookColumns): string => [...csvPieces(book)].join('');
