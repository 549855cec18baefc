/** Liquidations-at-risk and value-at-risk: price paths through the engine, in as many workers as there are, with their intervals. */
import { useEffect, useState } from 'react';
import type { DeskBook, Fault, StressPaths, StressQuantiles, StressRequest, StressState, StressTask } from '../../../store/types.ts';
import { formatCount, formatShort, parseShort } from '../../desk/money.ts';
import { TextField } from '../../dialogs/text-field.tsx';
import { FaultList } from '../../shared/fault-list.tsx';
import { Button } from '../../ui/button.tsx';
import { SIGMA_OTHERWISE, SIGMAS } from '../matrix/axes.ts';
import { useStress, useStressActions } from '../use-stress.ts';
import { Scroll } from './scroll.tsx';
import styles from './warning.module.css';

const selectTask = ({ tasks }: StressState): StressTask<'stress-paths'> => tasks['stress-paths'];

interface Form {
  readonly paths: string;
  readonly seed: string;
  readonly days: string;
  readonly common: string;
  readonly fund: string;
}
const FIRST: Form = { paths: '2000', seed: '1', days: '1', common: '0.7', fund: '1m' };

function requestOf(form: Form): StressRequest<'stress-paths'> | Fault {
  const paths = parseShort(form.paths);
  if (!(Number.isInteger(paths) && paths >= 1 && paths <= 1e6)) return { pointer: '/paths', message: 'from 1 to 1,000,000 paths' };
  const seed = Number(form.seed);
  if (form.seed.trim() === '' || !Number.isSafeInteger(seed)) return { pointer: '/seed', message: 'a whole number' };
  const days = Number(form.days);
  if (!(days >= 0.01 && days <= 365)) return { pointer: '/days', message: 'from 0.01 to 365 days' };
  const common = Number(form.common);
  if (!(common >= 0 && common <= 1)) return { pointer: '/common', message: 'from 0 to 1' };
  return { kind: 'stress-paths', paths, seed, days, common, sigmas: SIGMAS, otherwise: SIGMA_OTHERWISE };
}

export function AtRisk({ book }: { readonly book: DeskBook }) {
  const { run, cancel } = useStressActions();
  const task = useStress(selectTask);
  const [form, setForm] = useState(FIRST);
  const [fault, setFault] = useState<Fault | null>(null);
  useEffect(() => () => void cancel('stress-paths'), [cancel]);
  const result = task.result?.bookSequence === book.bookSequence ? task.result : null;
  const play = (): void => {
    const request = requestOf(form);
    setFault('pointer' in request ? request : null);
    if (!('pointer' in request)) void run(request);
  };
  const field = (label: string, key: keyof Form) => (
    <TextField
      label={label}
      value={form[key]}
      fault={fault?.pointer === `/${key}` ? fault : undefined}
      onText={(text) => setForm({ ...form, [key]: text })}
    />
  );
  const fund = parseShort(form.fund);
  return (
    <section className={styles.part} aria-label="Liquidations at risk">
      <h3>What falls in the tail</h3>
      <div className={styles.fields}>
        {field('Paths', 'paths')}
        {field('Seed', 'seed')}
        {field('Days', 'days')}
        {field('Correlation', 'common')}
        {field('Insurance fund, USD', 'fund')}
      </div>
      <div className={styles.buttons}>
        <Button look="primary" onClick={play}>
          Draw paths
        </Button>
        {task.isRunning && <Button onClick={() => void cancel('stress-paths')}>Stop drawing</Button>}
        {task.isRunning && result && (
          <progress className={styles.progress} aria-label="Paths drawn" value={result.done} max={result.paths} />
        )}
        <span className={styles.state} role="status">
          {statusText(task.isRunning, result)}
        </span>
      </div>
      {task.faults.length > 0 && <FaultList faults={task.faults} />}
      {result && <Tail result={result} fund={fund} />}
      <p className={styles.note}>
        LaR: notional liquidated; VaR: deficits that nobody covers. 95 % interval of the simulation in brackets, not of the model: it knows
        σ of 2021 to 2026 and no cascade.
      </p>
    </section>
  );
}

function statusText(isRunning: boolean, result: StressPaths | null): string {
  if (isRunning) return result ? `${formatCount(result.done)} of ${formatCount(result.paths)} paths` : 'Drawing…';
  if (!result) return '';
  return `${formatCount(result.done)} of ${formatCount(result.paths)} paths, seed ${result.seed}${result.isFinal ? '' : ', stopped'}`;
}

function Tail({ result, fund }: { readonly result: StressPaths; readonly fund: number }) {
  const { liquidations, deficits, losses } = result;
  const row = (name: string, { mean, at95, at99, shortfall99 }: StressQuantiles) => (
    <tr>
      <th scope="row">{name}</th>
      <td data-number>{formatShort(mean)}</td>
      <Quantile of={at95} />
      <Quantile of={at99} />
      <td data-number>{formatShort(shortfall99)}</td>
    </tr>
  );
  const coverage = deficits.shortfall99 > 0 && fund >= 0 ? fund / deficits.shortfall99 : null;
  return (
    <>
      <Scroll>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">USD</th>
              <th scope="col" data-number>
                Mean
              </th>
              <th scope="col" data-number>
                95 %
              </th>
              <th scope="col" data-number>
                99 %
              </th>
              <th scope="col" data-number>
                Worst 1 %, mean
              </th>
            </tr>
          </thead>
          <tbody>
            {row('LaR', liquidations)}
            {row('VaR', deficits)}
            {row('Loss of equity', losses)}
          </tbody>
        </table>
      </Scroll>
      <Histogram {...result.histogram} />
      <p>
        Fund ÷ expected shortfall of deficits (99 %):{' '}
        {coverage === null
          ? 'none: no path leaves a deficit.'
          : `${formatShort(fund)} ÷ ${formatShort(deficits.shortfall99)} = ${coverage.toFixed(2)}.`}
      </p>
      {result.past + result.aside > 0 && (
        <p className={styles.note}>
          {formatCount(result.past)} pools are past their line now and {formatCount(result.aside)} cannot be told: in none of the figures.
        </p>
      )}
    </>
  );
}

const Quantile = ({ of: [low, value, high] }: { readonly of: readonly [number, number, number] }) => (
  <td data-number>
    {formatShort(value)} ({formatShort(low)}–{formatShort(high)})
  </td>
);

const WIDTH = 300;
const HEIGHT = 70;

/** Paths by liquidated notional. */
function Histogram({ largest, counts }: StressPaths['histogram']) {
  const most = Math.max(1, ...counts);
  const width = WIDTH / counts.length;
  return (
    <svg
      className={styles.chart}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Paths by liquidated notional, from 0 to ${formatShort(largest)} USD`}
    >
      {Array.from(counts, (count, i) => {
        const height = count === 0 ? 0 : Math.max(1.5, Math.sqrt(count / most) * (HEIGHT - 2));
        // biome-ignore lint/suspicious/noArrayIndexKey: bins are their place
        return <rect key={i} x={i * width + 0.5} width={width - 1} y={HEIGHT - height} height={height} fill="var(--accent)" />;
      })}
    </svg>
  );
}
