/** One line over the kept time; gaps are gaps. */
import { useMemo } from 'react';
import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { TimeZoneChoice } from '../../store/types.ts';
import { formatClock, formatInstant } from '../format/time.ts';
import { useSize } from '../ui/use-size.ts';
import styles from './study.module.css';

interface HistoryChartProps {
  readonly timeMs: Float64Array;
  readonly values: Float64Array;
  readonly text: (value: number) => string;
  readonly zone: TimeZoneChoice;
}

const HEIGHT = 150;
const DAY_MS = 86_400_000;

export default function HistoryChart({ timeMs, values, text, zone }: HistoryChartProps) {
  const [ref, size] = useSize<HTMLDivElement>();
  const points = useMemo(
    () => Array.from(timeMs, (at, i) => ({ timeMs: at, value: Number.isNaN(values[i]!) ? null : values[i]! })),
    [timeMs, values],
  );
  const spanMs = (timeMs.at(-1) ?? 0) - (timeMs[0] ?? 0);
  const clock = (at: number): string => (spanMs < DAY_MS ? formatClock(at, zone).slice(0, 5) : formatInstant(at, zone).slice(0, 6));
  const tick = { fill: 'var(--faint)', fontSize: 11 };
  return (
    <div ref={ref} className={styles.plot}>
      {size.width > 0 && (
        <LineChart width={size.width} height={HEIGHT} data={points} margin={{ top: 8, right: 8, bottom: 0, left: 0 }}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="timeMs"
            type="number"
            scale="time"
            domain={['dataMin', 'dataMax']}
            tickFormatter={clock}
            minTickGap={40}
            stroke="var(--line-strong)"
            tick={tick}
          />
          <YAxis domain={['auto', 'auto']} tickFormatter={text} width={64} tickCount={4} stroke="var(--line-strong)" tick={tick} />
          <Tooltip
            isAnimationActive={false}
            labelFormatter={(at) => formatInstant(Number(at), zone)}
            formatter={(value) => text(Number(value))}
            contentStyle={{ background: 'var(--raised)', border: '1px solid var(--line-strong)', color: 'var(--text)', fontSize: 12 }}
            itemStyle={{ color: 'var(--text)' }}
            cursor={{ stroke: 'var(--line-strong)' }}
          />
          <Line dataKey="value" name="value" stroke="var(--accent)" strokeWidth={1.75} dot={false} isAnimationActive={false} />
        </LineChart>
      )}
    </div>
  );
}
