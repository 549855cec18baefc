/** What is heard and what the system shows of alarms as they come. Draws nothing. */
import { useEffect, useRef } from 'react';
import { selectAlarmNotifications, selectAlarmSound, selectAlarms } from '../../store/selectors.ts';
import { useApp } from '../shared/app-context.tsx';
import { beep, notify } from './telling.ts';
import { saidText, toldAfter } from './words.ts';

const SOUND_EVERY_MS = 10_000;

export function AlarmVoice() {
  const alarms = useApp(selectAlarms);
  const hasSound = useApp(selectAlarmSound);
  const hasNotifications = useApp(selectAlarmNotifications);
  const heard = useRef<number | null>(null);
  const soundedMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (!alarms) return;
    const last = alarms.said.at(-1)?.serial ?? 0;
    // An engine that was started again counts from one: nothing of it has been heard.
    const news = toldAfter(alarms.said, heard.current === null || heard.current <= last ? (heard.current ?? 0) : 0);
    heard.current = last;
    const loud = news.filter(({ channel }) => channel === 'sound' || channel === 'system');
    if (hasSound && loud.length > 0 && performance.now() - soundedMs.current >= SOUND_EVERY_MS) {
      soundedMs.current = performance.now();
      beep();
    }
    const shown = news.findLast(({ channel }) => channel === 'system');
    if (hasNotifications && shown) notify('Plimsoll', saidText(shown), shown.id);
  }, [alarms, hasSound, hasNotifications]);
  return null;
}
