/** Maker / Sky's rules for the engine: MK-1…MK-2 of docs/spec/venues/maker.md. */
import type { VenueRules } from '../../engine/rules.ts';
import { lendingRules } from '../lending-rules.ts';

export const makerRules: VenueRules = lendingRules({
  id: 'maker',
  name: 'Maker / Sky',
  ratioView: { name: 'Collateral ÷ required', direction: 'down-is-worse' },
  sources: [
    'makerdao/dss@fa4f663 src/vat.sol, src/spot.sol: safe when ink × spot ≥ art × rate, spot = price ÷ mat',
    'makerdao/dss@fa4f663 src/dog.sol: bark',
  ],
});
