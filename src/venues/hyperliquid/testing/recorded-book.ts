/** A recorded many-account book (real/books/hyperliquid-*.csv.gz) as a book that can be loaded. */
import type { Account, Book, Instrument, Position } from '../../../domain/book.ts';
import { Decimal, ZERO } from '../../../domain/units.ts';
import { readLines } from './recordings.ts';

type Row = Readonly<Record<string, string>>;

export interface RecordedBook {
  readonly book: Book;
  /**
   * By id: the recorded account value and the notional of the cross positions, at the marks of the book. Wallets were recorded one after the
   * other, each at the marks of its moment; a book has one mark a market, that of the wallet recorded last.
   */
  readonly recorded: ReadonlyMap<string, { readonly accountValue: Decimal; readonly notional: Decimal }>;
  /** Accounts without an account value, and isolated positions without their margin: left out. */
  readonly withoutValue: number;
  readonly withoutMargin: number;
}

const rowsOf = (name: string): Row[] => {
  const [header, ...lines] = readLines(`real/books/${name}`);
  const columns = header!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [columns[i]!, cell])));
};

/** `hyperliquid-20260222T0127.csv.gz` was recorded at that minute. */
const timeOf = (name: string): string => name.replace(/^.*-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)\..*$/, '$1-$2-$3T$4:$5:00Z');

const sizeOf = ({ side, size }: Row): Decimal => new Decimal(size!).times(side === 'L' ? 1 : -1);
const isIsolated = ({ marginMode }: Row): boolean => marginMode!.startsWith('isolated');

/**
 * Balance = account value − profit of the cross positions at their marks; the venue's own tables hold. The account value is the one derived
 * from recorded liquidation prices; with `orLeaderboard` that of the leaderboard where there is no other, which counts more than the cross pool.
 */
export function recordedBook(name: string, orLeaderboard: boolean): RecordedBook {
  const rows = rowsOf(name);
  const instruments = new Map<string, Instrument>();
  const byAccount = new Map<string, Row[]>();
  for (const row of rows) {
    const id = `hl:${row.symbol}`;
    instruments.set(id, {
      id,
      venue: 'hyperliquid',
      contract: 'linear',
      base: row.symbol!,
      quote: 'USD',
      settle: 'USDC',
      contractSize: new Decimal(1),
      markPrice: new Decimal(row.markPrice!),
    });
    byAccount.set(row.account!, [...(byAccount.get(row.account!) ?? []), row]);
  }
  const recorded = new Map<string, { accountValue: Decimal; notional: Decimal }>();
  const accounts: Account[] = [];
  let withoutValue = 0;
  let withoutMargin = 0;
  for (const [id, held] of byAccount) {
    const { crossAccountValueDerived: derived, leaderboardAccountValue } = held[0]!;
    const value = derived || (orLeaderboard && leaderboardAccountValue) || '';
    if (value === '') {
      withoutValue++;
      continue;
    }
    const kept = held.filter((row) => !isIsolated(row) || row.marginUsed !== '');
    withoutMargin += held.length - kept.length;
    const cross = kept.filter((row) => !isIsolated(row));
    const profitOf = (row: Row): Decimal => sizeOf(row).times(new Decimal(row.markPrice!).minus(row.entryPrice!));
    const profit = cross.reduce((sum, row) => sum.plus(profitOf(row)), ZERO);
    const markOf = ({ symbol }: Row): Decimal => instruments.get(`hl:${symbol}`)!.markPrice!;
    const since = cross.reduce((sum, row) => sum.plus(sizeOf(row).times(markOf(row).minus(row.markPrice!))), ZERO);
    recorded.set(id, {
      accountValue: since.plus(value),
      notional: cross.reduce((sum, row) => sum.plus(sizeOf(row).abs().times(markOf(row))), ZERO),
    });
    accounts.push({
      id,
      venue: 'hyperliquid',
      balances: [{ asset: 'USDC', amount: new Decimal(value).minus(profit), derived: true }],
      positions: kept.map(
        (row): Position => ({
          instrument: `hl:${row.symbol}`,
          size: sizeOf(row),
          entryPrice: new Decimal(row.entryPrice!),
          leverage: new Decimal(row.leverage!),
          ...(isIsolated(row)
            ? { marginMode: 'isolated', isolatedMargin: new Decimal(row.marginUsed!).minus(profitOf(row)) }
            : { marginMode: 'cross' }),
        }),
      ),
    });
  }
  const assets = new Map([['USDC', { symbol: 'USDC', price: new Decimal(1) }]]);
  return { book: { format: 'leverage-book/1', asOf: timeOf(name), instruments, assets, accounts }, recorded, withoutValue, withoutMargin };
}
