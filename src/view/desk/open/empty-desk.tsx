/** Before any accounts: what the desk is for, and three ways to fill it. */
import { selectBookName, selectConnection } from '../../../store/selectors.ts';
import { useActions, useApp } from '../../shared/app-context.tsx';
import { useOverlay } from '../../shared/overlay.tsx';
import { Button } from '../../ui/button.tsx';
import styles from './open.module.css';
import { Populations } from './open-dialog.tsx';

/** A convoy on the water, each with its line. */
const HULLS = [
  { x: 0, draught: 6 },
  { x: 84, draught: 12 },
  { x: 168, draught: 20 },
  { x: 252, draught: 9 },
];

function Fleet() {
  return (
    <svg className={styles.fleet} viewBox="-8 0 344 84" aria-hidden="true" focusable="false">
      {HULLS.map(({ x, draught }) => (
        <g key={x} transform={`translate(${x} ${draught})`}>
          <path d="M0 26 h76 l-9 26 h-58 Z" />
          <path d="M44 26 v-12 h18 v12" />
          <path d="M30 40 h16" className={styles.mark} />
        </g>
      ))}
      <path
        className={styles.water}
        d="M-8 56 q 11 -6 22 0 t 22 0 t 22 0 t 22 0 t 22 0 t 22 0 t 22 0 t 22 0 t 22 0 t 22 0 t 22 0 t 22 0 t 22 0 t 22 0 t 22 0 t 22 0"
      />
    </svg>
  );
}

export function EmptyDesk() {
  const connection = useApp(selectConnection);
  const bookName = useApp(selectBookName);
  const actions = useActions();
  const open = useOverlay();
  if (connection.kind === 'starting' || connection.kind === 'restarting') return <p className={styles.empty}>Starting the engine…</p>;
  return (
    <div className={styles.empty}>
      <Fleet />
      <h2 className={styles.title}>No accounts on the desk</h2>
      <p>Load a whole venue and see, at every tick, who is near the line, how much leverage it carries and where its liquidations sit.</p>
      <div className={styles.choices}>
        <Button look="primary" onClick={() => open({ kind: 'desk-open' })}>
          Open a file
        </Button>
        {bookName !== '' && <Button onClick={() => void actions.desk.openBook()}>Open {bookName}</Button>}
      </div>
      <p className={styles.hint}>CSV, Parquet or JSON; or drop it anywhere on the page. It stays on this device.</p>
      <p className={styles.hint}>Or generated accounts, the same for the same seed:</p>
      <Populations seed={42} />
    </div>
  );
}
