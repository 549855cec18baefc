import { describe, expect, it } from 'vitest';
import type { Decimal } from '../../domain/units.ts';
import { resolveTable } from '../../engine/margin/table.ts';
import { assessLegs, type Case, d, describeCases, type LegInputs, type Solver, sharedCases, vectorCases } from '../testing/cex-cases.ts';
import { assessCase, positionFigures } from '../testing/cex-figures.ts';
import { tiersOfRows } from '../tier-rows.ts';
import { autoExchangeAmount, binanceUsdmRules as rules } from './rules.ts';
import tiers from './tiers.json' with { type: 'json' };

/** Every row's deduction comes from the one before it: dₙ = dₙ₋₁ + floorₙ(rₙ − rₙ₋₁). */
function tablesAreContinuous(): boolean {
  return tiers.tables.every(({ rows }) => {
    const stated = tiersOfRows(rows);
    const derived = resolveTable({
      join: 'continuous',
      measure: 'notional',
      tiers: stated.map(({ notionalFloor, maintenanceMarginRate }) => ({ notionalFloor, maintenanceMarginRate })),
    });
    return derived.tiers.every((row, i) => row.deduction.eq(stated[i]?.maintenanceDeduction as Decimal));
  });
}

/** A bundled market at this notional: one unit at that price. */
const onBundledTable = (symbol: string, notional: unknown): LegInputs => ({
  id: symbol.replace('/', '').replace(/:.*/, ''),
  contract: 'linear',
  side: 'long',
  quantity: d(1),
  entry: d(notional),
  mark: d(notional),
  mode: 'cross',
  leverage: d(1),
});

const solve: Solver = (item: Case) => {
  const { inputs, expected } = item;
  if ('allTiersConsistent' in expected) return { allTiersConsistent: tablesAreContinuous };
  if ('convertedUsd' in expected) return { convertedUsd: () => autoExchangeAmount(d(inputs.deficit), d(inputs.collateralRate)) };
  if (inputs.notional !== undefined) {
    const leg = onBundledTable(String(inputs.symbol), inputs.notional);
    return positionFigures(rules, [leg], assessLegs(rules, [leg], undefined));
  }
  const { legs, assessed } = assessCase(rules, item);
  return positionFigures(rules, legs, assessed);
};

describeCases('binance-usdm vectors', vectorCases(new URL('./vectors/cases.json', import.meta.url)), solve, 15);
describeCases('binance-usdm collected cases', sharedCases('binance-usdm'), solve, 20);

describe('BU-3 the bundled tables', () => {
  it('hold 349 markets and their deductions join the rows exactly', () => {
    expect(tiers.tables.reduce((count, table) => count + table.symbols.length, 0)).toBe(349);
    expect(tiers.tables.reduce((count, table) => count + table.symbols.length * table.rows.length, 0)).toBe(2805);
    expect(tablesAreContinuous()).toBe(true);
  });
});
