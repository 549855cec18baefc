/** One rule on one subject: armed, counting, active, clearing (rules AL-9 to AL-11). */
import type { Decimal } from '../../domain/units.ts';
import { type AlarmRule, DOWN_IS_WORSE, isBeyond } from './rules.ts';

/** Where a value stands to a rule. `between`: neither armed nor clear. `unknown`: nothing may be concluded. */
export type Standing = 'armed' | 'between' | 'clear' | 'unknown';

export interface Condition {
  readonly active: boolean;
  /** Observed time at which it became armed without a break. */
  readonly armedSince?: number;
  /** Time it had been armed when the value became unknown. */
  readonly armedFor?: number;
  /** Observed time at which it became clear without a break; only while active. */
  readonly clearSince?: number;
}

export const CALM: Condition = { active: false };
const HOLDING: Condition = { active: true };

/** The levels of a rule as doubles, turned so that more is worse: reading them off decimals again and again would be most of the work. */
interface Levels {
  readonly sign: 1 | -1;
  readonly arm: number;
  readonly clear: number;
}

const LEVELS = new WeakMap<AlarmRule, Levels>();

function levelsOf(rule: AlarmRule): Levels {
  const known = LEVELS.get(rule);
  if (known) return known;
  const sign = DOWN_IS_WORSE.has(rule.measure) ? -1 : 1;
  const levels: Levels = { sign, arm: sign * rule.arm.toNumber(), clear: sign * rule.clear.toNumber() };
  LEVELS.set(rule, levels);
  return levels;
}

/** AL-9: armed at the level and beyond, clear strictly on the better side of the clear level. Decimals are compared exactly. */
export function standingOf(rule: AlarmRule, value: number | Decimal): Standing {
  if (typeof value !== 'number') {
    if (isBeyond(rule.measure, value, rule.arm)) return 'armed';
    return isBeyond(rule.measure, value, rule.clear) ? 'between' : 'clear';
  }
  const { sign, arm, clear } = levelsOf(rule);
  const turned = sign * value;
  if (turned >= arm) return 'armed';
  return turned >= clear ? 'between' : 'clear';
}

/** AL-10: the condition after a look that found `standing`, delays not yet judged. */
export function observed(condition: Condition, standing: Standing, observedMs: number): Condition {
  const { active } = condition;
  switch (standing) {
    case 'armed':
      if (active) return HOLDING;
      return condition.armedSince !== undefined ? condition : { active, armedSince: observedMs - (condition.armedFor ?? 0) };
    case 'clear':
      if (!active) return CALM;
      return condition.clearSince !== undefined ? condition : { active, clearSince: observedMs };
    case 'between':
      return active ? HOLDING : CALM;
    case 'unknown': {
      if (active) return HOLDING;
      const armedFor = condition.armedSince === undefined ? condition.armedFor : observedMs - condition.armedSince;
      return armedFor === undefined ? CALM : { active, armedFor };
    }
  }
}

/** AL-11: the condition once its delay has run; `isImmediate` leaves out the on-delay. */
export function judged(condition: Condition, rule: AlarmRule, observedMs: number, isImmediate: boolean): Condition {
  const { active, armedSince, clearSince } = condition;
  if (!active && armedSince !== undefined && (isImmediate || observedMs - armedSince >= rule.onDelayMs)) return HOLDING;
  if (active && clearSince !== undefined && observedMs - clearSince >= rule.offDelayMs) return CALM;
  return condition;
}

/** Observed time at which the condition changes if nothing else does; ∞ where it does not. */
export function dueAt({ active, armedSince, clearSince }: Condition, rule: AlarmRule): number {
  if (!active && armedSince !== undefined) return armedSince + rule.onDelayMs;
  return active && clearSince !== undefined ? clearSince + rule.offDelayMs : Number.POSITIVE_INFINITY;
}
