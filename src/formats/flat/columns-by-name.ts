/** The columns that a file names. */
import { type Fault, InputError, pointerSegment } from '../../domain/fault.ts';
import { describe } from '../../wire/schema.ts';
import { AT, COLUMNS, type ColumnName } from './schema.ts';

export interface FileColumns {
  /** Column number of each name. */
  readonly columns: Int32Array;
  /** Place of each column among the names; −1 where the file does not have it. */
  readonly cellOf: Int32Array;
}

/** Which column each name is. Throws `InputError` with every name that is unknown or stands twice, and the ones that are missing. */
export function columnsByName(names: readonly string[]): FileColumns {
  const faults: Fault[] = [];
  const cellOf = new Int32Array(COLUMNS.length).fill(-1);
  const columns = Int32Array.from(names, (name, cell) => {
    const column = COLUMNS.indexOf(name as ColumnName);
    const pointer = `/columns${pointerSegment(name)}`;
    if (column < 0) faults.push({ pointer, message: `unknown column ${describe(name)}; known are ${COLUMNS.join(', ')}` });
    else if (cellOf[column]! >= 0) faults.push({ pointer, message: 'the column stands twice' });
    else cellOf[column] = cell;
    return column;
  });
  for (const name of ['row', 'account', 'venue'] as const) {
    if (cellOf[AT[name]]! < 0) faults.push({ pointer: `/columns/${name}`, message: 'is required' });
  }
  if (faults.length > 0) throw new InputError(faults);
  return { columns, cellOf };
}
