/** One word for how close an account is to its end, from the engine's facts (rules RS-1 to RS-5 of docs/spec/risk-state.md). */
import { INDETERMINATE_REASONS, type Reason } from '../domain/outcome.ts';
import { Decimal, ZERO } from '../domain/units.ts';
import type { AccountAssessment, PoolAssessment } from '../engine/types.ts';

/** In order of severity; `stale` and `indeterminate` stand beside them: they say that the state is not known. */
export type RiskState = 'healthy' | 'watch' | 'warning' | 'margin-call' | 'liquidation' | 'bankrupt' | 'stale' | 'indeterminate';

/** Margin ratios (requirement ÷ equity, 1 is the edge) at and above which a pool leaves the state before. */
export interface RiskThresholds {
  readonly watch: Decimal;
  readonly warning: Decimal;
  readonly marginCall: Decimal;
}

export const RISK_THRESHOLDS: RiskThresholds = {
  watch: new Decimal('0.30'),
  warning: new Decimal('0.50'),
  marginCall: new Decimal('0.80'),
};

/**
 * RS-4: the order in which the worst pool is found. What is not known outweighs every state but those in which the venue
 * acts already: an unknown pool cannot make an account safer, and must not hide that another one is being liquidated.
 */
export const SEVERITY: readonly RiskState[] = [
  'healthy',
  'watch',
  'warning',
  'margin-call',
  'stale',
  'indeterminate',
  'liquidation',
  'bankrupt',
];

/** What a pool's state follows from. */
export type PoolFacts = Pick<PoolAssessment, 'equity' | 'isLiquidatable' | 'marginRatio'>;

/** The state of the account: that of its worst pool. An account without a pool owes nothing and is healthy. */
export function riskState(assessment: AccountAssessment, thresholds: RiskThresholds = RISK_THRESHOLDS): RiskState {
  return assessment.pools.reduce<RiskState>((worst, pool) => {
    const state = poolRiskState(pool, thresholds);
    return SEVERITY.indexOf(state) > SEVERITY.indexOf(worst) ? state : worst;
  }, 'healthy');
}

/**
 * RS-1: equity below zero is `bankrupt`. RS-2: what the venue would liquidate now, by its own boundary, is in
 * `liquidation`, whatever the thresholds. RS-3: otherwise the margin ratio decides; a threshold belongs to the worse state.
 * RS-5: where the ratio or the venue's decision is not known the state is `stale` (a price is too old) or `indeterminate`.
 * A pool that requires nothing and owes nothing is healthy.
 */
export function poolRiskState(pool: PoolFacts, thresholds: RiskThresholds = RISK_THRESHOLDS): RiskState {
  if (pool.equity.ok && pool.equity.value.lt(ZERO)) return 'bankrupt';
  if (!pool.isLiquidatable.ok) return unknown(pool.isLiquidatable.reason);
  if (pool.isLiquidatable.value) return 'liquidation';
  if (!pool.marginRatio.ok) return INDETERMINATE_REASONS.has(pool.marginRatio.reason) ? unknown(pool.marginRatio.reason) : 'healthy';
  const ratio = pool.marginRatio.value;
  if (ratio.gte(thresholds.marginCall)) return 'margin-call';
  if (ratio.gte(thresholds.warning)) return 'warning';
  return ratio.gte(thresholds.watch) ? 'watch' : 'healthy';
}

const unknown = (reason: Reason): RiskState => (reason === 'stale-mark' ? 'stale' : 'indeterminate');
