/** Before the first figures: the ship in dry dock, and what is awaited. */
import { selectConnection, selectIsReady } from '../../store/selectors.ts';
import { useApp } from '../shared/app-context.tsx';
import { useOverlay } from '../shared/overlay.tsx';
import { Button } from '../ui/button.tsx';
import styles from './empty-hull.module.css';
import { HOUSE_PATH, HULL_HEIGHT, HULL_PATH, SEA_RIGHT } from './hull-geometry.ts';

export function EmptyHull() {
  const connection = useApp(selectConnection);
  const isReady = useApp(selectIsReady);
  const open = useOverlay();
  const isWaiting = connection.kind === 'starting' || connection.kind === 'restarting';
  return (
    <main id="margin" className={styles.empty}>
      <h1 className={styles.title}>My margin</h1>
      <svg className={styles.ship} viewBox={`0 0 ${SEA_RIGHT} ${HULL_HEIGHT}`} aria-hidden="true" focusable="false">
        <path d={HOUSE_PATH} />
        <path d={HULL_PATH} />
      </svg>
      {isWaiting && <p>Starting the engine…</p>}
      {connection.kind === 'failed' && <p>The engine has stopped. Reload the page.</p>}
      {connection.kind === 'ready' && !isReady && (
        <>
          <p>No account yet.</p>
          <Button look="primary" onClick={() => open({ kind: 'load' })}>
            Load an account
          </Button>
        </>
      )}
    </main>
  );
}
