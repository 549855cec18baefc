/** The machine made visible (rule AL-19): where the arm and clear lines are, which delay runs, what is next. */
import type { AlarmState, Episode, Reading } from './events.ts';
import type { AlarmRule, AlarmRules } from './rules.ts';
import { type SubjectState, shownEpisode } from './subject-state.ts';
import type { Timeline } from './timeline.ts';

export interface RuleOutlook {
  readonly rule: AlarmRule;
  readonly isActive: boolean;
  /** Time until it counts, if it stays armed. */
  readonly countsInMs?: number;
  /** Time until it ends, if it stays clear. */
  readonly endsInMs?: number;
}

export interface Outlook {
  readonly state: AlarmState;
  readonly knowledge: Reading['knowledge'];
  readonly rules: readonly RuleOutlook[];
  readonly episode?: Episode;
  readonly callEndsInMs?: number;
  readonly snoozedForMs?: number;
}

/** The outlook of a subject; one without a state is calm under its rules. */
export function outlookOf(known: SubjectState | undefined, rules: AlarmRules, indices: readonly number[], timeline: Timeline): Outlook {
  if (!known)
    return { state: 'healthy', knowledge: 'known', rules: indices.map((index) => ({ rule: rules.rules[index]!, isActive: false })) };
  const { elapsedMs, observedMs } = timeline;
  const left = (untilMs: number | undefined): number | undefined => (untilMs === undefined ? undefined : Math.max(0, untilMs - elapsedMs));
  const callEndsInMs = known.call && !known.call.isEnded ? left(known.call.deadlineElapsedMs) : undefined;
  const episode = shownEpisode(known);
  const snoozedForMs = left(known.snoozedUntilElapsedMs);
  return {
    state: known.state,
    knowledge: known.knowledge,
    rules: known.ruleIndices.map((index, i) => {
      const rule = rules.rules[index]!;
      const { active, armedSince, armedFor, clearSince } = known.conditions[i]!;
      const armed = armedSince === undefined ? armedFor : observedMs - armedSince;
      return {
        rule,
        isActive: active,
        ...(!active && armed !== undefined ? { countsInMs: Math.max(0, rule.onDelayMs - armed) } : {}),
        ...(active && clearSince !== undefined ? { endsInMs: Math.max(0, rule.offDelayMs - (observedMs - clearSince)) } : {}),
      };
    }),
    ...(episode ? { episode } : {}),
    ...(callEndsInMs === undefined ? {} : { callEndsInMs }),
    ...(snoozedForMs === undefined ? {} : { snoozedForMs }),
  };
}
