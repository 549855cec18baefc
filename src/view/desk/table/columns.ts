/**
 * The columns of the accounts table: what each is called, what it reads of a row, how it is written and which way it is rounded.
 * Against the user, as on the margin page: what protects him down, what is asked of him up.
 */
import { type DeskBook, type DeskRows, type DeskSortColumn, RISK_STATES, type RiskState } from '../../../store/types.ts';
import { formatExact, formatFixed, formatLeverage, formatPercent, formatRatio, type Rounding } from '../../format/number.ts';
import { formatAge } from '../../format/time.ts';
import { STATE_WORDS } from '../../format/words.ts';
import { formatMoney, hundredfold, plain } from '../money.ts';

/** What is needed to write a row besides the row. */
export type BookNames = Pick<DeskBook, 'venues' | 'venueNames' | 'instruments' | 'unit'>;

export interface DeskColumnSpec {
  readonly id: DeskSortColumn;
  readonly header: string;
  /** One sentence, and the formula where there is one. */
  readonly help: string;
  readonly width: number;
  readonly align: 'start' | 'end';
  /** Shown unless the user says otherwise. */
  readonly isUsual: boolean;
  /** How its bounds are typed and written. */
  readonly bounds: 'none' | 'money' | 'percent' | 'ratio' | 'times' | 'count' | 'seconds';
  /** The number of a row, NaN where there is none. */
  readonly value: (rows: DeskRows, at: number) => number;
  /** What else the text depends on: an instrument, or why there is no number. */
  readonly beside: (rows: DeskRows, at: number) => number;
  readonly text: (rows: DeskRows, at: number, book: BookNames) => string;
  /** Every digit, for whoever points at it. */
  readonly full: (rows: DeskRows, at: number, book: BookNames) => string;
}

/** Width of the place of a row's pin, before all columns, px. */
export const PIN_WIDTH = 26;

export const stateOf = (rows: DeskRows, at: number): RiskState => RISK_STATES[rows.state[at]!] ?? 'indeterminate';

/** Why a row lacks a number, in three words at most; an index into this list is what cells compare. */
const WHY = ['', 'not known', 'insolvent', 'no position', 'already past', 'never', 'not priced', 'no notional', '…', 'no age'] as const;
/** The index of an instrument before it was looked for: of a row that just came in sight. */
const NOT_YET = -2;

type NumberColumn = {
  [K in keyof DeskRows]: DeskRows[K] extends Float64Array ? K : never;
}[keyof DeskRows];

/** Index into `WHY` of what stands where the number would; 0 where there is one. */
function whyNot(column: NumberColumn, rows: DeskRows, at: number): number {
  if (!Number.isNaN(rows[column][at]!)) return 0;
  const state = stateOf(rows, at);
  const isCostly = column === 'shock' || column === 'nearest' || column === 'initialMargin' || column === 'biggest';
  if (isCostly && rows.biggestInstrument[at] === NOT_YET) return 8;
  if (state === 'indeterminate') return 1;
  if (column === 'leverage' || column === 'marginRatio') {
    const isNothing = rows.equity[at] === 0 && rows.grossNotional[at] === 0;
    if (!(rows.equity[at]! > 0)) return isNothing ? 3 : 2;
  }
  if (column === 'shock' || column === 'nearest') {
    if (rows.positions[at] === 0) return 3;
    return state === 'liquidation' || state === 'bankrupt' ? 4 : 5;
  }
  if (column === 'bufferShare' && rows.grossNotional[at] === 0) return rows.positions[at] === 0 ? 3 : 7;
  if (column === 'biggest') return rows.positions[at] === 0 ? 3 : 6;
  return column === 'age' ? 9 : 1;
}

type Common = Pick<DeskColumnSpec, 'header' | 'help' | 'width'> & { readonly isUsual?: boolean };

/** Letters of a market's name beside a figure: the figure must not be the one that is cut. */
const MARKET_LETTERS = 6;

const instrumentOf = (codes: Int32Array, at: number, book: BookNames): string => {
  const code = codes[at]!;
  const market = code < 0 ? '' : (book.instruments.market[code] ?? '');
  return market.length > MARKET_LETTERS ? `${market.slice(0, MARKET_LETTERS - 1)}…` : market;
};

/** Every digit with its unit. */
function exactly(bounds: DeskColumnSpec['bounds'], text: string, unit: string): string {
  switch (bounds) {
    case 'money':
      return `${formatExact(text)} ${unit}`;
    case 'percent':
      return `${formatExact(hundredfold(text))}\u202f%`;
    case 'times':
      return `${formatExact(text)}×`;
    case 'seconds':
      return `${formatExact(text)}\u202fms`;
    default:
      return formatExact(text);
  }
}

function number(
  id: NumberColumn & DeskSortColumn,
  bounds: DeskColumnSpec['bounds'],
  write: (text: string, rows: DeskRows, at: number, book: BookNames) => string,
  { isUsual = true, ...common }: Common,
  besides?: (rows: DeskRows) => Int32Array,
): DeskColumnSpec {
  return {
    id,
    bounds,
    align: 'end',
    isUsual,
    ...common,
    value: (rows, at) => rows[id][at]!,
    beside: (rows, at) => whyNot(id, rows, at) * 0x10000 + (besides ? besides(rows)[at]! + 1 : 0),
    text: (rows, at, book) => {
      const why = whyNot(id, rows, at);
      return why === 0 ? write(plain(rows[id][at]!), rows, at, book) : WHY[why]!;
    },
    full: (rows, at, book) => {
      const why = whyNot(id, rows, at);
      if (why !== 0) return WHY[why]!;
      const instrument = besides ? ` · ${book.instruments.id[besides(rows)[at]!] ?? ''}` : '';
      return `${exactly(bounds, plain(rows[id][at]!), book.unit)}${instrument}`;
    },
  };
}

const money = (rounding: Rounding) => (text: string) => formatMoney(text, rounding);
const away = (text: string): Rounding => (text.startsWith('-') ? 'floor' : 'ceil');
const towards = (text: string): Rounding => (text.startsWith('-') ? 'ceil' : 'floor');

function words(
  id: 'state' | 'account' | 'venue',
  value: DeskColumnSpec['value'],
  text: DeskColumnSpec['text'],
  full: DeskColumnSpec['full'],
  common: Common,
): DeskColumnSpec {
  return { id, bounds: 'none', align: 'start', isUsual: true, ...common, value, beside: () => 0, text, full };
}

/** `0x1234…cdef`: an address by both of its ends; anything else as it is. */
export const shortId = (id: string): string => (/^0x[0-9a-f]{16,}$/i.test(id) ? `${id.slice(0, 6)}…${id.slice(-4)}` : id);

/** What an account's figures leave to its state (PF-9, RS-4). */
const OF_CROSS = ' of the cross pools. Isolated positions stand apart; the state is that of the worst pool';

export const COLUMNS: readonly DeskColumnSpec[] = [
  words(
    'state',
    (rows, at) => rows.state[at]!,
    (rows, at) => STATE_WORDS[stateOf(rows, at)],
    (rows, at) => STATE_WORDS[stateOf(rows, at)],
    { header: 'State', help: 'Decided by the exact engine: healthy, watch, warning, margin call, liquidation, bankrupt', width: 94 },
  ),
  words(
    'account',
    () => 0,
    (rows, at) => rows.label[at] || shortId(rows.account[at]!),
    (rows, at) => (rows.label[at] ? `${rows.label[at]} · ${rows.account[at]}` : rows.account[at]!),
    { header: 'Account', help: 'Label, or id where it has none', width: 92 },
  ),
  number('marginRatio', 'ratio', formatRatio, {
    header: 'Ratio',
    help: 'Margin ratio = (maintenance + fees) ÷ equity of the cross pools; at 1 it is liquidated. Isolated positions count in the state',
    width: 64,
  }),
  number('marginExcess', 'money', money('floor'), {
    header: 'Buffer',
    help: 'Equity − maintenance − fees: the loss that can still be borne',
    width: 84,
  }),
  number('bufferShare', 'percent', (text) => formatPercent(text, 1, 'floor'), {
    header: 'Buffer %',
    help: 'Buffer ÷ gross notional',
    width: 76,
  }),
  number(
    'nearest',
    'percent',
    (text, rows, at, book) => `${instrumentOf(rows.nearestInstrument, at, book)} ${formatPercent(text, 1, 'floor')}`,
    { header: 'Nearest', help: 'Smallest distance of a position from its liquidation price, that price alone moving', width: 98 },
    (rows) => rows.nearestInstrument,
  ),
  number('grossNotional', 'money', money('ceil'), { header: 'Notional', help: `Gross notional = Σ |size × price|${OF_CROSS}`, width: 92 }),
  number('leverage', 'times', (text) => formatLeverage(text, away(text)), {
    header: 'Leverage',
    help: `Gross notional ÷ equity${OF_CROSS}`,
    width: 66,
  }),
  number('equity', 'money', money('floor'), { header: 'Equity', help: `Balances + unrealized profit${OF_CROSS}`, width: 86 }),
  number(
    'biggest',
    'money',
    (text, rows, at, book) => `${instrumentOf(rows.biggestInstrument, at, book)} ${formatMoney(text, away(text))}`,
    { header: 'Biggest position', help: 'Signed notional of the largest position; below zero is short', width: 124 },
    (rows) => rows.biggestInstrument,
  ),
  words(
    'venue',
    (rows, at) => rows.venue[at]!,
    (rows, at, book) => book.venueNames[rows.venue[at]!] ?? '',
    (rows, at, book) => book.venues[rows.venue[at]!] ?? '',
    { header: 'Venue', help: 'Whose margin rules apply', width: 104 },
  ),
  number('age', 'seconds', (text) => formatAge(Number(text)), {
    header: 'Age',
    help: 'Age of the oldest price behind the row, by the feed’s clock',
    width: 60,
  }),
  number('shock', 'percent', (text) => formatPercent(text, 1, towards(text)), {
    header: 'All move',
    help: 'Signed move of all prices together that liquidates it',
    width: 76,
    isUsual: false,
  }),
  number('maintenance', 'money', money('ceil'), {
    header: 'Maintenance',
    help: 'Maintenance margin + liquidation fees',
    width: 96,
    isUsual: false,
  }),
  number('initialMargin', 'money', money('ceil'), {
    header: 'Initial margin',
    help: 'Asked for before a position may be opened or enlarged',
    width: 96,
    isUsual: false,
  }),
  number('positions', 'count', (text) => formatFixed(text, 0, 'halfExpand'), {
    header: 'Positions',
    help: 'How many positions it holds',
    width: 70,
    isUsual: false,
  }),
];

const BY_ID: ReadonlyMap<string, DeskColumnSpec> = new Map(COLUMNS.map((column) => [column.id, column]));

export const columnOf = (id: string): DeskColumnSpec | undefined => BY_ID.get(id);

/** What stands on a screen too narrow for the rest: who, how near, how much is left. */
export const NARROW_COLUMNS: readonly DeskSortColumn[] = ['state', 'account', 'marginRatio', 'marginExcess', 'nearest'];

/** Whether the cell has its number; words always do. */
export const hasNumber = (column: DeskColumnSpec, rows: DeskRows, at: number): boolean =>
  column.bounds === 'none' || !Number.isNaN(column.value(rows, at));

/** Pixels that the columns take at least, with the place of the pin. */
export const widthOf = (columns: readonly DeskColumnSpec[]): number => columns.reduce((sum, { width }) => sum + width, PIN_WIDTH);
