/** What the machine said, as it crosses the border. */
import type { AlarmEvent, FloodEvent } from '../../policy/alarms/events.ts';
import { subjectOf } from './account-alarms.ts';
import type { AlarmSaid } from './messages.ts';

const NOBODY = { account: '', pool: '', market: '', venue: '' };

export function saidOf(event: AlarmEvent | FloodEvent, serial: number): AlarmSaid {
  const { id, kind, atMs, channel } = event;
  if (event.kind === 'flood') {
    const isBegin = event.phase === 'begins';
    const worst = event.ranked[0]?.state ?? 'healthy';
    return {
      ...NOBODY,
      id,
      serial,
      kind,
      rule: 'flood',
      from: isBegin ? 'healthy' : worst,
      to: isBegin ? worst : 'healthy',
      atMs,
      notice: 'due',
      channel,
    };
  }
  const { subject, rule, from, to, notice } = event;
  return { ...subjectOf(subject), id, serial, kind, rule, from, to, atMs, notice, channel };
}
