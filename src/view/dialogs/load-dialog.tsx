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

/** Loads a text and keeps what is wrong with it. Closes when nothing is. */
function useLoad(onClose: () => void) {
  const actions = useActions();
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const load = async (name: string, read: () => Promise<readonly [book: string, meta: string]>): Promise<void> => {
    setIsBusy(true);
    setFailure(null);
    try {
      const [book, meta] = await read();
      const answer = await actions.loadText(name, book, meta.trim() === '' ? undefined : meta);
      const faults = answer.ok ? answer.value.faults : answer.faults;
      if (answer.ok && faults.length === 0) onClose();
      else setFailure({ name, faults, isPartial: answer.ok });
    } catch (error) {
      // A file that was taken away, or one too long for a text.
      const message = `the browser could not read it: ${error instanceof Error ? error.message : String(error)}`;
      setFailure({ name, faults: [{ pointer: '', message }], isPartial: false });
    } finally {
      setIsBusy(false);
    }
  };
  const loadDemo = (): void => void actions.loadDemo().then((answer) => answer.ok && onClose());
  return { isBusy, failure, load, loadDemo };
}

function FailureReport({ failure: { name, faults, isPartial } }: { readonly failure: Failure }) {
  const state = isPartial ? 'watch' : 'liquidation';
  return (
    <section className={styles.failure} data-state={state} aria-label="What could not be read">
      <p>
        <StateShape state={state} />{' '}
        {isPartial
          ? `Part of ${name} could not be read; the rest is loaded.`
          : `${name} could not be read. What was shown before still stands.`}
      </p>
      <FaultList faults={faults} />
    </section>
  );
}

interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly isFirst?: boolean;
}

function TextArea({ label, value, onText, isFirst = false }: TextAreaProps) {
  const id = useId();
  return (
    <label className={fields.field} htmlFor={id}>
      {label}
      <textarea
        id={id}
        {...(isFirst ? { 'data-first-focus': '' } : {})}
        className={`${fields.input} ${fields.text}`}
        spellCheck={false}
        value={value}
        onChange={(event) => onText(event.target.value)}
      />
    </label>
  );
}

export function LoadDialog({ files, onClose }: LoadDialogProps) {
  const [text, setText] = useState('');
  const [meta, setMeta] = useState('');
  const { isBusy, failure, load, loadDemo } = useLoad(onClose);
  const loadFiles = (chosen: readonly File[]): void => {
    const { book, meta: tables } = sortFiles(chosen);
    if (!book) return;
    void load(book.name, async () => {
      const [bookText, metaText] = await Promise.all([book.text(), tables?.text() ?? meta]);
      if (bookText.length <= FIELD_LENGTH_MAX) setText(bookText);
      if (metaText.length <= FIELD_LENGTH_MAX) setMeta(metaText);
      return [bookText, metaText];
    });
  };
  const dropped = useRef(files);
  useEffect(() => {
    const toLoad = dropped.current;
    dropped.current = undefined;
    if (toLoad) loadFiles(toLoad);
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') void load('pasted text', async () => [text, meta]);
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
            onChange={(event) => loadFiles([...(event.target.files ?? [])])}
          />
        </label>
        <TextArea label="Or paste the text" value={text} onText={setText} isFirst />
        <details className={styles.meta}>
          <summary>Margin tables of the venue (optional)</summary>
          <TextArea label="Response with the venue’s instruments and margin tables" value={meta} onText={setMeta} />
        </details>
        {failure && <FailureReport failure={failure} />}
        <div className={fields.actions}>
          <Button onClick={loadDemo}>Load the demo account</Button>
          <Button look="primary" type="submit" disabled={isBusy || text.trim() === ''}>
            {isBusy ? 'Reading…' : 'Load text'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
