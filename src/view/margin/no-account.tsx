/** No account, and none on its way: the ship in dry dock, and what to do. */
import { selectConnection, selectIsReady } from '../../store/selectors.ts';
import { useApp } from '../shared/app-context.tsx';
import { useOverlay } from '../shared/overlay.tsx';
import { Button } from '../ui/button.tsx';
import styles from './empty-hull.module.css';
import { HOUSE_PATH, HULL_HEIGHT, HULL_PATH, SEA_RIGHT } from './hull-geometry.ts';

export function NoAccount() {
  const connection = useApp(selectConnection);
  const isReady = useApp(selectIsReady);
  const open = useOverlay();
  return (
    <>
      <svg className={styles.ship} viewBox={`0 0 ${SEA_RIGHT} ${HULL_HEIGHT}`} aria-hidden="true" focusable="false">
        <path d={HOUSE_PATH} />
        <path d={HULL_PATH} />
      </svg>
      {connection.kind === 'failed' && <p>The engine has stopped. Reload the page.</p>}
      {connection.kind === 'ready' && !isReady && (
        <>
          <p>No account yet.</p>
          <Button look="primary" onClick={() => open({ kind: 'load' })}>
            Load an account
          </Button>
        </>
      )}
    </>
  );
}
