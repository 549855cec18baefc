/** Parquet files as other programs write them, and as nobody should. */
import type { SchemaElement } from 'hyparquet/src/types.js';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { parquetWriteBuffer } from 'hyparquet-writer/src/write.js';

export interface Column {
  readonly name: string;
  readonly data: readonly (string | number | bigint | boolean | null)[];
  readonly element?: Partial<SchemaElement>;
}

export const FACTS = [
  { key: 'format', value: 'leverage-book-flat/1' },
  { key: 'asOf', value: '2026-02-05T18:34:00Z' },
];

const TEXT: Partial<SchemaElement> = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' };

const schemaOf = (columns: readonly Column[]): SchemaElement[] => [
  { name: 'table', num_children: columns.length },
  ...columns.map(({ name, element = TEXT }) => ({ repetition_type: 'OPTIONAL', ...element, name }) as SchemaElement),
];

/** With hyparquet-writer: pages of the second version. */
export function writeTable(columns: readonly Column[], facts = FACTS, options: { codec?: 'SNAPPY' | 'UNCOMPRESSED' } = {}): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map(({ name, data }) => ({ name, data: data as unknown[] })),
      schema: schemaOf(columns),
      kvMetadata: facts,
      codec: options.codec ?? 'SNAPPY',
    }),
  );
}

const utf8 = (text: string): number[] =>
  [...text].flatMap((sign) => [...unescape(encodeURIComponent(sign))].map((unit) => unit.charCodeAt(0)));
const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]);
const zigzag = (value: number): number[] => varint(value < 0 ? -2 * value - 1 : 2 * value);

/** Fields of a Thrift structure: number, type, bytes. */
const struct = (...fields: readonly (readonly [number, number, readonly number[]])[]): number[] => {
  let before = 0;
  const bytes = fields.flatMap(([field, type, content]) => {
    const step = field - before;
    before = field;
    return [(step << 4) | type, ...content];
  });
  return [...bytes, 0];
};
const I32 = 5;
const STRUCT = 12;
const PLAIN = 0;
const RLE = 3;
const PLAIN_DICTIONARY = 2;

const plainText = (texts: readonly string[]): number[] => texts.flatMap((text) => [...word(utf8(text).length), ...utf8(text)]);
/** A run for each value. */
const runs = (values: readonly number[], width: number): number[] => values.flatMap((value) => [2, ...word(value).slice(0, width)]);

export const dataPageHeader = (size: number, count: number, encoding: number): number[] =>
  struct(
    [1, I32, zigzag(0)],
    [2, I32, zigzag(size)],
    [3, I32, zigzag(size)],
    [5, STRUCT, struct([1, I32, zigzag(count)], [2, I32, zigzag(encoding)], [3, I32, zigzag(RLE)], [4, I32, zigzag(RLE)])],
  );

const dictionaryPageHeader = (size: number, count: number): number[] =>
  struct(
    [1, I32, zigzag(2)],
    [2, I32, zigzag(size)],
    [3, I32, zigzag(size)],
    [7, STRUCT, struct([1, I32, zigzag(count)], [2, I32, zigzag(PLAIN_DICTIONARY)])],
  );

/** Pages of the first version, as most programs write them: unpacked, every other column with a dictionary. */
export function writeOldPages(columns: readonly { readonly name: string; readonly data: readonly (string | null)[] }[]): Uint8Array {
  const pages = columns.map(({ data }, k) => {
    const stated = data.filter((text) => text !== null);
    const levels = runs(
      data.map((text) => (text === null ? 0 : 1)),
      1,
    );
    const dictionary = [...new Set(stated)];
    const hasDictionary = k % 2 === 0 && stated.length > 0;
    const values = hasDictionary
      ? [
          8,
          ...runs(
            stated.map((text) => dictionary.indexOf(text)),
            1,
          ),
        ]
      : plainText(stated);
    const content = [...word(levels.length), ...levels, ...values];
    const entries = plainText(dictionary);
    const first = hasDictionary ? [...dictionaryPageHeader(entries.length, dictionary.length), ...entries] : [];
    return [...first, ...dataPageHeader(content.length, data.length, hasDictionary ? PLAIN_DICTIONARY : PLAIN), ...content];
  });
  return fileOf(columns, pages, columns[0]!.data.length);
}

/** A file of one group whose column chunks are these bytes. */
export function fileOf(
  columns: readonly Pick<Column, 'name' | 'element'>[],
  chunks: readonly (readonly number[])[],
  rowCount: number,
): Uint8Array {
  const writer = new ByteWriter();
  writer.appendUint32(0x31524150);
  const places = chunks.map((chunk) => {
    const from = writer.offset;
    writer.appendBytes(Uint8Array.from(chunk));
    return { from, size: chunk.length };
  });
  const schema = schemaOf(columns as Column[]);
  writeMetadata(writer, {
    version: 1,
    created_by: 'another program',
    schema,
    num_rows: BigInt(rowCount),
    row_groups: [
      {
        num_rows: BigInt(rowCount),
        total_byte_size: 0n,
        columns: places.map(({ from, size }, i) => ({
          file_offset: BigInt(from),
          meta_data: {
            type: schema[i + 1]!.type!,
            encodings: ['PLAIN'],
            path_in_schema: [schema[i + 1]!.name],
            codec: 'UNCOMPRESSED',
            num_values: BigInt(rowCount),
            total_uncompressed_size: BigInt(size),
            total_compressed_size: BigInt(size),
            data_page_offset: BigInt(from),
          },
        })),
      },
    ],
    key_value_metadata: FACTS,
    metadata_length: 0,
  });
  writer.appendUint32(0x31524150);
  return writer.getBytes();
}
