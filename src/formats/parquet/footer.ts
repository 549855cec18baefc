/** The footer of a Parquet file: which columns there are, how they lie, what the metadata says of the book. */
import { parquetMetadata } from 'hyparquet/src/metadata.js';
import * as v from 'valibot';
import { describe } from '../../wire/schema.ts';
import { columnsByName } from '../flat/columns-by-name.ts';
import type { Head } from '../flat/market.ts';
import { COLUMNS, COLUMNS_MAX, ROWS_MAX, TYPES } from '../flat/schema.ts';
import type { ColumnForm } from './column.ts';
import { crc32 } from './crc32.ts';
import type { PhysicalType } from './pools.ts';
import { refuse } from './refuse.ts';
import { scanStruct } from './thrift-scan.ts';

/** Bytes at the end of a file: length of the footer, `PAR1`. */
export const TAIL_BYTES = 8;
/** A book of 20 million rows needs a tenth of it. */
const FOOTER_MAX = 4_000_000;
/** Rows of one group: as many as lie decoded in memory. */
const GROUP_ROWS_MAX = 2_000_000;
const MAGIC = 0x31524150;
/** Field of the file's metadata that lists its columns, the table itself included. */
const SCHEMA_FIELD = 2;

/** Where one column of a row group lies in the file. */
export interface ChunkPlace {
  readonly column: number;
  readonly form: ColumnForm;
  readonly from: number;
  readonly to: number;
}

export interface GroupPlace {
  readonly rowCount: number;
  readonly from: number;
  readonly to: number;
  readonly chunks: readonly ChunkPlace[];
}

export interface Footer {
  readonly groups: readonly GroupPlace[];
  /** Undefined where the book's facts are no metadata: then a row states them. */
  readonly head: Head | undefined;
  /** What `crc32` of all row groups, after `checkedFacts`, must be; undefined where another program wrote the file. */
  readonly checksum: number | undefined;
  /** CRC-32 of what the footer itself says. */
  readonly checkedFacts: number;
}

/** A column as the check sum has it. */
export const describedColumn = (element: { name: string; type?: string | undefined; repetition_type?: string | undefined }): string =>
  `${element.name} ${element.type} ${element.repetition_type}`;

/** CRC-32 of the facts of a footer that figures depend on, so that the check sum covers them too. */
export const checkedFacts = (facts: readonly (string | undefined)[], columns: readonly string[]): number =>
  crc32(Uint8Array.from(JSON.stringify([...facts.map((fact) => fact ?? null), ...columns]), (unit) => unit.charCodeAt(0) & 255));

/** Metadata keys of the flat form, and who writes the check sum. */
export const KEYS = { format: 'format', asOf: 'asOf', unit: 'unit', numbers: 'numbers', checksum: 'checksum' } as const;
export const CREATED_BY = 'plimsoll';
export const CHECKED_KEYS = [KEYS.format, KEYS.asOf, KEYS.unit, KEYS.numbers] as const;

/** Where the footer begins in a file of `size` bytes that ends with `tail` (its last eight bytes). Throws `InputError`. */
export function footerStart(tail: Uint8Array, size: number): number {
  if (size < TAIL_BYTES + 4 || tail.length !== TAIL_BYTES) refuse('it is too short');
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  if (view.getUint32(4, true) !== MAGIC) refuse('it does not end with PAR1: cut off, or another kind of file');
  const length = view.getUint32(0, true);
  if (length > size - TAIL_BYTES - 4) refuse('its footer is longer than the file');
  if (length > FOOTER_MAX) refuse(`its footer has ${length} bytes, ${FOOTER_MAX} at most are read: too many columns or row groups`);
  return size - TAIL_BYTES - length;
}

/** What the footer says; `footer` reaches from `footerStart` to the end of the file. Throws `InputError`. */
export function readFooter(footer: Uint8Array, size: number): Footer {
  const dataEnd = size - footer.length;
  scanStruct(footer, 0, footer.length - TAIL_BYTES, (field, length) => {
    if (field === SCHEMA_FIELD && length - 1 > COLUMNS_MAX)
      refuse(`${length - 1} columns: a flat book has ${COLUMNS.length} at most`, '/columns');
  });
  const metadata = parsed(footer);
  const { key_value_metadata: pairs = [], created_by: createdBy } = metadata;
  const facts = new Map(pairs.map(({ key, value }) => [key, value]));
  const numbers = facts.get(KEYS.numbers) ?? 'text';
  if (numbers !== 'text' && numbers !== 'double') refuse(`numbers are "text" or "double", not ${describe(numbers)}`, '/metadata/numbers');
  const elements = columnElements(metadata.schema);
  const { columns } = columnsByName(elements.map(({ name }) => name));
  const forms = elements.map((element, i) => formOf(element, columns[i]!, numbers === 'double'));
  const groups = metadata.row_groups.map((group) => groupPlace(group, forms, columns, dataEnd));
  if (groups.reduce((sum, { rowCount }) => sum + rowCount, 0) > ROWS_MAX) refuse(`more than ${ROWS_MAX} rows: split the book`, '/rows');
  const checksum = createdBy === CREATED_BY ? facts.get(KEYS.checksum) : undefined;
  return {
    groups,
    head: headOf(facts),
    checksum: checksum === undefined ? undefined : Number.parseInt(checksum, 16),
    checkedFacts: checkedFacts(
      CHECKED_KEYS.map((key) => facts.get(key)),
      elements.map(describedColumn),
    ),
  };
}

/** A count or an offset. */
const whole = v.union([
  v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  v.pipe(v.bigint(), v.minValue(0n), v.maxValue(BigInt(Number.MAX_SAFE_INTEGER)), v.transform(Number)),
]);

/** What is used of the metadata. It is whole when it has been scanned, but any field may still be of another type than it should. */
const metadataSchema = v.object({
  schema: v.array(
    v.object({
      name: v.string(),
      type: v.optional(v.string()),
      repetition_type: v.optional(v.string()),
      num_children: v.optional(whole),
      converted_type: v.optional(v.string()),
      logical_type: v.optional(v.object({ type: v.optional(v.string()) })),
    }),
  ),
  row_groups: v.array(
    v.object({
      num_rows: whole,
      columns: v.array(
        v.object({
          file_path: v.optional(v.unknown()),
          crypto_metadata: v.optional(v.unknown()),
          encrypted_column_metadata: v.optional(v.unknown()),
          meta_data: v.optional(
            v.object({
              type: v.string(),
              codec: v.string(),
              num_values: whole,
              total_compressed_size: whole,
              data_page_offset: whole,
              dictionary_page_offset: v.optional(whole),
            }),
          ),
        }),
      ),
    }),
  ),
  key_value_metadata: v.optional(v.array(v.object({ key: v.string(), value: v.optional(v.string()) }))),
  created_by: v.optional(v.string()),
});
type Metadata = v.InferOutput<typeof metadataSchema>;
type SchemaElement = Metadata['schema'][number];

function parsed(footer: Uint8Array): Metadata {
  try {
    const result = v.safeParse(metadataSchema, parquetMetadata(footer, { geoparquet: false }));
    if (result.success) return result.output;
  } catch (error) {
    return refuse(`a footer that cannot be read (${describe(error instanceof Error ? error.message : String(error))})`);
  }
  return refuse('a footer that makes no sense');
}

function headOf(facts: ReadonlyMap<string, string | undefined>): Head | undefined {
  if (!facts.has(KEYS.format) && !facts.has(KEYS.asOf)) return undefined;
  const stated = (['format', 'asOf', 'unit'] as const).flatMap((name) => {
    const value = facts.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(stated) as Head;
}

/** The columns of a table without nesting. */
function columnElements(schema: readonly SchemaElement[]): readonly SchemaElement[] {
  const [root, ...elements] = schema;
  if (!root || elements.length === 0) return refuse('it has no columns', '/columns');
  if (root.num_children !== elements.length || elements.some(({ num_children: children }) => children)) {
    refuse('columns within columns: a flat book has none', '/columns');
  }
  return elements;
}

const TEXT_TYPES: readonly (string | undefined)[] = [undefined, 'STRING', 'ENUM'];
const INTEGER_TYPES: readonly (string | undefined)[] = [undefined, 'INTEGER'];
const INTEGER_CONVERSIONS: readonly (string | undefined)[] = [undefined, 'INT_8', 'INT_16', 'INT_32', 'INT_64', 'UINT_8', 'UINT_16'];

/** How a column is read. Throws `InputError` for a type that does not hold what the column is for. */
function formOf(element: SchemaElement, column: number, areDoublesMeant: boolean): Omit<ColumnForm, 'codec'> {
  const { name, type, repetition_type: repetition, converted_type: converted, logical_type: logical } = element;
  const pointer = `/columns/${name}`;
  if (repetition === 'REPEATED') refuse('a column of lists', pointer);
  const form = (physical: PhysicalType, holds: ColumnForm['holds']) => ({ name, physical, holds, isOptional: repetition !== 'REQUIRED' });
  const holds = TYPES[column] === 'number' ? 'number' : 'text';
  const isText = type === 'BYTE_ARRAY' && TEXT_TYPES.includes(logical?.type) && [undefined, 'UTF8', 'ENUM'].includes(converted);
  if (isText) return form('BYTE_ARRAY', holds);
  if (type === 'INT32' && logical?.type === 'NULL') return form('INT32', holds);
  if (type === 'BOOLEAN' && COLUMNS[column] === 'derived') return form('BOOLEAN', 'text');
  if (holds === 'number') {
    const isInteger = INTEGER_TYPES.includes(logical?.type) && INTEGER_CONVERSIONS.includes(converted);
    if ((type === 'INT32' || type === 'INT64') && isInteger) return form(type, 'number');
    if (type === 'DOUBLE' && areDoublesMeant) return form('DOUBLE', 'number');
    if (type === 'DOUBLE') {
      refuse('numbers as DOUBLE, which may have been rounded: write them as text, or state "numbers" = "double" in the metadata', pointer);
    }
  }
  const found = [type, converted ?? logical?.type].filter((part) => part !== undefined).join(' ');
  return refuse(`${holds === 'number' ? 'decimal numbers as text are' : 'text is'} wanted, found ${found}`, pointer);
}

function groupPlace(
  { num_rows: rowCount, columns: stated }: Metadata['row_groups'][number],
  forms: readonly Omit<ColumnForm, 'codec'>[],
  columns: Int32Array,
  dataEnd: number,
): GroupPlace {
  if (rowCount > GROUP_ROWS_MAX) refuse(`a group of ${rowCount} rows, ${GROUP_ROWS_MAX} at most are read: write smaller groups`, '/rows');
  if (stated.length !== forms.length) refuse('a group that lacks columns');
  const chunks = stated.map((chunk, i) => {
    const data = chunk.meta_data;
    const form = forms[i]!;
    if (!data || chunk.file_path || chunk.crypto_metadata || chunk.encrypted_column_metadata) {
      return refuse('a column that is encrypted or lies in another file', `/columns/${form.name}`);
    }
    const from = Math.min(data.data_page_offset, data.dictionary_page_offset || data.data_page_offset);
    const to = from + data.total_compressed_size;
    if (from < 4 || to > dataEnd || data.type !== form.physical || data.num_values !== rowCount) {
      refuse('a column that is not where the footer says', `/columns/${form.name}`);
    }
    return { column: columns[i]!, form: { ...form, codec: data.codec }, from, to };
  });
  return { rowCount, chunks, from: Math.min(...chunks.map(({ from }) => from)), to: Math.max(...chunks.map(({ to }) => to)) };
}
