import { describe, expect, it } from 'vitest';
import { map } from '../../domain/outcome.ts';
import { resolveTable } from '../../engine/margin/table.ts';
import { type Case, d, describeCases, type Solver, sharedCases, vectorCases } from '../testing/cex-cases.ts';
import { assessCase, deductionOfNextRow, positionFigures } from '../testing/cex-figures.ts';
import { tiersOfRows } from '../tier-rows.ts';
import { quantizeAmountDown, binanceCoinmRules as rules } from './rules.ts';
import tiers from './tiers.json' with { type: 'json' };

const PLACES = 8;

/** A case that states only the value in coin: one coin's worth of dollars at a price of 1 ÷ value. */
const inDollars = (item: Case): Case => {
  const { notionalBase, ...inputs } = item.inputs;
  if (notionalBase === undefined) return item;
  return { ...item, inputs: { ...inputs, Q_usd: 1, entryPrice: d(1).div(d(notionalBase)).toString() } };
};

const solve: Solver = (item: Case) => {
  if ('maintAmount' in item.expected) return { maintAmount: () => deductionOfNextRow(item.inputs) };
  const { legs, assessed } = assessCase(rules, inDollars(item));
  const figures = positionFigures(rules, legs, assessed);
  return {
    ...figures,
    initialMargin: () => map(assessed.position.initialMargin, (amount) => quantizeAmountDown(amount, PLACES)),
    maintenanceMargin: () => map(assessed.position.maintenanceMargin, (amount) => quantizeAmountDown(amount, PLACES)),
  };
};

describeCases('binance-coinm vectors', vectorCases(new URL('./vectors/cases.json', import.meta.url)), solve, 4);
describeCases('binance-coinm collected cases', sharedCases('binance-coinm'), solve, 4);

describe('BC-3 the bundled table', () => {
  it('joins its rows, and its seventh deduction is the one a live answer shows', () => {
    const rows = tiersOfRows(tiers.tables[0]?.rows ?? []);
    const derived = resolveTable({
      join: 'continuous',
      measure: 'notional',
      tiers: rows.map(({ notionalFloor, maintenanceMarginRate }) => ({ notionalFloor, maintenanceMarginRate })),
    });
    expect(derived.tiers.map((row) => row.deduction.toFixed())).toEqual(rows.map((row) => row.maintenanceDeduction?.toFixed()));
    expect(derived.tiers[6]?.deduction.toFixed()).toBe('11.605');
  });
});

describe('BC-5 amounts as printed', () => {
  it('are cut towards zero, never rounded', () => {
    expect(quantizeAmountDown(d('0.000243939'), 8).toFixed()).toBe('0.00024393');
    expect(quantizeAmountDown(d('-0.000243939'), 8).toFixed()).toBe('-0.00024393');
    expect(quantizeAmountDown(d('0.00024393'), 8).toFixed()).toBe('0.00024393');
  });
});
