/** Names and texts of the figures of a history. */
import type { PerformanceView } from '../../store/types.ts';
import { spanText } from '../alarms/words.ts';
import { formatAmount, formatCompact, formatExact, formatFixed, formatPercent, formatSigned } from '../format/number.ts';

type Figure = PerformanceView['figures'][number];

export const FIGURE_NAMES: Readonly<Record<string, string>> = {
  totalReturn: 'Time-weighted return',
  presentDrawdown: 'Drawdown now',
  largestDrawdown: 'Largest drawdown',
  calmar: 'Calmar ratio',
  realizedPnl: 'Realised profit',
  unrealizedPnl: 'Unrealised profit',
  fees: 'Fees',
  fundingReceived: 'Funding in this range',
  fundingPerHour: 'Funding an hour',
  hoursToLiquidationByFunding: 'Until liquidation by funding alone',
};

const HOUR_MS = 3_600_000;
const PERCENTS: ReadonlySet<string> = new Set(['totalReturn', 'presentDrawdown', 'largestDrawdown']);
const MONEY: ReadonlySet<string> = new Set(['realizedPnl', 'unrealizedPnl', 'fees', 'fundingReceived', 'fundingPerHour']);
/** Digits of a ratio beyond which only its size means anything. */
const COMPACT_FROM = 10_000;

/** A figure as its tile shows it; '' where there is none, and then `reasonText` says why. */
export function figureText({ figure, text }: Figure, unit: string): string {
  if (text === '') return '';
  if (PERCENTS.has(figure)) return formatPercent(text, 2, 'floor');
  if (MONEY.has(figure)) return `${formatSigned(text, 2, 'floor')}\u202f${unit}`;
  if (figure === 'hoursToLiquidationByFunding') return spanText(Number(text) * HOUR_MS);
  return Math.abs(Number(text)) >= COMPACT_FROM ? formatCompact(text, 'floor') : formatFixed(text, 2, 'floor');
}

const REASONS: Readonly<Record<string, string>> = {
  never: 'never: funding is received, or nothing is paid',
  already: 'already: there is no margin excess',
};

export const reasonText = ({ reason }: Figure): string => REASONS[reason] ?? reason;

/** Money in a table: two places, a true minus sign; empty where there is none. */
export const moneyText = (text: string): string => (text === '' ? 'no number' : formatFixed(text, 2, 'floor'));

/** A price: as many places as it has digits to say. */
export const priceText = (text: string): string => (text === '' ? 'no number' : formatAmount(text));

export const exactText = (text: string): string => (text === '' ? 'no number' : formatExact(text));
