/** What is heard and what the system shows of alarms as they come. Draws nothing. */
import { useEffect, useRef } from 'react';
import { selectAlarmNotifications, selectAlarmSound, selectAlarms, selectHeard, selectJournalRole } from '../../store/selectors.ts';
import type { JournalHeard } from '../../store/types.ts';
import { useApp } from '../shared/app-context.tsx';
import { beep, notify } from './telling.ts';
import { createTold } from './told.ts';
import { saidText, toldAfter } from './words.ts';

const SOUND_EVERY_MS = 10_000;

export function AlarmVoice() {
  const alarms = useApp(selectAlarms);
  const others = useApp(selectHeard);
  const role = useApp(selectJournalRole);
  const hasSound = useApp(selectAlarmSound);
  const hasNotifications = useApp(selectAlarmNotifications);
  const heard = useRef<number | null>(null);
  const told = useRef(createTold());
  const soundedMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const own: JournalHeard[] = [];
    if (alarms) {
      const last = alarms.said.at(-1)?.serial ?? 0;
      // An engine that was started again counts from one: nothing of it has been heard.
      const since = heard.current === null || heard.current <= last ? (heard.current ?? 0) : 0;
      own.push(...toldAfter(alarms.said, since).map((said) => ({ id: said.id, channel: said.channel, text: saidText(said) })));
      heard.current = last;
    }
    const fresh = told.current.fresh(own, others, performance.now());
    // The tab that leads is heard for all of them (JN-8).
    if (role === 'follower') return;
    const loud = fresh.filter(({ channel }) => channel === 'sound' || channel === 'system');
    if (hasSound && loud.length > 0 && performance.now() - soundedMs.current >= SOUND_EVERY_MS) {
      soundedMs.current = performance.now();
      const { dataset } = document.documentElement;
      dataset.sounds = String(Number(dataset.sounds ?? 0) + 1);
      beep();
    }
    const shown = fresh.findLast(({ channel }) => channel === 'system');
    if (hasNotifications && shown) notify('Plimsoll', shown.text, shown.id);
  }, [alarms, others, role, hasSound, hasNotifications]);
  return null;
}
