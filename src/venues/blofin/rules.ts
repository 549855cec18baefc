/** BloFin perpetual swaps: BF-1…BF-4 of docs/spec/venues/blofin.md. */
import type { Contract, MarginMode } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';

const CROSS: PositionRules = { basis: 'price', fee: 'taker', initialBasis: 'price', initialLeverage: 'chosen' };
/** BF-2: the initial margin of an isolated position stays what it was opened with. */
const ISOLATED: PositionRules = { ...CROSS, initialBasis: 'entry' };

export const blofinRules: VenueRules = {
  id: 'blofin',
  name: 'BloFin',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'account',
  boundary: 'at-or-below',
  positionRules: (_contract: Contract, marginMode: MarginMode) => (marginMode === 'isolated' ? ISOLATED : CROSS),
  marginTable: () => undefined,
  tableJoin: 'step',
  defaultTakerFeeRate: new Decimal('0.0006'),
  priceRounding: 'none',
  ratioView: { name: 'Margin ratio', direction: 'down-is-worse' },
  sources: [
    'BloFin API documentation, positions: marginRatio, maintenanceMargin and liquidationPrice of its samples',
    'A live cross position of LTC-USDT, 2025: ratio = equity ÷ (maintenance margin + notional × taker fee)',
  ],
};
