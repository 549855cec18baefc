/** One field of a form with its label, hint, and what the engine says is wrong with it. */
import { type ComponentProps, type ReactNode, useId } from 'react';
import type { Fault } from '../../store/types.ts';
import fields from '../ui/fields.module.css';
import { StateShape } from '../ui/state-shape.tsx';

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'onChange'> {
  readonly label: string;
  readonly hint?: string;
  readonly fault: Fault | undefined;
  readonly onText: (text: string) => void;
  readonly choices?: readonly string[];
}

export function FieldFault({ id, fault }: { readonly id: string; readonly fault: Fault | undefined }) {
  if (!fault) return null;
  return (
    <span id={id} className={fields.error} data-state="liquidation">
      <StateShape state="liquidation" size={10} /> {fault.message}
    </span>
  );
}

export function TextField({ label, hint, fault, onText, choices, ...rest }: TextFieldProps): ReactNode {
  const id = useId();
  const describedBy = [hint ? `${id}hint` : '', fault ? `${id}fault` : ''].filter(Boolean).join(' ');
  return (
    <div className={fields.field}>
      <label htmlFor={id}>{label}</label>
      <input
        autoComplete="off"
        {...rest}
        id={id}
        className={fields.input}
        aria-invalid={fault !== undefined}
        {...(describedBy === '' ? {} : { 'aria-describedby': describedBy })}
        {...(choices ? { list: `${id}list` } : {})}
        onChange={(event) => onText(event.target.value)}
      />
      {choices && (
        <datalist id={`${id}list`}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
      {hint && (
        <span id={`${id}hint`} className={fields.hint}>
          {hint}
        </span>
      )}
      <FieldFault id={`${id}fault`} fault={fault} />
    </div>
  );
}
