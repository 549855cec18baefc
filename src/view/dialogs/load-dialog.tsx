/** Brings a book in: pasted, chosen or dropped. What cannot be read is said with its place; what was held stays. */
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { Fault } from '../../store/types.ts';
import { useActions } from '../shared/app-context.tsx';
import { FaultList } from '../shared/fault-list.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import fields from '../ui/fields.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './load-dialog.module.css';
import { sortFiles } from './sort-files.ts';

interface LoadDialogProps {
  readonly files: readonly File[] | undefined;
  readonly onClose: () => void;
}

interface Failure {
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly isPartial: boolean;
}

/** Longer texts are kept out of the text field, which would stall; they are loaded all the same. */
const FIELD_LENGTH_MAX = 200_000;

export function LoadDialog({ files, onClose }: LoadDialogProps) {
  const actions = useActions();
  const id = useId();
  const [text, setText] = useState('');
  const [meta, setMeta] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const load = async (name: string, book: string, tables: string): Promise<void> => {
    setIsBusy(true);
    setFailure(null);
    const answer = await actions.loadText(name, book, tables.trim() === '' ? undefined : tables);
    setIsBusy(false);
    const faults = answer.ok ? answer.value.faults : answer.faults;
    if (faults.length === 0 && answer.ok) onClose();
    else setFailure({ name, faults, isPartial: answer.ok });
  };
  const loadFiles = async (chosen: readonly File[]): Promise<void> => {
    const { book, meta: tables } = sortFiles(chosen);
    if (!book) return;
    const [bookText, metaText] = await Promise.all([book.text(), tables?.text() ?? meta]);
    if (bookText.length <= FIELD_LENGTH_MAX) setText(bookText);
    if (metaText.length <= FIELD_LENGTH_MAX) setMeta(metaText);
    await load(book.name, bookText, metaText);
  };
  const dropped = useRef(files);
  useEffect(() => {
    const toLoad = dropped.current;
    dropped.current = undefined;
    if (toLoad && toLoad.length > 0) void loadFiles(toLoad);
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') void load('pasted text', text, meta);
  };

  return (
    <Dialog title="Load an account" width="wide" onClose={onClose}>
      <form className={fields.form} onSubmit={submit}>
        <p className={fields.hint}>
          A book in the format leverage-book/1, or a response of Hyperliquid as it was recorded. Nothing leaves this device.
        </p>
        <label className={fields.field}>
          Files: the book, and if it needs one its margin tables. Or drop them anywhere on the page.
          <input
            className={styles.files}
            type="file"
            multiple
            accept=".json,application/json,text/plain"
            onChange={(event) => void loadFiles([...(event.target.files ?? [])])}
          />
        </label>
        <label className={fields.field} htmlFor={`${id}text`}>
          Or paste the text
          <textarea
            id={`${id}text`}
            data-first-focus=""
            className={`${fields.input} ${fields.text}`}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <details className={styles.meta}>
          <summary>Margin tables of the venue (optional)</summary>
          <label className={fields.field} htmlFor={`${id}meta`}>
            Response with the venue’s instruments and margin tables
            <textarea
              id={`${id}meta`}
              className={`${fields.input} ${fields.text}`}
              spellCheck={false}
              value={meta}
              onChange={(event) => setMeta(event.target.value)}
            />
          </label>
        </details>
        {failure && (
          <section className={styles.failure} data-state={failure.isPartial ? 'watch' : 'liquidation'} aria-label="What could not be read">
            <p>
              <StateShape state={failure.isPartial ? 'watch' : 'liquidation'} />{' '}
              {failure.isPartial
                ? `Part of ${failure.name} could not be read; the rest is loaded.`
                : `${failure.name} could not be read. What was shown before still stands.`}
            </p>
            <FaultList faults={failure.faults} />
          </section>
        )}
        <div className={fields.actions}>
          <Button onClick={() => void actions.loadDemo().then((answer) => answer.ok && onClose())}>Load the demo account</Button>
          <Button look="primary" type="submit" disabled={isBusy || text.trim() === ''}>
            {isBusy ? 'Reading…' : 'Load text'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
