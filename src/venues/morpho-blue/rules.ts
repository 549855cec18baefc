/** Morpho Blue's rules for the engine: MO-1…MO-2 of docs/spec/venues/morpho-blue.md. */
import type { VenueRules } from '../../engine/rules.ts';
import { lendingRules } from '../lending-rules.ts';

export const morphoBlueRules: VenueRules = lendingRules({
  id: 'morpho-blue',
  name: 'Morpho Blue',
  ratioView: { name: 'Health factor', direction: 'down-is-worse' },
  sources: [
    'morpho-org/morpho-blue@3085651 src/Morpho.sol: _isHealthy, liquidate',
    'morpho-org/sdks@cdff8c45 packages/blue-sdk/src/market/MarketUtils.ts: health factor, loan-to-value, usage',
  ],
});
