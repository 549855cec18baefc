/** Bitget USDT-M futures: BG-1…BG-5 of docs/spec/venues/bitget.md. */
import type { Contract, MarginMode } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';

/** BG-1. */
const AT_PRICE: PositionRules = { basis: 'price', fee: 'taker', initialBasis: 'price', initialLeverage: 'chosen' };
/** BG-2: hedge mode: while the cross price is sought the requirement stays what it is at the mark. */
const HEDGE_CROSS: PositionRules = { ...AT_PRICE, basis: 'frozen' };

export const bitgetRules: VenueRules = {
  id: 'bitget',
  name: 'Bitget',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'account',
  boundary: 'at-or-below',
  positionRules: (_contract: Contract, marginMode: MarginMode) => (marginMode === 'isolated' ? AT_PRICE : HEDGE_CROSS),
  marginTable: () => undefined,
  tableJoin: 'step',
  defaultTakerFeeRate: new Decimal('0.0006'),
  priceRounding: 'none',
  ratioView: { name: 'Margin ratio', direction: 'up-is-worse' },
  sources: [
    'Bitget help "Liquidation price": isolated (m − s·q·e) ÷ (q·(r + f − s))',
    'Bitget API v2 /mix/position/all-position: cross prices of recorded positions, mark − s·(equity − MM) ÷ q with MM at the mark',
  ],
};

/** BG-6: as recorded at the end of 2024, the position's own requirement follows the price sought. */
export const bitgetOneWayRules: VenueRules = {
  ...bitgetRules,
  id: 'bitget-one-way',
  name: 'Bitget (requirement at the price)',
  positionRules: () => AT_PRICE,
};
