/** Brings accounts onto the desk: a file, a generated population, or the book of the margin page. Closes at once; the desk shows how far it is. */
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { selectBookName } from '../../../store/selectors.ts';
import { useActions, useApp } from '../../shared/app-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import fields from '../../ui/fields.module.css';
import { formatCount } from '../money.ts';
import styles from './open.module.css';

interface OpenDialogProps {
  /** Files that were dropped on the page: the first is opened at once. */
  readonly files?: readonly File[] | undefined;
  readonly onClose: () => void;
}

export const POPULATIONS = [10_000, 100_000, 1_000_000] as const;
const SEED = 42;
const SEED_MAX = 999_999_999;

/** Opens a file and closes what asked for it. */
function useOpenFile(onClose: () => void): (files: readonly File[]) => void {
  const actions = useActions();
  return (files) => {
    const file = files[0];
    if (!file) return;
    void actions.desk.openFile(file.name, file);
    onClose();
  };
}

function FileField({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  return (
    <label className={fields.field}>
      A file: CSV, Parquet or JSON, up to a million accounts. Or drop it anywhere on the page. It stays on this device.
      <input
        className={styles.file}
        type="file"
        accept=".csv,.parquet,.json,text/csv,application/json,application/vnd.apache.parquet"
        onChange={(event) => onFiles([...(event.target.files ?? [])])}
      />
    </label>
  );
}

/** Buttons for the populations that the app can make up. */
export function Populations({ seed, onOpen }: { readonly seed: number; readonly onOpen?: () => void }) {
  const actions = useActions();
  return (
    <div className={styles.choices}>
      {POPULATIONS.map((accounts) => (
        <Button
          key={accounts}
          onClick={() => {
            void actions.desk.openPopulation(accounts, seed);
            onOpen?.();
          }}
        >
          {formatCount(accounts)} accounts
        </Button>
      ))}
    </div>
  );
}

export function OpenDialog({ files, onClose }: OpenDialogProps) {
  const actions = useActions();
  const bookName = useApp(selectBookName);
  const openFile = useOpenFile(onClose);
  const [seedText, setSeedText] = useState(String(SEED));
  const seed = Number(seedText);
  const isSeed = /^\d+$/.test(seedText.trim()) && seed <= SEED_MAX;
  const dropped = useRef(files);
  useEffect(() => {
    const toOpen = dropped.current;
    dropped.current = undefined;
    if (toOpen && toOpen.length > 0) openFile(toOpen);
  });
  const openBook = (event: FormEvent): void => {
    event.preventDefault();
    void actions.desk.openBook();
    onClose();
  };
  return (
    <Dialog title="Open accounts on the desk" onClose={onClose}>
      <div className={fields.form}>
        <FileField onFiles={openFile} />
        <fieldset className={styles.group}>
          <legend>A generated population: the same seed gives the same accounts</legend>
          <div className={styles.line}>
            <label className={styles.seed}>
              Seed
              <input
                className={fields.input}
                inputMode="numeric"
                value={seedText}
                aria-invalid={!isSeed}
                onChange={(event) => setSeedText(event.target.value)}
              />
            </label>
            <Populations seed={isSeed ? seed : SEED} onOpen={onClose} />
          </div>
        </fieldset>
        {bookName !== '' && (
          <form onSubmit={openBook} className={styles.group}>
            <p className={fields.hint}>The book of the margin page, {bookName}</p>
            <div>
              <Button type="submit">Open the book</Button>
            </div>
          </form>
        )}
        <p className={fields.hint}>What is open now stays until the new accounts are whole.</p>
      </div>
    </Dialog>
  );
}
