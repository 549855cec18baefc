import { type Case, describeCases, type Solver, sharedCases, vectorCases } from '../testing/cex-cases.ts';
import { assessCase, positionFigures } from '../testing/cex-figures.ts';
import { okxRules as rules } from './rules.ts';

const solve: Solver = (item: Case) => {
  const { legs, assessed } = assessCase(rules, item);
  return positionFigures(rules, legs, assessed);
};

describeCases('okx vectors', vectorCases(new URL('./vectors/cases.json', import.meta.url)), solve, 11);
describeCases('okx collected cases', sharedCases('okx'), solve, 11);
