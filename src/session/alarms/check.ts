/** The shapes of the commands of alarms (SE-26). */
import { hasShape, isIndex, isString, type Kinds, nullable } from '../shapes.ts';
import type { AlarmCommand } from './messages.ts';

/** A week: no snooze is longer than the longest delay of a rule. */
const SNOOZE_MAX_MS = 7 * 86_400_000;

export const ALARM_SHAPES: Kinds<AlarmCommand> = {
  'alarm-rules': hasShape({ requestId: isIndex, text: nullable(isString) }),
  'alarm-acknowledge': hasShape({ requestId: isIndex, episode: isString }),
  'alarm-snooze': hasShape({
    requestId: isIndex,
    episode: isString,
    forMs: (value) => isIndex(value) && (value as number) <= SNOOZE_MAX_MS,
  }),
};
