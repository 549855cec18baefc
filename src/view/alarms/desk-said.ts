/** What was told of the desk in a sentence: of a flood that it is one, never how large it has grown meanwhile. */
import type { DeskAlarmSaid, DeskAlarmsFrame } from '../../store/types.ts';
import { STATE_WORDS, severityOf } from '../format/words.ts';

export function deskSaidText({ kind, account, from, to }: DeskAlarmSaid): string {
  if (kind === 'flood') return to === 'healthy' ? 'Desk: the flood of alarms is over.' : 'Desk: a flood of alarms, told as one.';
  const state = STATE_WORDS[to].toLowerCase();
  if (kind === 'escalation') return `Desk: still ${state}, not acknowledged: ${account}.`;
  if (kind === 'call-end') return `Desk: the margin call of ${account} has ended: ${state}.`;
  return `Desk: ${state}: ${account}, was ${STATE_WORDS[from].toLowerCase()}.`;
}

/** Whether it is worth interrupting somebody. */
export const isDeskUrgent = ({ kind, from, to }: DeskAlarmSaid): boolean =>
  severityOf(to) >= severityOf('warning') && (kind === 'escalation' || severityOf(to) > severityOf(from));

/** What `frame` tells that `before` did not. */
export function deskNews(frame: DeskAlarmsFrame | null, before: DeskAlarmsFrame | null): readonly DeskAlarmSaid[] {
  if (!frame || frame.said === before?.said) return [];
  const known = new Set(before?.said.map(({ id }) => id));
  return frame.said.filter(({ id }) => !known.has(id));
}
