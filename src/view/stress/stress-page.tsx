/** Stress: what would it take, and what would it start. Of one account or of all that are open on the desk. */
import { lazy, type ReactNode, Suspense, use } from 'react';
import { selectAccount, selectDeskBook } from '../../store/selectors.ts';
import type { StressScope, StressState } from '../../store/types.ts';
import { useApp, useLoadDesk, useLoadStress } from '../shared/app-context.tsx';
import { useOverlay } from '../shared/overlay.tsx';
import { ErrorBoundary } from '../shell/error-boundary.tsx';
import { Button } from '../ui/button.tsx';
import panel from '../ui/panel.module.css';
import styles from './stress-page.module.css';
import { StressContext, useStress, useStressActions } from './use-stress.ts';

const WhatIf = lazy(() => import('./what-if/index.tsx').then((module) => ({ default: module.WhatIfPanel })));
const Matrix = lazy(() => import('./matrix/index.tsx').then((module) => ({ default: module.MatrixPanel })));
const Cascade = lazy(() => import('./cascade/index.tsx').then((module) => ({ default: module.CascadePanel })));
const Distance = lazy(() => import('./distance/index.tsx').then((module) => ({ default: module.DistancePanel })));
const Warning = lazy(() => import('./warning/index.tsx').then((module) => ({ default: module.WarningPanel })));

const selectScope = ({ scope }: StressState): StressScope => scope;

/** One panel: it comes by itself, and what breaks in it breaks alone. */
function Slot({ what, children }: { readonly what: string; readonly children: ReactNode }) {
  return (
    <div className={styles.slot}>
      <ErrorBoundary what={what}>
        <Suspense fallback={<div className={styles.wait} aria-busy="true" />}>{children}</Suspense>
      </ErrorBoundary>
    </div>
  );
}

function ScopeChooser() {
  const scope = useStress(selectScope);
  const { setScope } = useStressActions();
  const account = useApp(selectAccount);
  const book = useApp(selectDeskBook);
  const open = useOverlay();
  return (
    <div className={styles.scope}>
      <fieldset className={styles.choice}>
        <legend className={panel.hidden}>Whom it is about</legend>
        <Button aria-pressed={scope === 'account'} onClick={() => setScope('account')}>
          This account
        </Button>
        <Button aria-pressed={scope === 'desk'} onClick={() => setScope('desk')}>
          All loaded accounts
        </Button>
      </fieldset>
      {scope === 'account' ? (
        <p className={styles.subject}>{account ? `${account.label || account.id}, ${account.venueName}` : 'No account is loaded.'}</p>
      ) : (
        <p className={styles.subject}>
          {book ? `${book.name}: ${book.count.toLocaleString('en-US')} accounts` : 'No accounts are open on the desk.'}{' '}
          <Button onClick={() => open({ kind: 'desk-open' })}>{book ? 'Open others' : 'Open accounts'}</Button>
        </p>
      )}
    </div>
  );
}

/** Rendered where both parts of the store are there: what is asked of all accounts is asked of the desk. */
export function StressPage() {
  const loadingDesk = useLoadDesk()();
  const part = use(useLoadStress()());
  use(loadingDesk);
  return (
    <StressContext value={part}>
      <main id="stress" className={styles.page}>
        <h1 className={panel.hidden}>Stress</h1>
        <ScopeChooser />
        <Slot what="The what-if">
          <WhatIf />
        </Slot>
        <Slot what="The distances">
          <Distance />
        </Slot>
        <Slot what="The shock matrix">
          <Matrix />
        </Slot>
        <Slot what="The cascade">
          <Cascade />
        </Slot>
        <Slot what="The early warning">
          <Warning />
        </Slot>
      </main>
    </StressContext>
  );
}
