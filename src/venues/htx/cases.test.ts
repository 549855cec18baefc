import { describe, expect, it } from 'vitest';
import { map } from '../../domain/outcome.ts';
import {
  type Assessed,
  assessLegs,
  type Case,
  d,
  describeCases,
  type Inputs,
  type LegInputs,
  legsOfCase,
  numberOf,
  oneTier,
  type Solver,
  sharedCases,
  vectorCases,
} from '../testing/cex-cases.ts';
import { balanceForEquity, positionFigures } from '../testing/cex-figures.ts';
import { crossRiskRate, isolatedRiskRate, maintenanceRate, htxRules as rules } from './rules.ts';

const base = { contract: 'linear', side: 'long' } as const;

/** A leg of a cross account: its price is used margin × leverage ÷ size. */
const crossLeg = (leg: Inputs): LegInputs => {
  const price = d(leg.usedMargin).times(String(leg.leverage)).div(String(leg.size));
  return {
    ...base,
    id: String(leg.contract),
    mode: 'cross',
    quantity: d(leg.size),
    entry: price,
    mark: price,
    leverage: d(leg.leverage),
    tiers: oneTier(maintenanceRate(d(leg.adjustFactor), d(leg.leverage))),
  };
};

const isolatedLeg = (inputs: Inputs): LegInputs => ({
  ...base,
  id: String(inputs.contract),
  mode: 'isolated',
  quantity: d(inputs.size),
  entry: d(inputs.costHold),
  mark: d(inputs.lastPrice),
  leverage: d(inputs.leverage),
  tiers: oneTier(maintenanceRate(d(inputs.adjustFactor), d(inputs.leverage))),
  isolatedMargin: d(inputs.marginStatic),
});

const figures = (legs: readonly LegInputs[], assessed: Assessed) => positionFigures(rules, legs, assessed);

const solve: Solver = (item: Case) => {
  const { inputs } = item;
  if (inputs.legs !== undefined) {
    const legs = (inputs.legs as Inputs[]).map(crossLeg);
    const assessed = assessLegs(rules, legs, balanceForEquity(d(inputs.accountEquity)));
    const { assessment } = assessed;
    return {
      ...figures(legs, assessed),
      accountMaintenanceMargin: () => assessment.maintenanceMargin,
      riskRate: () => crossRiskRate(numberOf(assessment.equity), numberOf(assessment.maintenanceMargin)),
    };
  }
  if (inputs.costHold !== undefined) {
    const leg = isolatedLeg(inputs);
    const assessed = assessLegs(rules, [leg], undefined);
    const { position } = assessed;
    const equity = () => d(inputs.marginStatic).plus(numberOf(position.unrealizedPnl));
    return {
      ...figures([leg], assessed),
      riskRate: () => isolatedRiskRate(equity(), numberOf(position.initialMargin), d(inputs.adjustFactor)),
    };
  }
  if (inputs.accountEquity !== undefined) {
    const [equity, used, adjust] = [d(inputs.accountEquity), d(inputs.usedMargin), d(inputs.adjustFactor)];
    return {
      riskRate: () => (item.marginMode === 'isolated' ? isolatedRiskRate(equity, used, adjust) : crossRiskRate(equity, used.times(adjust))),
    };
  }
  const legs = legsOfCase(item);
  const assessed = assessLegs(rules, legs, balanceForEquity(d(inputs.equityImplied)));
  // The page cuts the ratio to 4 decimals.
  return { ...figures(legs, assessed), marginRatio: () => map(assessed.assessment.marginRatio, (ratio) => ratio.toDecimalPlaces(4, 1)) };
};

describeCases('htx vectors', vectorCases(new URL('./vectors/cases.json', import.meta.url)), solve, 13);
describeCases('htx collected cases', sharedCases('htx'), solve, 13);

describe('HX-1 a price below zero', () => {
  it('is never, where the API prints −110,163.84', () => {
    const leg: LegInputs = {
      ...base,
      id: 'BTC-USDT',
      mode: 'cross',
      quantity: d('0.001'),
      entry: d('63165.5'),
      mark: d('63165.5'),
      tiers: oneTier('0.0034'),
    };
    const { position } = assessLegs(rules, [leg], d('172.954787198'));
    expect(position.liquidationPrice).toEqual({ ok: false, reason: 'never' });
  });
});
