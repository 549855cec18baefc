/** What rules ask of a desk: the levels beyond which a pool is read, and those near which doubles do not decide (rules DA-2, DA-3). */
import { DOWNWARD, touchDistance, UPWARD } from '../../../engine/first-passage/touch-law.ts';
import { type AlarmRules, DOWN_IS_WORSE, interestLevels, isPoolMeasure, type PoolMeasure } from '../../../policy/alarms/rules.ts';

/** Distances are looked up by probability through an inverse that is good to far less than this. */
const INVERSE_SLACK = 1 + 1e-6;

export interface Terms {
  readonly rules: AlarmRules;
  /** By measure: the loosest arm level of the rules of more than one account; beyond nothing where there is none. */
  readonly loosest: Readonly<Record<PoolMeasure, number>>;
  /** No pool further than this many σ is at any probability that arms a rule. */
  readonly furthest: number;
  /** Levels near which the exact path decides: arm, clear, and of the margin ratio the cure. */
  readonly ratios: readonly number[];
  readonly healths: readonly number[];
  readonly leverages: readonly number[];
  readonly excesses: readonly number[];
  readonly distances: readonly number[];
  /** Accounts with rules of their own: read at every look. */
  readonly accounts: ReadonlySet<string>;
}

export function termsOf(rules: AlarmRules): Terms {
  const own = rules.rules.filter(({ measure }) => isPoolMeasure(measure));
  const shared = interestLevels({ rules: own.filter(({ scope }) => scope.kind !== 'account') });
  const loosestOf = (measure: PoolMeasure): number =>
    shared.find((one) => one.measure === measure)?.level.toNumber() ??
    (DOWN_IS_WORSE.has(measure) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  const levelsOf = (measure: PoolMeasure): number[] => [
    ...new Set(own.filter((rule) => rule.measure === measure).flatMap(({ arm, clear }) => [arm.toNumber(), clear.toNumber()])),
  ];
  const probability = loosestOf('liquidationProbability24h');
  const cure = rules.marginCall.cureRatio;
  return {
    rules,
    loosest: {
      marginRatio: loosestOf('marginRatio'),
      healthFactor: loosestOf('healthFactor'),
      leverage: loosestOf('leverage'),
      liquidationDistance: loosestOf('liquidationDistance'),
      sigmaDistance: loosestOf('sigmaDistance'),
      liquidationProbability24h: probability,
      marginExcess: loosestOf('marginExcess'),
    },
    furthest: furthestOf(probability),
    ratios: [...new Set([...levelsOf('marginRatio'), ...(cure ? [cure.toNumber()] : [])])],
    healths: levelsOf('healthFactor'),
    leverages: levelsOf('leverage'),
    excesses: levelsOf('marginExcess'),
    distances: levelsOf('liquidationDistance'),
    accounts: new Set(own.flatMap(({ scope }) => (scope.kind === 'account' ? [scope.account] : []))),
  };
}

function furthestOf(probability: number): number {
  if (probability === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  if (probability <= 0) return Number.POSITIVE_INFINITY;
  return Math.max(touchDistance(probability, DOWNWARD), touchDistance(probability, UPWARD)) * INVERSE_SLACK;
}
