/** Deribit perpetuals, standard margin: DB-1…DB-6 of docs/spec/venues/deribit.md. */
import type { Instrument, MarginTable } from '../../domain/book.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';
import { nativeSymbol } from '../tier-rows.ts';
import tiers from './tiers.json' with { type: 'json' };

/** DB-2: the rate is the position's own, whatever leverage is wished for. */
const POSITION_RULES: PositionRules = { basis: 'price', fee: 'none', initialBasis: 'price', initialLeverage: 'tier' };

const tables = new Map<string, MarginTable>(
  tiers.instruments.map(({ symbol, initial, maintenance, slope }) => [
    symbol,
    {
      join: 'slope',
      measure: 'notional',
      tiers: [{ notionalFloor: ZERO, maintenanceMarginRate: new Decimal(maintenance) }],
      initialMarginRate: new Decimal(initial),
      initialSlope: new Decimal(slope),
      maintenanceSlope: new Decimal(slope),
    },
  ]),
);

/** Segregated standard margin: one pool a currency. */
export const deribitRules: VenueRules = {
  id: 'deribit',
  name: 'Deribit',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'settle',
  boundary: 'below',
  positionRules: () => POSITION_RULES,
  marginTable: (instrument: Instrument) => tables.get(nativeSymbol(instrument.id)),
  tableJoin: 'step',
  defaultTakerFeeRate: new Decimal('0.0005'),
  priceRounding: 'none',
  ratioView: { name: 'Maintenance margin', direction: 'up-is-worse' },
  sources: [
    'Deribit help "Linear Perpetual" and "Inverse Perpetual": margin = base rate + slope × position size, on the whole position',
    'Deribit API private/get_account_summary: available funds = margin balance − initial margin',
  ],
};

/** Cross-collateral standard margin: one pool in US dollars. */
export const deribitCrossRules: VenueRules = {
  ...deribitRules,
  id: 'deribit-cross',
  name: 'Deribit (cross collateral)',
  crossPool: 'account',
};
