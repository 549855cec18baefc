/** dYdX v4's rules for the engine: DY-1…DY-6 of docs/spec/venues/dydx-v4.md. */
import type { Instrument, MarginTable } from '../../domain/book.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';
import tiers from './tiers.json' with { type: 'json' };

const POSITION_RULES: PositionRules = { basis: 'price', fee: 'none', initialBasis: 'price', initialLeverage: 'chosen-within-tier' };

type MarginRow = { readonly initialMarginFraction: string; readonly maintenanceMarginFraction: string };

/** One row for a whole market: initial and maintenance fraction of notional at the oracle price (DY-2). */
export function marginTable(initialMarginFraction: Decimal, maintenanceMarginFraction: Decimal): MarginTable {
  return {
    join: 'continuous',
    measure: 'notional',
    initialMarginRate: initialMarginFraction,
    tiers: [tierOf(initialMarginFraction, maintenanceMarginFraction)],
  };
}

/** The row as a book carries it: maximum leverage = 1 ÷ initial fraction; without one where the fraction is 0. */
export const tierOf = (initialMarginFraction: Decimal, maintenanceMarginFraction: Decimal) => ({
  notionalFloor: ZERO,
  maintenanceMarginRate: maintenanceMarginFraction,
  maintenanceDeduction: ZERO,
  ...(initialMarginFraction.gt(0) ? { maxLeverage: new Decimal(1).div(initialMarginFraction) } : {}),
});

const BUNDLED: ReadonlyMap<string, MarginTable> = new Map(
  Object.entries(tiers.markets as Readonly<Record<string, MarginRow>>).map(([ticker, row]) => [
    ticker,
    marginTable(new Decimal(row.initialMarginFraction), new Decimal(row.maintenanceMarginFraction)),
  ]),
);

export const dydxV4Rules: VenueRules = {
  id: 'dydx-v4',
  name: 'dYdX v4',
  kind: 'perpetual',
  riskPrice: 'oracle',
  crossPool: 'account',
  boundary: 'below',
  positionRules: () => POSITION_RULES,
  marginTable: (instrument: Instrument) => BUNDLED.get(`${instrument.base}-USD`),
  tableJoin: 'continuous',
  priceRounding: 'none',
  ratioView: { name: 'Maintenance ÷ equity', direction: 'up-is-worse' },
  sources: [
    'dydxprotocol/v4-chain@84d4664b protocol/lib/margin/risk.go: liquidated when maintenance > 0 and maintenance > net collateral',
    'dydxprotocol/v4-chain@84d4664b protocol/x/perpetuals/lib/lib.go: requirements on the oracle price, one liquidity tier a market',
    'dydxprotocol/v4-web@2248cb63 src/bonsai/calculators/subaccount.ts: liquidation price of one market, others held',
  ],
};
