/** "What would cure it" of the margin page: folded until it is asked for, for the worst pool or the one that is looked at. */
import { useState } from 'react';
import { selectAccount } from '../../../store/selectors.ts';
import type { AccountView } from '../../../store/types.ts';
import { useApp } from '../../shared/app-context.tsx';
import panel from '../../ui/panel.module.css';
import styles from './cure.module.css';
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
  if (!account) return null;
  const subject = pool ?? worstOf(account);
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="What would cure it">
      <h2 className={styles.head}>
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> What would cure it
        </button>
      </h2>
      {isOpen && subject !== '' && (
        <Cures key={`${account.id} ${subject}`} pool={subject} first="watch" isLending={account.kind === 'lending'} />
      )}
    </section>
  );
}
