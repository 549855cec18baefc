/** One choice of few, with its label and what the engine says is wrong with it. */
import { type ReactNode, useId } from 'react';
import fields from './fields.module.css';

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, name: string])[];
  readonly onValue: (value: string) => void;
}

export function Choice({ label, value, choices, onValue }: ChoiceProps): ReactNode {
  const id = useId();
  return (
    <div className={fields.field}>
      <label htmlFor={id}>{label}</label>
      <select id={id} className={fields.input} value={value} onChange={({ target }) => onValue(target.value)}>
        {choices.map(([choice, name]) => (
          <option key={choice} value={choice}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
