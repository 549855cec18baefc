/** Some consecutive rows of a file, however the file holds them. */

export interface FlatBatch {
  readonly rowCount: number;
  /** Row number in the file of the batch's first row, from 0. */
  readonly firstRow: number;
  /** Whether any row of the batch fills the column. */
  readonly fills: (column: number) => boolean;
  /** What the cell states; undefined where it is empty. */
  readonly text: (row: number, column: number) => string | undefined;
  /**
   * The number of the cell, where its double says it exactly; NaN where the cell is empty or must be read from its text.
   */
  readonly number: (row: number, column: number) => number;
  /** Line in the file, from 1; undefined in files that have none. */
  readonly line: (row: number) => number | undefined;
  /** Why the row cannot be trusted to be one, such as a wrong number of cells; undefined for a sound one. */
  readonly broken: (row: number) => string | undefined;
}
