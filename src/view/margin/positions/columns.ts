/** The columns of the positions table: what each is called, what it reads, how it is written. One list for table, cards and chooser. */
import type { FigureColumn, PositionColumns } from '../../../store/types.ts';
import {
  formatAmount,
  formatDistance,
  formatExact,
  formatFixed,
  formatLeverage,
  formatSigned,
  type Rounding,
} from '../../format/number.ts';
import { formatPrice, liquidationRounding, priceDecimals } from '../../format/price.ts';
import { liquidationReason, longReason, shortReason } from '../../format/words.ts';

type TextColumn = 'instrument' | 'side' | 'marginMode';
type NumberColumn = {
  [K in keyof PositionColumns]: PositionColumns[K] extends FigureColumn ? K : never;
}[keyof PositionColumns];

interface Common {
  readonly id: string;
  /** `risk price` stands for mark or oracle, as the venue has it. */
  readonly header: string;
  readonly help: string;
}

export type ColumnSpec =
  | (Common & { readonly kind: 'text'; readonly reads: TextColumn })
  | (Common & {
      readonly kind: 'size' | 'price' | 'liquidation' | 'money' | 'profit' | 'leverage' | 'distance';
      readonly reads: NumberColumn;
      readonly rounding: Rounding;
    });

export const COLUMNS = [
  { id: 'instrument', kind: 'text', reads: 'instrument', header: 'Instrument', help: 'The contract held' },
  { id: 'side', kind: 'text', reads: 'side', header: 'Side', help: 'Long gains when the price rises, short when it falls' },
  { id: 'size', kind: 'size', reads: 'size', rounding: 'halfExpand', header: 'Size', help: 'Signed: negative is short' },
  {
    id: 'entryPrice',
    kind: 'price',
    reads: 'entryPrice',
    rounding: 'halfExpand',
    header: 'Entry price',
    help: 'Size-weighted price at which it was opened',
  },
  {
    id: 'markPrice',
    kind: 'price',
    reads: 'markPrice',
    rounding: 'halfExpand',
    header: 'Mark price',
    help: 'The price that margin is computed on',
  },
  { id: 'notional', kind: 'money', reads: 'notional', rounding: 'ceil', header: 'Notional', help: '|size × price|' },
  {
    id: 'unrealizedPnl',
    kind: 'profit',
    reads: 'unrealizedPnl',
    rounding: 'floor',
    header: 'Unrealized profit',
    help: 'Size × (price − entry price)',
  },
  {
    id: 'marginMode',
    kind: 'text',
    reads: 'marginMode',
    header: 'Margin',
    help: 'Cross shares the account’s collateral, isolated has its own',
  },
  {
    id: 'leverage',
    kind: 'leverage',
    reads: 'leverageSetting',
    rounding: 'halfExpand',
    header: 'Leverage',
    help: 'The chosen setting, not notional ÷ equity',
  },
  { id: 'initialMargin', kind: 'money', reads: 'initialMargin', rounding: 'ceil', header: 'Initial margin', help: 'Asked for at opening' },
  {
    id: 'maintenanceMargin',
    kind: 'money',
    reads: 'maintenanceMargin',
    rounding: 'ceil',
    header: 'Maintenance',
    help: 'Maintenance margin: below it the venue liquidates',
  },
  {
    id: 'liquidationPrice',
    kind: 'liquidation',
    reads: 'liquidationPrice',
    rounding: 'ceil',
    header: 'Liquidation price',
    help: 'Price at which it is liquidated while every other price holds',
  },
  {
    id: 'liquidationDistance',
    kind: 'distance',
    reads: 'liquidationDistance',
    rounding: 'floor',
    header: 'Distance',
    help: 'From the present price to the liquidation price',
  },
  {
    id: 'bankruptcyPrice',
    kind: 'liquidation',
    reads: 'bankruptcyPrice',
    rounding: 'ceil',
    header: 'Bankruptcy price',
    help: 'Price at which the equity behind it is zero',
  },
] as const satisfies readonly ColumnSpec[];

/** Shown unless the user says otherwise; all of them, as the page promises. */
export const columnOf = (id: string): ColumnSpec | undefined => COLUMNS.find((column) => column.id === id);

/** The header with the price the venue uses in its own words. */
export const headerOf = (column: ColumnSpec, riskPrice: string): string =>
  column.id === 'markPrice' && riskPrice === 'oracle' ? 'Oracle price' : column.header;

export interface CellText {
  readonly shown: string;
  readonly full: string;
  readonly hasNumber: boolean;
}

/** Decimals of the prices of one position: those of its present price, or of its entry where there is none. */
export const decimalsOf = (positions: PositionColumns, at: number): number =>
  priceDecimals(positions.markPrice.reason[at] === '' ? positions.markPrice.value[at]! : positions.entryPrice.value[at]!);

const write = (column: Exclude<ColumnSpec, { kind: 'text' }>, text: string, side: string, decimals: number): string => {
  switch (column.kind) {
    case 'size':
      return formatAmount(text);
    case 'price':
      return formatPrice(text, decimals, column.rounding);
    case 'liquidation':
      return formatPrice(text, decimals, liquidationRounding(side));
    case 'money':
      return formatFixed(text, 2, column.rounding);
    case 'profit':
      return formatSigned(text, 2, column.rounding);
    case 'leverage':
      return formatLeverage(text, column.rounding).replace('.00', '');
    case 'distance':
      return formatDistance(text);
  }
};

/** A cell as text: the number, or why there is none; never empty. */
export const cellText = (column: ColumnSpec, positions: PositionColumns, at: number): CellText => {
  if (column.kind === 'text') {
    const shown = positions[column.reads][at] ?? '';
    return { shown, full: shown, hasNumber: true };
  }
  const figure = positions[column.reads];
  const side = positions.side[at]!;
  const reason = figure.reason[at]!;
  if (reason !== '') {
    const shown = column.kind === 'leverage' && reason === 'not-applicable' ? 'not set' : liquidationReason(reason, side);
    // The whole reason stands once, with the liquidation price.
    const isShort = reason === 'never' && column.id !== 'liquidationPrice';
    return { shown: isShort ? shortReason(reason) : shown, full: longReason(reason), hasNumber: false };
  }
  const text = figure.text[at]!;
  return { shown: write(column, text, side, decimalsOf(positions, at)), full: formatExact(text), hasNumber: true };
};
