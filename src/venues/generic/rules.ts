/** A venue of no name: tiers come with the book, everything else is the plainest rule. GE-1…GE-5 of docs/spec/venues/generic.md. */
import type { PositionRules, VenueRules } from '../../engine/rules.ts';

const POSITION_RULES: PositionRules = { basis: 'price', fee: 'taker', initialBasis: 'price', initialLeverage: 'chosen' };

export const genericRules: VenueRules = {
  id: 'generic',
  name: 'Generic',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'account',
  boundary: 'at-or-below',
  positionRules: () => POSITION_RULES,
  marginTable: () => undefined,
  tableJoin: 'continuous',
  priceRounding: 'none',
  ratioView: { name: 'Margin ratio', direction: 'up-is-worse' },
  sources: ['docs/spec/venues/generic.md: tiers as the book gives them, continuous at their floors; liquidated at a margin ratio of 1'],
};
