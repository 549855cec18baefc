/**
 * The flat form of `leverage-book/1`: one table, one row a position, a balance, an instrument … Rules FF-1…FF-9 of
 * docs/spec/flat-format.md. Column names are the field names of the book; a column may be left out where no row states it.
 */

/** In the `format` cell of a CSV file, and in the metadata of a Parquet file. */
export const FLAT_FORMAT = 'leverage-book-flat/1';

/** What a row is: its `row` cell. */
export const ROW_KINDS = ['book', 'instrument', 'asset', 'tier', 'account', 'balance', 'position'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** All columns, in the order in which they are written. The last ones are no text (FF-5), and a book row cut off within them is none (FF-7). */
export const COLUMNS = [
  'row',
  'account',
  'venue',
  'label',
  'unit',
  'instrument',
  'asset',
  'size',
  'entryPrice',
  'marginMode',
  'isolatedMargin',
  'leverage',
  'amount',
  'derived',
  'maintenanceMarginOther',
  'initialMarginOther',
  'contract',
  'base',
  'quote',
  'settle',
  'contractSize',
  'markPrice',
  'indexPrice',
  'takerFeeRate',
  'priceTick',
  'price',
  'collateralFactor',
  'loanToValue',
  'liquidationThreshold',
  'liquidationBonus',
  'notionalFloor',
  'maxLeverage',
  'maintenanceMarginRate',
  'maintenanceDeduction',
  'rowCount',
  'format',
  'asOf',
] as const;
export type ColumnName = (typeof COLUMNS)[number];

/** Column numbers by name. */
export const AT = Object.fromEntries(COLUMNS.map((name, i) => [name, i])) as Readonly<Record<ColumnName, number>>;

/** Names and words people choose. In CSV they are guarded (FF-6). */
const TEXT: readonly ColumnName[] = ['account', 'venue', 'label', 'unit', 'instrument', 'asset', 'base', 'quote', 'settle'];
/** One of a closed set, or a time. */
const WORD: readonly ColumnName[] = ['row', 'marginMode', 'derived', 'contract', 'format', 'asOf'];

export type CellType = 'text' | 'word' | 'number';

/** By column number. */
export const TYPES: readonly CellType[] = COLUMNS.map((name) => (TEXT.includes(name) ? 'text' : WORD.includes(name) ? 'word' : 'number'));

const RISK_CELLS = ['collateralFactor', 'loanToValue', 'liquidationThreshold', 'liquidationBonus'] as const;
const TIER_CELLS = ['notionalFloor', 'maxLeverage', 'maintenanceMarginRate', 'maintenanceDeduction'] as const;

/** Columns a row of each kind may fill, `row` aside. */
const CELLS: Readonly<Record<RowKind, readonly ColumnName[]>> = {
  book: ['unit', 'rowCount', 'format', 'asOf'],
  instrument: [
    ...(['instrument', 'venue', 'contract', 'base', 'quote', 'settle', 'contractSize'] as const),
    ...(['markPrice', 'indexPrice', 'takerFeeRate', 'priceTick'] as const),
  ],
  asset: ['asset', 'price', 'unit', ...RISK_CELLS],
  tier: ['account', 'venue', 'instrument', ...TIER_CELLS],
  account: ['account', 'venue', 'label', 'unit', 'maintenanceMarginOther', 'initialMarginOther'],
  balance: ['account', 'venue', 'asset', 'amount', 'derived', ...RISK_CELLS],
  position: [
    ...(['account', 'venue', 'instrument', 'size', 'entryPrice', 'marginMode'] as const),
    ...(['isolatedMargin', 'leverage', 'maxLeverage'] as const),
  ],
};

/** Numbers of the columns a row of each kind may fill, `row` aside. */
export const CELLS_OF: Readonly<Record<RowKind, readonly number[]>> = Object.fromEntries(
  ROW_KINDS.map((kind) => [kind, CELLS[kind].map((name) => AT[name])]),
) as Record<RowKind, number[]>;

/** Cells that say whose row it is, not what it states. */
export const KEY_CELLS: ReadonlySet<number> = new Set([AT.row, AT.account, AT.venue]);

/** Rows of one file at most: three books of a million accounts. */
export const ROWS_MAX = 20_000_000;
/** Rows of one account at most. */
export const ACCOUNT_ROWS_MAX = 100_000;
/** Rows before the first account at most. */
export const MARKET_ROWS_MAX = 1_000_000;
/** Columns of a file at most, counted before anything else is done with them. */
export const COLUMNS_MAX = 1000;
