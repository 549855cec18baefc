/** The columns of watched accounts: what each is called, how it is written and what it is sorted by. One list for table, cards and file. */
import type { FigureCell, WatchedAccountRow } from '../../store/types.ts';
import { formatDistance, formatExact } from '../format/number.ts';
import { longReason, STATE_WORDS, severityOf, shortReason } from '../format/words.ts';
import { FIGURES, type FigureText, figureText } from '../margin/figures.ts';
import { priceFigure } from './figure.tsx';
import { agreementOf } from './words.ts';

/** What a cell may need beside the account itself. */
export interface Beside {
  /** Label or shortened address. */
  readonly name: string;
  readonly takenMs: number;
}

export interface AccountColumn {
  readonly id: string;
  readonly header: string;
  readonly help: string;
  readonly kind: 'text' | 'figure';
  /** Undefined goes last, whichever way it is sorted. */
  readonly sort: (row: WatchedAccountRow, beside: Beside) => string | number | undefined;
}

const number = (cell: FigureCell | undefined): number | undefined => (cell && !Number.isNaN(cell.value) ? cell.value : undefined);

/** How much of what may be lost is used: margin ratio, or for a loan 1 ÷ health factor; 1 is liquidation. */
const used = (row: WatchedAccountRow): number | undefined => {
  const factor = number(row.healthFactor);
  return row.kind === 'lending' ? (factor === undefined ? undefined : 1 / factor) : number(row.marginRatio);
};

const size = (cell: FigureCell): number | undefined => {
  const value = number(cell);
  return value === undefined ? undefined : Math.abs(value);
};

export const ACCOUNT_COLUMNS: readonly AccountColumn[] = [
  {
    id: 'account',
    header: 'Account',
    help: 'Its label on this device, or its address',
    kind: 'text',
    sort: (_, { name }) => name.toLowerCase(),
  },
  { id: 'venue', header: 'Venue', help: 'Where the account is', kind: 'text', sort: ({ venueName }) => venueName },
  {
    id: 'riskState',
    header: 'State',
    help: 'How near the account is to its liquidation, in a word',
    kind: 'text',
    sort: ({ riskState }) => severityOf(riskState),
  },
  {
    id: 'equity',
    header: 'Equity',
    help: 'Collateral and unrealized profit, less debt, in the unit of the account',
    kind: 'figure',
    sort: ({ equity }) => number(equity),
  },
  { id: 'leverage', header: 'Leverage', help: 'Gross notional ÷ equity', kind: 'figure', sort: ({ leverage }) => number(leverage) },
  {
    id: 'used',
    header: 'Ratio or factor',
    help: 'Margin ratio (1 is liquidation), or the health factor of a loan (below 1 is liquidation); sorted by nearness to liquidation',
    kind: 'figure',
    sort: used,
  },
  {
    id: 'distance',
    header: 'Distance',
    help: 'The smallest move of all prices together that liquidates it',
    kind: 'figure',
    sort: ({ uniformShock }) => size(uniformShock),
  },
  {
    id: 'nearest',
    header: 'Nearest',
    help: 'The position nearest to its liquidation price',
    kind: 'text',
    sort: ({ nearest }) => nearest?.instrument,
  },
  {
    id: 'ours',
    header: 'Liquidation, ours',
    help: 'Price at which that position is liquidated, worked out here; of a loan its health factor',
    kind: 'figure',
    sort: ({ nearest }) => number(nearest?.liquidationPrice),
  },
  {
    id: 'theirs',
    header: 'Venue’s own',
    help: 'The same as the venue states it',
    kind: 'figure',
    sort: ({ nearest }) => number(nearest?.theirs),
  },
  {
    id: 'agreement',
    header: 'Agreement',
    help: 'How many of the figures that the venue states are the same here, and the worst difference',
    kind: 'text',
    sort: ({ stated, agreeing, worst }) => (stated === 0 ? undefined : worst && Number.isFinite(worst.gap) ? worst.gap : agreeing - stated),
  },
  {
    id: 'age',
    header: 'Age',
    help: 'Since what is shown was so, by the older of the venue’s clock and ours',
    kind: 'figure',
    sort: (_, { takenMs }) => (Number.isNaN(takenMs) ? undefined : -takenMs),
  },
];

const said = (shown: string, full: string): FigureText => ({ shown, full, hasNumber: false });

export const distanceText = ({ uniformShock: { reason, text } }: WatchedAccountRow): FigureText =>
  reason === ''
    ? {
        shown: `${text.startsWith('-') ? '\u2212' : '+'}${formatDistance(text.replace(/^-/, ''))}`,
        full: `All prices ${formatExact(text)}`,
        hasNumber: true,
      }
    : said(shortReason(reason), longReason(reason));

const factorText = (cell: FigureCell): FigureText => {
  const text = figureText(FIGURES.healthFactor, cell);
  return text.hasNumber ? { ...text, shown: `HF ${text.shown}`, full: `Health factor ${text.full}` } : text;
};

/** Ratio of an account, or factor of a loan, with its word. */
export const usedText = (row: WatchedAccountRow): FigureText =>
  row.kind === 'lending' ? factorText(row.healthFactor) : figureText(FIGURES.marginRatio, row.marginRatio);

/** Ours of what ends the account: the nearest liquidation price, or the health factor of a loan. */
export const ourLine = ({ nearest, kind, healthFactor }: WatchedAccountRow): FigureText => {
  if (nearest) return priceFigure(nearest.liquidationPrice, nearest.markPrice);
  return kind === 'lending' ? factorText(healthFactor) : said('no position', longReason('no-position'));
};

/** The venue's own of the same. */
export const theirLine = ({ nearest, kind, theirHealthFactor }: WatchedAccountRow): FigureText => {
  if (nearest?.theirs) return priceFigure(nearest.theirs, nearest.markPrice);
  if (nearest) return said('not stated', 'The venue states no liquidation price of this position');
  if (kind !== 'lending') return said('no position', longReason('no-position'));
  return theirHealthFactor ? factorText(theirHealthFactor) : said('not stated', 'The venue states no health factor of its own');
};

/** Ours and theirs differ by more than their printed digits. */
export const isApart = ({ nearest, healthFactor, theirHealthFactor }: WatchedAccountRow): boolean => {
  const [ours, theirs] = nearest ? [nearest.liquidationPrice, nearest.theirs] : [healthFactor, theirHealthFactor];
  if (!theirs) return false;
  if (ours.reason !== '' || theirs.reason !== '') return ours.reason !== theirs.reason;
  return Math.abs(ours.value / theirs.value - 1) > 1e-4;
};

/** The text of a column that is figures; undefined for the others. */
export const figureOf = (id: string, row: WatchedAccountRow): FigureText | undefined => {
  switch (id) {
    case 'equity':
      return figureText(FIGURES.equity, row.equity);
    case 'leverage':
      return figureText(FIGURES.leverage, row.leverage);
    case 'used':
      return usedText(row);
    case 'distance':
      return distanceText(row);
    case 'ours':
      return ourLine(row);
    case 'theirs':
      return theirLine(row);
    default:
      return undefined;
  }
};

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
/** A label that begins like a formula would be one in a spreadsheet. */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
const exact = (cell: FigureCell | undefined): string => cell?.text ?? '';
const instant = (ms: number): string => (Number.isNaN(ms) ? '' : new Date(ms).toISOString());

const FILE_COLUMNS: readonly (readonly [name: string, value: (row: WatchedAccountRow, beside: Beside) => string])[] = [
  ['account', ({ account }) => account],
  ['address', ({ address }) => address],
  ['venue', ({ venueName }) => venueName],
  ['unit', ({ unit }) => unit],
  ['state', ({ riskState }) => STATE_WORDS[riskState]],
  ['equity', ({ equity }) => exact(equity)],
  ['gross notional', ({ grossNotional }) => exact(grossNotional)],
  ['leverage', ({ leverage }) => exact(leverage)],
  ['margin ratio', ({ marginRatio }) => exact(marginRatio)],
  ['health factor', ({ healthFactor }) => exact(healthFactor)],
  ['buffer', ({ marginExcess }) => exact(marginExcess)],
  ['move of all prices', ({ uniformShock }) => exact(uniformShock)],
  ['nearest instrument', ({ nearest }) => nearest?.instrument ?? ''],
  ['its price', ({ nearest }) => exact(nearest?.markPrice)],
  ['liquidation price here', ({ nearest }) => exact(nearest?.liquidationPrice)],
  ['liquidation price of the venue', ({ nearest }) => exact(nearest?.theirs)],
  ['health factor of the venue', ({ theirHealthFactor }) => exact(theirHealthFactor)],
  ['stated', ({ stated }) => String(stated)],
  ['agreeing', ({ agreeing }) => String(agreeing)],
  ['agreement', (row) => agreementOf(row).full],
  ['as of', (_, { takenMs }) => instant(takenMs)],
];

/** The rows as shown, figures with every digit; where there is none the field is empty and `missing` says why. Labels only where they are asked for. */
export function accountsCsv(
  rows: readonly (readonly [WatchedAccountRow, Beside & { readonly label: string; readonly stale: string }])[],
  hasLabels: boolean,
): string {
  const head = [...(hasLabels ? ['label'] : []), ...FILE_COLUMNS.map(([name]) => name), 'missing', 'out of date'];
  const lines = rows.map(([row, beside]) =>
    [
      ...(hasLabels ? [harmless(beside.label)] : []),
      ...FILE_COLUMNS.map(([, value]) => value(row, beside)),
      row.indeterminate.join('; '),
      beside.stale,
    ]
      .map(quoted)
      .join(','),
  );
  return `${[head.join(','), ...lines].join('\r\n')}\r\n`;
}
