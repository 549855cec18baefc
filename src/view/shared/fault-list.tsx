/** What is wrong with an input, and where: pointer and sentence, the first ones at once, the rest on request. */
import { useState } from 'react';
import type { Fault } from '../../store/types.ts';
import { Button } from '../ui/button.tsx';
import styles from './fault-list.module.css';

const FIRST = 8;
const MORE = 500;

export function FaultList({ faults }: { readonly faults: readonly Fault[] }) {
  const [shown, setShown] = useState(FIRST);
  return (
    <div className={styles.faults}>
      <ul aria-label="Faults" className={styles.list}>
        {faults.slice(0, shown).map((fault, index) => (
          // Faults never move: their place in the list is their identity.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={index} className={styles.fault}>
            <code className={styles.pointer}>{fault.pointer || 'whole input'}</code>
            <span>{fault.message}</span>
          </li>
        ))}
      </ul>
      {faults.length > shown && <Button onClick={() => setShown(shown + MORE)}>Show {Math.min(MORE, faults.length - shown)} more</Button>}
    </div>
  );
}
