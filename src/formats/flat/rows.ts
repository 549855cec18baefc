/** A book as the rows of the flat form, in the order of the book (FF-3). */
import type { Asset, Instrument, MarginTier } from '../../domain/book.ts';
import {
  type BookColumns,
  DERIVED,
  hasNumber,
  type NumberColumn,
  numberTextAt,
  POSITION_SETTINGS,
  RISK_PARAMETERS,
  textAt,
} from '../../domain/book-columns.ts';
import { InputError, pointerSegment } from '../../domain/fault.ts';
import { Decimal } from '../../domain/units.ts';
import { AT, COLUMNS, type ColumnName, FLAT_FORMAT, type RowKind } from './schema.ts';

/** A number is its decimal text, or a double that says it exactly. */
export type Cell = string | number | boolean | undefined;

/** `double`: the numbers of balances and positions in `DOUBLE_COLUMNS` as doubles. */
export type NumberForm = 'text' | 'double';

export const DOUBLE_COLUMNS: readonly ColumnName[] = ['size', 'entryPrice', 'isolatedMargin', 'leverage', 'amount'];

/**
 * A table about to be written. Its accounts may come in parts, each a book of some of them with the same instruments and assets: so
 * that a long table is written while the rest of the program gets its turn.
 */
export class FlatTable {
  private readonly head: readonly StatedRow[];
  private readonly hasBookRow: boolean;
  private form: NumberForm | 'either';
  private readonly market: BookColumns;
  private readonly used: Set<ColumnName>;
  private accountCount = 0;
  private count: number;
  private writer: RowWriter | undefined;

  /**
   * The table of the market of `book`, its accounts not looked at. With `hasBookRow` the book's own facts are the first row (CSV),
   * otherwise they stand elsewhere (Parquet metadata). `either`: doubles where they say every number that is noted.
   */
  constructor(book: BookColumns, hasBookRow: boolean, numbers: NumberForm | 'either' = 'text') {
    checkMarketTexts(book);
    this.market = book;
    this.hasBookRow = hasBookRow;
    this.form = numbers;
    this.head = marketRows(book);
    this.count = this.head.length;
    this.used = new Set<ColumnName>(['row', 'account', 'venue', ...(hasBookRow ? BOOK_COLUMNS : [])]);
    if (hasBookRow && book.unit !== undefined) this.used.add('unit');
    for (const row of this.head) for (const [name, text] of Object.entries(row)) if (text !== undefined) this.used.add(name as ColumnName);
  }

  /**
   * Takes note of the next accounts; all of them before any row. Throws `InputError` for a text that is no Unicode, and with `double`
   * for a number that is no double.
   */
  note(part: BookColumns): void {
    checkAccountTexts(part, this.accountCount);
    const text = this.form === 'text' ? undefined : moreThanDouble(part);
    if (text !== undefined && this.form === 'double')
      throw new InputError([{ pointer: '', message: `${text} has more digits than a double holds: write numbers as text` }]);
    if (text !== undefined) this.form = 'text';
    this.accountCount += part.accounts.count;
    this.count += accountRowCount(part) + part.balances.count + part.positions.count + tierRowCount(part);
    noteColumns(part, this.used);
  }

  /** Columns that any row fills, in the order of `COLUMNS`. */
  get columns(): readonly ColumnName[] {
    return COLUMNS.filter((name) => this.used.has(name));
  }

  /** How the numbers of balances and positions are written. */
  get numbers(): NumberForm {
    return this.form === 'text' ? 'text' : 'double';
  }

  /** Rows of the whole table. */
  get rowCount(): number {
    return this.count + (this.hasBookRow ? 1 : 0);
  }

  private get rowWriter(): RowWriter {
    this.writer ??= new RowWriter(this.columns);
    return this.writer;
  }

  /** The rows that stand before the first account. Every row is the same array. */
  *marketRows(): Generator<readonly Cell[]> {
    const { asOf, unit } = this.market;
    if (this.hasBookRow) yield this.rowWriter.stated({ row: 'book', format: FLAT_FORMAT, asOf, unit, rowCount: String(this.count) });
    for (const row of this.head) yield this.rowWriter.stated(row);
  }

  /** The rows of the accounts from `from` up to and without `to` of a part that was noted. Every row is the same array. */
  *rowsOf(part: BookColumns, from = 0, to = part.accounts.count): Generator<readonly Cell[]> {
    for (let i = from; i < to; i++) yield* accountRows(part, i, this.rowWriter, this.numbers);
  }
}

const BOOK_COLUMNS: readonly ColumnName[] = ['format', 'asOf', 'rowCount'];

/** Writes a table in one of the forms. */
export interface FlatWriter {
  /** What stands before the first account. */
  readonly head: () => Iterable<string | Uint8Array>;
  /** The accounts from `from` up to and without `to`, all of them unless said otherwise; what of them can be handed over already. */
  readonly part: (book: BookColumns, from?: number, to?: number) => Iterable<string | Uint8Array>;
  /** The rest of the file. */
  readonly foot: () => Iterable<string | Uint8Array>;
}

type StatedRow = Readonly<Partial<Record<Exclude<ColumnName, 'row'>, string | undefined>>> & { readonly row: RowKind };
type Texts = Partial<Record<Exclude<ColumnName, 'row'>, string>>;

/** Decimals become text, what is not stated is left out. */
const textsOf = (fields: object): Texts =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value instanceof Decimal ? [[name, value.toFixed()]] : typeof value === 'string' ? [[name, value]] : [],
    ),
  );

function marketRows(book: BookColumns): StatedRow[] {
  const tierRow = (instrument: string, tier: MarginTier): StatedRow => ({ row: 'tier', instrument, ...textsOf(tier) });
  const instrumentRows = ({ id, tiers = [], ...fields }: Instrument): StatedRow[] => [
    { row: 'instrument', instrument: id, ...textsOf(fields) },
    ...tiers.map((tier) => tierRow(id, tier)),
  ];
  const assetRow = ({ symbol, ...fields }: Asset): StatedRow => ({ row: 'asset', asset: symbol, ...textsOf(fields) });
  return [...book.instruments.flatMap(instrumentRows), ...book.assets.map(assetRow)];
}

function noteColumns({ accounts, balances, positions }: BookColumns, used: Set<ColumnName>): void {
  const use = (...names: ColumnName[]): void => {
    for (const name of names) used.add(name);
  };
  if (accounts.label) use('label');
  if (accounts.unit) use('unit');
  for (const name of ['maintenanceMarginOther', 'initialMarginOther'] as const) if (accounts[name]) use(name);
  if (balances.count > 0) use('asset', 'amount');
  if (balances.derived.some((code) => code !== DERIVED.notStated)) use('derived');
  for (const name of RISK_PARAMETERS) if (balances[name]) use(name);
  if (positions.count > 0) use('instrument', 'size', 'entryPrice', 'marginMode');
  for (const name of POSITION_SETTINGS) if (positions[name]) use(name);
  for (const tiers of positions.tiers.values())
    for (const tier of tiers) for (const name of Object.keys(textsOf(tier))) use(name as ColumnName);
}

/** Whether the account states something of its own, or that it has no collateral (FF-8). */
function hasAccountRow({ accounts, positions }: BookColumns, i: number): boolean {
  if (accounts.hasLabel?.[i] === 1 || (accounts.unit && accounts.unit[i] !== 0)) return true;
  if (hasNumber(accounts.maintenanceMarginOther, i) || hasNumber(accounts.initialMarginOther, i)) return true;
  if (accounts.balanceStart[i]! < accounts.balanceStart[i + 1]!) return false;
  const first = accounts.positionStart[i]!;
  const end = accounts.positionStart[i + 1]!;
  for (let row = first; row < end; row++) if (positions.isolated[row] !== 1) return true;
  return first === end;
}

function accountRowCount(book: BookColumns): number {
  let count = 0;
  for (let i = 0; i < book.accounts.count; i++) if (hasAccountRow(book, i)) count++;
  return count;
}

const tierRowCount = ({ positions }: BookColumns): number => [...positions.tiers.values()].reduce((sum, tiers) => sum + tiers.length, 0);

/** One row at a time, in one array. */
class RowWriter {
  readonly cells: Cell[];
  /** Position of each column in `cells`; −1 where it is not used. */
  private readonly at: Int32Array;

  constructor(columns: readonly ColumnName[]) {
    this.cells = new Array<Cell>(columns.length).fill(undefined);
    this.at = Int32Array.from(COLUMNS, (name) => columns.indexOf(name));
  }

  begin(kind: RowKind): void {
    this.cells.fill(undefined);
    this.set(AT.row, kind);
  }

  set(column: number, cell: Cell): void {
    const at = this.at[column]!;
    if (at >= 0) this.cells[at] = cell;
  }

  stated({ row, ...cells }: StatedRow): readonly Cell[] {
    this.begin(row);
    for (const [name, text] of Object.entries(cells)) this.set(AT[name as ColumnName], text);
    return this.cells;
  }
}

const SETTING_COLUMNS = POSITION_SETTINGS.map((name) => ({ name, column: AT[name] }));
const RISK_COLUMNS = RISK_PARAMETERS.map((name) => ({ name, column: AT[name] }));

function* accountRows(book: BookColumns, i: number, writer: RowWriter, numbers: NumberForm): Generator<readonly Cell[]> {
  const { accounts, balances, positions } = book;
  const id = textAt(accounts.id, i);
  const venue = book.venues[accounts.venue[i]!]!;
  const begin = (kind: RowKind): void => {
    writer.begin(kind);
    writer.set(AT.account, id);
    writer.set(AT.venue, venue);
  };
  const number = (column: NumberColumn, row: number): Cell => (numbers === 'double' ? column.value[row]! : numberTextAt(column, row));
  if (hasAccountRow(book, i)) {
    begin('account');
    if (accounts.hasLabel?.[i] === 1) writer.set(AT.label, textAt(accounts.label!, i));
    if (accounts.unit && accounts.unit[i] !== 0) writer.set(AT.unit, book.units[accounts.unit[i]! - 1]);
    for (const name of ['maintenanceMarginOther', 'initialMarginOther'] as const) {
      const column = accounts[name];
      if (hasNumber(column, i)) writer.set(AT[name], numberTextAt(column, i));
    }
    yield writer.cells;
  }
  for (let row = accounts.balanceStart[i]!; row < accounts.balanceStart[i + 1]!; row++) {
    begin('balance');
    writer.set(AT.asset, book.symbols[balances.asset[row]!]);
    writer.set(AT.amount, number(balances.amount, row));
    if (balances.derived[row] !== DERIVED.notStated) writer.set(AT.derived, balances.derived[row] === DERIVED.yes ? 'true' : 'false');
    for (const { name, column } of RISK_COLUMNS) {
      const stated = balances[name];
      if (hasNumber(stated, row)) writer.set(column, numberTextAt(stated, row));
    }
    yield writer.cells;
  }
  for (let row = accounts.positionStart[i]!; row < accounts.positionStart[i + 1]!; row++) {
    const instrument = book.instruments[positions.instrument[row]!]!.id;
    begin('position');
    writer.set(AT.instrument, instrument);
    writer.set(AT.size, number(positions.size, row));
    writer.set(AT.entryPrice, number(positions.entryPrice, row));
    writer.set(AT.marginMode, positions.isolated[row] === 1 ? 'isolated' : 'cross');
    for (const { name, column } of SETTING_COLUMNS) {
      const stated = positions[name];
      if (hasNumber(stated, row)) writer.set(column, name === 'maxLeverage' ? numberTextAt(stated, row) : number(stated, row));
    }
    yield writer.cells;
    for (const tier of positions.tiers.get(row) ?? []) {
      begin('tier');
      writer.set(AT.instrument, instrument);
      for (const [name, text] of Object.entries(textsOf(tier))) writer.set(AT[name as ColumnName], text);
      yield writer.cells;
    }
  }
}

const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A half of a surrogate pair alone has no UTF-8: written, it would come back as another name. */
function refuseHalves(pointer: string, text: string): void {
  if (!SURROGATE.test(text) || !LONE_SURROGATE.test(text)) return;
  throw new InputError([{ pointer, message: 'half a character (a lone surrogate): neither CSV nor Parquet can hold it' }]);
}

function checkMarketTexts(book: BookColumns): void {
  for (const { id, base, quote, settle } of book.instruments) {
    for (const text of [id, base, quote, settle]) refuseHalves(`/instruments${pointerSegment(id)}`, text);
  }
  for (const { symbol, unit } of book.assets)
    for (const text of [symbol, unit ?? '']) refuseHalves(`/assets${pointerSegment(symbol)}`, text);
  refuseHalves('', book.unit ?? '');
}

/** `before`: accounts in the parts before this one. */
function checkAccountTexts({ accounts, symbols, units }: BookColumns, before: number): void {
  for (const text of [...symbols, ...units]) refuseHalves('', text);
  const { count, id, label } = accounts;
  for (let i = 0; i < count; i++) {
    refuseHalves(`/accounts/${before + i}/id`, textAt(id, i));
    if (label) refuseHalves(`/accounts/${before + i}/label`, textAt(label, i));
  }
}

/** A number of `DOUBLE_COLUMNS` that no double says; undefined where there is none. */
function moreThanDouble({ balances, positions }: BookColumns): string | undefined {
  const columns = [balances.amount, positions.size, positions.entryPrice, positions.isolatedMargin, positions.leverage];
  return columns.map((column) => column?.exact.values().next().value).find((text) => text !== undefined);
}
