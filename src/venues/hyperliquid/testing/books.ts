/** The recorded many-account books (real/books/hyperliquid-*.csv.gz): what their accounts say, and how far an account value in whole cents carries. */
import { readdirSync } from 'node:fs';
import { Decimal, ZERO } from '../../../domain/units.ts';
import { maintenanceAtNotional } from '../tables.ts';
import { assessRecorded, type RecordedAccount, type RecordedPosition, relativeError, tiersOfRecorded } from './recorded.ts';
import { readLines, recordingPath } from './recordings.ts';

export const bookNames = (): string[] => readdirSync(recordingPath('real/books')).filter((name) => /^hyperliquid-.*\.csv\.gz$/.test(name));

export interface BookAccount {
  readonly id: string;
  /** Undefined where it was not recorded. */
  readonly account: RecordedAccount | undefined;
  readonly rowCount: number;
  readonly crossCount: number;
}

/** Accounts of one book with their cross positions; `olderTables` by `wallet coin`. Account values are printed in whole cents. */
export function readBook(name: string, olderTables: ReadonlyMap<string, string>): BookAccount[] {
  const [header, ...lines] = readLines(`real/books/${name}`);
  const columns = header!.split(',');
  const byAccount = new Map<string, Record<string, string>[]>();
  for (const line of lines) {
    const cells = line.split(',');
    const row = Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
    byAccount.set(row.account!, [...(byAccount.get(row.account!) ?? []), row]);
  }
  return [...byAccount].map(([id, rows]) => {
    const cross = rows.filter((row) => row.marginMode!.startsWith('cross'));
    const crossAccountValue = rows[0]!.crossAccountValueDerived!;
    const account = {
      id: `${name} ${id}`,
      source: name,
      capturedAt: '',
      crossAccountValue,
      positions: cross.map((row) => positionOf(row, id, olderTables)),
    };
    return { id, rowCount: rows.length, crossCount: cross.length, account: crossAccountValue === '' ? undefined : account };
  });
}

function positionOf(row: Record<string, string>, id: string, olderTables: ReadonlyMap<string, string>): RecordedPosition {
  const table = olderTables.get(`hl-${id} ${row.symbol}`);
  return {
    coin: row.symbol!,
    size: row.side === 'L' ? row.size! : `-${row.size}`,
    entryPrice: row.entryPrice!,
    markPrice: row.markPrice!,
    marginMode: 'cross',
    leverage: row.leverage!,
    ...(table ? { table } : {}),
    liquidationPrice: row.liquidationPrice === '' ? null : row.liquidationPrice!,
  };
}

/** Half a cent of account value, as a move of the liquidation price: Δ ÷ (size × (1 − rate)), at the largest rate of 1/6. */
const centsOf = (size: string): Decimal => new Decimal('0.006').div(new Decimal(size).abs());

/** Indices of the positions on which the engine does not say what the venue says: relative 5e-7, or half a cent of account value. */
export function misses(account: RecordedAccount): number[] {
  const assessment = assessRecorded(account);
  return account.positions.flatMap(({ liquidationPrice: theirs, size }, i) => {
    const figure = assessment.positions[i]!.liquidationPrice;
    if (theirs === null || theirs === undefined) return !figure.ok && figure.reason === 'never' ? [] : [i];
    if (!figure.ok) return [i];
    const wanted = new Decimal(theirs);
    return relativeError(figure.value, wanted).lte('5e-7') || figure.value.minus(wanted).abs().lte(centsOf(size)) ? [] : [i];
  });
}

const maintenanceOf = (row: RecordedPosition, price: Decimal): Decimal =>
  maintenanceAtNotional(tiersOfRecorded(row) ?? [], new Decimal(row.size).abs().times(price));

/**
 * The requirement that the recorded prices imply beside the listed tables: the median over priced positions of
 * account value + size × (L − mark) − Σ maintenance + own maintenance − own maintenance at L. Where one position of an account keeps a table
 * that the book does not name, all others show the same remainder.
 */
export function impliedOther(account: RecordedAccount): Decimal {
  const total = account.positions.reduce((sum, row) => sum.plus(maintenanceOf(row, new Decimal(row.markPrice))), ZERO);
  const implied = account.positions.flatMap((row) => {
    if (!row.liquidationPrice) return [];
    const mark = new Decimal(row.markPrice);
    const price = new Decimal(row.liquidationPrice);
    const profit = new Decimal(row.size).times(price.minus(mark));
    return [
      new Decimal(account.crossAccountValue ?? 0).plus(profit).minus(total).plus(maintenanceOf(row, mark)).minus(maintenanceOf(row, price)),
    ];
  });
  return implied.sort((a, b) => a.comparedTo(b))[Math.floor(implied.length / 2)] ?? ZERO;
}

const OLDER_TABLES = ['simple:3', 'simple:5', 'simple:10', 'simple:20', 'simple:25', 'simple:40', 'simple:50', 'table:DOGE'];

/** Whether position `i` is met once it stands on one of the venue's older tables, the account's total requirement being what it was. */
export function fitsOlderTable(account: RecordedAccount, i: number): boolean {
  const row = account.positions[i]!;
  const mark = new Decimal(row.markPrice);
  return OLDER_TABLES.some((table) => {
    const moved = { ...row, table };
    const other = new Decimal(account.maintenanceMarginOther ?? 0).plus(maintenanceOf(row, mark)).minus(maintenanceOf(moved, mark));
    const positions = account.positions.map((position, j) => (j === i ? moved : position));
    return !misses({ ...account, positions, maintenanceMarginOther: other.toFixed() }).includes(i);
  });
}
