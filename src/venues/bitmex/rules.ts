/** BitMEX derivatives: BX-1…BX-6 of docs/spec/venues/bitmex.md. */
import { Decimal } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';

/** BX-1: everything on the entry value; the commission held back stands on both sides and cancels. */
const POSITION_RULES: PositionRules = { basis: 'entry', fee: 'none', initialBasis: 'entry', initialLeverage: 'chosen' };

export const bitmexRules: VenueRules = {
  id: 'bitmex',
  name: 'BitMEX',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'settle',
  boundary: 'at-or-below',
  positionRules: () => POSITION_RULES,
  marginTable: () => undefined,
  tableJoin: 'step',
  defaultTakerFeeRate: new Decimal('0.00075'),
  priceRounding: 'tick-against-trader',
  ratioView: { name: 'Margin ratio', direction: 'up-is-worse' },
  sources: [
    'BitMEX API /position: posInit, posCross, posComm, posMaint, maintMargin, liquidationPrice, bankruptPrice of recorded positions',
    'BitMEX help "Liquidation": bankruptcy price e − balance ÷ q, liquidation price bankruptcy + r × e',
  ],
};

const SATOSHI = new Decimal('1e8');

/**
 * Value of an inverse position as BitMEX books it, whole satoshi (BX-3): contracts × (1e8 ÷ price, to 2 decimals of a satoshi).
 * `contracts` are US dollars, > 0; price in dollars, > 0. Source: markValue of recorded XBTUSD positions.
 */
export const bookedValue = (contracts: Decimal, price: Decimal): Decimal => contracts.times(SATOSHI.div(price).toDecimalPlaces(2));

/** posInit and posMaint before commission: value × rate, up to the satoshi (BX-4); the value in satoshi, the rate a fraction. */
export const bookedMargin = (value: Decimal, rate: Decimal): Decimal => value.times(rate).ceil();
