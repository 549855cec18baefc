/** Hyperliquid's choice of the engine's switches. Rules HL-1…HL-8 of docs/spec/venues/hyperliquid.md. */
import type { Instrument } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';
import { bundledTable, singleRow } from './tables.ts';

/** Cross: initial margin = notional ÷ chosen leverage. */
const CROSS: PositionRules = { basis: 'price', fee: 'none', initialBasis: 'price', initialLeverage: 'chosen' };
/** Isolated: the margin in use is the position's own equity. */
const ISOLATED: PositionRules = { ...CROSS, initialLeverage: 'own-equity' };

/** Share of the total notional that must stay behind on a withdrawal, whatever the chosen leverage. */
const TRANSFER_SHARE = new Decimal('0.1');
/** Below this share of maintenance margin the liquidator vault takes over. */
const BACKSTOP_SHARE = new Decimal(2).div(3);

/** The market's name at the venue: the base asset, with its dex where the instrument `hl:xyz:TSLA` names one and the base is `TSLA` alone. */
function marketOf({ id, base }: Instrument): string {
  const market = id.startsWith('hl:') ? id.slice('hl:'.length) : base;
  return market.endsWith(`:${base}`) ? market : base;
}

export const hyperliquidRules: VenueRules = {
  id: 'hyperliquid',
  name: 'Hyperliquid',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'settle',
  boundary: 'below',
  positionRules: (_contract, marginMode) => (marginMode === 'isolated' ? ISOLATED : CROSS),
  marginTable: (instrument) => bundledTable(marketOf(instrument)),
  tableJoin: 'continuous',
  tierOfMaxLeverage: singleRow,
  priceRounding: 'none',
  backstopShare: BACKSTOP_SHARE,
  // Equity − max(initial margin, 10 % of total notional); margin held for open orders is not in a book (HL-7).
  withdrawable: ({ equity, initialMargin, grossNotional }) => equity.minus(Decimal.max(initialMargin, grossNotional.times(TRANSFER_SHARE))),
  ratioView: { name: 'Cross margin ratio', direction: 'up-is-worse' },
  sources: [
    'Hyperliquid documentation, "Margining": initial margin = position size × mark price ÷ leverage',
    'Hyperliquid documentation, "Margin tiers": maintenance rate = half the initial rate at maximum leverage, less a deduction that keeps it continuous',
    'Hyperliquid documentation, "Liquidations": closed below maintenance margin at the mark price; backstop below 2/3 of it',
  ],
};
