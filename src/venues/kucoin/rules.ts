/** KuCoin futures: KC-1…KC-6 of docs/spec/venues/kucoin.md. */
import type { Contract, MarginMode } from '../../domain/book.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';

/** KC-1: on the entry value; the bankruptcy fee stands in margin and maintenance alike and cancels. */
const ISOLATED: PositionRules = {
  basis: 'entry',
  fee: 'none',
  initialBasis: 'entry',
  initialLeverage: 'chosen',
  priceRounding: 'tick-apart',
};
/** KC-2. */
const CROSS: PositionRules = { basis: 'price', fee: 'taker', initialBasis: 'price', initialLeverage: 'chosen' };

export const kucoinRules: VenueRules = {
  id: 'kucoin',
  name: 'KuCoin',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'settle',
  boundary: 'at-or-below',
  positionRules: (_contract: Contract, marginMode: MarginMode) => (marginMode === 'isolated' ? ISOLATED : CROSS),
  marginTable: () => undefined,
  tableJoin: 'step',
  defaultTakerFeeRate: new Decimal('0.0006'),
  priceRounding: 'none',
  ratioView: { name: 'Risk ratio', direction: 'up-is-worse' },
  sources: [
    'KuCoin API /positions: posMargin, posMaint, posComm, liquidationPrice, bankruptPrice of recorded positions',
    'KuCoin help "Cross margin": risk = (maintenance + fees to close) ÷ margin, liquidated at 100 %',
  ],
};

/**
 * The price that KuCoin prints for a position of a cross account (KC-3): mark × (1 − s × A) ÷ (1 − s × r − s × f) with
 * A = total margin ÷ Σ |value at the mark|: every position carries the margin in proportion to its value. Quote per base, not rounded;
 * of a single position it is the liquidation price itself. `side` is 1 or −1; rates are fractions; gross value > 0.
 * Source: KuCoin help, "Liquidation price of cross margin".
 */
export const referencePrice = (
  markPrice: Decimal,
  side: 1 | -1,
  totalMargin: Decimal,
  grossValue: Decimal,
  maintenanceMarginRate: Decimal,
  takerFeeRate: Decimal,
): Decimal =>
  markPrice.times(ONE.minus(totalMargin.div(grossValue).times(side))).div(ONE.minus(maintenanceMarginRate.plus(takerFeeRate).times(side)));

/**
 * Margin that a position holds back for closing at its bankruptcy price (KC-4): value at entry × f × (1 + 1 ÷ L); value and result in the
 * settle currency. Source: `posComm` of recorded long positions.
 */
export const bankruptcyFee = (entryValue: Decimal, takerFeeRate: Decimal, leverage: Decimal): Decimal =>
  entryValue.times(takerFeeRate).times(ONE.plus(ONE.div(leverage)));
