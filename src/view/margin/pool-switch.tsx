/** The pools of an account, where it has more than one: an isolated position can be close to its end while the rest is calm. */
import type { AccountView } from '../../store/types.ts';
import { StateShape } from '../ui/state-shape.tsx';
import { FIGURES, figureText } from './figures.ts';
import styles from './pool-switch.module.css';

interface PoolSwitchProps {
  readonly account: AccountView;
  readonly selected: string | null;
  readonly onSelect: (pool: string | null) => void;
}

/** `isolated:hl:SOL:1` → `isolated hl:SOL`. */
const nameOf = (id: string): string => id.replace(/^isolated:(.*):\d+$/, 'isolated $1').replace(/^cross:/, 'cross ');

export function PoolSwitch({ account, selected, onSelect }: PoolSwitchProps) {
  if (account.pools.length < 2) return null;
  const choices = [
    { id: null, name: 'Account', riskState: account.riskState, cells: account.cells },
    ...account.pools.map((pool) => ({ ...pool, name: nameOf(pool.id) })),
  ];
  return (
    <fieldset className={styles.pools}>
      <legend className={styles.legend}>Margin pool</legend>
      {choices.map((choice) => (
        <button
          key={choice.id ?? ''}
          type="button"
          className={styles.pool}
          aria-pressed={choice.id === selected}
          data-state={choice.riskState}
          onClick={() => onSelect(choice.id)}
        >
          <StateShape state={choice.riskState} size={10} />
          <span className={styles.name}>{choice.name}</span>
          {choice.id !== null && <span className={styles.ratio}>{figureText(FIGURES.marginRatio, choice.cells.marginRatio).shown}</span>}
        </button>
      ))}
    </fieldset>
  );
}
