/**
 * The pages of one column chunk: flat columns, data pages of both versions, plain and dictionary encodings, no compression or Snappy.
 * hyparquet reads the page headers; what follows them is decoded here, because nothing in it may be trusted (see the decision record
 * on CSV and Parquet): every count is checked against the bytes that are there and the rows that are left.
 */
import { parquetHeader } from 'hyparquet/src/column.js';
import { describe } from '../../wire/schema.ts';
import { type ColumnCells, NumberCells, type NumberPool, TextCells } from './cells.ts';
import { crc32 } from './crc32.ts';
import { readHybrid } from './hybrid.ts';
import { type PhysicalType, plainNumbers, plainTexts } from './pools.ts';
import { refuse } from './refuse.ts';
import { unpackSnappy } from './snappy.ts';
import { scanStruct } from './thrift-scan.ts';

export interface ColumnForm {
  readonly name: string;
  readonly physical: PhysicalType;
  readonly isOptional: boolean;
  /** Whether rows are asked for numbers or for texts. */
  readonly holds: 'text' | 'number';
  readonly codec: string;
}

/** The cells of `rowCount` rows whose pages are bytes[from, to). Throws `InputError`. */
export function readColumn(bytes: Uint8Array, from: number, to: number, form: ColumnForm, rowCount: number): ColumnCells {
  const decoder = new Decoder(form, rowCount);
  let at = from;
  while (decoder.row < rowCount) {
    if (at >= to) refuse('it has fewer rows than it states', pointerOf(form));
    at = decoder.page(bytes, at, to);
  }
  return decoder.cells;
}

const pointerOf = ({ name }: ColumnForm): string => `/columns/${name}`;

class Decoder {
  row = 0;
  readonly cells: TextCells | NumberCells;
  private readonly form: ColumnForm;
  private readonly rowCount: number;
  private dictionary: Pool | undefined;
  /** Definition levels and dictionary indices of the page under way. */
  private levels = new Uint32Array(0);
  private indices = new Uint32Array(0);

  constructor(form: ColumnForm, rowCount: number) {
    this.form = form;
    this.rowCount = rowCount;
    this.cells = form.holds === 'text' ? new TextCells(rowCount) : new NumberCells(rowCount);
  }

  /** Takes the page at `at`; where the next one begins. */
  page(bytes: Uint8Array, at: number, to: number): number {
    const start = scanStruct(bytes, at, to);
    const header = headerOf(bytes, at, start);
    const packed = this.whole(header.compressed_page_size);
    if (packed > to - start) refuse('a page that is cut off', pointerOf(this.form));
    const content = bytes.subarray(start, start + packed);
    const stated = typeof header.crc === 'number' ? header.crc >>> 0 : undefined;
    if (stated !== undefined && crc32(content) !== stated) refuse('a page whose check sum is wrong', pointerOf(this.form));
    const length = this.whole(header.uncompressed_page_size);
    if (header.type === 'DATA_PAGE' && header.data_page_header) this.dataPage(content, length, header.data_page_header);
    else if (header.type === 'DATA_PAGE_V2' && header.data_page_header_v2) this.dataPage2(content, length, header.data_page_header_v2);
    else if (header.type === 'DICTIONARY_PAGE' && header.dictionary_page_header) {
      const count = this.whole(header.dictionary_page_header.num_values);
      const page = this.unpacked(content, length);
      if (this.dictionary) refuse('a second dictionary', pointerOf(this.form));
      this.dictionary = this.plainPool(page, 0, this.checkedCount(count, page.length));
    } else if (header.type !== 'INDEX_PAGE') refuse('a page of an unknown kind', pointerOf(this.form));
    return start + packed;
  }

  private dataPage(
    content: Uint8Array,
    length: number,
    header: { num_values: number; encoding: string; definition_level_encoding: string },
  ): void {
    const page = this.unpacked(content, length);
    const count = this.checkedRows(header.num_values);
    let at = 0;
    if (this.form.isOptional) {
      if (header.definition_level_encoding !== 'RLE') refuse('levels in an encoding of old', pointerOf(this.form));
      const levelBytes = page.length >= 4 ? viewOf(page).getUint32(0, true) : -1;
      if (levelBytes < 0 || levelBytes > page.length - 4) refuse('a page that is cut off', pointerOf(this.form));
      this.readLevels(page, 4, 4 + levelBytes, count);
      at = 4 + levelBytes;
    }
    this.values(page, at, header.encoding, count);
  }

  private dataPage2(
    content: Uint8Array,
    length: number,
    header: {
      num_values: number;
      num_nulls: number;
      encoding: string;
      definition_levels_byte_length: number;
      repetition_levels_byte_length: number;
      is_compressed?: boolean;
    },
  ): void {
    const count = this.checkedRows(header.num_values);
    const levelBytes = this.whole(header.definition_levels_byte_length);
    if (header.repetition_levels_byte_length !== 0 || levelBytes > content.length || levelBytes > length) {
      refuse('a page that is cut off', pointerOf(this.form));
    }
    if (this.form.isOptional) this.readLevels(content, 0, levelBytes, count);
    const rest = content.subarray(levelBytes);
    const isPacked = header.is_compressed !== false;
    const page = isPacked && rest.length > 0 ? this.unpacked(rest, length - levelBytes) : rest;
    const stated = this.values(page, 0, header.encoding, count);
    if (count - stated !== header.num_nulls) refuse('a page that miscounts its empty cells', pointerOf(this.form));
  }

  private unpacked(content: Uint8Array, length: number): Uint8Array {
    const { codec } = this.form;
    if (codec === 'SNAPPY') return unpackSnappy(content, length);
    if (codec !== 'UNCOMPRESSED') refuse(`it is packed with ${codec}: write it with SNAPPY or unpacked`, pointerOf(this.form));
    if (content.length !== length) refuse('a page of another length than stated', pointerOf(this.form));
    return content;
  }

  /** A header is whole, but may still have a number of another type, or none, where one is wanted. */
  private whole(value: unknown): number {
    if (typeof value !== 'number' || !(value >= 0)) return refuse('a page header that makes no sense', pointerOf(this.form));
    return value;
  }

  private checkedRows(stated: unknown): number {
    const count = this.whole(stated);
    if (count > this.rowCount - this.row) refuse('a page with more rows than its group', pointerOf(this.form));
    return count;
  }

  /** A value takes a bit at least. */
  private checkedCount(count: number, length: number): number {
    if (count > length * 8) refuse('a dictionary that is cut off', pointerOf(this.form));
    return count;
  }

  private readLevels(page: Uint8Array, from: number, to: number, count: number): void {
    if (this.levels.length < count) this.levels = new Uint32Array(count);
    readHybrid(page, from, to, 1, count, this.levels);
  }

  /** Assigns the values of a page to its rows; how many there are. */
  private values(page: Uint8Array, from: number, encoding: string, count: number): number {
    const levels = this.form.isOptional ? this.levels : undefined;
    let stated = count;
    if (levels) {
      stated = 0;
      for (let i = 0; i < count; i++) stated += levels[i]!;
    }
    const { pool, indices } = this.pageValues(page, from, encoding, stated);
    const rows = { firstRow: this.row, count, levels, indices };
    if (pool.holds === 'text') (this.cells as TextCells).assign(pool.base, rows);
    else (this.cells as NumberCells).assign(pool.numbers, rows);
    this.row += count;
    return stated;
  }

  private pageValues(page: Uint8Array, from: number, encoding: string, count: number): { pool: Pool; indices: Uint32Array | undefined } {
    if (count === 0 || encoding === 'PLAIN') return { pool: this.plainPool(page, from, count), indices: undefined };
    if (encoding === 'RLE' && this.form.physical === 'BOOLEAN') {
      if (page.length - from < 4) refuse('a page that is cut off', pointerOf(this.form));
      return { pool: this.textPool(['false', 'true']), indices: this.hybrid(page, from + 4, 1, count) };
    }
    if (encoding !== 'RLE_DICTIONARY' && encoding !== 'PLAIN_DICTIONARY') {
      return refuse(`values in the encoding ${encoding}: write it plain or with a dictionary`, pointerOf(this.form));
    }
    const pool = this.dictionary;
    if (!pool || from >= page.length) return refuse('a page without its dictionary', pointerOf(this.form));
    const indices = this.hybrid(page, from + 1, page[from]!, count);
    for (let i = 0; i < count; i++)
      if (indices[i]! >= pool.count) refuse('a page that names what its dictionary lacks', pointerOf(this.form));
    return { pool, indices };
  }

  private hybrid(page: Uint8Array, from: number, bitWidth: number, count: number): Uint32Array {
    if (this.indices.length < count) this.indices = new Uint32Array(count);
    readHybrid(page, from, page.length, bitWidth, count, this.indices);
    return this.indices;
  }

  private plainPool(page: Uint8Array, from: number, count: number): Pool {
    const { physical, holds } = this.form;
    if (holds === 'text') return this.textPool(plainTexts(page, from, count, physical));
    return { holds, count, numbers: plainNumbers(page, from, count, physical) };
  }

  private textPool(texts: readonly string[]): Pool {
    return { holds: 'text', count: texts.length, base: (this.cells as TextCells).keep(texts) };
  }
}

/** Values of a page or of the column's dictionary. */
type Pool =
  | { readonly holds: 'text'; readonly count: number; readonly base: number }
  | { readonly holds: 'number'; readonly count: number; readonly numbers: NumberPool };

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The page header in bytes[from, to), which has been scanned. */
function headerOf(bytes: Uint8Array, from: number, to: number): ReturnType<typeof parquetHeader> {
  try {
    return parquetHeader({ view: new DataView(bytes.buffer, bytes.byteOffset + from, to - from), offset: 0 });
  } catch (error) {
    return refuse(`a page header that cannot be read (${describe(error instanceof Error ? error.message : String(error))})`);
  }
}
