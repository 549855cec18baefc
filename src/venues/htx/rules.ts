/** HTX linear and coin-margined swaps: HX-1…HX-6 of docs/spec/venues/htx.md. */
import { type Decimal, ONE } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';

const POSITION_RULES: PositionRules = { basis: 'price', fee: 'none', initialBasis: 'price', initialLeverage: 'chosen' };

export const htxRules: VenueRules = {
  id: 'htx',
  name: 'HTX',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'settle',
  boundary: 'at-or-below',
  positionRules: () => POSITION_RULES,
  marginTable: () => undefined,
  tableJoin: 'step',
  priceRounding: 'none',
  ratioView: { name: 'Margin ratio', direction: 'up-is-worse' },
  sources: [
    'HTX API swap_account_info, swap_cross_account_info: risk_rate, liquidation_price, used margin and adjust factor of recorded accounts',
    'HTX help "Adjustment factor": maintenance = adjust factor × used margin, liquidated at a risk rate of 0',
  ],
};

/** risk_rate of an isolated position (HX-3): equity ÷ used margin − adjust factor; 0 liquidates. Used margin > 0. Source: HTX API. */
export const isolatedRiskRate = (equity: Decimal, usedMargin: Decimal, adjustFactor: Decimal): Decimal =>
  equity.div(usedMargin).minus(adjustFactor);

/** risk_rate of a cross account (HX-3): equity ÷ Σ (used margin × adjust factor) − 1; 0 liquidates. Source: HTX API. */
export const crossRiskRate = (equity: Decimal, maintenanceMargin: Decimal): Decimal => equity.div(maintenanceMargin).minus(ONE);

/** The rate that a row of a book states (HX-2): adjust factor ÷ leverage, a fraction of notional. */
export const maintenanceRate = (adjustFactor: Decimal, leverage: Decimal): Decimal => adjustFactor.div(leverage);
