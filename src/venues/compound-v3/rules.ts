/** Compound v3's rules for the engine: CO-1…CO-3 of docs/spec/venues/compound-v3.md. */
import type { VenueRules } from '../../engine/rules.ts';
import { lendingRules } from '../lending-rules.ts';

export const compoundV3Rules: VenueRules = lendingRules({
  id: 'compound-v3',
  name: 'Compound v3',
  ratioView: { name: 'Health factor', direction: 'down-is-worse' },
  sources: ['compound-finance/comet@d5a30b0a contracts/Comet.sol: isLiquidatable, isBorrowCollateralized, absorb, quoteCollateral'],
});
