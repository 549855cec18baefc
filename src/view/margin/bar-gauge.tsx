/** A straight gauge with bands: leverage, and the buffer. The marks carry the shapes of their states, so colour is never alone. */
import type { ReactNode } from 'react';
import type { BandLevels, RiskState } from '../../store/types.ts';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './bar-gauge.module.css';
import { type BarScale, placeOn } from './bar-geometry.ts';

const MARKS = [
  ['watch', 'watch', 'watch'],
  ['warning', 'warning', 'warning'],
  ['marginCall', 'margin-call', 'call'],
  ['liquidation', 'liquidation', 'liquidation'],
] as const satisfies readonly (readonly [keyof BandLevels, RiskState, string])[];

export interface BarGaugeProps {
  readonly name: string;
  /** What stands at the right: the number with its unit, or the reason why there is none. */
  readonly shown: ReactNode;
  /** The same for `aria-valuetext`. */
  readonly valueText: string;
  /** NaN where there is no number. */
  readonly value: number;
  /** What is drawn: the value, or an end of the scale where the reason says which; NaN where nothing is known. */
  readonly drawn: number;
  readonly state: RiskState;
  readonly levels: BandLevels;
  readonly scale: BarScale;
  /** Level → text, for the words of the marks. */
  readonly writeLevel: (level: number) => string;
  readonly label: ReactNode;
  /** Drawn over the track. */
  readonly over?: ReactNode;
}

export function BarGauge({ name, shown, valueText, value, drawn, state, levels, scale, writeLevel, label, over }: BarGaugeProps) {
  const marks = MARKS.filter(([key]) => levels[key] <= scale.high).map(([key, markState, word]) => ({
    key,
    state: markState,
    word,
    at: placeOn(scale, levels[key]),
  }));
  const words = marks.map((mark) => `${mark.word} ${writeLevel(levels[mark.key])}`).join(', ');
  const hasNumber = !Number.isNaN(value);
  const role = hasNumber
    ? ({
        role: 'meter',
        'aria-label': name,
        'aria-valuemin': 0,
        'aria-valuemax': scale.high,
        'aria-valuenow': Math.min(scale.high, Math.max(0, value)),
        'aria-valuetext': words === '' ? valueText : `${valueText}; ${words}`,
      } as const)
    : ({ role: 'img', 'aria-label': `${name}: ${valueText}` } as const);
  return (
    <div className={styles.gauge} data-state={state}>
      <div className={styles.head}>
        {label}
        <span className={styles.value} data-figure="">
          {shown}
        </span>
      </div>
      <div {...role} className={styles.meter} title={words}>
        <div className={styles.track} data-known={!Number.isNaN(drawn)}>
          {!Number.isNaN(drawn) && <div className={styles.fill} style={{ inlineSize: `${placeOn(scale, drawn)}%` }} />}
          {!Number.isNaN(drawn) && <div className={styles.needle} style={{ insetInlineStart: `${placeOn(scale, drawn)}%` }} />}
          {over}
          {marks.map((mark) => (
            <span key={mark.key} className={styles.mark} data-state={mark.state} style={{ insetInlineStart: `${mark.at}%` }}>
              <StateShape state={mark.state} size={8} />
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}
