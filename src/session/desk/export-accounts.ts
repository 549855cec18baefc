/**
 * Accounts as a book that reads back the same: every instrument and asset of the desk, at the book's own prices (SE-5), and the accounts
 * that match, in order. Read from the desk's columns some thousand rows at a time, twice over: a table says first how many rows it has.
 * Rules DM-20, DK-23.
 */
import type { Account } from '../../domain/book.ts';
import { type BookColumns, DERIVED } from '../../domain/book-columns.ts';
import { addAccount, BookColumnsBuilder } from '../../domain/book-columns-builder.ts';
import { InputError } from '../../domain/fault.ts';
import { CsvWriter } from '../../formats/csv.ts';
import { FlatTable, type FlatWriter } from '../../formats/flat/rows.ts';
import { bookPieces, fitsJson } from '../../formats/leverage-book.ts';
import { ParquetBookWriter } from '../../formats/parquet.ts';
import { TEXT_LENGTH_MAX } from '../load.ts';
import { type AccountStore, accountAt, marginAt } from './account-store.ts';
import type { Exported, Exporting, StagedJob } from './desk.ts';
import { fileName } from './export-file.ts';
import { ISOLATED } from './flat-book.ts';
import type { OpenDesk } from './opened.ts';

/** Accounts of one slice: some ten milliseconds. */
const ACCOUNTS_PER_SLICE = 512;
/** Of JSON, which takes more. */
const JSON_PER_SLICE = 128;
/** Share of the work that taking note is. */
const NOTING_SHARE = 0.3;

/** The market of the desk, and the accounts of `rows`. */
function partOf({ kernel }: OpenDesk, rows: Uint32Array): BookColumns {
  const { store, board } = kernel;
  const builder = new BookColumnsBuilder();
  for (const instrument of board.book.instruments.values()) builder.addInstrument(instrument);
  for (const asset of board.book.assets.values()) builder.addAsset(asset);
  const codes = store.instruments.map((id) => builder.instrumentCode(id));
  for (const row of rows) {
    const special = store.special.get(store.columns.accounts.source[row]!);
    if (special) addAccount(builder, special);
    else addRow(builder, store, codes, row);
  }
  return builder.finished(board.book.asOf, board.book.unit);
}

/** An account that the columns say whole. */
function addRow(builder: BookColumnsBuilder, store: AccountStore, codes: readonly number[], row: number): void {
  const { accounts, legs } = store.columns;
  const source = accounts.source[row]!;
  const derived = store.derived[source] === 1 ? DERIVED.yes : DERIVED.notStated;
  for (let b = store.balanceStart[row]!; b < store.balanceEnd[row]!; b++) {
    builder.balance(builder.assetCode(store.assets[store.balanceAsset[b]!]!), store.balanceAmount[b]!, undefined, derived);
  }
  for (let leg = accounts.legStart[row]!; leg < accounts.legEnd[row]!; leg++) {
    const { mode, leverage } = store.settings[store.legSetting[leg]!]!;
    builder.position(codes[legs.instrument[leg]!]!, legs.size[leg]!, undefined, legs.entryPrice[leg]!, undefined, mode === ISOLATED);
    if (!Number.isNaN(leverage)) builder.positionSetting('leverage', leverage, undefined);
    const margin = marginAt(store.margins, leg);
    if (!Number.isNaN(margin)) builder.positionSetting('isolatedMargin', margin, undefined);
  }
  const label = store.names.labelOf(source);
  builder.account({ id: store.names.idOf(source), venue: store.venues[accounts.venue[row]!]!, ...(label === undefined ? {} : { label }) });
}

const slicesOf = (ids: Uint32Array, size = ACCOUNTS_PER_SLICE): Uint32Array[] =>
  Array.from({ length: Math.ceil(ids.length / size) }, (_, i) => ids.subarray(i * size, (i + 1) * size));

/** Writes the accounts of `ids`, in that order, as a book. */
export function* exportAccounts(exporting: Exporting, ids: Uint32Array, format: 'csv' | 'parquet' | 'json'): StagedJob<Exported> {
  const { open, file } = exporting;
  yield* format === 'json' ? writeJson(exporting, ids) : writeTable(exporting, ids, format);
  return { name: fileName(open.name, 'book', open.kernel.board.book.asOf, format), parts: file.finished(), rows: ids.length };
}

function* writeTable({ open, file, check }: Exporting, ids: Uint32Array, format: 'csv' | 'parquet'): StagedJob<undefined> {
  const market = partOf(open, new Uint32Array(0));
  const table = new FlatTable(market, format === 'csv', format === 'csv' ? 'text' : 'either');
  const slices = slicesOf(ids);
  for (const [i, rows] of slices.entries()) {
    check();
    table.note(partOf(open, rows));
    yield { stage: 'writing', done: 0, fraction: (NOTING_SHARE * (i + 1)) / slices.length };
  }
  const writer: FlatWriter = format === 'csv' ? new CsvWriter(table) : new ParquetBookWriter(market, table);
  for (const piece of writer.head()) file.add(piece);
  let done = 0;
  for (const rows of slices) {
    check();
    for (const piece of writer.part(partOf(open, rows))) file.add(piece);
    done += rows.length;
    yield { stage: 'writing', done, fraction: NOTING_SHARE + ((1 - NOTING_SHARE) * done) / ids.length };
  }
  for (const piece of writer.foot()) file.add(piece);
  return undefined;
}

/** More text than can be read again is not written. */
function* writeJson({ open, file, check }: Exporting, ids: Uint32Array): StagedJob<undefined> {
  const { store, board } = open.kernel;
  const { accounts } = store.columns;
  const [balances, positions] = [
    ids.reduce((sum, row) => sum + store.balanceEnd[row]! - store.balanceStart[row]!, 0),
    ids.reduce((sum, row) => sum + accounts.legEnd[row]! - accounts.legStart[row]!, 0),
  ];
  if (!fitsJson(ids.length, balances, positions)) tooLarge(ids.length);
  let done = 0;
  let length = 0;
  function* parts(): Generator<readonly Account[]> {
    for (const rows of slicesOf(ids, JSON_PER_SLICE)) {
      check();
      yield Array.from(rows, (row) => accountAt(store, row));
      done += rows.length;
    }
  }
  for (const piece of bookPieces(board.book, parts())) {
    length += piece.length;
    if (length > TEXT_LENGTH_MAX) tooLarge(ids.length);
    file.add(piece);
    yield { stage: 'writing', done, fraction: done / Math.max(1, ids.length) };
  }
  return undefined;
}

function tooLarge(accounts: number): never {
  throw new InputError([{ pointer: '', message: `a book of ${accounts} accounts is too large for JSON: take it as CSV or Parquet` }]);
}
