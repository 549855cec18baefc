/** Distance to liquidation over the session: the account and its nearest positions, with the levels of the policy as lines. */
import { memo, useMemo } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import type { HistoryColumns, TimeZoneChoice } from '../../store/types.ts';
import { formatPercent } from '../format/number.ts';
import { formatClock } from '../format/time.ts';
import type { Size } from '../ui/use-size.ts';
import styles from './buffer-chart.module.css';
import { type ChartLine, chartPoints, LINE_DASHES } from './chart-data.ts';
import { ABOVE, type ChartLevel, GUTTER } from './chart-levels.tsx';
import type { ChartScale } from './chart-scale.ts';

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
  readonly scale: ChartScale;
  readonly levels: readonly ChartLevel[];
  readonly zone: TimeZoneChoice;
}

/** A span shorter than this is labelled to the second. */
const SHORT_SPAN_MS = 15 * 60_000;

/** Objects that stay the same ones: recharts takes every new one for a change of the whole drawing (decision 0023). */
const MARGIN = { top: ABOVE, right: GUTTER, bottom: 0, left: 0 };
const TICK = { fill: 'var(--faint)', fontSize: 11 };
const CURSOR = { stroke: 'var(--line-strong)' };
const TIMES: ['dataMin', 'dataMax'] = ['dataMin', 'dataMax'];

function BufferChart({ size, history, lines, scale, levels, zone }: BufferChartProps) {
  const points = useMemo(() => chartPoints(history, lines), [history, lines]);
  const isShort = (history.timeMs.at(-1) ?? 0) - (history.timeMs[0] ?? 0) < SHORT_SPAN_MS;
  const clock = useMemo(() => (timeMs: number) => formatClock(timeMs, zone).slice(0, isShort ? 8 : 5), [isShort, zone]);
  const tooltip = useMemo(() => <PointTooltip zone={zone} />, [zone]);
  const { low, high } = scale;
  const heights = useMemo((): [number, number] => [low, high], [low, high]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the marks follow from both ends
  const marks = useMemo(() => [...scale.ticks], [low, high]);
  return (
    <LineChart width={size.width} height={size.height} data={points} margin={MARGIN}>
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        dataKey="timeMs"
        type="number"
        scale="time"
        domain={TIMES}
        tickFormatter={clock}
        minTickGap={40}
        tickCount={4}
        stroke="var(--line-strong)"
        tick={TICK}
      />
      <YAxis domain={heights} ticks={marks} allowDataOverflow tickFormatter={percent} width={46} stroke="var(--line-strong)" tick={TICK} />
      <Tooltip isAnimationActive={false} content={tooltip} cursor={CURSOR} />
      {levels.map((level) => (
        <ReferenceLine
          key={level.state}
          y={level.value}
          stroke={`var(--${level.state})`}
          {...(level.state === 'liquidation' ? { strokeWidth: 1.5 } : { strokeDasharray: '2 4' })}
        />
      ))}
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

export default memo(BufferChart);
