/** New margin tables, pasted, before they hold: who falls under water. */
import { useId, useState } from 'react';
import { selectAccount, selectDeskBook } from '../../../store/selectors.ts';
import type { Fault, StressScenario, StressState } from '../../../store/types.ts';
import { useApp, useAppEvery } from '../../shared/app-context.tsx';
import { FaultList } from '../../shared/fault-list.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import fields from '../../ui/fields.module.css';
import { useStress, useStressActions } from '../use-stress.ts';
import styles from './what-if.module.css';

const LIVE_MS = 1000;
/** Instruments that a list holds; a desk may have hundreds. */
const LISTED_MAX = 300;
const selectScope = ({ scope }: StressState) => scope;

interface TiersProps {
  readonly scenario: StressScenario;
  readonly onChange: (change: Partial<StressScenario>) => void;
}

export function Tiers({ scenario, onChange }: TiersProps) {
  const scope = useStress(selectScope);
  const account = useAppEvery(selectAccount, LIVE_MS);
  const book = useApp(selectDeskBook);
  const { ask } = useStressActions();
  const id = useId();
  const [instrument, setInstrument] = useState('');
  const [text, setText] = useState('');
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const choices =
    scope === 'account'
      ? [...new Set(account?.positions.instrument ?? [])].map((one) => ({ id: one, venue: account?.venue ?? '' }))
      : (book?.instruments.id.slice(0, LISTED_MAX) ?? []).map((one, i) => ({ id: one, venue: book?.instruments.venue[i] ?? '' }));
  const chosen = choices.find((one) => one.id === instrument) ?? choices[0];
  const tried = Object.keys(scenario.tiers);
  const put = async (): Promise<void> => {
    if (!chosen) return;
    const answer = await ask({ kind: 'scenario-tiers', text, venue: chosen.venue });
    if (!answer.ok) {
      setFaults(answer.faults);
      return;
    }
    setFaults([]);
    onChange({ tiers: { ...scenario.tiers, [chosen.id]: answer.value.rows } });
  };
  const remove = (name: string): void =>
    onChange({ tiers: Object.fromEntries(Object.entries(scenario.tiers).filter(([key]) => key !== name)) });
  if (!chosen && tried.length === 0) return null;
  return (
    <details className={styles.details}>
      <summary>New margin tables{tried.length > 0 && `: ${tried.length}`}</summary>
      <div className={styles.forms}>
        <Choice
          label="Of the instrument"
          value={chosen?.id ?? ''}
          choices={choices.map((one) => [one.id, one.id] as const)}
          onValue={setInstrument}
        />
        <div className={fields.field}>
          <label htmlFor={id}>Rows: floor of notional and maintenance rate, a line each; or JSON</label>
          <textarea
            id={id}
            className={`${fields.input} ${fields.text}`}
            placeholder={'0, 1.25%\n1000000, 2.5%'}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </div>
        <Button onClick={() => void put()} disabled={text.trim() === '' || !chosen}>
          Try this table
        </Button>
      </div>
      {faults.length > 0 && (
        <div role="alert" className={styles.fault}>
          <FaultList faults={faults} />
        </div>
      )}
      {tried.map((name) => (
        <p key={name} className={styles.line}>
          {name}: {scenario.tiers[name]?.length} rows tried out. <Button onClick={() => remove(name)}>Remove the table of {name}</Button>
        </p>
      ))}
      <p className={styles.note}>
        Maintenance only. Positions that carry a table of their own keep it.{' '}
        {scope === 'desk' && 'Who falls past the line stands in the list of accounts.'}
      </p>
    </details>
  );
}
