/** What every lending protocol is to the engine: health A ÷ D on oracle prices, liquidatable below 1, exactly 1 is safe (LE-3). */
import type { PositionRules, VenueRules } from '../engine/rules.ts';

/** A lending account has no positions; the engine never asks. */
const POSITION_RULES: PositionRules = { basis: 'price', fee: 'none', initialBasis: 'price', initialLeverage: 'tier' };

/** The rules of a protocol that differs from the others in its name, its words and its sources. */
export const lendingRules = (own: Pick<VenueRules, 'id' | 'name' | 'ratioView' | 'sources'>): VenueRules => ({
  ...own,
  kind: 'lending',
  riskPrice: 'oracle',
  crossPool: 'account',
  boundary: 'below',
  positionRules: () => POSITION_RULES,
  marginTable: () => undefined,
  tableJoin: 'continuous',
  priceRounding: 'none',
});
