/** Addresses pasted, one or many: where they are read, who sees them, and what is wrong with a line. */
import { type FormEvent, useId, useRef, useState } from 'react';
import type { AddressesState } from '../../store/types.ts';
import { Button } from '../ui/button.tsx';
import fields from '../ui/fields.module.css';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './add-panel.module.css';
import { hostNames, readTyped, sourceGroups, sourcesOf, type Typed } from './entries.ts';
import { useAddresses, useAddressesActions } from './use-addresses.ts';

const GROUPS = sourceGroups();
/** Of one place, and of several chains. */
const SINGLE = GROUPS.flatMap(({ sources }) => (sources.length === 1 ? sources : []));
const SEVERAL = GROUPS.filter(({ sources }) => sources.length > 1);
const ALL = GROUPS.flatMap(({ sources }) => sources.map(({ id }) => id));
/** The one venue that tells an account whole with one address; the rest is a click away. */
const FIRST = ALL.slice(0, 1);

const selectList = ({ list }: AddressesState) => list;
const selectGateways = ({ gateways }: AddressesState) => gateways;

const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

export function AddPanel() {
  const list = useAddresses(selectList);
  const { add } = useAddressesActions();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>(FIRST);
  const [said, setSaid] = useState('');
  const [isOpen, setIsOpen] = useState(false);
  const summary = useRef<HTMLElement>(null);
  const [refused, setRefused] = useState<Typed['bad']>([]);
  const fieldId = useId();
  const saidId = useId();
  const typed = readTyped(text);
  const hasEvm = typed.good.some(({ form }) => form === 'evm');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const bad = [...typed.bad];
    let count = 0;
    const lines = text.split(/\r?\n/);
    for (const one of typed.good) {
      const sources = sourcesOf(one.form, chosen);
      const faults = sources.length === 0 ? ['Choose where an address that begins with 0x is read.'] : [];
      for (const { id } of sources) faults.push(...add(id, one.address, one.label).map(({ message }) => capital(message)));
      if (faults.length === 0) count += sources.length;
      else if (!bad.some(({ line }) => line === one.line))
        bad.push({ line: one.line, text: lines[one.line - 1] ?? '', sentence: faults[0]! });
    }
    bad.sort((a, b) => a.line - b.line);
    setRefused(bad);
    // What was not taken stays in the field, as it was typed.
    setText(bad.map((one) => one.text).join('\n'));
    if (bad.length === 0) {
      // It makes room for what was found; the focus waits where it is opened again.
      setIsOpen(false);
      summary.current?.focus();
    } else setIsOpen(true);
    setSaid(count === 0 ? '' : `${count} ${count === 1 ? 'reading' : 'readings'} added to the list.`);
  };
  // Until it is asked for, only a line that was finished is found fault with.
  const finished = text.endsWith('\n') ? typed.bad : typed.bad.filter(({ line }) => line < text.split('\n').length);
  const shown = refused.length > 0 ? refused : finished;
  return (
    <>
      <details className={styles.add} open={isOpen || list.length === 0} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
        <summary ref={summary}>Add addresses</summary>
        <form className={fields.form} onSubmit={submit} noValidate>
          <div className={fields.field}>
            <label htmlFor={fieldId}>One address a line, or behind commas; a label before it if you like</label>
            <textarea
              id={fieldId}
              className={`${fields.input} ${styles.text}`}
              rows={3}
              value={text}
              spellCheck={false}
              autoComplete="off"
              placeholder={'fund A, 0x…\ndydx1…'}
              aria-invalid={shown.length > 0}
              aria-describedby={saidId}
              onChange={({ target }) => {
                setText(target.value);
                setRefused([]);
                setSaid('');
              }}
            />
          </div>
          <Sources chosen={chosen} onChosen={setChosen} isNeeded={hasEvm || typed.good.length === 0} />
          <div id={saidId} className={styles.said}>
            {shown.length > 0 && (
              <ul aria-label="Lines that are not taken">
                {shown.map(({ line, sentence }) => (
                  <li key={line} className={fields.error}>
                    <span data-state="liquidation">
                      <StateShape state="liquidation" size={9} />
                    </span>
                    <span>
                      {refused.length > 0 ? '' : `Line ${line}: `}
                      {sentence}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </div>
          <div className={styles.foot}>
            <Button look="primary" type="submit" disabled={text.trim() === ''}>
              {typed.good.length > 1 ? `Watch ${typed.good.length} addresses` : 'Watch'}
            </Button>
            <Asked typed={typed} chosen={chosen} />
          </div>
        </form>
      </details>
      <p role="status" className={panel.hidden}>
        {said}
      </p>
    </>
  );
}

interface SourcesProps {
  readonly chosen: readonly string[];
  readonly onChosen: (chosen: readonly string[]) => void;
  readonly isNeeded: boolean;
}

/** An address that begins with 0x may have an account at any of these; one of dYdX names its venue by itself. */
function Sources({ chosen, onChosen, isNeeded }: SourcesProps) {
  if (!isNeeded) return <p className={fields.hint}>dydx1… is read at dYdX v4.</p>;
  const isAll = ALL.every((id) => chosen.includes(id));
  const toggle = (id: string): void => onChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <fieldset className={styles.sources}>
      <legend>0x… is read at</legend>
      <div className={styles.group}>
        {SINGLE.map(({ id, name }) => (
          <Source key={id} name={name} isChosen={chosen.includes(id)} onToggle={() => toggle(id)} />
        ))}
        <Button look="quiet" aria-pressed={isAll} onClick={() => onChosen(isAll ? FIRST : ALL)}>
          All of them
        </Button>
      </div>
      {SEVERAL.map(({ name, sources }) => (
        <fieldset key={name} className={styles.group}>
          <legend>{name}</legend>
          {sources.map(({ id, name: chain }) => (
            <Source key={id} name={chain} isChosen={chosen.includes(id)} onToggle={() => toggle(id)} />
          ))}
        </fieldset>
      ))}
    </fieldset>
  );
}

function Source({ name, isChosen, onToggle }: { readonly name: string; readonly isChosen: boolean; readonly onToggle: () => void }) {
  return (
    <label className={styles.source}>
      <input type="checkbox" checked={isChosen} onChange={onToggle} />
      {name}
    </label>
  );
}

const HOSTS_NAMED = 4;

/** What is asked of whom, before anything is. */
function Asked({ typed, chosen }: { readonly typed: Typed; readonly chosen: readonly string[] }) {
  const gateways = useAddresses(selectGateways);
  const hosts = hostNames([...sourcesOf('evm', chosen), ...(typed.good.some(({ form }) => form === 'dydx') ? sourcesOf('dydx', []) : [])]);
  const rest = hosts.length - HOSTS_NAMED;
  const named = `${hosts.slice(0, HOSTS_NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  const own = Object.keys(gateways).length;
  return (
    <p className={styles.asked}>
      {hosts.length > 0 && (
        <>
          Asks{' '}
          <span title={hosts.join(', ')}>
            {named}
            {own > 0 ? ', or your own servers in their place' : ''}
          </span>{' '}
          for public accounts: they see the address, and from where on the network it is asked.{' '}
        </>
      )}
      No key, seed or signature is ever asked for. The list and its labels stay on this device.
    </p>
  );
}
