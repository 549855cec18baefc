/** Two live regions, always there and mostly empty: changes of state are spoken, prices never are. */
import { useEffect, useRef, useState } from 'react';
import { selectDeskAlarms } from '../../store/desk-selectors.ts';
import { selectAccount, selectAlarms, selectNotices, selectRiskState, selectWhatIf } from '../../store/selectors.ts';
import type { RiskState, WhatIfState } from '../../store/types.ts';
import { deskSaidText, isDeskUrgent } from '../alarms/desk-said.ts';
import { isUrgent, saidText, toldAfter } from '../alarms/words.ts';
import { STATE_WORDS, severityOf } from '../format/words.ts';
import { FIGURES, figureText } from '../margin/figures.ts';
import { shownOf } from '../margin/pools.ts';
import { statementOf } from '../margin/statement.ts';
import { useApp, useAppStore } from '../shared/app-context.tsx';
import panel from '../ui/panel.module.css';

/** At most one polite sentence in this time. */
const POLITE_EVERY_MS = 5000;
/** At most one urgent one in this. */
const URGENT_EVERY_MS = 2000;
/** A what-if is spoken when it has rested this long. */
const REST_MS = 900;

/** `text` after it has stayed the same for `restMs`. */
function useRested(text: string, restMs: number): string {
  const [rested, setRested] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), restMs);
    return () => clearTimeout(timer);
  }, [text, restMs]);
  return rested;
}

/** `text`, changed at most once in `everyMs`; what comes in between is dropped for what is newest then. */
function useSpaced(text: string, everyMs: number): string {
  const [shown, setShown] = useState('');
  const shownAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const show = (): void => {
      shownAt.current = performance.now();
      setShown(text);
    };
    const timer = setTimeout(show, Math.max(0, shownAt.current + everyMs - performance.now()));
    return () => clearTimeout(timer);
  }, [text, everyMs]);
  return shown;
}

const whatIfSentence = (whatIf: WhatIfState | null): string => {
  if (!whatIf?.account || whatIf.evaluated !== whatIf.spec) return '';
  const { cells, riskState } = whatIf.account;
  return `What-if: ${STATE_WORDS[riskState].toLowerCase()}, margin ratio ${figureText(FIGURES.marginRatio, cells.marginRatio).shown}, buffer ${
    figureText(FIGURES.uniformShock, cells.uniformShock).shown
  }`;
};

/** What was said last of the account's state, polite or urgent: urgent where it became worse and is a warning or more. */
function useStateSentence(): { readonly polite: string; readonly urgent: string } {
  const state = useApp(selectRiskState);
  const store = useAppStore();
  const before = useRef<RiskState | null>(null);
  const [said, setSaid] = useState({ polite: '', urgent: '' });
  useEffect(() => {
    const last = before.current;
    before.current = state;
    const account = selectAccount(store.getState());
    if (state === null || last === null || last === state || !account) return;
    const sentence = statementOf(account, shownOf(account, null));
    const isUrgent = severityOf(state) >= severityOf('warning') && severityOf(state) > severityOf(last);
    if (isUrgent) setSaid({ polite: '', urgent: sentence });
    // What was urgent stays while it is one: a state that flaps is not spoken at every turn.
    else setSaid(({ urgent }) => ({ polite: sentence, urgent: severityOf(state) >= severityOf('warning') ? urgent : '' }));
  }, [state, store]);
  return said;
}

/** The newest alarm that was told, polite or urgent. What stood before the page was there is not news. */
function useAlarmSentence(): { readonly polite: string; readonly urgent: string } {
  const alarms = useApp(selectAlarms);
  const newest = alarms ? toldAfter(alarms.said, 0).at(-1) : undefined;
  const text = newest ? saidText(newest) : '';
  return newest && isUrgent(newest) ? { polite: '', urgent: text } : { polite: text, urgent: '' };
}

/** The same of the desk. */
function useDeskSentence(): { readonly polite: string; readonly urgent: string } {
  const newest = useApp(selectDeskAlarms)?.said.at(-1);
  const text = newest ? deskSaidText(newest) : '';
  return newest && isDeskUrgent(newest) ? { polite: '', urgent: text } : { polite: text, urgent: '' };
}

export function Announcer() {
  const desk = useDeskSentence();
  const alarm = useAlarmSentence();
  const notices = useApp(selectNotices);
  const whatIf = useApp(selectWhatIf);
  const state = useStateSentence();
  const newest = notices.at(-1);
  const rested = useRested(whatIfSentence(whatIf), REST_MS);
  const news = newest && newest.severity !== 'error' ? newest.text : '';
  const polite = useSpaced([state.polite, alarm.polite, desk.polite, news, rested].filter(Boolean).join(' '), POLITE_EVERY_MS);
  const urgent = useSpaced(
    [state.urgent, alarm.urgent, desk.urgent, newest?.severity === 'error' ? newest.text : ''].filter(Boolean).join(' '),
    URGENT_EVERY_MS,
  );
  return (
    <>
      <div role="status" aria-live="polite" aria-atomic="true" className={panel.hidden}>
        {polite}
      </div>
      <div role="alert" aria-live="assertive" aria-atomic="true" className={panel.hidden}>
        {urgent}
      </div>
    </>
  );
}
