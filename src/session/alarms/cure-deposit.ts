/** The deposit that would end an alarm (rule WA-7 of docs/spec/watch.md). */
import type { Figure } from '../../domain/outcome.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { lawOf, shortestShock } from '../../engine/first-passage/pool-distance.ts';
import { touchDistance } from '../../engine/first-passage/touch-law.ts';
import { longRunCorrelation } from '../../engine/volatility/stream.ts';
import type { AlarmRule, AlarmRules } from '../../policy/alarms/rules.ts';
import type { LookedAt } from './look.ts';

/** Smallest unit of money that a deposit is rounded up to. */
const PLACES = 6;

/**
 * WA-7: money to add to the pool so that the measure of `rule` stands at its clear level; of what the venue does, so that the margin
 * ratio stands at the level that cures a call. Rounded up to a millionth; 0 where none is needed; undefined where it cannot be told.
 * Ratio: requirement ÷ level − equity. Leverage: notional ÷ level − equity. Buffer: level − buffer. Distance in σ and
 * probability: what the shortest shock of that many σ takes away, less the buffer. A deposit leaves the requirement as it is.
 */
export function cureDeposit(
  rule: AlarmRule | 'venue',
  { pool, exposures }: Pick<LookedAt, 'pool' | 'exposures'>,
  rules: AlarmRules,
): Decimal | undefined {
  const needed = rule === 'venue' ? ofRatio(pool, rules.marginCall.cureRatio ?? new Decimal(1)) : ofRule(rule, { pool, exposures });
  return needed && Decimal.max(ZERO, needed).toDecimalPlaces(PLACES, Decimal.ROUND_UP);
}

const value = (figure: Figure): Decimal | undefined => (figure.ok ? figure.value : undefined);

function ofRule({ measure, clear }: AlarmRule, { pool, exposures }: Pick<LookedAt, 'pool' | 'exposures'>): Decimal | undefined {
  const excess = value(pool.marginExcess);
  const equity = value(pool.equity);
  const notional = value(pool.grossNotional);
  switch (measure) {
    case 'marginRatio':
      return ofRatio(pool, clear);
    case 'leverage':
      return equity && notional && clear.gt(0) ? notional.div(clear).minus(equity) : undefined;
    case 'marginExcess':
      return excess && clear.minus(excess);
    case 'sigmaDistance':
      return excess && ofDistance(clear.toNumber(), excess, exposures);
    case 'liquidationProbability24h':
      return excess && ofDistance(touchDistance(clear.toNumber(), lawOf(exposures)), excess, exposures);
    case 'healthFactor':
    case 'liquidationDistance':
    case 'feed':
      return undefined;
  }
}

function ofRatio({ equity, maintenanceMargin, liquidationFees, kind }: LookedAt['pool'], level: Decimal): Decimal | undefined {
  if (kind === 'lending' || !equity.ok || !maintenanceMargin.ok || !liquidationFees.ok || !level.gt(0)) return undefined;
  return maintenanceMargin.value.plus(liquidationFees.value).div(level).minus(equity.value);
}

/** One market: c·(1 − e^(∓dσ)), exact for a straight line; several: d·√(c'Σc) to first order. */
function ofDistance(distance: number, excess: Decimal, exposures: LookedAt['exposures']): Decimal | undefined {
  const [only, ...others] = exposures;
  if (!only || !Number.isFinite(distance)) return undefined;
  const side = Math.sign(only.sensitivity);
  const money =
    others.length === 0
      ? -only.sensitivity * Math.expm1(-side * distance * only.dailyVolatility)
      : distance / shortestShock(1, exposures, longRunCorrelation).distance;
  return Number.isFinite(money) ? new Decimal(money).minus(excess) : undefined;
}
