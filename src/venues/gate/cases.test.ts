import { assessLegs, type Case, d, describeCases, legsOfCase, type Solver, sharedCases, vectorCases } from '../testing/cex-cases.ts';
import { assessCase, positionFigures } from '../testing/cex-figures.ts';
import { gateRules as rules } from './rules.ts';

const solve: Solver = (item: Case) => {
  if (item.marginMode === 'isolated') {
    const { legs, assessed } = assessCase(rules, item);
    return positionFigures(rules, legs, assessed);
  }
  // The margin of a cross position is the wallet's share that stands behind it.
  const legs = legsOfCase(item);
  return positionFigures(rules, legs, assessLegs(rules, legs, d(item.inputs.margin)));
};

describeCases('gate vectors', vectorCases(new URL('./vectors/cases.json', import.meta.url)), solve, 5);
describeCases('gate collected cases', sharedCases('gate'), solve, 6);
