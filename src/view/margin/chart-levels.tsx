/** The policy's levels beside the buffer chart: shape, word and value at the right of their lines, kept apart. */
import type { BandLevels, RiskState } from '../../store/types.ts';
import { formatPercent } from '../format/number.ts';
import { shapePath } from '../ui/state-shape.tsx';
import type { Size } from '../ui/use-size.ts';
import styles from './chart-levels.module.css';
import { type ChartScale, chartY } from './chart-scale.ts';
import { spreadLabels } from './spread.ts';

/** Free space of the plot: above it, at its right for the labels, and below it for the time axis (recharts' own height). */
export const ABOVE = 8;
export const GUTTER = 104;
const BELOW = 30;
const LABEL_GAP = 14;

export interface ChartLevel {
  readonly state: RiskState;
  readonly word: string;
  readonly value: number;
}

const LEVELS = [
  ['watch', 'watch', 'watch'],
  ['warning', 'warning', 'warning'],
  ['marginCall', 'margin-call', 'call'],
  ['liquidation', 'liquidation', 'liquidation'],
] as const satisfies readonly (readonly [keyof BandLevels, RiskState, string])[];

/** The levels that lie on the scale. Liquidation is 0 whether the policy has other levels or not. */
export const levelsWithin = (bands: BandLevels, scale: ChartScale): ChartLevel[] =>
  LEVELS.map(([key, state, word]) => ({ state, word, value: key === 'liquidation' ? 0 : bands[key] })).filter(
    ({ value }) => value >= scale.low && value <= scale.high,
  );

interface LevelLabelsProps {
  readonly levels: readonly ChartLevel[];
  readonly scale: ChartScale;
  readonly size: Size;
}

export function LevelLabels({ levels, scale, size }: LevelLabelsProps) {
  const ys = levels.map(({ value }) => chartY(scale, value, size.height, ABOVE, BELOW));
  const labels = spreadLabels(ys, LABEL_GAP, ABOVE, size.height - BELOW + 2);
  const left = size.width - GUTTER;
  return (
    <svg className={styles.labels} width={size.width} height={size.height} aria-hidden="true" focusable="false">
      {levels.map(({ state, word, value }, i) => (
        <g key={state} data-state={state}>
          <path className={styles.leader} d={`M${left} ${ys[i]} L${left + 9} ${labels[i]}`} />
          <path className={styles.shape} d={shapePath(state)} transform={`translate(${left + 12} ${labels[i]! - 4}) scale(0.66)`} />
          <text className={styles.text} x={left + 24} y={labels[i]! + 4}>
            {word}
            {state !== 'liquidation' && ` ${formatPercent(value.toFixed(6), 1, 'ceil')}`}
          </text>
        </g>
      ))}
    </svg>
  );
}
