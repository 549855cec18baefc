import type { VenueRules } from '../../engine/rules.ts';
import { assessLegs, type Case, d, describeCases, legsOfCase, type Solver, sharedCases, vectorCases } from '../testing/cex-cases.ts';
import { positionFigures } from '../testing/cex-figures.ts';
import { assignedBalance, phemexRules } from './rules.ts';

/** The rule of 2021, for the position recorded under it: maintenance on the entry value, no fee. */
const before2022: VenueRules = {
  ...phemexRules,
  positionRules: () => ({ basis: 'entry', fee: 'none', initialBasis: 'entry', initialLeverage: 'chosen' }),
};

const solve: Solver = (item: Case) => {
  const { inputs } = item;
  const rules = String(inputs.symbol).startsWith('c') ? before2022 : phemexRules;
  const isAssigned = inputs.mmAmount !== undefined;
  const assigned = assignedBalance(
    d(inputs.size).times(String(inputs.entryPrice)),
    d(inputs.leverage ?? 1),
    item.side === 'short' ? -1 : 1,
    d(inputs.takerFee ?? 0),
  );
  const legs = legsOfCase(item).map((leg) => (isAssigned ? { ...leg, isolatedMargin: assigned } : leg));
  // A cross account whose wallet is not told: the balance that puts its bankruptcy price where Phemex reports it.
  const reported = inputs.bankruptPriceReported;
  const balance = reported === undefined ? undefined : d(inputs.entryPrice).minus(String(reported)).times(String(inputs.size));
  const assessed = assessLegs(rules, legs, balance);
  return {
    ...positionFigures(rules, legs, assessed),
    assignedPosBalance: () => assigned,
    value: () => d(inputs.size).times(String(inputs.entryPrice)),
  };
};

describeCases('phemex vectors', vectorCases(new URL('./vectors/cases.json', import.meta.url)), solve, 6);
describeCases('phemex collected cases', sharedCases('phemex'), solve, 6);
