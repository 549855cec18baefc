/** The list itself: how the reading of every address stands, its label, its place, and a way off it. */
import { ArrowDown, ArrowUp, Pencil, RefreshCw, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { accountSource, addressKey } from '../../domain/account-sources.ts';
import type { AddressesState, AddressRow, WatchedEntry } from '../../store/types.ts';
import { formatAge } from '../format/time.ts';
import { Button, IconButton } from '../ui/button.tsx';
import fields from '../ui/fields.module.css';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import { CopyButton } from './copy-button.tsx';
import { shortAddress } from './entries.ts';
import styles from './reading-list.module.css';
import { useAddresses, useAddressesActions, useFrame, useNow, useTrouble } from './use-addresses.ts';
import { nextText, READING_WORDS, readingCounts } from './words.ts';

const selectList = ({ list }: AddressesState) => list;

/** States of reading wear the shapes of risk: what is trusted is round, what is not is a cross. */
const SHAPES = { waiting: 'indeterminate', reading: 'indeterminate', read: 'healthy', late: 'stale', refused: 'liquidation' } as const;

const NOT_READ: readonly AddressRow['state'][] = ['refused', 'late'];

export function ReadingList() {
  const list = useAddresses(selectList);
  const frame = useFrame();
  const { read } = useAddressesActions();
  const trouble = useTrouble();
  const shownAt = useRef<HTMLElement | null>(null);
  const items = useRef<HTMLUListElement>(null);
  if (list.length === 0) return null;
  // One after the other, and from the end again from the top.
  const showUnread = (): void => {
    const unread = [...(items.current?.querySelectorAll<HTMLElement>(NOT_READ.map((state) => `[data-reading="${state}"]`).join()) ?? [])];
    const at = shownAt.current ? unread.indexOf(shownAt.current) : -1;
    shownAt.current = unread[(at + 1) % unread.length] ?? null;
    shownAt.current?.scrollIntoView({ block: 'nearest' });
    shownAt.current?.querySelector<HTMLElement>('button')?.focus();
  };
  const rows = new Map(frame?.addresses.map((row) => [addressKey(row), row]));
  return (
    <section className={styles.list} aria-label="Addresses of the list">
      <div className={panel.head}>
        <h2 className={panel.title}>
          {list.length === 1 ? '1 reading' : `${list.length} readings`}
          <span className={styles.counts}>{trouble === '' ? readingCounts(frame?.addresses ?? []) : trouble}</span>
        </h2>
        {frame?.addresses.some(({ state }) => NOT_READ.includes(state)) && (
          <Button look="quiet" className={styles.jump} onClick={showUnread}>
            Show what is not read
          </Button>
        )}
        <Button onClick={() => void read()}>
          <RefreshCw size={13} aria-hidden="true" /> Read all again
        </Button>
      </div>
      <ul ref={items} className={styles.rows} aria-label="Readings">
        {list.map((entry, at) => (
          <Reading key={addressKey(entry)} entry={entry} row={rows.get(addressKey(entry))} at={at} count={list.length} />
        ))}
      </ul>
    </section>
  );
}

interface ReadingProps {
  readonly entry: WatchedEntry;
  readonly row: AddressRow | undefined;
  readonly at: number;
  readonly count: number;
}

function Reading({ entry, row, at, count }: ReadingProps) {
  const { remove, read, move } = useAddressesActions();
  const [isNaming, setIsNaming] = useState(false);
  const item = useRef<HTMLLIElement>(null);
  const state = row?.state ?? 'waiting';
  const sourceName = row?.sourceName ?? accountSource(entry.source)?.name ?? entry.source;
  const name = `${entry.label || shortAddress(entry.address)}, ${sourceName}`;
  // The focus goes on to the row that takes this one's place, to the one before it, or to where addresses are added.
  const drop = (): void => {
    const next = item.current?.nextElementSibling ?? item.current?.previousElementSibling;
    (
      next?.querySelector<HTMLElement>('button') ?? item.current?.closest('section[aria-label="Addresses"]')?.querySelector('summary')
    )?.focus();
    remove(entry);
  };
  return (
    <li ref={item} className={styles.row} data-reading={state}>
      <div className={styles.who}>
        {isNaming ? (
          <LabelField entry={entry} name={name} onDone={() => setIsNaming(false)} />
        ) : (
          <span className={styles.name} title={entry.address}>
            {entry.label && <strong>{entry.label}</strong>} <code>{shortAddress(entry.address)}</code>
          </span>
        )}
        <span className={styles.source}>{sourceName}</span>
      </div>
      <div className={styles.state} data-state={SHAPES[state]}>
        <span className={styles.word}>
          <StateShape state={SHAPES[state]} size={9} /> {READING_WORDS[state]}
        </span>
        <Times row={row} />
      </div>
      {row && row.why !== '' && <p className={styles.why}>{row.why}</p>}
      <span className={styles.actions}>
        <CopyButton text={entry.address} what={`the address of ${name}`} />
        <IconButton label={`Label of ${name}`} onClick={() => setIsNaming(!isNaming)}>
          <Pencil size={13} aria-hidden="true" />
        </IconButton>
        <IconButton label={`Read ${name} again`} onClick={() => void read(entry)}>
          <RefreshCw size={13} aria-hidden="true" />
        </IconButton>
        <IconButton label={`${name} earlier`} disabled={at === 0} onClick={() => move(entry, -1)}>
          <ArrowUp size={13} aria-hidden="true" />
        </IconButton>
        <IconButton label={`${name} later`} disabled={at === count - 1} onClick={() => move(entry, 1)}>
          <ArrowDown size={13} aria-hidden="true" />
        </IconButton>
        <IconButton label={`Remove ${name}`} onClick={drop}>
          <Trash2 size={13} aria-hidden="true" />
        </IconButton>
      </span>
    </li>
  );
}

/** By our clock, counted on whether anything arrives or not. */
function Times({ row }: { readonly row: AddressRow | undefined }) {
  const nowMs = useNow();
  if (!row) return null;
  const age = Number.isNaN(row.readMs) ? '' : `${formatAge(nowMs - row.readMs)} ago`;
  return <span className={styles.times}>{[age, row.state === 'reading' ? '' : nextText(row, nowMs)].filter(Boolean).join(', ')}</span>;
}

interface LabelFieldProps {
  readonly entry: WatchedEntry;
  readonly name: string;
  readonly onDone: () => void;
}

function LabelField({ entry, name, onDone }: LabelFieldProps) {
  const { label } = useAddressesActions();
  const [text, setText] = useState(entry.label);
  // Leaving the field keeps what is typed, once; Escape does not.
  const isLeft = useRef(false);
  const keep = (): void => {
    if (isLeft.current) return;
    isLeft.current = true;
    if (text.trim() !== entry.label) label(entry, text);
    onDone();
  };
  const answer = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    if (event.key === 'Escape') {
      isLeft.current = true;
      onDone();
    } else keep();
    // Back to the button that opened it.
    event.currentTarget.closest('li')?.querySelector<HTMLElement>('button[aria-label^="Label of"]')?.focus();
  };
  return (
    <input
      className={`${fields.input} ${styles.label}`}
      aria-label={`Label of ${name}`}
      value={text}
      maxLength={60}
      // It was asked for by the button beside it.
      // biome-ignore lint/a11y/noAutofocus: see above
      autoFocus
      onChange={({ target }) => setText(target.value)}
      onKeyDown={answer}
      onBlur={keep}
    />
  );
}
