/** One move: a native slider, a field for exact values, and a way back to the live price. */
import { RotateCcw } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { IconButton } from '../../ui/button.tsx';
import styles from './move-control.module.css';
import { boundPercent, FIELD_HIGH, FIELD_LOW, SLIDER_HIGH, SLIDER_LOW, spokenPercent } from './moves.ts';

interface MoveControlProps {
  /** `BTC`, `All markets`. */
  readonly name: string;
  readonly percent: number;
  readonly onChange: (percent: number) => void;
  /** Price under the what-if, where it is known. */
  readonly price?: string | undefined;
  readonly isAll?: boolean;
}

/** Arrow keys move by a tenth of a per cent natively; with Shift by one, Page keys by five. */
const keyStep = (event: KeyboardEvent): number => {
  if (event.key === 'PageUp') return 5;
  if (event.key === 'PageDown') return -5;
  if (!event.shiftKey) return 0;
  if (event.key === 'ArrowUp' || event.key === 'ArrowRight') return 1;
  return event.key === 'ArrowDown' || event.key === 'ArrowLeft' ? -1 : 0;
};

export function MoveControl({ name, percent, onChange, price, isAll = false }: MoveControlProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const change = (next: number): void => onChange(boundPercent(next));
  return (
    <div className={styles.control} data-all={isAll}>
      <span className={styles.name} title={name}>
        {name}
      </span>
      <input
        type="range"
        className={styles.slider}
        aria-label={`${name} move`}
        aria-valuetext={price === undefined ? spokenPercent(percent) : `${spokenPercent(percent)}, ${price}`}
        min={SLIDER_LOW}
        max={SLIDER_HIGH}
        step={0.1}
        value={Math.min(SLIDER_HIGH, Math.max(SLIDER_LOW, percent))}
        onChange={(event) => change(event.target.valueAsNumber)}
        onKeyDown={(event) => {
          const step = keyStep(event);
          if (step === 0) return;
          event.preventDefault();
          change(percent + step);
        }}
      />
      <span className={styles.field}>
        <input
          type="number"
          className={styles.number}
          aria-label={`${name} move, per cent`}
          min={FIELD_LOW}
          max={FIELD_HIGH}
          step={0.1}
          value={typed ?? percent}
          onChange={(event) => {
            setTyped(event.target.value);
            if (Number.isFinite(event.target.valueAsNumber)) change(event.target.valueAsNumber);
          }}
          onBlur={() => setTyped(null)}
        />
        %
      </span>
      <IconButton label={`${name} back to the live price`} disabled={percent === 0} onClick={() => change(0)}>
        <RotateCcw size={14} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
