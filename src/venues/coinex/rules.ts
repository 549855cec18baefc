/** CoinEx perpetuals: CX-1…CX-5 of docs/spec/venues/coinex.md. */
import type { Instrument, MarginTable } from '../../domain/book.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';
import { nativeSymbol, tableLookup } from '../tier-rows.ts';
import tiers from './tiers.json' with { type: 'json' };

const POSITION_RULES: PositionRules = { basis: 'price', fee: 'none', initialBasis: 'entry', initialLeverage: 'chosen' };

const tableOf = tableLookup(tiers, { join: 'step', measure: 'size' });

/** The position levels of a market: counted in coin (linear) or dollars (inverse), so for a contract size of 1 (CX-3). */
const marginTable = (instrument: Instrument): MarginTable | undefined =>
  instrument.contractSize.eq(1) ? tableOf(nativeSymbol(instrument.id)) : undefined;

export const coinexRules: VenueRules = {
  id: 'coinex',
  name: 'CoinEx',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'settle',
  boundary: 'at-or-below',
  positionRules: () => POSITION_RULES,
  marginTable,
  tableJoin: 'step',
  priceRounding: 'none',
  ratioView: { name: 'Margin ratio', direction: 'up-is-worse' },
  sources: [
    'CoinEx API v2 /futures/pending-position: bkr_price and liq_price of recorded positions',
    'CoinEx help 6367729561369: position levels, inverse prices',
  ],
};
