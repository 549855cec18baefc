/**
 * A book as columns: one typed array a field instead of one object a position, for books of up to a million accounts. The same book
 * exactly: a number whose double does not say it keeps its decimal text beside the column, so that nothing is lost either way
 * (rule FF-2 of docs/spec/flat-format.md). Instruments and assets are few and stay objects.
 */
import type { Account, Asset, AssetSymbol, Balance, Book, Instrument, MarginTier, Position, VenueId } from './book.ts';
import { Decimal } from './units.ts';

/** Numbers of one field. */
export interface NumberColumn {
  /** The nearest double; NaN where the field is not stated. */
  readonly value: Float64Array;
  /** Plain decimal text by row, only where the shortest decimal text of the double is another number. */
  readonly exact: ReadonlyMap<number, string>;
}

/** Texts, one after the other. */
export interface TextColumn {
  /** UTF-16 code units of all texts. */
  readonly units: Uint16Array;
  /** Where each text ends; it begins where the one before it ends. */
  readonly end: Uint32Array;
}

/** One row an account. An optional column is there only where some account states the field. */
export interface AccountRows {
  readonly count: number;
  readonly id: TextColumn;
  /** Index into `BookColumns.venues`. */
  readonly venue: Uint8Array;
  readonly label?: TextColumn;
  /** 1 where a label is stated, the empty one included. There with `label`. */
  readonly hasLabel?: Uint8Array;
  /** Index into `BookColumns.units` plus 1; 0 where the book's unit holds. */
  readonly unit?: Uint32Array;
  readonly maintenanceMarginOther?: NumberColumn;
  readonly initialMarginOther?: NumberColumn;
  /** Rows of `balances`: balanceStart[i] ≤ row < balanceStart[i + 1]. */
  readonly balanceStart: Uint32Array;
  /** Rows of `positions`, likewise. */
  readonly positionStart: Uint32Array;
}

/** Codes of `BalanceRows.derived`. */
export const DERIVED = { notStated: 0, yes: 1, no: 2 } as const;

export const RISK_PARAMETERS = ['collateralFactor', 'loanToValue', 'liquidationThreshold', 'liquidationBonus'] as const;
export type RiskParameter = (typeof RISK_PARAMETERS)[number];

export interface BalanceRows extends Readonly<Partial<Record<RiskParameter, NumberColumn>>> {
  readonly count: number;
  /** Index into `BookColumns.symbols`. */
  readonly asset: Uint32Array;
  readonly amount: NumberColumn;
  readonly derived: Uint8Array;
}

export const POSITION_SETTINGS = ['isolatedMargin', 'leverage', 'maxLeverage'] as const;
export type PositionSetting = (typeof POSITION_SETTINGS)[number];

export interface PositionRows extends Readonly<Partial<Record<PositionSetting, NumberColumn>>> {
  readonly count: number;
  /** Index into `BookColumns.instruments`. */
  readonly instrument: Uint32Array;
  /** Signed, long positive. */
  readonly size: NumberColumn;
  readonly entryPrice: NumberColumn;
  /** 1 isolated, 0 cross. */
  readonly isolated: Uint8Array;
  /** Tables that positions bring themselves, by row. */
  readonly tiers: ReadonlyMap<number, readonly MarginTier[]>;
}

export interface BookColumns {
  /** ISO-8601, UTC. */
  readonly asOf: string;
  readonly unit?: AssetSymbol;
  readonly instruments: readonly Instrument[];
  readonly assets: readonly Asset[];
  /** Symbols that balances name: those of `assets` first, in their order, then the ones that are not listed. */
  readonly symbols: readonly AssetSymbol[];
  readonly venues: readonly VenueId[];
  /** Units of account that accounts state. */
  readonly units: readonly AssetSymbol[];
  readonly accounts: AccountRows;
  readonly balances: BalanceRows;
  readonly positions: PositionRows;
}

/** Arguments of one call at most. */
const PIECE = 4096;

/** Text `i` of a column. */
export function textAt(column: TextColumn, i: number): string {
  const from = i === 0 ? 0 : column.end[i - 1]!;
  const to = column.end[i]!;
  if (to - from <= PIECE) return String.fromCharCode.apply(null, column.units.subarray(from, to) as unknown as number[]);
  let text = '';
  for (let at = from; at < to; at += PIECE) {
    text += String.fromCharCode.apply(null, column.units.subarray(at, Math.min(at + PIECE, to)) as unknown as number[]);
  }
  return text;
}

/** The exact number in row `i`, which must state one. */
export const numberAt = (column: NumberColumn, i: number): Decimal => new Decimal(column.exact.get(i) ?? column.value[i]!);

/** Plain decimal text (no exponent) of the number in row `i`, digit for digit. */
export function numberTextAt(column: NumberColumn, i: number): string {
  return column.exact.get(i) ?? plainText(column.value[i]!);
}

/** The shortest decimal text that reads back as `value`, without an exponent. */
export function plainText(value: number): string {
  const text = String(value);
  return text.includes('e') ? new Decimal(text).toFixed() : text;
}

/** Whether row `i` states a number. */
export const hasNumber = (column: NumberColumn | undefined, i: number): column is NumberColumn =>
  column !== undefined && !Number.isNaN(column.value[i]!);

/** `{ [name]: number }` for each column that states one in row `i`. */
const statedNumbers = <K extends string>(
  columns: Readonly<Partial<Record<K, NumberColumn>>>,
  names: readonly K[],
  i: number,
): Partial<Record<K, Decimal>> => {
  const stated: Partial<Record<K, Decimal>> = {};
  for (const name of names) {
    const column = columns[name];
    if (hasNumber(column, i)) stated[name] = numberAt(column, i);
  }
  return stated;
};

function balanceOf(columns: BookColumns, row: number): Balance {
  const { asset, amount, derived } = columns.balances;
  return {
    asset: columns.symbols[asset[row]!]!,
    amount: numberAt(amount, row),
    ...(derived[row] === DERIVED.notStated ? {} : { derived: derived[row] === DERIVED.yes }),
    ...statedNumbers(columns.balances, RISK_PARAMETERS, row),
  };
}

function positionOf(columns: BookColumns, row: number): Position {
  const { instrument, size, entryPrice, isolated, tiers } = columns.positions;
  const own = tiers.get(row);
  return {
    instrument: columns.instruments[instrument[row]!]!.id,
    size: numberAt(size, row),
    entryPrice: numberAt(entryPrice, row),
    marginMode: isolated[row] === 1 ? 'isolated' : 'cross',
    ...statedNumbers(columns.positions, POSITION_SETTINGS, row),
    ...(own ? { tiers: own } : {}),
  };
}

const range = <T>(from: number, to: number, make: (i: number) => T): T[] => Array.from({ length: to - from }, (_, k) => make(from + k));

/** Account `i`, exact. */
export function accountOf(columns: BookColumns, i: number): Account {
  const { id, venue, label, hasLabel, unit, balanceStart, positionStart } = columns.accounts;
  return {
    id: textAt(id, i),
    venue: columns.venues[venue[i]!]!,
    ...(label && hasLabel?.[i] === 1 ? { label: textAt(label, i) } : {}),
    ...(unit && unit[i] !== 0 ? { unit: columns.units[unit[i]! - 1]! } : {}),
    balances: range(balanceStart[i]!, balanceStart[i + 1]!, (row) => balanceOf(columns, row)),
    positions: range(positionStart[i]!, positionStart[i + 1]!, (row) => positionOf(columns, row)),
    ...statedNumbers(columns.accounts, ['maintenanceMarginOther', 'initialMarginOther'], i),
  };
}

/** The book with its accounts from `from` up to and without `to`; all of them unless said otherwise. Exact. */
export function bookOf(columns: BookColumns, from = 0, to = columns.accounts.count): Book {
  return {
    format: 'leverage-book/1',
    asOf: columns.asOf,
    ...(columns.unit === undefined ? {} : { unit: columns.unit }),
    instruments: new Map(columns.instruments.map((instrument) => [instrument.id, instrument])),
    assets: new Map(columns.assets.map((asset) => [asset.symbol, asset])),
    accounts: range(from, Math.min(to, columns.accounts.count), (i) => accountOf(columns, i)),
  };
}

/** `columns` without the accounts whose numbers are in `dropped`; the others keep their order. */
export function withoutAccounts(columns: BookColumns, dropped: ReadonlySet<number>): BookColumns {
  if (dropped.size === 0) return columns;
  const { accounts, balances, positions } = columns;
  const kept = range(0, accounts.count, (i) => i).filter((i) => !dropped.has(i));
  const rowsOf = (start: Uint32Array): Uint32Array => Uint32Array.from(kept.flatMap((i) => range(start[i]!, start[i + 1]!, (row) => row)));
  const startOf = (start: Uint32Array): Uint32Array => {
    const moved = new Uint32Array(kept.length + 1);
    for (const [k, i] of kept.entries()) moved[k + 1] = moved[k]! + start[i + 1]! - start[i]!;
    return moved;
  };
  const accountRows = Uint32Array.from(kept);
  const balanceRows = rowsOf(accounts.balanceStart);
  const positionRows = rowsOf(accounts.positionStart);
  return {
    ...columns,
    accounts: {
      ...gatheredRows(accounts, accountRows),
      balanceStart: startOf(accounts.balanceStart),
      positionStart: startOf(accounts.positionStart),
    },
    balances: gatheredRows(balances, balanceRows),
    positions: gatheredRows(positions, positionRows),
  };
}

type Field = number | Uint8Array | Uint32Array | NumberColumn | TextColumn | ReadonlyMap<number, readonly MarginTier[]>;

/** Every column of a table at `rows`, and their number as `count`. */
function gatheredRows<T extends AccountRows | BalanceRows | PositionRows>(table: T, rows: Uint32Array): T {
  const fields = Object.entries(table).map(([name, field]: [string, Field]) => [name, gathered(field, rows)]);
  return { ...Object.fromEntries(fields), count: rows.length } as T;
}

function gathered(field: Field, rows: Uint32Array): Field {
  if (typeof field === 'number') return field;
  if (field instanceof Uint8Array) return Uint8Array.from(rows, (row) => field[row]!);
  if (field instanceof Uint32Array) return Uint32Array.from(rows, (row) => field[row]!);
  if ('value' in field) return { value: Float64Array.from(rows, (row) => field.value[row]!), exact: moved(field.exact, rows) };
  if ('units' in field) return gatheredTexts(field, rows);
  return moved(field, rows);
}

function moved<V>(values: ReadonlyMap<number, V>, rows: Uint32Array): Map<number, V> {
  const result = new Map<number, V>();
  if (values.size === 0) return result;
  for (const [k, row] of rows.entries()) {
    const value = values.get(row);
    if (value !== undefined) result.set(k, value);
  }
  return result;
}

function gatheredTexts({ units, end }: TextColumn, rows: Uint32Array): TextColumn {
  const startAt = (row: number): number => (row === 0 ? 0 : end[row - 1]!);
  const length = rows.reduce((sum, row) => sum + end[row]! - startAt(row), 0);
  const kept = { units: new Uint16Array(length), end: new Uint32Array(rows.length) };
  let at = 0;
  for (const [k, row] of rows.entries()) {
    kept.units.set(units.subarray(startAt(row), end[row]), at);
    at += end[row]! - startAt(row);
    kept.end[k] = at;
  }
  return kept;
}
