import { describe, expect, it } from 'vitest';
import type { VenueRules } from '../../engine/rules.ts';
import {
  assessLegs,
  type Case,
  d,
  describeCases,
  type LegInputs,
  numberOf,
  type Solver,
  sharedCases,
  vectorCases,
} from '../testing/cex-cases.ts';
import { assessCase, positionFigures } from '../testing/cex-figures.ts';
import { coinexRules } from './rules.ts';

/** The rule until July 2022, for the positions recorded under it. */
const before2022: VenueRules = {
  ...coinexRules,
  positionRules: () => ({ basis: 'entry', fee: 'none', initialBasis: 'entry', initialLeverage: 'chosen' }),
};

const solve: Solver = (item: Case) => {
  const rules = item.notes?.includes('pre-2022-07') || item.id.includes('-v1-') ? before2022 : coinexRules;
  const { legs, assessed } = assessCase(rules, item);
  return positionFigures(rules, legs, assessed);
};

describeCases('coinex vectors', vectorCases(new URL('./vectors/cases.json', import.meta.url)), solve, 6);
describeCases('coinex collected cases', sharedCases('coinex'), solve, 6);

describe('CX-3 levels', () => {
  const leg = (quantity: string): LegInputs => ({
    id: 'coinex:BTCUSDT',
    contract: 'linear',
    mode: 'cross',
    side: 'long',
    quantity: d(quantity),
    entry: d(100),
    mark: d(100),
  });
  it.each([
    ['19.9', '9.95'],
    ['20', '20'],
    ['50', '75'],
    ['1000', '3000'],
  ])('%s BTC at 100 asks for %s', (quantity, margin) => {
    expect(numberOf(assessLegs(coinexRules, [leg(quantity)], d(100_000)).position.maintenanceMargin).toFixed()).toBe(margin);
  });
});
