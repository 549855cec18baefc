/**
 * How the page writes each figure of a pool: its name, its kind, and which way it is rounded. Always against the user: what
 * protects him down, what is asked of him up. What it means stands in figure-help.tsx.
 */
import type { FigureCell, PoolCells } from '../../store/types.ts';
import type { Rounding } from '../format/number.ts';
import {
  formatCompact,
  formatDistance,
  formatExact,
  formatFixed,
  formatHealthFactor,
  formatLeverage,
  formatRatio,
  formatSigned,
} from '../format/number.ts';
import { longReason, shortReason } from '../format/words.ts';

export type PoolFigureName = keyof PoolCells;

export type FigureKind = 'money' | 'signed-money' | 'ratio' | 'health-factor' | 'leverage' | 'percent';

export interface FigureSpec {
  readonly name: PoolFigureName;
  readonly label: string;
  readonly kind: FigureKind;
  readonly rounding: Rounding;
}

const spec = (name: PoolFigureName, label: string, kind: FigureKind, rounding: Rounding): FigureSpec => ({ name, label, kind, rounding });

export const FIGURES = {
  equity: spec('equity', 'Equity', 'money', 'floor'),
  grossNotional: spec('grossNotional', 'Notional', 'money', 'ceil'),
  netNotional: spec('netNotional', 'Net notional', 'signed-money', 'halfExpand'),
  leverage: spec('leverage', 'Leverage', 'leverage', 'ceil'),
  netLeverage: spec('netLeverage', 'Net leverage', 'leverage', 'ceil'),
  initialMargin: spec('initialMargin', 'Initial margin', 'money', 'ceil'),
  maintenanceMargin: spec('maintenanceMargin', 'Maintenance margin', 'money', 'ceil'),
  liquidationFees: spec('liquidationFees', 'Liquidation fees', 'money', 'ceil'),
  marginRatio: spec('marginRatio', 'Margin ratio', 'ratio', 'ceil'),
  healthFactor: spec('healthFactor', 'Health factor', 'health-factor', 'floor'),
  marginExcess: spec('marginExcess', 'Buffer', 'money', 'floor'),
  freeCollateral: spec('freeCollateral', 'Free collateral', 'money', 'floor'),
  withdrawable: spec('withdrawable', 'Withdrawable', 'money', 'floor'),
  unrealizedPnl: spec('unrealizedPnl', 'Unrealized profit', 'signed-money', 'floor'),
  uniformShock: spec('uniformShock', 'Buffer', 'percent', 'floor'),
  uniformShockDown: spec('uniformShockDown', 'Buffer, falling', 'percent', 'floor'),
  uniformShockUp: spec('uniformShockUp', 'Buffer, rising', 'percent', 'floor'),
} satisfies Record<PoolFigureName, FigureSpec>;

/** From this length of its whole part an amount is shortened where room is scarce. */
const LONG_AMOUNT = 10;

const wholeDigits = (text: string): number => text.replace(/^-/, '').replace(/\..*$/, '').length;

const unsigned = (text: string): string => text.replace(/^-/, '');

const writeMoney = (text: string, signed: boolean, rounding: Rounding): string => {
  if (wholeDigits(text) >= LONG_AMOUNT) return formatCompact(text, rounding);
  return signed ? formatSigned(text, 2, rounding) : formatFixed(text, 2, rounding);
};

const write = (spec: FigureSpec, text: string): string => {
  switch (spec.kind) {
    case 'money':
      return writeMoney(text, false, spec.rounding);
    case 'signed-money':
      return writeMoney(text, true, spec.rounding);
    case 'ratio':
      return formatRatio(text);
    case 'health-factor':
      return formatHealthFactor(text);
    case 'leverage':
      return formatLeverage(text, spec.rounding);
    case 'percent':
      return formatDistance(unsigned(text));
  }
};

export interface FigureText {
  /** What stands on the screen: the number, or the reason in at most three words. */
  readonly shown: string;
  /** Every digit, or the reason as a sentence. */
  readonly full: string;
  readonly hasNumber: boolean;
}

/** A figure as text: rounded against the user, with the whole of it behind; or why there is none. */
export const figureText = (spec: FigureSpec, cell: FigureCell): FigureText =>
  cell.reason === ''
    ? { shown: write(spec, cell.text), full: formatExact(cell.text), hasNumber: true }
    : { shown: shortReason(cell.reason), full: longReason(cell.reason), hasNumber: false };
