/** The foot of the desk, always there: how many accounts the figures speak for, and for which they do not. */
import { useState } from 'react';
import { selectDeskBook, selectDeskCoverage, selectDeskOpened, selectDeskWork } from '../../store/selectors.ts';
import type { DeskCoverage, DeskOpened } from '../../store/types.ts';
import { formatFixed } from '../format/number.ts';
import { useApp, useAppEvery } from '../shared/app-context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './coverage-line.module.css';
import { formatCount, plain } from './money.ts';
import { PANEL_INTERVAL_MS, useFilter } from './use-desk.ts';

const FIRST_REJECTS = 100;

function RejectsDialog({ coverage, opened, onClose }: { coverage: DeskCoverage; opened: DeskOpened | null; onClose: () => void }) {
  const [shown, setShown] = useState(FIRST_REJECTS);
  const rejects = opened?.rejects ?? [];
  return (
    <Dialog title={`${formatCount(coverage.skipped)} accounts left out`} width="wide" onClose={onClose}>
      <table className={styles.table}>
        <caption className={styles.caption}>By reason, each account once</caption>
        <tbody>
          {coverage.skippedReasons.map(({ reason, count }) => (
            <tr key={reason}>
              <th scope="row">{reason}</th>
              <td>{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rejects.length > 0 && (
        <table className={styles.table}>
          <caption className={styles.caption}>The first {formatCount(rejects.length)} places in the file</caption>
          <thead>
            <tr>
              <th scope="col">Row</th>
              <th scope="col">Field</th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {rejects.slice(0, shown).map(({ row, field, reason }, index) => (
              // Rejects never move: their place in the list is their identity.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <tr key={index}>
                <td>{row === 0 ? 'whole' : formatCount(row)}</td>
                <td>
                  <code>{field}</code>
                </td>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rejects.length > shown && <Button onClick={() => setShown(rejects.length)}>Show all {formatCount(rejects.length)}</Button>}
    </Dialog>
  );
}

function Work() {
  const work = useAppEvery(selectDeskWork, PANEL_INTERVAL_MS);
  if (!work || Number.isNaN(work.tickMs)) return null;
  const title = `Of ${formatCount(work.blocks)} blocks of accounts ${formatCount(work.touchedBlocks)} could have changed and were swept; ${formatCount(work.exactAccounts)} accounts were decided exactly.`;
  return (
    <span className={styles.work} title={title}>
      last tick {formatFixed(plain(work.tickMs), 1, 'ceil')}&#x202f;ms
    </span>
  );
}

export function CoverageLine() {
  const coverage = useAppEvery(selectDeskCoverage, PANEL_INTERVAL_MS);
  const book = useApp(selectDeskBook);
  const opened = useApp(selectDeskOpened);
  const [, changeFilter] = useFilter();
  const [isOpen, setIsOpen] = useState(false);
  if (!coverage)
    return (
      <section className={styles.line} aria-label="Coverage">
        No accounts loaded.
      </section>
    );
  const { inSource, loaded, skipped, indeterminate, overAge, exactOnly } = coverage;
  const only = (states: 'indeterminate' | 'stale') => () => changeFilter((now) => ({ ...now, states: [states] }));
  return (
    <section className={styles.line} aria-label="Coverage" data-gap={skipped > 0 || indeterminate > 0}>
      <span className={styles.part}>
        <b>{formatCount(loaded)}</b> accounts loaded{inSource > loaded ? ` of ${formatCount(inSource)}` : ''}
      </span>
      {skipped > 0 ? (
        <button type="button" className={styles.part} onClick={() => setIsOpen(true)}>
          <StateShape state="indeterminate" size={9} /> <b>{formatCount(skipped)}</b> skipped: why
        </button>
      ) : (
        <span className={styles.part}>0 skipped</span>
      )}
      {indeterminate > 0 ? (
        <button type="button" className={styles.part} onClick={only('indeterminate')}>
          <StateShape state="indeterminate" size={9} /> <b>{formatCount(indeterminate)}</b> not known
        </button>
      ) : (
        <span className={styles.part}>0 not known</span>
      )}
      {overAge > 0 ? (
        <button type="button" className={styles.part} onClick={only('stale')}>
          <StateShape state="stale" size={9} /> <b>{formatCount(overAge)}</b> over-age
        </button>
      ) : (
        <span className={styles.part}>0 over-age</span>
      )}
      {exactOnly > 0 && (
        <span className={styles.part} title="No linear form: the exact engine decides each of them, row by row">
          {formatCount(exactOnly)} decided row by row
        </span>
      )}
      <Work />
      <span className={styles.book} title={book?.asOf}>
        {book?.name}
      </span>
      {isOpen && <RejectsDialog coverage={coverage} opened={opened} onClose={() => setIsOpen(false)} />}
    </section>
  );
}
