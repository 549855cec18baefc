/** R over the measurements of this watch, with the lines at which the alarms stand. */
import type { Measured } from '../../../store/types.ts';
import { gainText } from '../figures.ts';
import styles from './warning.module.css';

const WIDTH = 640;
const HEIGHT = 120;
const LEFT = 0;
const LINES = [0.5, 0.8, 1] as const;

/** Scale of the chart: the largest R there was, and 1 at least; what is larger than 4 is drawn at the edge. */
export const scaleOf = (values: readonly number[]): number => Math.min(4, Math.max(1.2, ...values.filter(Number.isFinite)));

export function History({ measured }: { readonly measured: readonly Measured[] }) {
  const known = measured.filter(({ reproduction }) => Number.isFinite(reproduction));
  if (known.length < 2) return null;
  const most = scaleOf(known.map(({ reproduction }) => reproduction));
  const x = (i: number): number => LEFT + (i / (known.length - 1)) * (WIDTH - LEFT);
  const y = (value: number): number => HEIGHT - 6 - (Math.min(value, most) / most) * (HEIGHT - 16);
  const path = known.map(({ reproduction }, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(reproduction).toFixed(1)}`).join('');
  const values = known.map(({ reproduction }) => reproduction);
  const label = `R, ${known.length} measurements: from ${gainText(Math.min(...values))} to ${gainText(Math.max(...values))}, last ${gainText(values.at(-1)!)}`;
  return (
    <svg className={styles.chart} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {LINES.map((line) => (
        <g key={line}>
          <line
            x1={LEFT}
            x2={WIDTH}
            y1={y(line)}
            y2={y(line)}
            stroke="var(--line-strong)"
            strokeDasharray={line === 1 ? undefined : '4 4'}
          />
        </g>
      ))}
      <path d={path} fill="none" stroke="var(--accent)" strokeWidth={2} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
