/** How old the oldest price behind the numbers is, and what is not known: said beside them, always. */

import { selectAsOf, selectOldestInputAgeMs, selectSource, selectTimeZone } from '../../store/selectors.ts';
import type { AccountView } from '../../store/types.ts';
import { formatAge, formatInstant } from '../format/time.ts';
import { longReason, shortReason } from '../format/words.ts';
import { useApp } from '../shared/app-context.tsx';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './age.module.css';

const NAMED = 3;

/** What is missing, in words: the first few, and how many more. */
const unknownsOf = (account: AccountView): string => {
  const named = account.indeterminate.slice(0, NAMED).map(({ reason, subject }) => `${shortReason(reason)} ${subject}`);
  const rest = account.indeterminate.length - named.length;
  return `${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
};

/** A price may also lie ahead of the feed's clock: a book younger than the crash replayed over it. */
const ageOf = (ageMs: number, subject: string): string =>
  ageMs < -1000 ? `${subject}: ${formatAge(-ageMs)} ahead of the feed’s clock` : `Oldest price ${formatAge(ageMs)} old: ${subject}`;

export function Age({ account }: { readonly account: AccountView }) {
  const ageMs = useApp(selectOldestInputAgeMs);
  const source = useApp(selectSource);
  const asOf = useApp(selectAsOf);
  const zone = useApp(selectTimeZone);
  const isRunning = source !== null && source.kind !== 'none';
  const at = isRunning ? account.oldestInputMs : Date.parse(asOf);
  return (
    <div className={styles.age}>
      <p data-stale={account.stale} title={formatInstant(at, zone)}>
        {account.stale && (
          <strong className={styles.stale} data-state="stale">
            <StateShape state="stale" /> Stale.{' '}
          </strong>
        )}
        {isRunning && Number.isFinite(ageMs)
          ? ageOf(ageMs, `${account.oldestInputSubject} ${account.riskPrice}`)
          : `Prices of ${formatInstant(at, zone)}`}
      </p>
      {account.indeterminate.length > 0 && (
        <p className={styles.unknown} data-state="indeterminate" title={longReason(account.indeterminate[0]!.reason)}>
          <StateShape state="indeterminate" /> {unknownsOf(account)}. What depends on it shows no number.
        </p>
      )}
    </div>
  );
}
