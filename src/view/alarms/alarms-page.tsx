/** Alarms: what stands, what was, how much there is of it, and the rules behind it. */
import { lazy, Suspense } from 'react';
import { selectAlarms } from '../../store/selectors.ts';
import { useAppEvery } from '../shared/app-context.tsx';
import { ErrorBoundary } from '../shell/error-boundary.tsx';
import panel from '../ui/panel.module.css';
import styles from './alarms-page.module.css';
import { ClosuresPanel } from './closures-panel.tsx';
import { EndedPanel } from './ended-panel.tsx';
import { LoadPanel } from './load-panel.tsx';
import { OutlookPanel } from './outlook-panel.tsx';
import { RulesPanel } from './rules-panel.tsx';
import { StandingPanel } from './standing-panel.tsx';
import { TellingPanel } from './telling-panel.tsx';

/** What stands comes first. */
const JournalPanel = lazy(() => import('./journal-panel.tsx').then((module) => ({ default: module.JournalPanel })));

const DeskPanel = lazy(() => import('./desk-panel.tsx').then((module) => ({ default: module.DeskPanel })));

const BackTestPanel = lazy(() => import('../study/back-test-panel.tsx').then((module) => ({ default: module.BackTestPanel })));

const INTERVAL_MS = 250;

export function AlarmsPage() {
  const alarms = useAppEvery(selectAlarms, INTERVAL_MS);
  return (
    <main id="alarms" className={styles.page}>
      <h1 className={panel.hidden}>Alarms</h1>
      <div className={styles.rules}>
        <ErrorBoundary what="The alarms of the desk">
          <Suspense>
            <DeskPanel />
          </Suspense>
        </ErrorBoundary>
      </div>
      {alarms === null ? (
        <p className={styles.none}>The engine has said nothing of alarms yet.</p>
      ) : (
        <>
          <div className={styles.column}>
            <ErrorBoundary what="The alarms">
              <StandingPanel frame={alarms} />
              <ClosuresPanel frame={alarms} />
              <EndedPanel frame={alarms} />
            </ErrorBoundary>
          </div>
          <div className={styles.column}>
            <ErrorBoundary what="The rules">
              <LoadPanel frame={alarms} />
              <OutlookPanel frame={alarms} />
              <TellingPanel />
            </ErrorBoundary>
          </div>
          <div className={styles.rules}>
            <ErrorBoundary what="The rules">
              <RulesPanel text={alarms.rules} />
            </ErrorBoundary>
          </div>
          <div className={styles.rules}>
            <ErrorBoundary what="The journal">
              <Suspense>
                <JournalPanel />
              </Suspense>
            </ErrorBoundary>
          </div>
        </>
      )}
      <div className={styles.rules}>
        <ErrorBoundary what="The back-test">
          <Suspense>
            <BackTestPanel />
          </Suspense>
        </ErrorBoundary>
      </div>
    </main>
  );
}
