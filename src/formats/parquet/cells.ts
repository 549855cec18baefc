/**
 * One column of one row group, decoded into what the flat reader asks for. A page puts its values into a pool first (once for a
 * whole dictionary), then says which value each row has.
 */

export interface ColumnCells {
  /** No row states anything. */
  readonly isEmpty: boolean;
  readonly text: (row: number) => string | undefined;
  /** NaN: empty, or to be read from the text. */
  readonly number: (row: number) => number;
}

/** Which rows of a page have a value, and which value. */
export interface PageRows {
  readonly firstRow: number;
  readonly count: number;
  /** 1 where the row has a value; undefined: every row has. */
  readonly levels: Uint32Array | undefined;
  /** Number of each value in its pool; undefined: one after the other. */
  readonly indices: Uint32Array | undefined;
}

/** Names and words: each row holds the number of its text, 0 for none. */
export class TextCells implements ColumnCells {
  isEmpty = true;
  private readonly texts: (string | undefined)[] = [undefined];
  private index = new Uint32Array(0);
  private readonly rowCount: number;

  constructor(rowCount: number) {
    this.rowCount = rowCount;
  }

  /** Keeps texts for `assign`; what to add to the number of one of them. */
  keep(texts: readonly string[]): number {
    const base = this.texts.length;
    for (const text of texts) this.texts.push(text);
    return base;
  }

  assign(base: number, { firstRow, count, levels, indices }: PageRows): void {
    if (this.texts.length === base) return;
    if (this.isEmpty) this.index = new Uint32Array(this.rowCount);
    this.isEmpty = false;
    const { index } = this;
    for (let i = 0, k = 0; i < count; i++) {
      if (levels && levels[i] === 0) continue;
      index[firstRow + i] = base + (indices ? indices[k]! : k);
      k++;
    }
  }

  text(row: number): string | undefined {
    return this.texts[this.index[row] ?? 0];
  }

  number(): number {
    return Number.NaN;
  }
}

/** Numbers of a page or a dictionary. */
export interface NumberPool {
  /** The number exactly; NaN where `others` has its text. */
  readonly values: Float64Array;
  readonly others: ReadonlyMap<number, string>;
}

/** Numbers as doubles, and as texts where a double does not say them. */
export class NumberCells implements ColumnCells {
  isEmpty = true;
  /** Only taken once there is a number: a million empty cells are a few bytes of a file. */
  private values = new Float64Array(0);
  private readonly others = new Map<number, string>();
  private readonly rowCount: number;

  constructor(rowCount: number) {
    this.rowCount = rowCount;
  }

  assign(pool: NumberPool, { firstRow, count, levels, indices }: PageRows): void {
    if (pool.values.length === 0) return;
    if (this.isEmpty) this.values = new Float64Array(this.rowCount).fill(Number.NaN);
    this.isEmpty = false;
    const { values } = this;
    for (let i = 0, k = 0; i < count; i++) {
      if (levels && levels[i] === 0) continue;
      const at = indices ? indices[k]! : k;
      values[firstRow + i] = pool.values[at]!;
      if (pool.others.size > 0 && pool.others.has(at)) this.others.set(firstRow + i, pool.others.get(at)!);
      k++;
    }
  }

  text(row: number): string | undefined {
    const value = this.number(row);
    return Number.isNaN(value) ? this.others.get(row) : String(value);
  }

  number(row: number): number {
    return this.values[row] ?? Number.NaN;
  }
}
