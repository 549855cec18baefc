/** The pools of an account, where it has more than one: an isolated position can be close to its end while the rest is calm. */
import { StateShape } from '../ui/state-shape.tsx';
import { FIGURES, figureText } from './figures.ts';
import styles from './pool-switch.module.css';
import type { Shown } from './pools.ts';

interface PoolSwitchProps {
  readonly choices: readonly Shown[];
  readonly selected: string | null;
  readonly onSelect: (pool: string | null) => void;
}

export function PoolSwitch({ choices, selected, onSelect }: PoolSwitchProps) {
  if (choices.length < 2) return null;
  return (
    <fieldset className={styles.pools}>
      <legend className={styles.legend}>Margin pool</legend>
      {choices.map((choice) => (
        <button
          key={choice.pool ?? ''}
          type="button"
          className={styles.pool}
          aria-pressed={choice.pool === selected}
          data-state={choice.riskState}
          onClick={() => onSelect(choice.pool)}
        >
          <StateShape state={choice.riskState} size={10} />
          <span>{choice.name}</span>
          <span className={styles.ratio}>{figureText(FIGURES.marginRatio, choice.cells.marginRatio).shown}</span>
        </button>
      ))}
    </fieldset>
  );
}
