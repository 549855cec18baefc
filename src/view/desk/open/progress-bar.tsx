/** How far an opening or an export is: stage, rate, time left, and a way out. */
import { selectDeskBook, selectDeskProgress } from '../../../store/selectors.ts';
import type { DeskProgress } from '../../../store/types.ts';
import { formatAge } from '../../format/time.ts';
import { useActions, useApp } from '../../shared/app-context.tsx';
import { Button } from '../../ui/button.tsx';
import { formatCount, formatShort } from '../money.ts';
import styles from './open.module.css';

const STAGES: Readonly<Record<DeskProgress['stage'], string>> = {
  reading: 'Reading',
  building: 'Building the columns',
  certifying: 'Proving how far prices may move',
  writing: 'Writing',
};

/** `Reading · 120,000 accounts · 240K a second · 3 s left`. */
export function progressText({ of, stage, done, perSecond, remainingMs }: DeskProgress): string {
  const what = of === 'export' ? 'rows' : 'accounts';
  const parts = [
    STAGES[stage],
    done > 0 ? `${formatCount(Math.floor(done))} ${what}` : '',
    perSecond > 0 ? `${formatShort(perSecond)} a second` : '',
    Number.isFinite(remainingMs) ? `${formatAge(remainingMs)} left` : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

export function ProgressBar() {
  const progress = useApp(selectDeskProgress);
  const hasBook = useApp(selectDeskBook) !== null;
  const actions = useActions();
  if (!progress) return null;
  const isKnown = Number.isFinite(progress.fraction);
  const name = progress.of === 'export' ? 'Export' : 'Opening';
  return (
    <div className={styles.progress}>
      <progress aria-label={name} max={1} {...(isKnown ? { value: progress.fraction } : {})} />
      <span className={styles.progressText}>{progressText(progress)}</span>
      <Button onClick={() => void actions.desk.cancel()}>Cancel</Button>
      {progress.of === 'open' && hasBook && (
        <span className={styles.progressText}>What is shown stays until the new accounts are whole.</span>
      )}
    </div>
  );
}
