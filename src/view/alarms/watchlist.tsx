/** The accounts with a star: one click shows one. */
import { useState } from 'react';
import { selectAccounts } from '../../store/selectors.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import { goTo } from '../shell/use-route.ts';
import { Button } from '../ui/button.tsx';
import panel from '../ui/panel.module.css';
import styles from './alarms-page.module.css';

export function Watchlist({ accounts }: { readonly accounts: readonly string[] }) {
  const actions = useActions();
  const held = useApp(selectAccounts);
  const [fault, setFault] = useState('');
  if (accounts.length === 0) return <p className={styles.note}>No account is on the watch-list: put a star beside its name.</p>;
  const nameOf = (id: string): string => held.find((account) => account.id === id)?.label || id;
  return (
    <>
      <h3 className={panel.title}>Watch-list</h3>
      <ul className={styles.buttons} aria-label="Watch-list">
        {accounts.map((account) => (
          <li key={account} className={styles.state}>
            <Button
              onClick={() =>
                void actions.selectAccount(account).then((answer) => {
                  setFault(answer.ok ? '' : `${nameOf(account)} is not in the book that is loaded.`);
                  if (answer.ok) goTo('margin');
                })
              }
            >
              {nameOf(account)}
            </Button>
            <Button
              look="quiet"
              aria-label={`Take ${nameOf(account)} off the watch-list`}
              onClick={() => void actions.journal({ kind: 'journal-watch', account, isWatched: false })}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
      <p className={styles.note} role="status">
        {fault}
      </p>
    </>
  );
}
