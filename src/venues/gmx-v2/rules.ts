/** GMX v2's rules for the engine: GX-1, GX-2 of docs/spec/venues/gmx-v2.md. */
import type { PositionRules, VenueRules } from '../../engine/rules.ts';

/** Requirement and fee stand on the size in dollars, which is the entry value and does not move. */
const POSITION_RULES: PositionRules = {
  basis: 'entry',
  fee: 'taker',
  initialBasis: 'entry',
  initialLeverage: 'chosen',
  collateralMoves: true,
};

export const gmxV2Rules: VenueRules = {
  id: 'gmx-v2',
  name: 'GMX v2',
  kind: 'perpetual',
  riskPrice: 'oracle',
  crossPool: 'account',
  boundary: 'below',
  positionRules: () => POSITION_RULES,
  marginTable: () => undefined,
  tableJoin: 'continuous',
  priceRounding: 'none',
  ratioView: { name: 'Required ÷ remaining collateral', direction: 'up-is-worse' },
  sources: [
    'gmx-io/gmx-synthetics@a5c0c883 PositionUtils.isPositionLiquidatable: remaining collateral against max(size × factor, minimum)',
    'gmx-io/gmx-interface@a78e920e sdk/src/utils/positions: liquidation price with collateral in the index token and in another',
  ],
};
