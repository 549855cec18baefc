/** Distance to liquidation over the session: the account and its nearest positions, with the levels of the policy as lines. Drawn anew twice a second. */
import { type KeyboardEvent, type PointerEvent, useId, useMemo, useState } from 'react';
import type { HistoryColumns, TimeZoneChoice } from '../../store/types.ts';
import { formatPercent } from '../format/number.ts';
import { formatClock } from '../format/time.ts';
import type { Size } from '../ui/use-size.ts';
import styles from './buffer-chart.module.css';
import { type ChartLine, LINE_DASHES } from './chart-data.ts';
import { ABOVE, BELOW, type ChartLevel, GUTTER } from './chart-levels.tsx';
import { linePath, nearestIndex, timeTicks } from './chart-path.ts';
import { type ChartScale, chartY } from './chart-scale.ts';

/** Room for the words of the vertical axis. */
const LEFT = 46;
/** A label of the time axis and the space beside it, px. */
const LABEL_WIDTH = 72;
/** A span shorter than this is labelled to the second. */
const SHORT_SPAN_MS = 15 * 60_000;
/** Instants passed over by a page key. */
const PAGE = 20;

interface BufferChartProps {
  readonly size: Size;
  readonly history: HistoryColumns;
  readonly lines: readonly ChartLine[];
  readonly scale: ChartScale;
  readonly levels: readonly ChartLevel[];
  readonly zone: TimeZoneChoice;
}

const figure = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? 'no number' : formatPercent(value.toFixed(6), 1, 'floor');

/** What stands at one instant, the account first. */
const wordsAt = ({ account, distance }: HistoryColumns, lines: readonly ChartLine[], at: number): string[] => [
  `account ${figure(account[at])}`,
  ...lines.map(({ name, column }) => `${name} ${figure(distance[column]?.[at])}`),
];

function Axes({ size, scale, instants }: Pick<BufferChartProps, 'size' | 'scale'> & { readonly instants: readonly Instant[] }) {
  const right = size.width - GUTTER;
  const bottom = size.height - BELOW;
  return (
    <>
      {scale.ticks.map((tick) => {
        const y = chartY(scale, tick, size.height, ABOVE, BELOW);
        return (
          <g key={tick}>
            <line className={styles.grid} x1={LEFT} x2={right} y1={y} y2={y} />
            <text className={styles.tick} x={LEFT - 8} y={y + 4} textAnchor="end">
              {formatPercent(tick.toFixed(6), 0, 'floor')}
            </text>
          </g>
        );
      })}
      <path className={styles.axis} d={`M${LEFT} ${ABOVE}V${bottom}H${right}`} />
      {instants.map(({ x, text }) => (
        <g key={text}>
          <line className={styles.axis} x1={x} x2={x} y1={bottom} y2={bottom + 6} />
          <text className={styles.tick} x={x} y={bottom + 19} textAnchor="middle">
            {text}
          </text>
        </g>
      ))}
    </>
  );
}

interface Instant {
  readonly x: number;
  readonly text: string;
}

export default function BufferChart({ size, history, lines, scale, levels, zone }: BufferChartProps) {
  const id = useId();
  /** The instant that is read, by its time: it stays where it is while the chart moves on. */
  const [readMs, setReadMs] = useState(Number.NaN);
  const { timeMs, account, distance } = history;
  const fromMs = timeMs[0]!;
  const spanMs = timeMs.at(-1)! - fromMs || 1;
  const width = size.width - GUTTER - LEFT;
  const x = (atMs: number): number => LEFT + ((atMs - fromMs) / spanMs) * width;
  const y = (value: number): number => chartY(scale, value, size.height, ABOVE, BELOW);
  // biome-ignore lint/correctness/useExhaustiveDependencies: x and y are made of what is named
  const paths = useMemo(
    () => [...lines.map(({ column }) => linePath(timeMs, distance[column] ?? new Float64Array(0), x, y)), linePath(timeMs, account, x, y)],
    [history, lines, scale, size],
  );
  const last = timeMs.length - 1;
  const read = Number.isNaN(readMs) ? -1 : nearestIndex(timeMs, readMs);
  const point = (event: PointerEvent<Element>): void => {
    const { left } = event.currentTarget.getBoundingClientRect();
    setReadMs(fromMs + ((event.clientX - left - LEFT) / width) * spanMs);
  };
  const press = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: PAGE, PageDown: -PAGE, Home: -last, End: last }[event.key];
    if (event.key === 'Escape') setReadMs(Number.NaN);
    if (by === undefined) return;
    event.preventDefault();
    setReadMs(timeMs[Math.max(0, Math.min(last, (read < 0 ? last : read) + by))]!);
  };
  const clock = (atMs: number): string => formatClock(atMs, zone);
  const instants = timeTicks(fromMs, fromMs + spanMs, Math.floor(width / LABEL_WIDTH)).map((atMs) => ({
    x: x(atMs),
    text: clock(atMs).slice(0, spanMs < SHORT_SPAN_MS ? 8 : 5),
  }));
  const at = read < 0 ? last : read;
  const words = wordsAt(history, lines, at);
  return (
    <div
      className={styles.chart}
      role="slider"
      tabIndex={0}
      aria-label="Instant of the chart"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={at}
      aria-valuetext={`${clock(timeMs[at]!)}: ${words.join(', ')}`}
      onPointerMove={point}
      onPointerLeave={() => setReadMs(Number.NaN)}
      onBlur={() => setReadMs(Number.NaN)}
      onKeyDown={press}
    >
      <svg width={size.width} height={size.height} aria-hidden="true" focusable="false">
        <clipPath id={`${id}plot`}>
          <rect x={LEFT} y={ABOVE - 2} width={Math.max(0, width)} height={Math.max(0, size.height - ABOVE - BELOW + 4)} />
        </clipPath>
        <Axes size={size} scale={scale} instants={instants} />
        <g clipPath={`url(#${id}plot)`}>
          {levels.map(({ state, value }) => (
            <line key={state} className={styles.level} data-state={state} x1={LEFT} x2={LEFT + width} y1={y(value)} y2={y(value)} />
          ))}
          {paths.map((path, n) => (
            <path
              key={lines[n]?.column ?? 'account'}
              className={n < lines.length ? styles.position : styles.account}
              strokeDasharray={n < lines.length ? LINE_DASHES[n] : undefined}
              d={path}
            />
          ))}
          {read >= 0 && <line className={styles.axis} x1={x(timeMs[read]!)} x2={x(timeMs[read]!)} y1={ABOVE} y2={size.height - BELOW} />}
        </g>
      </svg>
      {read >= 0 && (
        <div className={styles.tooltip} data-side={x(timeMs[read]!) > LEFT + width / 2 ? 'left' : 'right'}>
          <p>{clock(timeMs[read]!)}</p>
          {words.map((word) => (
            <p key={word}>{word}</p>
          ))}
        </div>
      )}
    </div>
  );
}
