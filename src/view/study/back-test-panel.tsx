/** Back-test: two rule sets on one stream, run in the studies' worker. */
import { type ChangeEvent, useEffect, useId, useRef, useState } from 'react';
import { selectAlarms, selectSelectedAccount } from '../../store/selectors.ts';
import { BACK_TEST_BOUNDS, type BackTestView, type Fault, type RunningBackTest, SHIPPED_COMPARISON } from '../../store/types.ts';
import { download } from '../desk/download.ts';
import { TextField } from '../dialogs/text-field.tsx';
import { useActions, useApp, useLoadStudies } from '../shared/app-context.tsx';
import { FaultList } from '../shared/fault-list.tsx';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import panel from '../ui/panel.module.css';
import { type BackTestForm, FIRST_FORM, LOOKS, type RulesForm, type RulesKind, readForm, shippedForm } from './back-test-form.ts';
import { BackTestResult } from './back-test-result.tsx';
import styles from './study.module.css';

const RULES: readonly (readonly [RulesKind, string])[] = [
  ['own', 'Rules in force'],
  ['shipped', 'Shipped rules'],
  ['ratio', 'Margin ratio alone'],
  ['bare', 'Bare thresholds, 5, 4, 3 and 2σ'],
  ['deadband', 'Deadband 0.5σ, on-delay 1 h'],
  ['file', 'A file…'],
];
const STREAMS: readonly (readonly [BackTestForm['stream'], string])[] = [
  ['replay 2025-10-10', 'Replay 10 Oct 2025'],
  ['replay 2026-02-05', 'Replay 5–6 Feb 2026'],
  ['simulated', 'Simulated'],
];
const REGIMES = [
  ['calm', 'calm'],
  ['normal', 'normal'],
  ['stress', 'stress'],
] as const;
const SUBJECTS: readonly (readonly [BackTestForm['subjects'], string])[] = [
  ['account', 'The account of the margin page'],
  ['population', 'A generated population'],
  ['weekly-longs', 'A long of BTC every week'],
];

interface RulesFieldProps {
  readonly label: string;
  readonly form: RulesForm;
  readonly onForm: (form: RulesForm) => void;
}

function RulesField({ label, form, onForm }: RulesFieldProps) {
  const file = useRef<HTMLInputElement>(null);
  const take = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    const chosen = target.files?.[0];
    target.value = '';
    if (chosen) void chosen.text().then((text) => onForm({ kind: 'file', file: { name: chosen.name, text } }));
  };
  return (
    <div>
      <Choice label={label} value={form.kind} choices={RULES} onValue={(kind) => onForm({ ...form, kind: kind as RulesKind })} />
      {form.kind === 'file' && (
        <div className={styles.buttons}>
          <Button onClick={() => file.current?.click()}>Choose file</Button>
          <span className={styles.note}>{form.file?.name ?? 'alarm-rules/1'}</span>
        </div>
      )}
      <input
        ref={file}
        type="file"
        accept=".json,application/json"
        aria-label={`File for ${label}`}
        className={panel.hidden}
        tabIndex={-1}
        onChange={take}
      />
    </div>
  );
}

interface FormProps {
  readonly form: BackTestForm;
  readonly faults: readonly Fault[];
  readonly onForm: (form: BackTestForm) => void;
}

type NumberName = 'seed' | 'days' | 'accounts' | 'populationSeed' | 'leverage' | 'runs';

function FormFields({ form, faults, onForm }: FormProps) {
  const field = (name: NumberName, label: string, hint = '') => (
    <TextField
      label={label}
      inputMode="numeric"
      {...(hint === '' ? {} : { hint })}
      fault={faults.find(({ pointer }) => pointer === `/${name}`)}
      value={form[name]}
      onText={(text) => onForm({ ...form, [name]: text })}
    />
  );
  const isSimulated = form.stream === 'simulated';
  const isWeekly = form.subjects === 'weekly-longs';
  return (
    <div className={styles.form}>
      <fieldset className={styles.fieldset}>
        <legend className={styles.legend}>Rules</legend>
        {(['A', 'B'] as const).map((name, i) => (
          <RulesField
            key={name}
            label={`Rules ${name}`}
            form={form.rules[i]!}
            onForm={(next) => onForm({ ...form, rules: i === 0 ? [next, form.rules[1]] : [form.rules[0], next] })}
          />
        ))}
      </fieldset>
      <fieldset className={styles.fieldset}>
        <legend className={styles.legend}>Accounts</legend>
        <Choice
          label="Looked at"
          value={form.subjects}
          choices={SUBJECTS}
          onValue={(subjects) =>
            onForm({
              ...form,
              subjects: subjects as BackTestForm['subjects'],
              ...(subjects === 'weekly-longs' ? { stream: 'simulated' as const, lookMs: '3600000', days: '175' } : {}),
            })
          }
        />
        {form.subjects === 'population' && field('accounts', 'Accounts', `1 to ${BACK_TEST_BOUNDS.accounts[1]}`)}
        {form.subjects === 'population' && field('populationSeed', 'Seed of the accounts')}
        {isWeekly && field('leverage', 'Leverage')}
        {isWeekly && field('runs', 'Seeds', 'that many, from the stream’s on')}
      </fieldset>
      <fieldset className={styles.fieldset}>
        <legend className={styles.legend}>Prices</legend>
        <Choice
          label="Stream"
          value={form.stream}
          choices={isWeekly ? STREAMS.filter(([stream]) => stream === 'simulated') : STREAMS}
          onValue={(stream) => onForm({ ...form, stream: stream as BackTestForm['stream'] })}
        />
        <Choice label="Looked at every" value={form.lookMs} choices={LOOKS} onValue={(lookMs) => onForm({ ...form, lookMs })} />
        {isSimulated && (
          <Choice
            label="Regime"
            value={form.regime}
            choices={REGIMES}
            onValue={(regime) => onForm({ ...form, regime: regime as BackTestForm['regime'] })}
          />
        )}
        {isSimulated && field('seed', 'Seed')}
        {isSimulated && field('days', 'Days', `1 to ${BACK_TEST_BOUNDS.days[1]}`)}
      </fieldset>
    </div>
  );
}

interface Running {
  readonly share: number;
  readonly test: RunningBackTest | null;
}

/** One back-test at a time; leaving the page ends it. */
function useBackTest() {
  const actions = useActions();
  const loadStudies = useLoadStudies();
  const account = useApp(selectSelectedAccount);
  const alarms = useApp(selectAlarms);
  const [running, setRunning] = useState<Running | null>(null);
  const [result, setResult] = useState<BackTestView | null>(null);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [said, setSaid] = useState('');
  const current = useRef<RunningBackTest | null>(null);
  useEffect(() => () => current.current?.cancel(), []);

  const refuse = (next: readonly Fault[]): void => {
    setRunning(null);
    setFaults(next);
    setSaid('Nothing was run.');
  };
  const run = async (form: BackTestForm): Promise<void> => {
    setFaults([]);
    setSaid('Running.');
    setRunning({ share: 0, test: null });
    const exported = form.subjects === 'account' && account !== '' ? await actions.exportBook() : null;
    const reading = readForm(form, { rules: alarms?.rules ?? '', account, book: exported?.ok ? exported.value : '' });
    if (!reading.ok) {
      refuse(reading.faults);
      return;
    }
    const studies = await loadStudies();
    const test = studies.backTest(reading.spec, (share) => setRunning({ share, test }));
    current.current = test;
    setRunning({ share: 0, test });
    const answer = await test.answer;
    current.current = null;
    if (answer.ok) {
      setRunning(null);
      setResult(answer.value);
      setSaid('Done.');
    } else if (answer.superseded) {
      setRunning(null);
      setSaid('Cancelled.');
    } else refuse(answer.faults);
  };
  const start = (form: BackTestForm): void =>
    void run(form).catch(() => refuse([{ pointer: '', message: 'the studies could not be loaded: check the connection, then try again' }]));
  return { running, result, faults, said, start };
}

export function BackTestPanel() {
  const [form, setForm] = useState(FIRST_FORM);
  const { running, result, faults, said, start } = useBackTest();
  const id = useId();
  const compare = (): void => {
    const next = shippedForm(SHIPPED_COMPARISON);
    setForm(next);
    start(next);
  };
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-labelledby={`${id}title`}>
      <div className={panel.head}>
        <h2 className={panel.title} id={`${id}title`}>
          Back-test
        </h2>
      </div>
      <p className={styles.note}>
        What two rule sets would have said on the same prices. Nothing is closed or cured meanwhile; a pool that the venue takes is gone.
      </p>
      <FormFields form={form} faults={faults} onForm={setForm} />
      <div className={styles.buttons}>
        <Button look="primary" disabled={running !== null} onClick={() => start(form)}>
          Run
        </Button>
        <Button disabled={running !== null} onClick={compare}>
          Shipped comparison
        </Button>
        {running && (
          <>
            <progress className={styles.progress} max={1} value={running.share} aria-label="Share of the back-test that is done" />
            <Button onClick={() => running.test?.cancel()}>Cancel</Button>
          </>
        )}
        <span className={styles.note} role="status">
          {said}
        </span>
      </div>
      {faults.length > 0 && <FaultList faults={faults} />}
      {result && (
        <>
          <BackTestResult result={result} />
          <div className={styles.buttons}>
            <Button onClick={() => download('back-test.json', new Blob([result.json], { type: 'application/json' }))}>JSON</Button>
            <Button onClick={() => download('back-test.csv', new Blob([result.csv], { type: 'text/csv' }))}>CSV</Button>
          </div>
        </>
      )}
    </section>
  );
}
