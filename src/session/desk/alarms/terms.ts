/** What rules ask of a desk: the levels beyond which a pool is read, and those near which doubles do not decide (rules DA-2, DA-3). */
import { DOWNWARD, touchDistance, UPWARD } from '../../../engine/first-passage/touch-law.ts';
import {
  type AlarmRule,
  type AlarmRules,
  DOWN_IS_WORSE,
  interestLevels,
  isPoolMeasure,
  type PoolMeasure,
} from '../../../policy/alarms/rules.ts';

/** Distances are looked up by probability through an inverse that is good to far less than this. */
const INVERSE_SLACK = 1 + 1e-6;

/** Beyond what a pool is read. */
export interface Interest {
  /** By measure: the loosest arm level; beyond nothing where there is none. */
  readonly loosest: Readonly<Record<PoolMeasure, number>>;
  /** No pool further than this many σ is at any probability that arms a rule. */
  readonly furthest: number;
}

export interface Terms {
  readonly rules: AlarmRules;
  /** Of the rules that anybody may be under; and of these and those of groups together. */
  readonly anyone: Interest;
  readonly grouped: Interest;
  /** Filters of groups, each once. */
  readonly groups: readonly string[];
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
  const levelsOf = (measure: PoolMeasure): number[] => [
    ...new Set(own.filter((rule) => rule.measure === measure).flatMap(({ arm, clear }) => [arm.toNumber(), clear.toNumber()])),
  ];
  const cure = rules.marginCall.cureRatio;
  return {
    rules,
    anyone: interestOf(own.filter(({ scope }) => scope.kind !== 'account' && scope.kind !== 'group')),
    grouped: interestOf(own.filter(({ scope }) => scope.kind !== 'account')),
    groups: [...new Set(own.flatMap(({ scope }) => (scope.kind === 'group' ? [scope.filter] : [])))],
    ratios: [...new Set([...levelsOf('marginRatio'), ...(cure ? [cure.toNumber()] : [])])],
    healths: levelsOf('healthFactor'),
    leverages: levelsOf('leverage'),
    excesses: levelsOf('marginExcess'),
    distances: levelsOf('liquidationDistance'),
    accounts: new Set(own.flatMap(({ scope }) => (scope.kind === 'account' ? [scope.account] : []))),
  };
}

function interestOf(rules: readonly AlarmRule[]): Interest {
  const levels = interestLevels({ rules });
  const loosestOf = (measure: PoolMeasure): number =>
    levels.find((one) => one.measure === measure)?.level.toNumber() ??
    (DOWN_IS_WORSE.has(measure) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  const probability = loosestOf('liquidationProbability24h');
  return {
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
  };
}

function furthestOf(probability: number): number {
  if (probability === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  if (probability <= 0) return Number.POSITIVE_INFINITY;
  return Math.max(touchDistance(probability, DOWNWARD), touchDistance(probability, UPWARD)) * INVERSE_SLACK;
}
