/** On return to a page that was hidden, or to a machine that slept: once, what happened (rule JN-12). Draws nothing. */
import { useEffect, useRef } from 'react';
import { sayAway } from '../../store/journal-part.ts';
import { selectAlarms, selectJournal } from '../../store/selectors.ts';
import { useApp, useAppStore } from '../shared/app-context.tsx';
import { awayText } from './away-text.ts';

/** A shorter absence is none. */
const AWAY_MS = 60_000;
/** What waited in a frozen tab comes at once when it thaws. */
const THAW_MS = 500;

export function CatchUp() {
  const store = useAppStore();
  const journal = useApp(selectJournal);
  const sleeps = journal?.sleeps ?? 0;
  const sleptMs = journal?.sleptMs ?? 0;
  const slept = useRef({ sleeps, ms: 0 });
  useEffect(() => {
    let left = { atMs: Date.now(), serial: 0 };
    let isAway = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const say = (): void => {
      const awayMs = Date.now() - left.atMs;
      const text = awayText(selectAlarms(store.getState()), left.serial, awayMs, slept.current.ms);
      slept.current.ms = 0;
      if (text !== '') sayAway(store, text);
    };
    const turn = (): void => {
      clearTimeout(timer);
      if (document.visibilityState === 'hidden') {
        if (isAway) return;
        isAway = true;
        left = { atMs: Date.now(), serial: selectAlarms(store.getState())?.said.at(-1)?.serial ?? 0 };
        return;
      }
      const wasAway = isAway;
      isAway = false;
      if (wasAway && Date.now() - left.atMs >= AWAY_MS) timer = setTimeout(say, THAW_MS);
    };
    document.addEventListener('visibilitychange', turn);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', turn);
    };
  }, [store]);
  useEffect(() => {
    if (sleeps === slept.current.sleeps) return;
    slept.current = { sleeps, ms: slept.current.ms + sleptMs };
    if (document.visibilityState === 'visible') {
      const text = awayText(selectAlarms(store.getState()), Number.POSITIVE_INFINITY, sleptMs, sleptMs);
      if (text !== '') sayAway(store, text);
    }
  }, [sleeps, sleptMs, store]);
  return null;
}
