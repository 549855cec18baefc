/** Room, retention, and the journal as a file. */
import { type ChangeEvent, useRef, useState } from 'react';
import type { Fault, JournalStatus } from '../../store/types.ts';
import { download } from '../desk/download.ts';
import { useActions } from '../shared/app-context.tsx';
import { FaultList } from '../shared/fault-list.tsx';
import { Button } from '../ui/button.tsx';
import panel from '../ui/panel.module.css';
import styles from './alarms-page.module.css';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes in the unit that leaves three digits. */
function bytesText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / 1000 ** power).toPrecision(3)}\u202f${UNITS[power]}`;
}

function roomText({ usage, quota, isPersisted, quotaThinnings }: JournalStatus): string {
  const used =
    Number.isFinite(usage) && Number.isFinite(quota)
      ? `${bytesText(usage)} of ${bytesText(quota)} are used by this page. `
      : 'The browser does not say how much room there is. ';
  const kept =
    isPersisted === true ? 'The browser has promised not to clear it by itself. ' : 'The browser may clear it when the disk fills up. ';
  const thin = quotaThinnings > 0 ? `The disk was full: the oldest detail was let go of ${quotaThinnings} times. ` : '';
  return used + kept + thin;
}

export function JournalCare({ journal }: { readonly journal: JournalStatus }) {
  const actions = useActions();
  const file = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState('');
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [isForgetting, setIsForgetting] = useState(false);
  const say = (text: string, more: readonly Fault[] = []): void => {
    setSaid(text);
    setFaults(more);
  };
  const exported = (): void =>
    void actions.journal({ kind: 'journal-export' }).then((answer) => {
      if (!answer.ok) return say('', answer.faults);
      download('plimsoll-journal.json', new Blob([answer.value.text], { type: 'application/json' }));
      say('Written.');
    });
  const imported = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    const chosen = target.files?.[0];
    target.value = '';
    if (!chosen) return;
    void chosen
      .text()
      .then((text) => actions.journal({ kind: 'journal-import', text }))
      .then(
        (answer) =>
          answer.ok
            ? say(`${answer.value.added.toLocaleString('en-US')} rows were new, ${answer.value.known.toLocaleString('en-US')} known.`)
            : say('Nothing was taken, and what is kept is as it was:', answer.faults),
        () => say('', [{ pointer: '', message: `${chosen.name} could not be read` }]),
      );
  };
  const forget = (): void => {
    setIsForgetting(false);
    void actions.journal({ kind: 'journal-forget' }).then((answer) => say(answer.ok ? 'Forgotten.' : '', answer.ok ? [] : answer.faults));
  };
  const persist = (): void =>
    void navigator.storage.persist().then((isPersisted) => {
      say(isPersisted ? '' : 'The browser would not promise it.');
      void actions.journal({ kind: 'journal-refresh' });
    });
  return (
    <>
      <p className={styles.note}>
        {roomText(journal)}
        {journal.events.toLocaleString('en-US')} events, {journal.samples.toLocaleString('en-US')} samples of history. Events are kept for
        90 days, alarms that stand for as long as they do; of history a day in full, a week by the minute, the rest by the hour with peaks
        and troughs.
      </p>
      <div className={styles.buttons}>
        <Button onClick={exported}>Journal to a file</Button>
        <Button onClick={() => file.current?.click()}>Journal from a file</Button>
        {journal.isPersisted === false && 'storage' in navigator && <Button onClick={persist}>Ask the browser to keep it</Button>}
        {isForgetting ? (
          <>
            <Button look="primary" onClick={forget}>
              Forget all of it
            </Button>
            <Button onClick={() => setIsForgetting(false)}>Keep it</Button>
          </>
        ) : (
          <Button onClick={() => setIsForgetting(true)}>Forget…</Button>
        )}
        <input
          ref={file}
          type="file"
          accept=".json,application/json"
          aria-label="File with a journal"
          className={panel.hidden}
          tabIndex={-1}
          onChange={imported}
        />
        <span className={styles.note} role="status">
          {said}
        </span>
      </div>
      {faults.length > 0 && <FaultList faults={faults} />}
    </>
  );
}
