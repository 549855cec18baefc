/** "What would cure it" of the margin page: folded until it is asked for, for the pool that is looked at, or the one that was worst when it was asked. */
import { useState } from 'react';
import { selectAccount, selectTimeZone } from '../../../store/selectors.ts';
import type { AccountView } from '../../../store/types.ts';
import { formatInstant } from '../../format/time.ts';
import { useApp } from '../../shared/app-context.tsx';
import panel from '../../ui/panel.module.css';
import styles from './cure.module.css';
import { endText } from './cure-text.ts';
import { Cures } from './cures.tsx';

/** The pool nearest to its end. */
const worstOf = ({ pools }: AccountView): string =>
  pools.reduce<AccountView['pools'][number] | undefined>(
    (worst, pool) => (worst && !(pool.cells.marginRatio.value > worst.cells.marginRatio.value) ? worst : pool),
    undefined,
  )?.id ?? '';

export function CurePanel({ pool }: { readonly pool: string | null }) {
  const account = useApp(selectAccount);
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState('');
  const closed = useApp((state) => state.alarms?.closures[0]);
  const zone = useApp(selectTimeZone);
  if (!account) return null;
  const isThere = account.pools.some(({ id }) => id === chosen);
  const subject = pool ?? (isThere ? chosen : worstOf(account));
  const toggle = (): void => {
    setChosen(subject);
    setOpen(!isOpen);
  };
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="What would cure it">
      <h2 className={styles.head}>
        <button type="button" aria-expanded={isOpen} onClick={toggle}>
          <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> What would cure it
        </button>
      </h2>
      {closed?.account === account.id && (
        <p className={styles.note}>
          Simulated closure of {closed.pool} at {formatInstant(closed.timeMs, zone)}: {endText(closed)} The account goes on as it was left;
          undo brings it back, and the alarms show every step. Nothing is sent to a venue.
        </p>
      )}
      {isOpen && pool === null && account.pools.length > 1 && (
        <label className={styles.goal}>
          Pool
          <select value={subject} onChange={(event) => setChosen(event.target.value)}>
            {account.pools.map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
      )}
      {isOpen && subject !== '' && (
        <Cures key={`${account.id} ${subject}`} pool={subject} first="watch" isLending={account.kind === 'lending'} />
      )}
    </section>
  );
}
