import { useId } from 'react';
import fields from '../../ui/fields.module.css';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly placeholder?: string;
}

/** A number as text: every digit is the engine's to read. */
export function Field({ label, value, onValue, placeholder = '' }: FieldProps) {
  const id = useId();
  return (
    <div className={fields.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={fields.input}
        inputMode="decimal"
        autoComplete="off"
        maxLength={60}
        placeholder={placeholder}
        value={value}
        onChange={({ target }) => onValue(target.value)}
      />
    </div>
  );
}
