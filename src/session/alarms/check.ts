/** The shapes of the commands of alarms (SE-26). */
import { byKind, hasShape, isBoolean, isIndex, isString, type Kinds, nullable, oneOf } from '../shapes.ts';
import type { CureGoal } from './cure-messages.ts';
import type { AlarmCommand } from './messages.ts';

/** A week: no snooze is longer than the longest delay of a rule. */
const SNOOZE_MAX_MS = 7 * 86_400_000;

const isLevel = hasShape({ level: isString });
const GOALS: Kinds<CureGoal> = {
  clear: hasShape({ severity: oneOf('watch', 'warning', 'margin-call') }),
  'margin-ratio': isLevel,
  'health-factor': isLevel,
  distance: isLevel,
  leverage: isLevel,
  'margin-excess': isLevel,
};

export const ALARM_SHAPES: Kinds<AlarmCommand> = {
  'alarm-rules': hasShape({ requestId: isIndex, text: nullable(isString) }),
  'alarm-acknowledge': hasShape({ requestId: isIndex, episode: isString }),
  'alarm-snooze': hasShape({
    requestId: isIndex,
    episode: isString,
    forMs: (value) => isIndex(value) && (value as number) <= SNOOZE_MAX_MS,
  }),
  'alarm-cures': hasShape({ requestId: isIndex, pool: isString, goal: byKind(GOALS) }),
  'alarm-closure': hasShape({ requestId: isIndex, pool: isString }),
  'alarm-closures': hasShape({ requestId: isIndex, on: isBoolean }),
};
