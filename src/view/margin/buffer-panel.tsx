/** The frame of the buffer chart: what it says in one sentence, its legend, and the same figures as a table. */
import { lazy, Suspense, useMemo, useState } from 'react';
import { selectAccount, selectHistory, selectSource, selectTimeZone } from '../../store/selectors.ts';
import type { AccountView, AppState, HistoryColumns, TimeZoneChoice } from '../../store/types.ts';
import { formatPercent } from '../format/number.ts';
import { formatClock } from '../format/time.ts';
import { useApp, useAppEvery } from '../shared/app-context.tsx';
import panel from '../ui/panel.module.css';
import { useSize } from '../ui/use-size.ts';
import styles from './buffer-panel.module.css';
import { type ChartLine, chartLines, LINE_DASHES, lowestPoint } from './chart-data.ts';
import { LevelLabels, levelsWithin } from './chart-levels.tsx';
import { chartScale } from './chart-scale.ts';

const BufferChart = lazy(() => import('./buffer-chart.tsx'));

/** recharts repaints the whole drawing for every change: twice a second is what it carries beside simulated and replayed prices. */
const INTERVAL_MS = 500;

/** A live session lasts hours, and its stream may leave little of the main thread: nobody sees the line move more often (decision 0023). */
const LIVE_INTERVAL_MS = 2_000;

const isLive = (state: AppState): boolean => selectSource(state)?.kind === 'live';

const percent = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? 'no number' : formatPercent(value.toFixed(8), 1, 'floor');

const summaryOf = (history: HistoryColumns, zone: TimeZoneChoice): string => {
  const lowest = lowestPoint(history);
  const last = history.account.length - 1;
  if (lowest < 0) return 'The account has had no distance to liquidation in this session.';
  return `Account ${percent(history.account[last])} from liquidation at ${formatClock(history.timeMs[last]!, zone)}, lowest ${percent(
    history.account[lowest],
  )} at ${formatClock(history.timeMs[lowest]!, zone)}.`;
};

function Legend({ lines }: { readonly lines: readonly ChartLine[] }) {
  return (
    <ul className={styles.legend}>
      <li>
        <svg width="22" height="8" aria-hidden="true">
          <line x1="0" x2="22" y1="4" y2="4" className={styles.account} />
        </svg>
        account
      </li>
      {lines.map((line, n) => (
        <li key={line.column}>
          <svg width="22" height="8" aria-hidden="true">
            <line x1="0" x2="22" y1="4" y2="4" className={styles.position} strokeDasharray={LINE_DASHES[n]} />
          </svg>
          {line.name}
        </li>
      ))}
    </ul>
  );
}

function Table({
  history,
  lines,
  zone,
}: {
  readonly history: HistoryColumns;
  readonly lines: readonly ChartLine[];
  readonly zone: TimeZoneChoice;
}) {
  return (
    // A region that scrolls must be reachable from the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={styles.scroll} tabIndex={0} aria-label="Distance to liquidation, table">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Account</th>
            {lines.map((line) => (
              <th key={line.column} scope="col">
                {line.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from(history.timeMs, (timeMs, i) => (
            <tr key={timeMs}>
              <th scope="row">{formatClock(timeMs, zone)}</th>
              <td>{percent(history.account[i])}</td>
              {lines.map((line) => (
                <td key={line.column}>{percent(history.distance[line.column]?.[i])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Chart({
  history,
  account,
  zone,
}: {
  readonly history: HistoryColumns;
  readonly account: AccountView;
  readonly zone: TimeZoneChoice;
}) {
  const [ref, size] = useSize<HTMLDivElement>();
  const [isTableOpen, setIsTableOpen] = useState(false);
  const scale = useMemo(() => chartScale(history, account.bands.buffer), [history, account.bands.buffer]);
  const lines = useMemo(() => chartLines(history, account.positions, scale.high), [history, account.positions, scale.high]);
  const levels = useMemo(() => levelsWithin(account.bands.buffer, scale), [account.bands.buffer, scale]);
  return (
    <>
      <figure className={styles.figure} aria-label="Distance to liquidation over the session">
        <figcaption className={panel.hidden}>{summaryOf(history, zone)}</figcaption>
        <div ref={ref} className={styles.canvas}>
          <Suspense fallback={<p className={styles.empty}>Loading the chart…</p>}>
            {size.width > 0 && size.height > 40 && (
              <>
                <BufferChart size={size} history={history} lines={lines} scale={scale} levels={levels} zone={zone} />
                <LevelLabels levels={levels} scale={scale} size={size} />
              </>
            )}
          </Suspense>
        </div>
      </figure>
      <div className={styles.foot}>
        <Legend lines={lines} />
        <details className={styles.details} onToggle={(event) => setIsTableOpen(event.currentTarget.open)}>
          <summary>Data table</summary>
          {isTableOpen && <Table history={history} lines={lines} zone={zone} />}
        </details>
      </div>
    </>
  );
}

export function BufferPanel() {
  const intervalMs = useApp(isLive) ? LIVE_INTERVAL_MS : INTERVAL_MS;
  const history = useAppEvery(selectHistory, intervalMs);
  const account = useAppEvery(selectAccount, intervalMs);
  const zone = useApp(selectTimeZone);
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-labelledby="buffer-title">
      <h2 id="buffer-title" className={panel.title}>
        Distance to liquidation, this session
      </h2>
      {history && account && history.timeMs.length > 1 ? (
        <Chart history={history} account={account} zone={zone} />
      ) : (
        <p className={styles.empty}>Nothing has moved yet: the line begins with the second price.</p>
      )}
    </section>
  );
}
