/** Gate perpetual swaps: GT-1…GT-5 of docs/spec/venues/gate.md. */
import { Decimal } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';

const POSITION_RULES: PositionRules = { basis: 'price', fee: 'taker', initialBasis: 'price', initialLeverage: 'chosen' };

export const gateRules: VenueRules = {
  id: 'gate',
  name: 'Gate',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'settle',
  boundary: 'at-or-below',
  positionRules: () => POSITION_RULES,
  marginTable: () => undefined,
  tableJoin: 'continuous',
  defaultTakerFeeRate: new Decimal('0.00075'),
  priceRounding: 'tick-against-trader',
  ratioView: { name: 'Maintenance margin rate', direction: 'up-is-worse' },
  sources: [
    'Gate help "How is the liquidation price calculated": linear (e − s·m ÷ q) ÷ (1 − s·(r + f)), inverse Q·e·(1 + s·(r + f)) ÷ (Q + s·m·e)',
    'Gate API v4 /futures/{settle}/positions: live cross positions of BTC_USDT and XRP_USDT',
    'Gate API v4 /futures/{settle}/risk_limit_tiers: rows with a deduction',
  ],
};
