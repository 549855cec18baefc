/** Two live regions, always there and mostly empty: changes of state are spoken, prices never are. */
import { useEffect, useRef, useState } from 'react';
import { selectAccount, selectNotices, selectRiskState, selectWhatIf } from '../../store/selectors.ts';
import type { RiskState, WhatIfState } from '../../store/types.ts';
import { STATE_WORDS, severityOf } from '../format/words.ts';
import { FIGURES, figureText } from '../margin/figures.ts';
import { shownOf } from '../margin/pools.ts';
import { statementOf } from '../margin/statement.ts';
import { useApp } from '../shared/app-context.tsx';
import panel from '../ui/panel.module.css';

/** At most one polite sentence in this time. */
const POLITE_EVERY_MS = 5000;
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
  const account = useApp(selectAccount);
  const before = useRef<RiskState | null>(null);
  const [said, setSaid] = useState({ polite: '', urgent: '' });
  const newest = useRef(account);
  newest.current = account;
  useEffect(() => {
    const last = before.current;
    before.current = state;
    if (state === null || last === null || last === state || !newest.current) return;
    const sentence = statementOf(newest.current, shownOf(newest.current, null));
    const isUrgent = severityOf(state) >= severityOf('warning') && severityOf(state) > severityOf(last);
    setSaid(isUrgent ? { polite: '', urgent: sentence } : { polite: sentence, urgent: '' });
  }, [state]);
  return said;
}

export function Announcer() {
  const notices = useApp(selectNotices);
  const whatIf = useApp(selectWhatIf);
  const state = useStateSentence();
  const newest = notices.at(-1);
  const rested = useRested(whatIfSentence(whatIf), REST_MS);
  const polite = useRested(
    [state.polite, newest && newest.severity !== 'error' ? newest.text : '', rested].filter(Boolean).join(' '),
    POLITE_EVERY_MS / 10,
  );
  const urgent = [state.urgent, newest?.severity === 'error' ? newest.text : ''].filter(Boolean).join(' ');
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
