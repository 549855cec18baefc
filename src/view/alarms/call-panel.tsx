/** The clock of margin calls: one for every venue that has none of its own, and the margin ratio that cures a call. */
import { useEffect, useRef, useState } from 'react';
import type { Fault } from '../../store/types.ts';
import { TextField } from '../dialogs/text-field.tsx';
import { useActions, useApp } from '../shared/app-context.tsx';
import { FaultList } from '../shared/fault-list.tsx';
import { Button } from '../ui/button.tsx';
import fields from '../ui/fields.module.css';
import styles from './alarms-page.module.css';
import { type CallForm, callFaults, callFormOf, callSentence, venuePointer, withCall } from './call-text.ts';

const CLOCK_HINT = 'seconds; 0: no call, the venue acts at once';

interface CallEditorProps {
  readonly form: CallForm;
  readonly faults: readonly Fault[];
  readonly onChange: (form: CallForm) => void;
  readonly onSave: () => void;
  readonly onCancel: () => void;
}

function CallEditor({ form, faults, onChange, onSave, onCancel }: CallEditorProps) {
  const frame = useRef<HTMLFormElement>(null);
  useEffect(() => frame.current?.querySelector('input')?.focus(), []);
  const held = useApp(({ snapshot }) => snapshot?.accounts);
  const known = [...new Set((held ?? []).map(({ venue }) => venue))];
  const at = (pointer: string): Fault | undefined => faults.find((fault) => fault.pointer === pointer);
  const shown = new Set(['/marginCall/cureRatio', '/marginCall/clockMs', ...form.venues.map(({ venue }) => venuePointer(venue))]);
  const others = faults.filter(({ pointer }) => !shown.has(pointer));
  /** An empty or a repeated name is the name's fault, not its clock's. */
  const isOfName = (name: string): boolean =>
    name.trim() === '' || form.venues.filter(({ venue }) => venue.trim() === name.trim()).length > 1;
  const setVenue = (index: number, change: Partial<CallForm['venues'][number]>): void =>
    onChange({ ...form, venues: form.venues.map((row, i) => (i === index ? { ...row, ...change } : row)) });
  return (
    <form
      ref={frame}
      className={`${styles.form} ${fields.form}`}
      aria-label="Margin calls"
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
      onKeyDown={(event) => event.key === 'Escape' && onCancel()}
    >
      <div className={fields.pair}>
        <TextField
          label="Time to meet a call, s"
          hint={CLOCK_HINT}
          value={form.clock}
          fault={at('/marginCall/clockMs')}
          onText={(clock) => onChange({ ...form, clock })}
        />
        <TextField
          label="Cured at a margin ratio of"
          hint="empty: when its rules end"
          value={form.cureRatio}
          fault={at('/marginCall/cureRatio')}
          onText={(cureRatio) => onChange({ ...form, cureRatio })}
        />
      </div>
      <div className={styles.venueClocks}>
        {form.venues.map(({ venue, clock }, i) => (
          // Rows never move: their place is their identity.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <fieldset key={i} className={styles.venueClock} aria-label={venue || 'A venue'}>
            <TextField
              label="Venue"
              value={venue}
              choices={known}
              fault={isOfName(venue) ? at(venuePointer(venue)) : undefined}
              onText={(text) => setVenue(i, { venue: text })}
            />
            <TextField
              label="Own time, s"
              value={clock}
              fault={isOfName(venue) ? undefined : at(venuePointer(venue))}
              onText={(text) => setVenue(i, { clock: text })}
            />
            <Button
              aria-label={`Leave out ${venue || 'this venue'}`}
              onClick={() => onChange({ ...form, venues: form.venues.filter((_, k) => k !== i) })}
            >
              Leave out
            </Button>
          </fieldset>
        ))}
      </div>
      {others.length > 0 && <FaultList faults={others} />}
      <div className={fields.actions}>
        <Button onClick={() => onChange({ ...form, venues: [...form.venues, { venue: '', clock: '0' }] })}>Add venue</Button>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary">
          Save margin calls
        </Button>
      </div>
    </form>
  );
}

/** AM-14: the terms in force as a sentence, or in a form; what the engine refuses changes nothing. */
export function CallPanel({ text }: { readonly text: string }) {
  const actions = useActions();
  const [form, setForm] = useState<CallForm | null>(null);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const edit = (next: CallForm | null): void => {
    setFaults([]);
    setForm(next);
  };
  const save = (next: CallForm): void => {
    const own = callFaults(next);
    setFaults(own);
    if (own.length > 0) return;
    void actions.setAlarmRules(withCall(text, next)).then((answer) => (answer.ok ? edit(null) : setFaults(answer.faults)));
  };
  return form ? (
    <CallEditor form={form} faults={faults} onChange={setForm} onSave={() => save(form)} onCancel={() => edit(null)} />
  ) : (
    <div className={styles.buttons}>
      <p className={styles.note}>{callSentence(text)}</p>
      <Button aria-label="Edit margin calls" onClick={() => edit(callFormOf(text))}>
        Edit
      </Button>
    </div>
  );
}
