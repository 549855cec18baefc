/** Adds or changes a balance by hand. */
import { type FormEvent, useState } from 'react';
import { selectBalances } from '../../store/selectors.ts';
import { useApp } from '../shared/app-context.tsx';
import { FaultList } from '../shared/fault-list.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import fields from '../ui/fields.module.css';
import { TextField } from './text-field.tsx';
import { faultOf, otherFaults, useEdit } from './use-edit.ts';

const FIELDS = ['asset', 'amount'] as const;

export function BalanceDialog({ index, onClose }: { readonly index: number | null; readonly onClose: () => void }) {
  const balances = useApp(selectBalances);
  const [asset, setAsset] = useState(() => (index === null ? '' : (balances?.asset[index] ?? '')));
  const [amount, setAmount] = useState(() => (index === null ? '' : (balances?.amount.text[index] ?? '')));
  const { isBusy, faults, send } = useEdit(onClose);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // An amount set by hand is no longer derived from reported equity.
    void send({ kind: 'balance-set', index, balance: { asset, amount, derived: '' } });
  };
  const others = otherFaults(faults, FIELDS);
  return (
    <Dialog title={index === null ? 'Add a balance' : `Change ${asset}`} onClose={onClose}>
      <form className={fields.form} onSubmit={submit}>
        <TextField data-first-focus="" label="Asset" required value={asset} fault={faultOf(faults, 'asset')} onText={setAsset} />
        <TextField
          label="Amount"
          hint="Negative is debt; without unrealized profit"
          inputMode="decimal"
          required
          value={amount}
          fault={faultOf(faults, 'amount')}
          onText={setAmount}
        />
        {others.length > 0 && <FaultList faults={others} />}
        <div className={fields.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={isBusy}>
            {index === null ? 'Add balance' : 'Save'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
