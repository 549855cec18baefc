/** One rule in a form; the engine's faults stand beside the fields they are about. */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import type { Fault } from '../../store/types.ts';
import { FieldFault, TextField } from '../dialogs/text-field.tsx';
import { FaultList } from '../shared/fault-list.tsx';
import { Button } from '../ui/button.tsx';
import fields from '../ui/fields.module.css';
import styles from './alarms-page.module.css';
import { faultOf, type RuleForm } from './rules-text.ts';
import { MEASURE_WORDS, type MeasureName } from './words.ts';

interface RuleEditorProps {
  readonly index: number;
  readonly isNew: boolean;
  readonly form: RuleForm;
  readonly faults: readonly Fault[];
  readonly onChange: (form: RuleForm) => void;
  readonly onSave: () => void;
  readonly onDelete: () => void;
  readonly onCancel: () => void;
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, name: string])[];
  readonly fault: Fault | undefined;
  readonly onValue: (value: string) => void;
}

function Choice({ label, value, choices, fault, onValue }: ChoiceProps): ReactNode {
  const id = useId();
  return (
    <div className={fields.field}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className={fields.input}
        value={value}
        onChange={({ target }) => onValue(target.value)}
        aria-invalid={fault !== undefined}
      >
        {choices.map(([choice, name]) => (
          <option key={choice} value={choice}>
            {name}
          </option>
        ))}
      </select>
      <FieldFault id={`${id}fault`} fault={fault} />
    </div>
  );
}

const MEASURES = Object.entries(MEASURE_WORDS);
const SEVERITIES = [
  ['watch', 'watch'],
  ['warning', 'warning'],
  ['margin-call', 'margin call'],
] as const;
const CHANNELS = [
  ['journal', 'kept, not told'],
  ['page', 'on the page'],
  ['sound', 'page and sound'],
  ['system', 'page, sound and system'],
] as const;
const SCOPES = [
  ['all', 'everything'],
  ['account', 'an account'],
  ['group', 'a group'],
  ['market', 'a market'],
  ['venue', 'a venue'],
] as const;

const GROUP_HINT = 'venue=okx,bybit&market=BTC&side=long&text=fund, any of them';

export function RuleEditor({ index, isNew, form, faults, onChange, onSave, onDelete, onCancel }: RuleEditorProps) {
  const frame = useRef<HTMLFormElement>(null);
  useEffect(() => frame.current?.querySelector('input')?.focus(), []);
  const fault = (field: string): Fault | undefined => faultOf(faults, index, field);
  const text = (label: string, key: keyof RuleForm, field: string, hint?: string) => (
    <TextField
      label={label}
      {...(hint ? { hint } : {})}
      value={form[key]}
      fault={fault(field)}
      onText={(value) => onChange({ ...form, [key]: value })}
    />
  );
  const choice = (label: string, key: keyof RuleForm, field: string, choices: ChoiceProps['choices']) => (
    <Choice
      label={label}
      value={form[key]}
      choices={choices}
      fault={fault(field)}
      onValue={(value) => onChange({ ...form, [key]: value })}
    />
  );
  const levelHint = form.measure === 'feed' ? 'live, delayed, stale or lost' : 'a decimal; fractions, not per cent';
  const others = faults.filter(({ pointer }) => !pointer.startsWith(`/rules/${index}/`));
  return (
    <form
      ref={frame}
      className={`${styles.form} ${fields.form}`}
      aria-label={isNew ? 'New rule' : `Rule ${form.id}`}
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
      onKeyDown={(event) => event.key === 'Escape' && onCancel()}
    >
      <div className={fields.pair}>
        {text('Name', 'id', 'id')}
        {choice('Measure', 'measure', 'measure', MEASURES as readonly (readonly [MeasureName, string])[])}
        {choice('Severity', 'severity', 'severity', SEVERITIES)}
        {choice('Channel', 'channel', 'channel', CHANNELS)}
      </div>
      <div className={fields.pair}>
        {text('Alarm at', 'arm', 'arm', levelHint)}
        {text('Ends beyond', 'clear', 'clear', levelHint)}
        {choice('Scope', 'scopeKind', 'scope', SCOPES)}
        {form.scopeKind !== 'all' &&
          text(
            form.scopeKind === 'group' ? 'Filter' : 'Name of it',
            'scopeName',
            'scope',
            form.scopeKind === 'group' ? GROUP_HINT : undefined,
          )}
      </div>
      <div className={fields.pair}>
        {text('On after, s', 'onDelay', 'onDelayMs')}
        {text('Off after, s', 'offDelay', 'offDelayMs')}
        {text('Cooldown, s', 'cooldown', 'cooldownMs')}
      </div>
      {others.length > 0 && <FaultList faults={others} />}
      <div className={fields.actions}>
        {!isNew && (
          <Button onClick={onDelete} aria-label={`Delete ${form.id}`}>
            Delete
          </Button>
        )}
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary">
          Save rule
        </Button>
      </div>
    </form>
  );
}
