/** Phemex USDT contracts: PX-1…PX-5 of docs/spec/venues/phemex.md. */
import type { Contract, MarginMode } from '../../domain/book.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';

const ISOLATED: PositionRules = { basis: 'price', fee: 'taker', initialBasis: 'entry', initialLeverage: 'chosen' };
/** PX-2. */
const CROSS: PositionRules = { ...ISOLATED, fee: 'none' };

export const phemexRules: VenueRules = {
  id: 'phemex',
  name: 'Phemex',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'settle',
  boundary: 'at-or-below',
  positionRules: (_contract: Contract, marginMode: MarginMode) => (marginMode === 'isolated' ? ISOLATED : CROSS),
  marginTable: () => undefined,
  tableJoin: 'continuous',
  defaultTakerFeeRate: new Decimal('0.0006'),
  priceRounding: 'tick-against-trader',
  ratioView: { name: 'Margin level', direction: 'down-is-worse' },
  sources: [
    'Phemex help "Liquidation price of USDT contracts": (V − s·assigned − s·mmAmount) ÷ (1 − s·(f + r)) ÷ q',
    'Phemex API /g-accounts/accountPositions: a live cross position of BTCUSDT',
  ],
};

/**
 * Balance that Phemex assigns to an isolated position (PX-3): V ÷ L + f × value at the bankruptcy price, settle currency; V = entry value,
 * value at the bankruptcy price V × (1 − s ÷ L). Source: Phemex help, worked example (40.096 USDT).
 */
export const assignedBalance = (entryValue: Decimal, leverage: Decimal, side: 1 | -1, takerFeeRate: Decimal): Decimal =>
  entryValue.div(leverage).plus(entryValue.times(ONE.minus(ONE.div(leverage).times(side))).times(takerFeeRate));
