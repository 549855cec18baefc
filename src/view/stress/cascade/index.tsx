/** The cascade: what a shock starts, round by round, and who pays for it. */
import { useEffect, useState } from 'react';
import type { Fault, StressScenario, StressState, StressTask } from '../../../store/types.ts';
import { formatCount } from '../../desk/money.ts';
import { FaultList } from '../../shared/fault-list.tsx';
import { Button } from '../../ui/button.tsx';
import panel from '../../ui/panel.module.css';
import { useStress, useStressActions } from '../use-stress.ts';
import { type Subject, useSubject } from '../use-subject.ts';
import styles from './cascade.module.css';
import { CascadeFields } from './fields.tsx';
import { type CascadeForm, type CascadeRequest, FIRST_FORM, requestOf } from './form.ts';
import { CascadeResult } from './result.tsx';

type Task = StressTask<'stress-cascade'>;
const selectTask = ({ tasks }: StressState): Task => tasks['stress-cascade'];
const selectScenario = ({ scenario }: StressState): StressScenario => scenario;

export function CascadePanel() {
  const subject = useSubject();
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-labelledby="stress-cascade-title">
      <h2 className={panel.title} id="stress-cascade-title">
        Cascade
      </h2>
      {subject.key === null ? <p className={styles.note}>{subject.missing}</p> : <Cascade key={subject.key} subject={subject} />}
    </section>
  );
}

function Cascade({ subject }: { readonly subject: Subject }) {
  const { run, cancel } = useStressActions();
  const task = useStress(selectTask);
  const scenario = useStress(selectScenario);
  const [form, setForm] = useState<CascadeForm>(FIRST_FORM);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  // What an earlier visit or another subject left is no answer of this panel.
  const [own, setOwn] = useState<CascadeRequest | null>(null);
  useEffect(() => () => void cancel('stress-cascade'), [cancel]);
  const play = (): void => {
    const asked = requestOf(form, subject, scenario);
    setFaults(asked.ok ? [] : asked.faults);
    if (!asked.ok) return;
    setOwn(asked.request);
    void run(asked.request);
  };
  const isOwn = own !== null && task.request === own;
  const isRunning = isOwn && task.isRunning;
  const result = isOwn && task.answers === own ? task.result : null;
  const shownFaults = faults.length > 0 ? faults : isOwn ? task.faults : [];
  return (
    <>
      <CascadeFields form={form} subject={subject} faults={faults} onForm={setForm} />
      <div className={styles.buttons}>
        <Button look="primary" onClick={play}>
          {result ? 'Play the cascade again' : 'Play the cascade'}
        </Button>
        {isRunning && <Button onClick={() => void cancel('stress-cascade')}>Stop</Button>}
        {isRunning && <progress className={styles.progress} aria-label="Share of the round" value={task.fraction} max={1} />}
        <span className={styles.state} role="status">
          {isRunning ? `Rounds so far: ${formatCount(task.rounds)}; accounts closed: ${formatCount(task.closed)}…` : ''}
        </span>
      </div>
      {shownFaults.length > 0 && <FaultList faults={shownFaults} />}
      {result && <CascadeResult key={result.requestId} cascade={result} subject={subject} />}
    </>
  );
}
