import { map } from '../../domain/outcome.ts';
import { type Case, d, describeCases, type Solver, sharedCases, vectorCases } from '../testing/cex-cases.ts';
import { assessCase, positionFigures } from '../testing/cex-figures.ts';
import { blofinRules as rules } from './rules.ts';

const solve: Solver = (item: Case) => {
  const { legs, assessed } = assessCase(rules, item);
  const pool = assessed.assessment.pools.find(({ marginRatio }) => marginRatio.ok);
  return {
    ...positionFigures(rules, legs, assessed),
    // In BloFin's direction, of the position's own pool.
    ...(pool ? { marginRatio: () => map(pool.marginRatio, (ratio) => d(1).div(ratio)) } : {}),
  };
};

/** Price and ratio of the documented cross sample are of different moments: only its margins are compared. */
const comparable = (items: readonly Case[]): Case[] =>
  items.map((item) => {
    if (item.verified !== false) return item;
    const { liquidationPrice: _, ...expected } = item.expected;
    return { ...item, expected };
  });

describeCases('blofin vectors', comparable(vectorCases(new URL('./vectors/cases.json', import.meta.url))), solve, 9);
describeCases('blofin collected cases', comparable(sharedCases('blofin')), solve, 9);
