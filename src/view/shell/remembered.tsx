/** Keeps the page's settings in the journal, and takes those of another tab or of a browser that had forgotten them. Draws nothing. */
import { useEffect, useRef } from 'react';
import { areUntouched, settingsOf } from '../../store/journal-part.ts';
import { selectJournal, selectSettings } from '../../store/selectors.ts';
import { useActions, useApp } from '../shared/app-context.tsx';

export function Remembered() {
  const actions = useActions();
  const settings = useApp(selectSettings);
  const kept = useApp(selectJournal)?.settings;
  const seen = useRef({ kept: undefined as string | undefined, own: '' });
  useEffect(() => {
    const own = JSON.stringify(settings);
    const before = seen.current;
    seen.current = { kept, own };
    if (kept === undefined || kept === own) return;
    // The journal has something new to say, and the page has not: it is taken. Otherwise what was chosen here is kept.
    const isFirst = before.kept === undefined;
    const isTaken = kept !== '' && kept !== before.kept && (isFirst ? areUntouched(settings) : before.own === own);
    if (isTaken) actions.changeSettings(settingsOf(kept));
    else if (before.own !== own || isFirst) void actions.journal({ kind: 'journal-settings', text: own });
  }, [settings, kept, actions]);
  return null;
}
