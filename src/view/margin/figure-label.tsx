/** The name of a figure, which opens its help: one sentence, the formula, the whole number, and the way to its working. */
import { useOverlay } from '../shared/overlay.tsx';
import { Button } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import styles from './figure-label.module.css';
import type { FigureSpec } from './figures.ts';

interface FigureLabelProps {
  readonly spec: FigureSpec;
  /** In place of the figure's own name. */
  readonly label?: string;
  /** Every digit, or why there is no number. */
  readonly full: string;
  readonly unit: string;
  /** Pool whose figure this is; absent for the account's. */
  readonly pool?: string | undefined;
}

export function FigureLabel({ spec, label = spec.label, full, unit, pool }: FigureLabelProps) {
  const open = useOverlay();
  return (
    <Popover trigger={label} triggerProps={{ className: styles.trigger }} label={`About ${label.toLowerCase()}`}>
      {(close) => (
        <div className={styles.help}>
          <p>{spec.sentence}</p>
          <p className={styles.formula}>{spec.formula}</p>
          <p className={styles.full}>
            {full} {unit}
          </p>
          <Button
            onClick={() => {
              close();
              open({ kind: 'working', figure: spec.name, ...(pool === undefined ? {} : { pool }) });
            }}
          >
            Show working
          </Button>
        </div>
      )}
    </Popover>
  );
}
