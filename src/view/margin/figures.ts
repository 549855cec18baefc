/**
 * What the page says of each figure of a pool: its name, one sentence, its formula, how it is written and which way it is
 * rounded. Always against the user: what protects him down, what is asked of him up.
 */
import type { FigureCell, PoolCells } from '../../store/types.ts';
import type { Rounding } from '../format/number.ts';
import {
  formatCompact,
  formatExact,
  formatFixed,
  formatHealthFactor,
  formatLeverage,
  formatPercent,
  formatRatio,
  formatSigned,
} from '../format/number.ts';
import { longReason, shortReason } from '../format/words.ts';

export type PoolFigureName = keyof PoolCells;

export type FigureKind = 'money' | 'signed-money' | 'ratio' | 'health-factor' | 'leverage' | 'percent';

export interface FigureSpec {
  readonly name: PoolFigureName;
  readonly label: string;
  readonly sentence: string;
  readonly formula: string;
  readonly kind: FigureKind;
  readonly rounding: Rounding;
}

const spec = (
  name: PoolFigureName,
  label: string,
  kind: FigureKind,
  rounding: Rounding,
  formula: string,
  sentence: string,
): FigureSpec => ({
  name,
  label,
  kind,
  rounding,
  formula,
  sentence,
});

export const FIGURES = {
  equity: spec(
    'equity',
    'Equity',
    'money',
    'floor',
    'equity = balances + unrealized profit',
    'What would be left if every position were closed at its present price.',
  ),
  grossNotional: spec(
    'grossNotional',
    'Notional',
    'money',
    'ceil',
    'gross notional = Σ |size × price|',
    'The value of all positions, long and short added together.',
  ),
  netNotional: spec(
    'netNotional',
    'Net notional',
    'signed-money',
    'halfExpand',
    'net notional = Σ size × price',
    'The value of all positions, short ones taken off.',
  ),
  leverage: spec(
    'leverage',
    'Leverage',
    'leverage',
    'ceil',
    'leverage = gross notional ÷ equity',
    'How many times the equity the positions are worth.',
  ),
  netLeverage: spec(
    'netLeverage',
    'Net leverage',
    'leverage',
    'ceil',
    'net leverage = |net notional| ÷ equity',
    'Leverage after long and short positions are set against each other.',
  ),
  initialMargin: spec(
    'initialMargin',
    'Initial margin',
    'money',
    'ceil',
    'initial margin = Σ notional × initial rate',
    'What the venue asks for before it lets a position be opened or enlarged.',
  ),
  maintenanceMargin: spec(
    'maintenanceMargin',
    'Maintenance margin',
    'money',
    'ceil',
    'maintenance = Σ (notional × rate − deduction)',
    'The equity below which the venue starts to liquidate.',
  ),
  liquidationFees: spec(
    'liquidationFees',
    'Liquidation fees',
    'money',
    'ceil',
    'fees = Σ notional × fee rate',
    'Closing fees that the venue adds to maintenance in its liquidation test.',
  ),
  marginRatio: spec(
    'marginRatio',
    'Margin ratio',
    'ratio',
    'ceil',
    'margin ratio = (maintenance + fees) ÷ equity',
    'The share of equity that maintenance takes up; at 1 the account is liquidated.',
  ),
  healthFactor: spec(
    'healthFactor',
    'Health factor',
    'health-factor',
    'floor',
    'health factor = Σ (collateral × threshold) ÷ debt',
    'How many times the debt is covered by collateral counted at its liquidation threshold; below 1 it is liquidated.',
  ),
  marginExcess: spec(
    'marginExcess',
    'Buffer',
    'money',
    'floor',
    'buffer = equity − maintenance − fees',
    'The loss that can still be borne before liquidation.',
  ),
  freeCollateral: spec(
    'freeCollateral',
    'Free collateral',
    'money',
    'floor',
    'free collateral = equity − initial margin',
    'Equity that no open position asks for; below zero nothing can be opened.',
  ),
  withdrawable: spec(
    'withdrawable',
    'Withdrawable',
    'money',
    'floor',
    'withdrawable: the rule of the venue',
    'What the venue would let leave the account now.',
  ),
  unrealizedPnl: spec(
    'unrealizedPnl',
    'Unrealized profit',
    'signed-money',
    'floor',
    'unrealized profit = Σ size × (price − entry)',
    'Profit or loss of the open positions at the present price.',
  ),
  uniformShock: spec(
    'uniformShock',
    'Buffer',
    'percent',
    'floor',
    'the move x of all prices where equity(x) = maintenance(x)',
    'How far all prices must move together, the worse way, to liquidate the account.',
  ),
  uniformShockDown: spec(
    'uniformShockDown',
    'Buffer, falling',
    'percent',
    'floor',
    'the fall x of all prices where equity(x) = maintenance(x)',
    'How far all prices must fall together to liquidate the account.',
  ),
  uniformShockUp: spec(
    'uniformShockUp',
    'Buffer, rising',
    'percent',
    'floor',
    'the rise x of all prices where equity(x) = maintenance(x)',
    'How far all prices must rise together to liquidate the account.',
  ),
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
      return formatPercent(unsigned(text), 1, spec.rounding);
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
