/** What the venue would have done, simulated: the switch that lets it happen here, and every closure of this stream. */
import { useState } from 'react';
import { selectTimeZone } from '../../store/selectors.ts';
import type { AlarmsFrame } from '../../store/types.ts';
import { formatInstant } from '../format/time.ts';
import { ClosureShow } from '../margin/cure/closure-show.tsx';
import { useActions, useApp } from '../shared/app-context.tsx';
import { Button } from '../ui/button.tsx';
import panel from '../ui/panel.module.css';
import styles from './alarms-page.module.css';

export function ClosuresPanel({ frame }: { readonly frame: AlarmsFrame }) {
  const actions = useActions();
  const zone = useApp(selectTimeZone);
  const canUndo = useApp((state) => state.snapshot?.canUndo ?? false);
  const [fault, setFault] = useState('');
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="Simulated closures">
      <h2 className={panel.title}>Simulated closures</h2>
      <label className={styles.switch}>
        <input
          type="checkbox"
          checked={frame.areClosuresOn}
          onChange={(event) => void actions.cure({ kind: 'alarm-closures', on: event.target.checked })}
        />
        Let simulated closures happen
      </label>
      <p className={styles.note}>
        When the venue would liquidate a pool, its own procedure is played at the prices that hold, and the account here goes on as it is
        left. Undo brings it back. Simulated. Nothing is sent to a venue.
      </p>
      {frame.closures.length === 0 && <p className={styles.none}>No closure has happened.</p>}
      <ul className={styles.list} aria-label="Simulated closures, newest first">
        {frame.closures.map((closure, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: newest first, and one pool may be closed twice at one instant
          <li key={`${closure.pool} ${closure.timeMs} ${i}`} className={styles.closure}>
            <span className={styles.cure}>
              {closure.pool} of {closure.account}, {formatInstant(closure.timeMs, zone)}
            </span>
            <ClosureShow closure={closure} />
          </li>
        ))}
      </ul>
      {frame.closures.length > 0 && canUndo && (
        <Button onClick={() => void actions.undo().then((answer) => setFault(answer.ok ? '' : (answer.faults[0]?.message ?? '')))}>
          Undo the last change of the book
        </Button>
      )}
      {fault && <p className={styles.note}>{fault}</p>}
    </section>
  );
}
