/** Adds or changes a position by hand. The engine's own reader of files says what is wrong with it. */
import { type FormEvent, useId, useState } from 'react';
import { selectInstruments, selectPositions } from '../../store/selectors.ts';
import type { PositionColumns } from '../../store/types.ts';
import { useApp } from '../shared/app-context.tsx';
import { FaultList } from '../shared/fault-list.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import fields from '../ui/fields.module.css';
import { TextField } from './text-field.tsx';
import { faultOf, otherFaults, useEdit } from './use-edit.ts';

interface Draft {
  readonly instrument: string;
  readonly size: string;
  readonly entryPrice: string;
  readonly marginMode: string;
  readonly isolatedMargin: string;
  readonly leverage: string;
}

const FIELDS = ['instrument', 'size', 'entryPrice', 'marginMode', 'isolatedMargin', 'leverage'] as const;
const EMPTY: Draft = { instrument: '', size: '', entryPrice: '', marginMode: 'cross', isolatedMargin: '', leverage: '' };

const draftOf = (positions: PositionColumns | null, index: number | null): Draft => {
  if (!positions || index === null || index >= positions.count) return EMPTY;
  return {
    instrument: positions.instrument[index]!,
    size: positions.size.text[index]!,
    entryPrice: positions.entryPrice.text[index]!,
    marginMode: positions.marginMode[index]!,
    isolatedMargin: positions.isolatedMargin.text[index]!,
    leverage: positions.leverageSetting.text[index]!,
  };
};

export function PositionDialog({ index, onClose }: { readonly index: number | null; readonly onClose: () => void }) {
  const positions = useApp(selectPositions);
  const instruments = useApp(selectInstruments);
  const modeId = useId();
  const [draft, setDraft] = useState(() => draftOf(positions, index));
  const { isBusy, faults, send } = useEdit(onClose);
  const set = (field: keyof Draft) => (text: string) => setDraft({ ...draft, [field]: text });
  const isIsolated = draft.marginMode === 'isolated';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void send({ kind: 'position-set', index, position: { ...draft, isolatedMargin: isIsolated ? draft.isolatedMargin : '' } });
  };
  const field = (name: keyof Draft, label: string, hint?: string) => (
    <TextField
      label={label}
      {...(hint ? { hint } : {})}
      inputMode="decimal"
      value={draft[name]}
      fault={faultOf(faults, name)}
      onText={set(name)}
    />
  );
  const others = otherFaults(faults, FIELDS);
  return (
    <Dialog title={index === null ? 'Add a position' : `Change ${draft.instrument}`} onClose={onClose}>
      <form className={fields.form} onSubmit={submit}>
        <TextField
          data-first-focus=""
          label="Instrument"
          required
          value={draft.instrument}
          fault={faultOf(faults, 'instrument')}
          onText={set('instrument')}
          choices={instruments.id}
        />
        <div className={fields.pair}>
          {field('size', 'Size', 'Negative is short')}
          {field('entryPrice', 'Entry price')}
        </div>
        <div className={fields.pair}>
          <div className={fields.field}>
            <label htmlFor={modeId}>Margin</label>
            <select
              id={modeId}
              className={fields.input}
              value={draft.marginMode}
              onChange={(event) => set('marginMode')(event.target.value)}
            >
              <option value="cross">cross</option>
              <option value="isolated">isolated</option>
            </select>
          </div>
          {field('leverage', 'Leverage', 'The chosen setting; may be left empty')}
        </div>
        {isIsolated && field('isolatedMargin', 'Isolated margin', 'Assigned to the position, without its unrealized profit')}
        {others.length > 0 && <FaultList faults={others} />}
        <div className={fields.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={isBusy}>
            {index === null ? 'Add position' : 'Save'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
