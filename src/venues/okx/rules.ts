/** OKX swaps and futures: OK-1…OK-8 of docs/spec/venues/okx.md. */
import type { Contract, Instrument, MarginMode, MarginTable } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';
import { nativeSymbol, tableLookup } from '../tier-rows.ts';
import { bundledFacts } from './instruments.ts';
import tiers from './tiers.json' with { type: 'json' };

const CROSS: PositionRules = { basis: 'price', fee: 'taker', initialBasis: 'price', initialLeverage: 'chosen' };
/** OK-5: of an isolated position OKX reports a price one tick nearer than the exact one. */
const ISOLATED: PositionRules = { ...CROSS, priceRounding: 'one-tick-early' };

const tableOf = tableLookup(tiers, { join: 'step', measure: 'size' });
const rescaled = new WeakMap<MarginTable, Map<string, MarginTable>>();

/**
 * The position tiers of a market. OKX counts them in its own contracts: where a book counts in other units, the floors are
 * scaled by OKX's contract value ÷ the book's contract size (OK-3).
 */
function marginTable(instrument: Instrument): MarginTable | undefined {
  const symbol = nativeSymbol(instrument.id);
  const table = tableOf(symbol);
  const facts = bundledFacts(symbol);
  if (!table || !facts || facts.contract !== instrument.contract) return undefined;
  return facts.contractSize.eq(instrument.contractSize) ? table : scaledTable(table, facts.contractSize.div(instrument.contractSize));
}

function scaledTable(table: MarginTable, scale: Decimal): MarginTable {
  const known = rescaled.get(table) ?? new Map<string, MarginTable>();
  rescaled.set(table, known);
  const key = scale.toString();
  const scaled = known.get(key) ?? {
    ...table,
    tiers: table.tiers.map((tier) => ({ ...tier, notionalFloor: tier.notionalFloor.times(scale) })),
  };
  known.set(key, scaled);
  return scaled;
}

export const okxRules: VenueRules = {
  id: 'okx',
  name: 'OKX',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'account',
  boundary: 'at-or-below',
  positionRules: (_contract: Contract, marginMode: MarginMode) => (marginMode === 'isolated' ? ISOLATED : CROSS),
  marginTable,
  tableJoin: 'step',
  defaultTakerFeeRate: new Decimal('0.0005'),
  priceRounding: 'none',
  priceTick: (instrument: Instrument) => bundledFacts(nativeSymbol(instrument.id))?.priceTick,
  ratioView: { name: 'Maintenance margin ratio', direction: 'down-is-worse' },
  sources: [
    'OKX help "Isolated margin mode" and "Multi-currency margin mode": margin ratio = equity ÷ (maintenance margin + liquidation fees), liquidated at 100 %',
    'OKX API v5 /account/positions: mgnRatio, mmr, liqPx of recorded positions',
    'OKX API v5 /public/position-tiers: one rate for the whole position',
  ],
};
