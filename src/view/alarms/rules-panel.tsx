/** The rules as they are in force: edited one by one, written to a file, read from one. What the engine refuses changes nothing. */
import { type ChangeEvent, lazy, Suspense, useRef, useState } from 'react';
import type { Fault } from '../../store/types.ts';
import { download } from '../desk/download.ts';
import { useActions } from '../shared/app-context.tsx';
import { FaultList } from '../shared/fault-list.tsx';
import { Button } from '../ui/button.tsx';
import panel from '../ui/panel.module.css';
import styles from './alarms-page.module.css';
import { RuleEditor } from './rule-editor.tsx';
import { formOf, newRule, type RuleForm, type RuleRecord, readRules, withoutRule, withRule } from './rules-text.ts';
import { Scroll } from './scroll.tsx';
import { MEASURE_WORDS, measureText, spanText } from './words.ts';

const CallPanel = lazy(() => import('./call-panel.tsx').then((module) => ({ default: module.CallPanel })));

const scopeText = ({ scope }: RuleRecord): string => {
  const { kind, ...names } = scope;
  return kind === 'all' ? 'everything' : `${kind} ${Object.values(names)[0] ?? ''}`;
};

interface Editing {
  readonly index: number;
  readonly form: RuleForm;
}

function RuleTable({ rules, onEdit }: { readonly rules: readonly RuleRecord[]; readonly onEdit: (index: number) => void }) {
  return (
    <Scroll label="Rules, scrolls">
      <table className={styles.table}>
        <caption className={panel.hidden}>Rules</caption>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Scope</th>
            <th scope="col">Measure</th>
            <th scope="col">Alarm at</th>
            <th scope="col">Ends beyond</th>
            <th scope="col">On after</th>
            <th scope="col">Off after</th>
            <th scope="col">Cooldown</th>
            <th scope="col">Severity</th>
            <th scope="col">Channel</th>
            <th scope="col">
              <span className={panel.hidden}>Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule, i) => (
            <tr key={rule.id}>
              <th scope="row">{rule.id}</th>
              <td>{scopeText(rule)}</td>
              <td data-words>{MEASURE_WORDS[rule.measure]}</td>
              <td data-number>{measureText(rule.measure, rule.arm)}</td>
              <td data-number>{measureText(rule.measure, rule.clear)}</td>
              <td data-number>{spanText(rule.onDelayMs)}</td>
              <td data-number>{spanText(rule.offDelayMs)}</td>
              <td data-number>{spanText(rule.cooldownMs)}</td>
              <td>{rule.severity.replace('-', ' ')}</td>
              <td>{rule.channel}</td>
              <td>
                <Button aria-label={`Edit ${rule.id}`} onClick={() => onEdit(i)}>
                  Edit
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

export function RulesPanel({ text }: { readonly text: string }) {
  const actions = useActions();
  const [editing, setEditing] = useState<Editing | null>(null);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [said, setSaid] = useState('');
  const file = useRef<HTMLInputElement>(null);
  const { rules } = readRules(text);
  const send = (next: string | null, done: string): void =>
    void actions.setAlarmRules(next).then((answer) => {
      setFaults(answer.ok ? [] : answer.faults);
      setSaid(answer.ok ? done : '');
      if (answer.ok) setEditing(null);
    });
  const edit = (next: Editing | null): void => {
    setFaults([]);
    setSaid('');
    setEditing(next);
  };
  const importFile = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    const chosen = target.files?.[0];
    target.value = '';
    edit(null);
    if (chosen)
      void chosen.text().then(
        (content) => send(content, `The rules of ${chosen.name} hold.`),
        () => setFaults([{ pointer: '', message: `${chosen.name} could not be read` }]),
      );
  };
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="Rules of alarms">
      <div className={panel.head}>
        <h2 className={panel.title}>Rules</h2>
        <div className={styles.buttons}>
          <Button onClick={() => edit({ index: rules.length, form: newRule(rules.map(({ id }) => id)) })}>Add rule</Button>
          <Button onClick={() => download('alarm-rules.json', new Blob([text], { type: 'application/json' }))}>Export</Button>
          <Button onClick={() => file.current?.click()}>Import</Button>
          <Button onClick={() => send(null, 'The shipped rules hold.')}>Shipped rules</Button>
          <input
            ref={file}
            type="file"
            accept=".json,application/json"
            aria-label="File with rules"
            className={panel.hidden}
            tabIndex={-1}
            onChange={importFile}
          />
        </div>
      </div>
      <p className={styles.note} role="status">
        {said || 'Rules are kept in this browser, and hold in all of its tabs.'}
      </p>
      {editing ? (
        <RuleEditor
          key={editing.index}
          index={editing.index}
          isNew={editing.index >= rules.length}
          form={editing.form}
          faults={faults}
          onChange={(form) => setEditing({ ...editing, form })}
          onSave={() => send(withRule(text, editing.index, editing.form), `${editing.form.id} holds.`)}
          onDelete={() => send(withoutRule(text, editing.index), `${editing.form.id} is gone.`)}
          onCancel={() => edit(null)}
        />
      ) : (
        faults.length > 0 && <FaultList faults={faults} />
      )}
      <RuleTable rules={rules} onEdit={(index) => rules[index] && edit({ index, form: formOf(rules[index]) })} />
      <Suspense>
        <CallPanel text={text} />
      </Suspense>
    </section>
  );
}
