/** Distance: how far the account is from its line in every direction. Asked of the engine when opened, and again when prices have moved. */
import { useEffect, useMemo, useState } from 'react';
import { selectAccount } from '../../../store/selectors.ts';
import type { AppState, StressRequest, StressState, StressTask } from '../../../store/types.ts';
import { TextField } from '../../dialogs/text-field.tsx';
import { useApp, useAppEvery } from '../../shared/app-context.tsx';
import { FaultList } from '../../shared/fault-list.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import panel from '../../ui/panel.module.css';
import { DepthFields } from '../depth-fields.tsx';
import { depthOf, FIRST_DEPTH } from '../depth-form.ts';
import { useStress, useStressActions } from '../use-stress.ts';
import styles from '../warning/warning.module.css';
import { Impact, Lending } from './beside.tsx';
import { ThreeDistances } from './three.tsx';

const selectTask = ({ tasks }: StressState): StressTask<'stress-distance'> => tasks['stress-distance'];
const selectId = (state: AppState): string => selectAccount(state)?.id ?? '';
const selectIsLending = (state: AppState): boolean => selectAccount(state)?.kind === 'lending';
const selectSnapshot = (state: AppState): unknown => state.snapshot;

/** Figures older than this are asked for again when prices have moved. */
const FRESH_MS = 5_000;

/** Per cent a year as a fraction; what is none is nothing. */
const rateOf = (text: string): number => {
  const rate = Number(text) / 100;
  return Number.isFinite(rate) && rate >= -1 && rate <= 10 ? rate : 0;
};

export function DistancePanel() {
  const account = useApp(selectId);
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-labelledby="stress-distance-title">
      <h2 className={panel.title} id="stress-distance-title">
        Distance
      </h2>
      {account === '' ? <p className={styles.note}>No account is loaded.</p> : <Distance key={account} account={account} />}
    </section>
  );
}

function Distance({ account }: { readonly account: string }) {
  const { runLatest, cancel } = useStressActions();
  const task = useStress(selectTask);
  const isLending = useApp(selectIsLending);
  const at = useAppEvery(selectSnapshot, FRESH_MS);
  const [depthForm, setDepthForm] = useState(FIRST_DEPTH);
  const [blend, setBlend] = useState(0);
  const [rates, setRates] = useState({ supply: '2', borrow: '12' });
  const [pool, setPool] = useState('');
  const request = useMemo((): StressRequest<'stress-distance'> | null => {
    const depth = depthOf(depthForm);
    return (
      depth && { kind: 'stress-distance', depth, blend: blend / 100, rates: { supply: rateOf(rates.supply), borrow: rateOf(rates.borrow) } }
    );
  }, [depthForm, blend, rates]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: newer prices ask again
  useEffect(() => {
    if (request) runLatest(request);
  }, [request, runLatest, at]);
  useEffect(() => () => void cancel('stress-distance'), [cancel]);
  const result = task.result?.account === account ? task.result : null;
  const shown = result?.pools.find((one) => one.pool === pool) ?? result?.pools[0];
  return (
    <>
      <div className={styles.fields}>
        {result && result.pools.length > 1 && (
          <Choice
            label="Pool, the nearest first"
            value={shown?.pool ?? ''}
            choices={result.pools.map((one) => [one.pool, one.pool] as const)}
            onValue={setPool}
          />
        )}
        <label className={styles.slider}>
          Stress blend of correlation: {blend} %
          <input type="range" min={0} max={100} step={5} value={blend} onChange={({ target }) => setBlend(Number(target.value))} />
        </label>
        <DepthFields form={depthForm} onForm={setDepthForm} />
        {isLending && (
          <>
            <TextField
              label="Collateral earns, % a year"
              value={rates.supply}
              fault={undefined}
              onText={(supply) => setRates({ ...rates, supply })}
            />
            <TextField
              label="Debt costs, % a year"
              value={rates.borrow}
              fault={undefined}
              onText={(borrow) => setRates({ ...rates, borrow })}
            />
          </>
        )}
      </div>
      <div className={styles.buttons}>
        <Button onClick={() => request && runLatest(request)}>Measure again</Button>
        {task.isRunning && <Button onClick={() => void cancel('stress-distance')}>Stop</Button>}
        <span className={styles.state} role="status">
          {task.isRunning && !result ? 'Measuring…' : ''}
        </span>
      </div>
      {task.faults.length > 0 && <FaultList faults={task.faults} />}
      {result && !shown && <p className={styles.note}>Nothing is held that a price could end.</p>}
      {result && shown && <ThreeDistances pool={shown} model={result.model} />}
      {result?.impact && <Impact impact={result.impact} />}
      {result?.lending && <Lending lending={result.lending} />}
      {result && (
        <p className={styles.note}>
          σ is of a day, from the volatility of these prices; correlation from {result.model.hours} h of them, begun at the history of 2021
          to 2026, and drawn towards 0.9 by the blend. The three distances answer different questions and are not ordered. None of them
          knows what other people’s liquidations add: see crowding, below. Depth is an assumption.
        </p>
      )}
    </>
  );
}
