/** Binance COIN-M futures: BC-1…BC-6 of docs/spec/venues/binance-coinm.md. */
import type { Instrument } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';
import { nativeSymbol, tableLookup } from '../tier-rows.ts';
import tiers from './tiers.json' with { type: 'json' };

const POSITION_RULES: PositionRules = { basis: 'price', fee: 'none', initialBasis: 'price', initialLeverage: 'chosen' };

const tableOf = tableLookup(tiers, { join: 'continuous', measure: 'notional' });

export const binanceCoinmRules: VenueRules = {
  id: 'binance-coinm',
  name: 'Binance COIN-M',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'settle',
  boundary: 'at-or-below',
  positionRules: () => POSITION_RULES,
  marginTable: (instrument: Instrument) => (instrument.contract === 'inverse' ? tableOf(nativeSymbol(instrument.id)) : undefined),
  tableJoin: 'continuous',
  priceRounding: 'none',
  ratioView: { name: 'Margin ratio', direction: 'up-is-worse' },
  sources: [
    'Binance FAQ ceccfcfb4e3a45e3b48b0b1bb1a8ae46: liquidation price of COIN-M contracts',
    'dev.binance.vision/t/6292: a liquidation price of the live calculator and the maintenance amount in it',
    'Binance announcement 2021-03-01: liquidated when the margin ratio reaches 100 %',
  ],
};

/** US dollars per contract (BC-2): 100 for BTC, 10 for every other coin. Source: Binance COIN-M contract specifications. */
export const contractSizeOf = (base: string): Decimal => new Decimal(base === 'BTC' ? 100 : 10);

/**
 * An amount as Binance prints it: cut to `places` decimals towards zero, never rounded (BC-5).
 * Source: a live account of 2021: 0.00243939 BTC at 10x reads 0.00024393.
 */
export const quantizeAmountDown = (amount: Decimal, places: number): Decimal => amount.toDecimalPlaces(places, Decimal.ROUND_DOWN);
