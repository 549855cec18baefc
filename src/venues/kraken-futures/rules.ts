/** Kraken Futures: KF-1…KF-5 of docs/spec/venues/kraken-futures.md. */
import { Decimal } from '../../domain/units.ts';
import type { PositionRules, VenueRules } from '../../engine/rules.ts';

/** KF-1: both margins on the entry value; the rate is the level's, whatever leverage is wished for. */
const POSITION_RULES: PositionRules = { basis: 'entry', fee: 'none', initialBasis: 'entry', initialLeverage: 'tier' };

/** Multi-collateral contracts: one pool, in US dollars. */
export const krakenFuturesRules: VenueRules = {
  id: 'kraken-futures',
  name: 'Kraken Futures',
  kind: 'perpetual',
  riskPrice: 'mark',
  crossPool: 'account',
  boundary: 'below',
  positionRules: () => POSITION_RULES,
  marginTable: () => undefined,
  tableJoin: 'step',
  defaultTakerFeeRate: new Decimal('0.0005'),
  priceRounding: 'none',
  ratioView: { name: 'Maintenance margin', direction: 'up-is-worse' },
  sources: [
    'Kraken help "Margin levels": initial margin twice maintenance, level I 2 % and 1 %, on the value at entry',
    'Kraken help "Multi-collateral": margin equity = balance × (1 − haircut) + unrealised profit',
  ],
};

/** Single-collateral (inverse) contracts: a wallet of its own for every coin. */
export const krakenFuturesSingleRules: VenueRules = {
  ...krakenFuturesRules,
  id: 'kraken-futures-single',
  name: 'Kraken Futures (single collateral)',
  crossPool: 'settle',
};
