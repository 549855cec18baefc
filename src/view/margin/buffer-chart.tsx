/** Distance to liquidation over the session: the account and its nearest positions, with the levels of the policy as lines. */
import { useMemo } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import type { BandLevels, HistoryColumns, TimeZoneChoice } from '../../store/types.ts';
import { formatPercent } from '../format/number.ts';
import { formatClock } from '../format/time.ts';
import type { Size } from '../ui/use-size.ts';
import styles from './buffer-chart.module.css';
import { type ChartLine, chartPoints, LINE_DASHES } from './chart-data.ts';

const LEVELS = [
  ['watch', 'watch'],
  ['warning', 'warning'],
  ['marginCall', 'call'],
] as const satisfies readonly (readonly [keyof BandLevels, string])[];

const percent = (value: number): string => formatPercent(value.toFixed(6), 0, 'floor');

interface TooltipProps {
  readonly active?: boolean;
  readonly payload?: readonly { readonly name?: unknown; readonly value?: unknown; readonly dataKey?: unknown }[];
  readonly label?: unknown;
  readonly zone: TimeZoneChoice;
}

function PointTooltip({ active, payload, label, zone }: TooltipProps) {
  if (!active || !payload || payload.length === 0) return null;
  return (
    <div className={styles.tooltip}>
      <p>{formatClock(Number(label), zone)}</p>
      {payload.map((entry) => (
        <p key={String(entry.dataKey)}>
          {String(entry.name)} {typeof entry.value === 'number' ? formatPercent(entry.value.toFixed(6), 1, 'floor') : 'no number'}
        </p>
      ))}
    </div>
  );
}

interface BufferChartProps {
  readonly size: Size;
  readonly history: HistoryColumns;
  readonly lines: readonly ChartLine[];
  readonly levels: BandLevels;
  readonly zone: TimeZoneChoice;
}

export default function BufferChart({ size, history, lines, levels, zone }: BufferChartProps) {
  const points = useMemo(() => chartPoints(history, lines), [history, lines]);
  const shortClock = (timeMs: number): string => formatClock(timeMs, zone).slice(0, 5);
  return (
    <LineChart width={size.width} height={size.height} data={points} margin={{ top: 8, right: 62, bottom: 0, left: 0 }}>
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        dataKey="timeMs"
        type="number"
        scale="time"
        domain={['dataMin', 'dataMax']}
        tickFormatter={shortClock}
        minTickGap={48}
        stroke="var(--line-strong)"
        tick={{ fill: 'var(--faint)', fontSize: 11 }}
      />
      <YAxis
        domain={[(low: number) => Math.min(0, low), (high: number) => Math.max(high, levels.watch || 0)]}
        tickFormatter={percent}
        width={46}
        stroke="var(--line-strong)"
        tick={{ fill: 'var(--faint)', fontSize: 11 }}
      />
      <Tooltip isAnimationActive={false} content={<PointTooltip zone={zone} />} cursor={{ stroke: 'var(--line-strong)' }} />
      {LEVELS.filter(([key]) => Number.isFinite(levels[key])).map(([key, word]) => (
        <ReferenceLine
          key={key}
          y={levels[key]}
          ifOverflow="extendDomain"
          stroke={`var(--${key === 'marginCall' ? 'margin-call' : key})`}
          strokeDasharray="2 4"
          label={{ value: `${word} ${percent(levels[key])}`, position: 'right', fill: 'var(--muted)', fontSize: 11 }}
        />
      ))}
      <ReferenceLine
        y={0}
        stroke="var(--liquidation)"
        strokeWidth={1.5}
        label={{ value: 'liquidation', position: 'right', fill: 'var(--muted)', fontSize: 11 }}
      />
      {lines.map((line, n) => (
        <Line
          key={line.column}
          dataKey={`line${n}`}
          name={line.name}
          stroke="var(--muted)"
          strokeWidth={1.25}
          strokeDasharray={LINE_DASHES[n] ?? '0'}
          dot={false}
          isAnimationActive={false}
        />
      ))}
      <Line dataKey="account" name="account" stroke="var(--accent)" strokeWidth={2.25} dot={false} isAnimationActive={false} />
    </LineChart>
  );
}
