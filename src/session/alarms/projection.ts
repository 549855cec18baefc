/** Where the levels of rules stand on the gauges (rule AM-9 of docs/spec/alarms.md). Doubles: for drawing, nothing is decided by them. */
import type { Figure } from '../../domain/outcome.ts';
import { lawOf, shortestShock } from '../../engine/first-passage/pool-distance.ts';
import { touchDistance } from '../../engine/first-passage/touch-law.ts';
import { longRunCorrelation } from '../../engine/volatility/stream.ts';
import type { AlarmRule } from '../../policy/alarms/rules.ts';
import type { LookedAt } from './look.ts';
import type { LevelPlace } from './machine-messages.ts';

export const NOWHERE: LevelPlace = { ratio: Number.NaN, distance: Number.NaN };
const number = (figure: Figure): number => (figure.ok ? figure.value.toNumber() : Number.NaN);

/** The distance in σ at which a rule of σ or of probability stands. */
export const sigmaLevel = ({ measure }: AlarmRule, level: number, exposures: LookedAt['exposures']): number =>
  measure === 'sigmaDistance' ? level : touchDistance(level, lawOf(exposures));

/**
 * AM-9: both places of a level if only equity changed, as those of the bands (SE-24). Every level is turned into the margin excess M′ at
 * which it is reached, with the requirement R (lending: the debt D) as it is; then margin ratio R ÷ (R + M′) and distance |shock| M′ ÷ M.
 */
export function placeOf(rule: AlarmRule, level: number, at: Pick<LookedAt, 'pool' | 'exposures'>): LevelPlace {
  const { pool, exposures } = at;
  const excess = number(pool.marginExcess);
  const shock = Math.abs(number(pool.uniformShock));
  const ratio = number(pool.marginRatio);
  if (!(excess > 0)) return rule.measure === 'marginRatio' ? { ...NOWHERE, ratio: level } : NOWHERE;
  // R = M m ÷ (1 − m), of lending D in the place of R.
  const carried = (excess * ratio) / (1 - ratio);
  const left = excessAt(rule, level, {
    excess,
    shock: number(pool.uniformShock),
    carried,
    notional: number(pool.grossNotional),
    isLending: pool.kind === 'lending',
    exposures,
  });
  return { ratio: rule.measure === 'marginRatio' ? level : carried / (carried + left), distance: (shock * left) / excess };
}

interface Carried {
  readonly excess: number;
  /** Signed. */
  readonly shock: number;
  readonly carried: number;
  readonly notional: number;
  readonly isLending: boolean;
  readonly exposures: LookedAt['exposures'];
}

/** M′. σ of one market: where the shock that is left is that many σ; of several: in proportion to the distance. */
function excessAt(rule: AlarmRule, level: number, { excess, shock, carried, notional, isLending, exposures }: Carried): number {
  switch (rule.measure) {
    case 'marginRatio':
      return carried * (1 / level - 1);
    case 'healthFactor':
      return carried * (level - 1);
    case 'leverage':
      return isLending ? Number.NaN : notional / level - carried;
    case 'marginExcess':
      return level;
    case 'liquidationDistance':
      return (excess * level) / Math.abs(shock);
    case 'sigmaDistance':
    case 'liquidationProbability24h': {
      const sigmas = sigmaLevel(rule, level, exposures);
      const [only, ...others] = exposures;
      if (only && others.length === 0) return (excess * Math.expm1(Math.sign(shock) * sigmas * only.dailyVolatility)) / shock;
      return (excess * sigmas) / shortestShock(excess, exposures, longRunCorrelation).distance;
    }
    case 'feed':
    case 'pegGap':
    case 'collateralGap':
    case 'reproduction':
      return Number.NaN;
  }
}
