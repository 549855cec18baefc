/**
 * What the desk sees of a book: one row an account, one typed array a figure. Rules DK-1…DK-4 of docs/spec/desk.md.
 *
 * Rows are dense: 0 … count − 1. A row keeps its account until one is removed, when the last row takes the place of the removed
 * one and `rowVersion` counts up; lists of rows kept across ticks must be checked against it. Amounts are in the account's own unit
 * of account, signed and never clamped. NaN stands for "no number": the exact engine names the reason, `state` says whether data is
 * missing (indeterminate) or the account is past its line. The arrays are longer than `count`: never iterate over `length`.
 *
 * Every array lies in one buffer, an ArrayBuffer or a SharedArrayBuffer (a WebAssembly memory's, where the kernel is compiled), so
 * that another thread can look at the same columns: `viewColumns` over the same buffer, offset and capacities.
 */

/** Codes of `AccountColumns.state`, in the order of `RISK_STATES`. */
export const RISK_STATES = ['healthy', 'watch', 'warning', 'margin-call', 'liquidation', 'bankrupt', 'stale', 'indeterminate'] as const;

/** What `nearestLeg` and `biggestLeg` hold where there is none. */
export const NO_LEG = 0xffff_ffff;
/** What they hold before they were first looked for. */
export const NOT_YET = 0xffff_fffe;

/** One row an account. Which figures are current is the engine's to say: a certified tick keeps states exact and leaves figures alone. */
export interface AccountColumns {
  /** Σ collateral + unrealized profit of the cross or lending pools (PF-9). */
  readonly equity: Float64Array;
  /** Σ |notional|; lending: Σ collateral value. */
  readonly grossNotional: Float64Array;
  /** Maintenance margin + liquidation fees: the requirement that decides. */
  readonly maintenance: Float64Array;
  /** Gross notional ÷ equity; NaN where equity ≤ 0. */
  readonly leverage: Float64Array;
  /** Of the worst pool: maintenance ÷ equity, lending debt ÷ risk-adjusted collateral; NaN where that is no number. */
  readonly marginRatio: Float64Array;
  /** equity − maintenance: the buffer in money. */
  readonly marginExcess: Float64Array;
  readonly initialMargin: Float64Array;
  /** Signed uniform shock in force, the nearer of fall and rise; NaN where none. */
  readonly shock: Float64Array;
  /** Smallest liquidation distance of a position, a fraction of its price; NaN where none. */
  readonly nearest: Float64Array;
  /** Units of account of the desk per unit of account of the row: 1 where both are the same. */
  readonly unitRate: Float64Array;
  /** Leg with the smallest liquidation distance; `NO_LEG` where none. */
  readonly nearestLeg: Uint32Array;
  /** Leg with the largest |notional|; `NO_LEG` where none. */
  readonly biggestLeg: Uint32Array;
  /** The row's legs: legStart ≤ leg < legEnd, in the account's order. */
  readonly legStart: Uint32Array;
  readonly legEnd: Uint32Array;
  /** Index of the account where it came from: into the string table of ids and labels. */
  readonly source: Uint32Array;
  /** Code of the account's worst pool, isolated ones included: an index into `RISK_STATES`. */
  readonly state: Uint8Array;
  /** Index into the desk's table of venues. */
  readonly venue: Uint8Array;
}

/** One row a position. Legs of one account lie together; between accounts there may be unused room. */
export interface LegColumns {
  /** Index into the desk's table of instruments. */
  readonly instrument: Uint32Array;
  /** Signed, as the book has it: times the instrument's contract size gives base (linear) or quote (inverse) units. */
  readonly size: Float64Array;
  readonly entryPrice: Float64Array;
  /** Its pool, which knows its row; 0xffffffff where the leg is in none. */
  readonly pool: Uint32Array;
}

export interface DeskColumns {
  readonly accounts: AccountColumns;
  readonly legs: LegColumns;
  readonly accountCapacity: number;
  readonly legCapacity: number;
  /** Rows in use; changes as accounts come and go. */
  count: number;
  /** Counts up whenever a row changes its account. */
  rowVersion: number;
}

/** Where the columns lie, for a thread that shares the buffer. */
export interface ColumnsPlace {
  readonly buffer: ArrayBufferLike;
  /** Multiple of 8. */
  readonly byteOffset: number;
  readonly accountCapacity: number;
  readonly legCapacity: number;
}

const ACCOUNT_FIELDS = {
  equity: Float64Array,
  grossNotional: Float64Array,
  maintenance: Float64Array,
  leverage: Float64Array,
  marginRatio: Float64Array,
  marginExcess: Float64Array,
  initialMargin: Float64Array,
  shock: Float64Array,
  nearest: Float64Array,
  unitRate: Float64Array,
  nearestLeg: Uint32Array,
  biggestLeg: Uint32Array,
  legStart: Uint32Array,
  legEnd: Uint32Array,
  source: Uint32Array,
  state: Uint8Array,
  venue: Uint8Array,
} as const;

const LEG_FIELDS = { size: Float64Array, entryPrice: Float64Array, instrument: Uint32Array, pool: Uint32Array } as const;

/** Every array begins at a multiple of 64 bytes: a cache line, and more than any vector load wants. */
const ALIGNMENT = 64;
export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

interface ColumnType {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): ArrayBufferView;
  readonly BYTES_PER_ELEMENT: number;
}
type Fields = Readonly<Record<string, ColumnType>>;
const fieldsBytes = (fields: Fields, length: number): number =>
  Object.values(fields).reduce((sum, { BYTES_PER_ELEMENT }) => sum + aligned(length * BYTES_PER_ELEMENT), 0);

/** Bytes that columns of these capacities take. */
export const columnsBytes = (accountCapacity: number, legCapacity: number): number =>
  fieldsBytes(ACCOUNT_FIELDS, accountCapacity) + fieldsBytes(LEG_FIELDS, legCapacity);

/** The columns that lie at `place`; nothing is written. `count` and `rowVersion` begin at 0 and are the caller's to carry over. */
export function viewColumns({ buffer, byteOffset, accountCapacity, legCapacity }: ColumnsPlace): DeskColumns {
  let at = byteOffset;
  const view = (fields: Fields, length: number): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(fields).map(([name, Column]) => {
        const column = new Column(buffer, at, length);
        at += aligned(length * Column.BYTES_PER_ELEMENT);
        return [name, column];
      }),
    );
  const accounts = view(ACCOUNT_FIELDS, accountCapacity) as unknown as AccountColumns;
  const legs = view(LEG_FIELDS, legCapacity) as unknown as LegColumns;
  return { accounts, legs, accountCapacity, legCapacity, count: 0, rowVersion: 0 };
}
