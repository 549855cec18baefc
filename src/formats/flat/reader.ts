/** A flat book, batch by batch, into columns. The same machine reads CSV and Parquet. Rules FF-3 to FF-9. */
import { type BookColumns, withoutAccounts } from '../../domain/book-columns.ts';
import { BookColumnsBuilder } from '../../domain/book-columns-builder.ts';
import { InputError } from '../../domain/fault.ts';
import { venues as registeredVenues } from '../../venues/registry.ts';
import { describe } from '../../wire/schema.ts';
import type { Market } from '../book-checks.ts';
import { type AccountRowKind, APART, FlatAccountReader, misplacedColumns } from './account.ts';
import type { FlatBatch } from './batch.ts';
import { FaultList, type RowFault, type RowPlace, rowFault } from './faults.ts';
import { FlatMarketReader, type Head } from './market.ts';
import { NameSet } from './name-set.ts';
import { AT, ROW_KINDS, ROWS_MAX, type RowKind } from './schema.ts';

export interface FlatReaderOptions {
  /** The venues a book may name; all that are registered unless said otherwise. */
  readonly venues?: Market['venues'];
  /** Read what can be read, list the faults of the rest. Otherwise any fault is an `InputError`. */
  readonly isLenient?: boolean;
}

/** What a file holds, and what could not be read of it. */
export interface FlatReading {
  readonly columns: BookColumns;
  /** The first ones; `faultCount` counts all. Empty in strict reading. */
  readonly faults: readonly RowFault[];
  readonly faultCount: number;
  /** Accounts that the file names and `columns` does not hold. */
  readonly skippedCount: number;
  /** Those by the first reason met. */
  readonly skippedReasons: ReadonlyMap<string, number>;
  readonly rowCount: number;
}

const KINDS: ReadonlyMap<string, RowKind> = new Map(ROW_KINDS.map((kind) => [kind, kind]));
const ACCOUNT_KINDS: ReadonlySet<string | undefined> = new Set<RowKind>(['account', 'balance', 'position']);
const KINDS_IN_WORDS = ROW_KINDS.join(', ');

export class FlatReader {
  private readonly faults: FaultList;
  private readonly isStrict: boolean;
  private readonly venues: Market['venues'];
  private readonly builder = new BookColumnsBuilder();
  private readonly marketReader: FlatMarketReader;
  private market: ReturnType<FlatMarketReader['close']> | undefined;
  private accounts: FlatAccountReader | undefined;
  private readonly ids = new NameSet();
  /** Number in the builder of each id in the order met; −1: left out. */
  private readonly accountOfId: number[] = [];
  /** Ids, in the order met, that came again after another account. */
  private readonly repeated = new Set<number>();
  /** A row before the next account that cannot be read. */
  private spoiledBy: RowPlace | undefined;
  private rows = 0;
  private bookRows = 0;
  /** The file ends before the end of a line: set by readers of text. */
  endsWithinLine = false;

  constructor(options: FlatReaderOptions = {}) {
    this.isStrict = options.isLenient !== true;
    this.venues = options.venues ?? registeredVenues;
    this.faults = new FaultList(this.isStrict);
    this.marketReader = new FlatMarketReader(this.faults);
  }

  /** Accounts that are whole so far. */
  get accountCount(): number {
    return this.builder.accountCount;
  }

  get rowCount(): number {
    return this.rows;
  }

  /** The book's facts where a file states them beside its table. */
  takeHead(head: Head, pointer: (field: string) => string): void {
    this.marketReader.takeHead(head, pointer);
  }

  /** Takes the next rows. Throws `InputError` when nothing can be read. */
  take(batch: FlatBatch): void {
    const misplaced = misplacedColumns(batch);
    if (this.rows + batch.rowCount > ROWS_MAX)
      throw new InputError([{ pointer: '/rows', message: `more than ${ROWS_MAX} rows: split the book` }]);
    let lastWord: string | undefined;
    let kind: RowKind | undefined;
    for (let row = 0; row < batch.rowCount; row++) {
      this.rows++;
      const broken = batch.broken(row);
      if (broken !== undefined) {
        this.spoil(batch, row, broken, undefined);
        continue;
      }
      const word = batch.text(row, AT.row);
      // Most rows are of the kind of the row before.
      if (word !== lastWord) {
        lastWord = word;
        kind = word === undefined ? undefined : KINDS.get(word);
      }
      const account = batch.text(row, AT.account);
      if (kind === undefined)
        this.spoil(batch, row, word === undefined ? 'is required' : `expected ${KINDS_IN_WORDS}, found ${describe(word)}`, 'row', account);
      else if (kind === 'book' || kind === 'instrument' || kind === 'asset' || (kind === 'tier' && account === undefined))
        this.takeMarketRow(kind, batch, row);
      else if (account === undefined) this.spoil(batch, row, 'is required', 'account');
      else {
        this.open(account, batch, row);
        this.accounts!.add(kind as AccountRowKind, batch, misplaced, row);
      }
    }
  }

  /** The whole. Throws `InputError` with the faults in strict reading. */
  finish(): FlatReading {
    this.openAccounts();
    this.closeAccount();
    const stated = this.marketReader.head?.rowCount;
    const counted = this.rows - this.bookRows;
    if (stated !== undefined && (Number(stated) !== counted || this.endsWithinLine)) {
      throw new InputError([
        {
          pointer: '/rows',
          message: `the book row counts ${stated} rows besides itself, found ${counted}${this.endsWithinLine ? ', the last without its line end' : ''}: the file is cut off, or was edited (empty its rowCount)`,
        },
      ]);
    }
    if (this.isStrict && this.faults.count > 0) throw new InputError(this.faults.listed);
    const columns = withoutAccounts(this.builder.finished(this.market!.asOf, this.market!.statedUnit), this.incomplete());
    return {
      columns,
      faults: this.faults.listed,
      faultCount: this.faults.count,
      skippedCount: this.accounts!.skippedCount,
      skippedReasons: this.accounts!.skippedReasons,
      rowCount: this.rows,
    };
  }

  /** Accounts that were taken before more of their rows came. */
  private incomplete(): Set<number> {
    const incomplete = new Set<number>();
    for (const id of this.repeated) {
      const account = this.accountOfId[id]!;
      if (account < 0) continue;
      incomplete.add(account);
      this.accounts!.skip(APART);
    }
    return incomplete;
  }

  private takeMarketRow(kind: 'book' | 'instrument' | 'asset' | 'tier', batch: FlatBatch, row: number): void {
    if (kind === 'book') this.bookRows++;
    if (!this.market) {
      this.marketReader.add(kind, batch, row, placeOf(batch, row));
      return;
    }
    const message =
      kind === 'tier' ? 'a tier row without an account stands before the accounts' : `rows of kind ${kind} stand before the accounts`;
    if (kind === 'tier') this.spoil(batch, row, message, 'account');
    else this.faults.add(rowFault(placeOf(batch, row), 'row', message));
  }

  /** Makes `id` the account under way. */
  private open(id: string, batch: FlatBatch, row: number): void {
    const accounts = this.openAccounts();
    if (id === accounts.id) return;
    this.closeAccount();
    const place = placeOf(batch, row);
    accounts.begin(id, place, this.spoiledBy);
    this.spoiledBy = undefined;
    const before = this.ids.add(id);
    if (before < 0) return;
    accounts.isRepeated = true;
    this.repeated.add(before);
    this.faults.add(rowFault(place, 'account', `the rows of an account stand together, ${describe(id)} had rows before`));
  }

  private closeAccount(): void {
    const accounts = this.accounts!;
    if (accounts.id === undefined) return;
    const isTaken = accounts.close();
    if (!accounts.isRepeated) this.accountOfId.push(isTaken ? this.builder.accountCount - 1 : -1);
  }

  private openAccounts(): FlatAccountReader {
    if (this.accounts) return this.accounts;
    this.market = this.marketReader.close(this.venues, this.builder);
    this.accounts = new FlatAccountReader(this.market, (kind, name) => this.marketReader.rowOf(kind, name), this.builder, this.faults);
    return this.accounts;
  }

  /**
   * A row that cannot be read takes down what it may belong to: the account it names where that can be trusted, otherwise the
   * accounts on both sides of it, and, unless it says that it is an account's, before the first account the entries that it names.
   */
  private spoil(batch: FlatBatch, row: number, message: string, column: string | undefined, account?: string): void {
    const place = placeOf(batch, row);
    this.faults.add(rowFault(place, column, message));
    if (account !== undefined) {
      this.open(account, batch, row);
      this.accounts!.spoiledBy ??= place;
      return;
    }
    if (this.accounts) this.accounts.spoiledBy ??= place;
    else if (!ACCOUNT_KINDS.has(batch.text(row, AT.row))) this.marketReader.spoil(batch, row);
    this.spoiledBy ??= place;
  }
}

const placeOf = (batch: FlatBatch, row: number): RowPlace => {
  const line = batch.line(row);
  return { row: batch.firstRow + row, ...(line === undefined ? {} : { line }) };
};
