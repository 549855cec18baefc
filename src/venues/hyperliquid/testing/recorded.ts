/** Recorded accounts as books, and what the venue said of them. Shared by the vectors that ship and the larger recordings beside the project. */
import type { Book, Instrument, MarginTier, Position } from '../../../domain/book.ts';
import { Decimal, ONE, ZERO } from '../../../domain/units.ts';
import { assessAccount } from '../../../engine/assess.ts';
import type { AccountAssessment } from '../../../engine/types.ts';
import { LosslessNumber } from '../../../wire/json.ts';
import { hyperliquidRules } from '../rules.ts';
import { bundledTable, singleRow, tiersOf } from '../tables.ts';

export interface RecordedPosition {
  readonly coin: string;
  /** Signed, long positive. */
  readonly size: string;
  readonly entryPrice: string;
  readonly markPrice: string;
  readonly marginMode: 'cross' | 'isolated';
  readonly leverage?: string;
  /** Equity of an isolated position. */
  readonly marginUsed?: string;
  /** `simple:10`: one row at 10 ×; `table:DOGE`: the table of that market. Absent: the market's own. */
  readonly table?: string;
  /** A table of its own: [lower bound, maximum leverage]. */
  readonly rows?: readonly (readonly [string, string])[];
  /** The venue's own liquidation price; null where it sent null. */
  readonly liquidationPrice?: string | null;
}

export interface RecordedAccount {
  readonly id: string;
  readonly source: string;
  readonly capturedAt: string;
  /** Equity of the cross pool; or its cash, to which each position adds size × mark. */
  readonly crossAccountValue?: string;
  readonly cash?: string;
  /** The market whose liquidation price the account value was derived from. */
  readonly anchor?: string;
  readonly maintenanceMarginOther?: string;
  readonly positions: readonly RecordedPosition[];
}

/** Every number read by `readJson` as its text; everything else as it is. */
export function plain(value: unknown): unknown {
  if (value instanceof LosslessNumber) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  return value;
}

const instrumentId = (coin: string): string => `hl:${coin}`;

/** The tiers that hold for a recorded position, or undefined when its market is not known. */
export function tiersOfRecorded({ coin, table, rows }: RecordedPosition): readonly MarginTier[] | undefined {
  if (rows) return tiersOf(rows.map(([lowerBound, maxLeverage]) => [new Decimal(lowerBound), new Decimal(maxLeverage)]));
  if (table === undefined) return bundledTable(coin)?.tiers;
  const [kind, value] = table.split(':') as [string, string];
  return kind === 'simple' ? singleRow(new Decimal(value)).tiers : bundledTable(value)?.tiers;
}

/** The recorded account as a book whose cross equity is `crossAccountValue`, and whose isolated equity is `marginUsed`. */
export function bookOf(recorded: RecordedAccount): Book {
  const instruments = new Map<string, Instrument>();
  const positions: Position[] = [];
  let balance = new Decimal(recorded.crossAccountValue ?? recorded.cash ?? ZERO);
  for (const row of recorded.positions) {
    const size = new Decimal(row.size);
    const markPrice = new Decimal(row.markPrice);
    const entryPrice = new Decimal(row.entryPrice);
    const profit = size.times(markPrice.minus(entryPrice));
    const id = instrumentId(row.coin);
    if (row.marginMode === 'cross') balance = recorded.cash === undefined ? balance.minus(profit) : balance.plus(size.times(entryPrice));
    instruments.set(id, {
      id,
      venue: 'hyperliquid',
      contract: 'linear',
      base: row.coin,
      quote: 'USD',
      settle: 'USDC',
      contractSize: ONE,
      markPrice,
    });
    positions.push({
      instrument: id,
      size,
      entryPrice,
      marginMode: row.marginMode,
      ...(row.leverage ? { leverage: new Decimal(row.leverage) } : {}),
      ...(row.marginMode === 'isolated' ? { isolatedMargin: new Decimal(row.marginUsed ?? NaN).minus(profit) } : {}),
      ...overrideOf(row),
    });
  }
  return {
    format: 'leverage-book/1',
    asOf: recorded.capturedAt,
    instruments,
    assets: new Map([['USDC', { symbol: 'USDC', price: ONE }]]),
    accounts: [
      {
        id: recorded.id,
        venue: 'hyperliquid',
        balances: [{ asset: 'USDC', amount: balance, derived: true }],
        positions,
        ...(recorded.maintenanceMarginOther ? { maintenanceMarginOther: new Decimal(recorded.maintenanceMarginOther) } : {}),
      },
    ],
  };
}

function overrideOf(row: RecordedPosition): Pick<Position, 'maxLeverage' | 'tiers'> {
  if (row.table?.startsWith('simple:')) return { maxLeverage: new Decimal(row.table.slice('simple:'.length)) };
  const tiers = row.table === undefined && row.rows === undefined ? undefined : tiersOfRecorded(row);
  return tiers ? { tiers } : {};
}

export const assessBook = (book: Book): AccountAssessment => assessAccount(book.accounts[0]!, book, hyperliquidRules);
export const assessRecorded = (recorded: RecordedAccount): AccountAssessment => assessBook(bookOf(recorded));

/** |ours − theirs| ÷ |theirs|; infinite when theirs is 0 and ours is not. */
export function relativeError(ours: Decimal, theirs: Decimal): Decimal {
  const difference = ours.minus(theirs).abs();
  return difference.isZero() ? ZERO : difference.div(theirs.abs());
}

/** Why the assessment of position `index` is not the venue's, or undefined when it is: `never` for null, else within `tolerance` (relative). */
export function disagreement(assessment: AccountAssessment, index: number, theirs: string | null, tolerance: Decimal): string | undefined {
  const figure = assessment.positions[index]!.liquidationPrice;
  const name = `${assessment.account} ${assessment.positions[index]!.instrument}`;
  if (theirs === null) return figure.ok || figure.reason !== 'never' ? `${name}: ${show(figure)}, the venue says null` : undefined;
  if (!figure.ok) return `${name}: ${figure.reason}, the venue says ${theirs}`;
  const error = relativeError(figure.value, new Decimal(theirs));
  return error.lte(tolerance)
    ? undefined
    : `${name}: ${figure.value.toFixed()}, the venue says ${theirs} (relative ${error.toExponential(2)})`;
}

const show = (figure: AccountAssessment['equity']): string => (figure.ok ? figure.value.toFixed() : figure.reason);
