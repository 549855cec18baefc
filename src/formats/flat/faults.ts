/** What was wrong with the rows of a file: listed up to a bound, counted beyond it. */
import { type Fault, InputError, pointerSegment } from '../../domain/fault.ts';
import type { ColumnName } from './schema.ts';

/** A fault that stands in a row. */
export interface RowFault extends Fault {
  /** From 0, header not counted. Absent: not of one row. */
  readonly row?: number;
  /** From 1, as an editor counts; CSV only. */
  readonly line?: number;
  /** Absent: the row as a whole. */
  readonly column?: string;
}

/** Faults that are listed. */
export const FAULTS_LISTED_MAX = 1000;
/** Faults after which a file is given up. */
export const FAULTS_MAX = 100_000;

/** Where a row stands in its file. */
export interface RowPlace {
  readonly row: number;
  readonly line?: number;
}

/** `/rows/17/size`, with line and column for people in the message. */
export function rowFault({ row, line }: RowPlace, column: ColumnName | string | undefined, message: string): RowFault {
  const where = [line === undefined ? undefined : `line ${line}`, column === undefined ? undefined : `column ${column}`].filter(
    (part) => part !== undefined,
  );
  return {
    pointer: `/rows/${row}${column === undefined ? '' : pointerSegment(column)}`,
    message: where.length === 0 ? message : `${message} (${where.join(', ')})`,
    row,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

/** Collects faults; throws `InputError` when there are more than anyone will mend, or, in strict reading, more than are listed. */
export class FaultList {
  readonly listed: RowFault[] = [];
  count = 0;
  private readonly isStrict: boolean;

  constructor(isStrict: boolean) {
    this.isStrict = isStrict;
  }

  add(fault: RowFault): void {
    this.count++;
    if (this.listed.length < FAULTS_LISTED_MAX) this.listed.push(fault);
    else if (this.isStrict) this.giveUp(`more than ${FAULTS_LISTED_MAX} faults: the rest is not read`);
    if (this.count > FAULTS_MAX) this.giveUp(`more than ${FAULTS_MAX} faults: the rest is not read`);
  }

  private giveUp(message: string): never {
    throw new InputError([...this.listed, { pointer: '', message }]);
  }
}
