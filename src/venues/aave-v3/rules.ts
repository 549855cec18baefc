/** Aave v3's rules for the engine: AV-6…AV-9 of docs/spec/venues/aave-v3.md. */
import type { PositionRules, VenueRules } from '../../engine/rules.ts';

/** A lending account has no positions; the engine never asks. */
const POSITION_RULES: PositionRules = { basis: 'price', fee: 'none', initialBasis: 'price', initialLeverage: 'tier' };

export const aaveV3Rules: VenueRules = {
  id: 'aave-v3',
  name: 'Aave v3',
  kind: 'lending',
  riskPrice: 'oracle',
  crossPool: 'account',
  boundary: 'below',
  positionRules: () => POSITION_RULES,
  marginTable: () => undefined,
  tableJoin: 'continuous',
  priceRounding: 'none',
  ratioView: { name: 'Health factor', direction: 'down-is-worse' },
  sources: [
    'aave-dao/aave-v3-origin@fd1fbd91 src/contracts/protocol/libraries/logic/GenericLogic.sol: health factor, available borrows',
    'aave-dao/aave-v3-origin@fd1fbd91 src/contracts/protocol/libraries/logic/ValidationLogic.sol: liquidatable below a health factor of 1',
  ],
};
