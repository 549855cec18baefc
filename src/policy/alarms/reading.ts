/** From the engine's facts to what the machine reads (rule AL-22). */

import { FRESHNESS_ORDER, type Freshness } from '../../domain/freshness.ts';
import { type Figure, INDETERMINATE_REASONS } from '../../domain/outcome.ts';
import type { Decimal } from '../../domain/units.ts';
import type { PoolAssessment } from '../../engine/types.ts';
import { poolRiskState } from '../risk-state.ts';
import type { Reading } from './events.ts';
import type { Measure } from './rules.ts';

export interface PoolSubject {
  readonly account: string;
  readonly venue: string;
  readonly markets: readonly string[];
}

/** What volatility adds: the distance in σ₂₄ₕ and the probability of getting there; `unknown` where σ is not known. */
export interface PoolOdds {
  readonly sigmaDistance: number | 'unknown';
  readonly liquidationProbability24h: number | 'unknown';
}

/** AL-22: a pool as the machine reads it. `liquidationDistance` is the size of the relative move of all volatile prices that ends the pool. */
export function poolReading({ account, venue, markets }: PoolSubject, pool: PoolAssessment, odds: PoolOdds): Reading {
  const state = poolRiskState(pool);
  const isMissing = state === 'stale' || state === 'indeterminate';
  const values: Partial<Record<Measure, number | Decimal | 'unknown'>> = { ...odds };
  const put = (measure: Measure, figure: Figure, of: (value: Decimal) => Decimal = (value) => value): void => {
    if (figure.ok) values[measure] = of(figure.value);
    else if (INDETERMINATE_REASONS.has(figure.reason)) values[measure] = 'unknown';
  };
  put('marginRatio', pool.marginRatio);
  put('healthFactor', pool.healthFactor);
  put('leverage', pool.leverage);
  put('marginExcess', pool.marginExcess);
  put('liquidationDistance', pool.uniformShock, (value) => value.abs());
  const { equity, maintenanceMargin, liquidationFees, grossNotional } = pool;
  const isCapitalKnown = equity.ok && maintenanceMargin.ok && liquidationFees.ok;
  return {
    subject: { kind: 'pool', account, pool: pool.id, venue, markets },
    values,
    knowledge: isMissing ? state : 'known',
    venueState: isMissing ? 'unknown' : state === 'liquidation' || state === 'bankrupt' ? state : 'open',
    ...(grossNotional.ok ? { atRisk: grossNotional.value.toNumber() } : {}),
    ...(isCapitalKnown
      ? { capital: { equity: equity.value.toNumber(), requirement: maintenanceMargin.value.plus(liquidationFees.value).toNumber() } }
      : {}),
  };
}

/** AL-25: a book as the machine reads it, by its R; NaN: it is not known. */
export const reproductionReading = (book: string, reproduction: number): Reading => ({
  subject: { kind: 'system', book, venue: '' },
  values: { reproduction: Number.isNaN(reproduction) ? 'unknown' : reproduction },
  knowledge: 'known',
  venueState: 'open',
});

/** AL-26: how far something held is from what it should be worth: the size of the gap, or that it is not known. */
export interface MarketGap {
  readonly market: string;
  readonly measure: 'pegGap' | 'collateralGap';
  readonly value: Decimal | 'unknown';
}

/** AL-26: the reading of a market with a gap beside what else is read of it. */
export const gapReading = ({ market, measure, value }: MarketGap, venue: string, reading?: Reading): Reading => ({
  subject: { kind: 'market', market, venue },
  knowledge: 'known',
  venueState: 'open',
  ...reading,
  values: { ...reading?.values, [measure]: value },
});

/** AL-3: a market as the machine reads it, by how old its prices are. */
export const feedReading = (market: string, venue: string, freshness: Freshness): Reading => ({
  subject: { kind: 'market', market, venue },
  values: { feed: FRESHNESS_ORDER.indexOf(freshness) },
  knowledge: 'known',
  venueState: 'open',
});
