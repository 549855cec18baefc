/** The working of a pool's figures: for each, its equation and the live values that stand in it. */
import type { Figure } from '../../domain/outcome.ts';
import { map, some } from '../../domain/outcome.ts';
import { sumLending } from '../lending/lending.ts';
import { collateralValue, type PoolSums } from '../margin/pool.ts';
import type { Pool } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import type { PoolFigureName, PoolFigures } from '../types.ts';
import type { WorkingTerm } from './types.ts';

export interface Recipe {
  readonly formula: string;
  readonly rule: string;
  readonly terms: readonly WorkingTerm[];
}

export interface PoolContext {
  readonly pool: Pool;
  readonly sums: PoolSums;
  readonly figures: PoolFigures;
  readonly rules: VenueRules;
  readonly unit: string;
}

/** A term in the unit of account that is itself a figure of the pool. */
const own = (context: PoolContext, symbol: string, name: string, figure: PoolFigureName, unit = context.unit): WorkingTerm => ({
  symbol,
  name,
  value: context.figures[figure],
  unit,
  origin: `${figure} of the pool`,
});

const fact = (symbol: string, name: string, value: Figure, unit: string, origin: string): WorkingTerm => ({
  symbol,
  name,
  value,
  unit,
  origin,
});

/** Formula, rule and terms of one figure of a pool. */
export function poolRecipe(name: PoolFigureName, context: PoolContext): Recipe {
  return context.pool.kind === 'lending' ? lendingRecipe(name, context) : perpetualRecipe(name, context);
}

function perpetualRecipe(name: PoolFigureName, context: PoolContext): Recipe {
  const { unit } = context;
  const E = own(context, 'E', 'equity', 'equity');
  const N = own(context, 'ΣN', 'gross notional', 'grossNotional');
  const IM = own(context, 'IM', 'initial margin', 'initialMargin');
  const MM = own(context, 'MM', 'maintenance margin', 'maintenanceMargin');
  const F = own(context, 'F', 'liquidation fees', 'liquidationFees');
  const net = own(context, 'N', 'net notional', 'netNotional');
  const legs = (symbol: string, label: string, values: readonly Figure[]): WorkingTerm[] =>
    context.pool.legs.map((leg, i) => fact(`${symbol}${i + 1}`, `${label} of ${leg.instrument.id}`, values[i] as Figure, unit, 'position'));
  const other = (symbol: string, value: Pool['maintenanceMarginOther']): WorkingTerm[] =>
    value.isZero() ? [] : [fact(symbol, 'requirement of holdings not listed', some(value), unit, 'book')];
  switch (name) {
    case 'equity':
      return {
        formula: 'E = Σ amount × price × factor + Σ unrealized profit',
        rule: 'PF-1',
        terms: [...collateralTerms(context), ...legs('U', 'unrealized profit', context.sums.legPnl)],
      };
    case 'unrealizedPnl':
      return {
        formula: 'U = Σ size × (price − entry); inverse: Σ size × (1/entry − 1/price) × settle price',
        rule: 'PF-1',
        terms: legs('U', 'unrealized profit', context.sums.legPnl),
      };
    case 'grossNotional':
      return { formula: 'ΣN = Σ |size| × price', rule: 'PF-2', terms: notionalTerms(context) };
    case 'netNotional':
      return { formula: 'N = Σ size × price', rule: 'PF-2', terms: notionalTerms(context) };
    case 'leverage':
      return { formula: 'leverage = ΣN ÷ E', rule: 'PF-3', terms: [N, E] };
    case 'netLeverage':
      return { formula: 'net leverage = |N| ÷ E', rule: 'PF-3', terms: [net, E] };
    case 'initialMargin':
      return {
        formula: 'IM = Σ notional ÷ leverage (+ closing fee where the venue counts it)',
        rule: 'MR-6',
        terms: [...legs('IM', 'initial margin', context.sums.legInitial), ...other('IMₒ', context.pool.initialMarginOther)],
      };
    case 'maintenanceMargin':
      return {
        formula: 'MM = Σ (rate × notional − deduction), each in its tier',
        rule: 'MR-3',
        terms: [...legs('MM', 'maintenance margin', context.sums.legMaintenance), ...other('MMₒ', context.pool.maintenanceMarginOther)],
      };
    case 'liquidationFees':
      return {
        formula: 'F = Σ taker fee × notional, where the venue adds it',
        rule: 'MR-2',
        terms: legs('F', 'closing fee', context.sums.legFees),
      };
    case 'marginRatio':
      return { formula: 'margin ratio = (MM + F) ÷ E', rule: 'PF-4', terms: [MM, F, E] };
    case 'marginExcess':
      return { formula: 'buffer = E − MM − F', rule: 'PF-5', terms: [E, MM, F] };
    case 'freeCollateral':
      return { formula: 'free collateral = E − IM', rule: 'PF-7', terms: [E, IM] };
    case 'withdrawable':
      return { formula: 'withdrawable = max(0, the venue’s rule of E, IM, ΣN)', rule: 'PF-8', terms: [E, IM, N] };
    case 'healthFactor':
      return { formula: 'health factor exists for lending only', rule: 'LE-2', terms: [] };
    case 'uniformShock':
      return {
        formula: 'smallest |s|: E(s) = MM(s) + F(s), every volatile price × (1 + s), in the tiers that hold there',
        rule: 'US-1',
        terms: [
          own(context, 's↓', 'fall that liquidates', 'uniformShockDown', 'fraction'),
          own(context, 's↑', 'rise that liquidates', 'uniformShockUp', 'fraction'),
        ],
      };
    case 'uniformShockDown':
    case 'uniformShockUp':
      return {
        formula: 'E(s) = MM(s) + F(s), every volatile price × (1 + s), in the tiers that hold there',
        rule: 'US-1',
        terms: [E, MM, F, net, N],
      };
  }
}

function notionalTerms(context: PoolContext): WorkingTerm[] {
  return context.pool.legs.flatMap((leg, i) => [
    fact(
      `q${i + 1}`,
      `size of ${leg.instrument.id}`,
      some(leg.position.size.times(leg.instrument.contractSize)),
      leg.instrument.contract === 'inverse' ? leg.instrument.quote : leg.instrument.base,
      'book',
    ),
    fact(
      `P${i + 1}`,
      `${context.rules.riskPrice} price of ${leg.instrument.id}`,
      leg.mark,
      `${leg.instrument.quote}/${leg.instrument.base}`,
      'feed or book',
    ),
  ]);
}

function collateralTerms(context: PoolContext): WorkingTerm[] {
  return context.pool.collateral.map((item, i) => ({
    symbol: `C${i + 1}`,
    name: `${item.amount.toFixed()} ${item.asset} × price × factor ${item.factor.toFixed()}`,
    value: collateralValue(item),
    unit: context.unit,
    origin: 'balance',
  }));
}

function lendingRecipe(name: PoolFigureName, context: PoolContext): Recipe {
  const { unit } = context;
  const sums = sumLending(context.pool);
  const C = fact('C', 'collateral', sums.collateral, unit, 'balances');
  const D = fact('D', 'debt', sums.debt, unit, 'balances');
  const A = fact('A', 'Σ collateral × liquidation threshold', sums.riskAdjusted, unit, 'balances');
  const B = fact('B', 'Σ collateral × loan-to-value', sums.borrowable, unit, 'balances');
  const assets = context.pool.collateral.map((item, i) =>
    fact(
      `${item.amount.isNegative() ? 'D' : 'C'}${i + 1}`,
      `${item.amount.toFixed()} ${item.asset}`,
      map(item.price, (p) => item.amount.times(p)),
      unit,
      'balance',
    ),
  );
  switch (name) {
    case 'equity':
      return { formula: 'equity = C − D', rule: 'LE-1', terms: [C, D, ...assets] };
    case 'grossNotional':
    case 'netNotional':
      return { formula: 'C = Σ amount × price', rule: 'LE-1', terms: assets };
    case 'leverage':
    case 'netLeverage':
      return { formula: 'leverage = C ÷ (C − D)', rule: 'LE-5', terms: [C, D] };
    case 'healthFactor':
      return { formula: 'health factor = A ÷ D', rule: 'LE-2', terms: [A, D] };
    case 'marginRatio':
      return { formula: 'margin ratio = D ÷ A = 1 ÷ health factor', rule: 'LE-2', terms: [D, A] };
    case 'marginExcess':
      return { formula: 'buffer = A − D', rule: 'LE-4', terms: [A, D] };
    case 'maintenanceMargin':
      return { formula: 'MM = C − A', rule: 'LE-4', terms: [C, A] };
    case 'initialMargin':
      return { formula: 'IM = C − Σ collateral × loan-to-value', rule: 'LE-4', terms: [C, B] };
    case 'freeCollateral':
    case 'withdrawable':
      return { formula: 'free collateral = Σ collateral × loan-to-value − D', rule: 'LE-4', terms: [B, D] };
    case 'uniformShock':
    case 'uniformShockDown':
    case 'uniformShockUp':
      return { formula: 'A(s) = D(s), every volatile price × (1 + s)', rule: 'US-1', terms: [A, D] };
    case 'liquidationFees':
    case 'unrealizedPnl':
      return { formula: 'does not exist for a lending account', rule: 'LE-1', terms: [] };
  }
}
