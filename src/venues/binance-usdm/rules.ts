/** Binance USDⓈ-M futures, single-asset mode: BU-1…BU-7 of docs/spec/venues/binance-usdm.md. */
import type { Instrument, MarginTable } from '../../domain/book.ts';
import type { Decimal } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';
import { nativeSymbol, tableLookup } from '../tier-rows.ts';
import tiers from './tiers.json' with { type: 'json' };

const POSITION_RULES: PositionRules = { basis: 'price', fee: 'none', initialBasis: 'price', initialLeverage: 'chosen' };

const tableOf = tableLookup(tiers, { join: 'continuous', measure: 'notional' });

/** Delivery contracts carry their expiry (`BTCUSDT_241227`) and have tables of their own. */
const DATED = /[_-]\d{6}$/;

/** The leverageBracket of a market by its own symbol, or for a perpetual by its base and quote (BU-3). */
function marginTable(instrument: Instrument): MarginTable | undefined {
  if (instrument.contract !== 'linear') return undefined;
  const symbol = nativeSymbol(instrument.id);
  return tableOf(symbol) ?? (DATED.test(symbol) ? undefined : tableOf(instrument.base + instrument.quote));
}

export const binanceUsdmRules: VenueRules = {
  id: 'binance-usdm',
  name: 'Binance USD-M',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'settle',
  boundary: 'at-or-below',
  positionRules: () => POSITION_RULES,
  marginTable,
  tableJoin: 'continuous',
  priceRounding: 'none',
  ratioView: { name: 'Margin ratio', direction: 'up-is-worse' },
  sources: [
    'Binance FAQ b3c689c1f50a44cabb3a84e663b81d93: liquidation price of USDⓈ-M contracts',
    'Binance leverageBracket answers of 2024-10-24 (freqtrade @c9ae5e1e): maintenance rate and amount by notional',
    'Binance announcement 2021-03-01: liquidated when the margin ratio reaches 100 %',
  ],
};

/**
 * Amount of an asset that multi-assets mode sells to cover a deficit: deficit ÷ collateral rate (BU-7), both in USD, the
 * deficit as a positive amount, the rate a fraction above 0. Not rounded.
 * Source: Binance "Multi-Assets Mode" trading rules: −20,000 at 97.5 % sells 20,513 USD.
 */
export const autoExchangeAmount = (deficit: Decimal, collateralRate: Decimal): Decimal => deficit.div(collateralRate);
