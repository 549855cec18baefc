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

/** How a column is declared. */
export const elementOf = ({ name, holds }: TableColumn): SchemaElement =>
  holds === 'double'
    ? { name, type: 'DOUBLE', repetition_type: 'OPTIONAL' }
    : { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' }, repetition_type: 'OPTIONAL' };

/** Holds what was written since it was last asked; offsets count from the beginning of the file. */
class Drain extends ByteWriter {
  /** What was written since the last call, as bytes of its own. */
  taken(): Uint8Array<ArrayBuffer> {
    const bytes = this.getBytes().slice();
    this.index = 0;
    return bytes;
  }
}

export class TableWriter {
  private readonly columns: readonly TableColumn[];
  private readonly drain = new Drain();
  private readonly file: ParquetWriter;
  private readonly group: Cell[][];
  private readonly groupSize: number;
  private groupRows = 0;

  /** `groupSize`: rows of one group; it is written at once. */
  constructor(name: string, columns: readonly TableColumn[], groupSize: number) {
    this.columns = columns;
    this.groupSize = groupSize;
    this.file = new ParquetWriter({
      writer: this.drain,
      schema: [{ name, num_children: columns.length }, ...columns.map(elementOf)],
      statistics: false,
      createdBy: CREATED_BY,
    });
    this.group = columns.map(() => new Array<Cell>(groupSize));
  }

  /** What the file begins with. To be asked for first. */
  head(): Uint8Array<ArrayBuffer> {
    return this.drain.taken();
  }

  /** A cell a column: text, double, or undefined for an empty one. Gives the bytes of a group when it is full. */
  row(cells: readonly Cell[]): Uint8Array<ArrayBuffer> | undefined {
    for (let k = 0; k < this.group.length; k++) this.group[k]![this.groupRows] = cells[k];
    return ++this.groupRows === this.groupSize ? this.rest() : undefined;
  }

  /** The bytes of the group that is not full; none where it is empty. */
  rest(): Uint8Array<ArrayBuffer> {
    if (this.groupRows > 0) {
      this.file.write({
        columnData: this.columns.map(({ name, holds }, i) => ({
          name,
          data: this.groupRows === this.groupSize ? this.group[i]! : this.group[i]!.slice(0, this.groupRows),
          offsetIndex: false,
          codec: holds === 'double' ? 'UNCOMPRESSED' : 'SNAPPY',
        })),
        rowGroupSize: this.groupSize,
      });
      this.groupRows = 0;
    }
    return this.drain.taken();
  }

  /** What the file ends with, after `rest`; `facts` stand in the metadata. */
  foot(facts: Readonly<Record<string, string | undefined>>): Uint8Array<ArrayBuffer> {
    this.file.kvMetadata = Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
    this.file.finish();
    return this.drain.taken();
  }
}
