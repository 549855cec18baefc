/** Positions and balances of the account, with everything that changes them by hand. */

import { Plus, Redo2, Undo2 } from 'lucide-react';
import { useId, useState } from 'react';
import { selectAccount, selectCanRedo, selectCanUndo } from '../../../store/selectors.ts';
import type { AccountView } from '../../../store/types.ts';
import { useActions, useApp, useAppEvery } from '../../shared/app-context.tsx';
import { useOverlay } from '../../shared/overlay.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import panel from '../../ui/panel.module.css';
import { NARROW, useMedia } from '../../ui/use-media.ts';
import { BalancesTable } from './balances-table.tsx';
import { ColumnChooser } from './column-chooser.tsx';
import { PositionCards } from './position-cards.tsx';
import styles from './positions-panel.module.css';
import { PositionsTable } from './positions-table.tsx';

/** Digits that change more often than this are not read. */
const INTERVAL_MS = 250;

type Tab = 'positions' | 'balances';

function Tools({ tab, isNarrow }: { readonly tab: Tab; readonly isNarrow: boolean }) {
  const open = useOverlay();
  const actions = useActions();
  const canUndo = useApp(selectCanUndo);
  const canRedo = useApp(selectCanRedo);
  return (
    <div className={styles.tools}>
      {tab === 'positions' && !isNarrow && <ColumnChooser />}
      <IconButton label="Undo the last change" disabled={!canUndo} onClick={() => void actions.undo()}>
        <Undo2 size={16} aria-hidden="true" />
      </IconButton>
      <IconButton label="Redo the change" disabled={!canRedo} onClick={() => void actions.redo()}>
        <Redo2 size={16} aria-hidden="true" />
      </IconButton>
      <Button onClick={() => open(tab === 'positions' ? { kind: 'position', index: null } : { kind: 'balance', index: null })}>
        <Plus size={15} aria-hidden="true" /> {tab === 'positions' ? 'Add position' : 'Add balance'}
      </Button>
    </div>
  );
}

function Content({ tab, account, isNarrow }: { readonly tab: Tab; readonly account: AccountView; readonly isNarrow: boolean }) {
  if (tab === 'balances') return <BalancesTable account={account} />;
  if (account.positions.count === 0) return <p className={styles.empty}>No open position. Add one, or load a book.</p>;
  return isNarrow ? <PositionCards account={account} /> : <PositionsTable account={account} />;
}

export function PositionsPanel() {
  const id = useId();
  const account = useAppEvery(selectAccount, INTERVAL_MS);
  const isNarrow = useMedia(NARROW);
  const [chosen, setChosen] = useState<Tab | null>(null);
  if (!account) return null;
  const tab: Tab = chosen ?? (account.kind === 'lending' && account.positions.count === 0 ? 'balances' : 'positions');
  const tabs = [
    ['positions', `Positions (${account.positions.count})`],
    ['balances', `Balances (${account.balances.count})`],
  ] as const;
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="Positions and balances">
      <div className={styles.head}>
        <div role="tablist" aria-label="Holdings" className={styles.tabs}>
          {tabs.map(([name, label]) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`${id}${name}`}
              aria-selected={tab === name}
              aria-controls={`${id}panel`}
              tabIndex={tab === name ? 0 : -1}
              className={styles.tab}
              onClick={() => setChosen(name)}
              onKeyDown={(event) => {
                if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
                const other = tab === 'positions' ? 'balances' : 'positions';
                setChosen(other);
                document.getElementById(`${id}${other}`)?.focus();
              }}
            >
              {label}
            </button>
          ))}
        </div>
        <Tools tab={tab} isNarrow={isNarrow} />
      </div>
      <div role="tabpanel" id={`${id}panel`} aria-labelledby={`${id}${tab}`} className={styles.content}>
        <Content tab={tab} account={account} isNarrow={isNarrow} />
      </div>
    </section>
  );
}
