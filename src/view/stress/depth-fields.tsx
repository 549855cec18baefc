/** Fields of the depth of the books, shared by the distances and the early warning. */
import type { ReactNode } from 'react';
import type { Fault } from '../../store/types.ts';
import { TextField } from '../dialogs/text-field.tsx';
import { type DepthForm, depthOf } from './depth-form.ts';

interface DepthFieldsProps {
  readonly form: DepthForm;
  readonly onForm: (form: DepthForm) => void;
}

export function DepthFields({ form, onForm }: DepthFieldsProps): ReactNode {
  const fault: Fault | undefined = depthOf(form) ? undefined : { pointer: '', message: 'amounts as 20m or 1,500,000; a share above 0' };
  const field = (label: string, key: keyof DepthForm, hint?: string) => (
    <TextField
      label={label}
      value={form[key]}
      {...(hint ? { placeholder: hint } : {})}
      fault={key === 'multiplier' ? fault : undefined}
      onText={(text) => onForm({ ...form, [key]: text })}
    />
  );
  return (
    <>
      {field('BTC, USD to 1 %', 'btc', 'as others')}
      {field('ETH, USD to 1 %', 'eth', 'as others')}
      {field('Others, USD to 1 %', 'otherwise', 'infinite')}
      {field('Share left in stress', 'multiplier')}
    </>
  );
}
