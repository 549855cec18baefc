/** Writes a Parquet file of text and double columns row by row, by hyparquet-writer: a group at a time, Snappy where it helps. */
import type { SchemaElement } from 'hyparquet/src/types.js';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { ParquetWriter } from 'hyparquet-writer/src/parquet-writer.js';
import type { Cell } from '../flat/rows.ts';
import { CREATED_BY } from './footer.ts';

export interface TableColumn {
  readonly name: string;
  readonly holds: 'text' | 'double';
}

/** Rows of one group. */
const GROUP_ROWS = 65_536;

/** How a column is declared. */
export const elementOf = ({ name, holds }: TableColumn): SchemaElement =>
  holds === 'double'
    ? { name, type: 'DOUBLE', repetition_type: 'OPTIONAL' }
    : { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' }, repetition_type: 'OPTIONAL' };

export class TableWriter {
  private readonly columns: readonly TableColumn[];
  private readonly writer = new ByteWriter();
  private readonly file: ParquetWriter;
  private group: Cell[][];
  private groupRows = 0;

  constructor(name: string, columns: readonly TableColumn[]) {
    this.columns = columns;
    this.file = new ParquetWriter({
      writer: this.writer,
      schema: [{ name, num_children: columns.length }, ...columns.map(elementOf)],
      statistics: false,
      createdBy: CREATED_BY,
    });
    this.group = this.emptyGroup();
  }

  /** A cell a column: text, double, or undefined for an empty one. */
  row(cells: readonly Cell[]): void {
    for (let k = 0; k < this.group.length; k++) this.group[k]![this.groupRows] = cells[k];
    if (++this.groupRows === GROUP_ROWS) this.flush();
  }

  /** The file; `factsOf` is given the bytes of all groups and says what stands in the metadata. */
  finish(factsOf: (groups: Uint8Array) => Readonly<Record<string, string | undefined>>): Uint8Array {
    this.flush();
    const facts = factsOf(this.writer.getBytes().subarray(4));
    this.file.kvMetadata = Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
    this.file.finish();
    return this.writer.getBytes();
  }

  private flush(): void {
    if (this.groupRows === 0) return;
    this.file.write({
      columnData: this.columns.map(({ name, holds }, i) => ({
        name,
        data: this.groupRows === GROUP_ROWS ? this.group[i]! : this.group[i]!.slice(0, this.groupRows),
        offsetIndex: false,
        codec: holds === 'double' ? 'UNCOMPRESSED' : 'SNAPPY',
      })),
      rowGroupSize: GROUP_ROWS,
    });
    this.group = this.emptyGroup();
    this.groupRows = 0;
  }

  private emptyGroup(): Cell[][] {
    return this.columns.map(() => new Array<Cell>(GROUP_ROWS));
  }
}
