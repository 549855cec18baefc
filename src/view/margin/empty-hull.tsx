/** Before the first figures: what is awaited, at once; the rest once it is known that nothing comes by itself. */
import { lazy, Suspense } from 'react';
import { selectConnection } from '../../store/selectors.ts';
import { useApp } from '../shared/app-context.tsx';
import styles from './empty-hull.module.css';

const NoAccount = lazy(() => import('../later.ts').then((module) => ({ default: module.NoAccount })));

export function EmptyHull() {
  const { kind } = useApp(selectConnection);
  const isWaiting = kind === 'starting' || kind === 'restarting';
  return (
    <main id="margin" className={styles.empty}>
      <h1 className={styles.title}>My margin</h1>
      {isWaiting ? (
        <p>Starting the engine…</p>
      ) : (
        <Suspense>
          <NoAccount />
        </Suspense>
      )}
    </main>
  );
}
