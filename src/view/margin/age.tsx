/** How old the oldest price behind the numbers is, and what is not known: said beside them, always. */

import { selectAsOf, selectOldestInputAgeMs, selectSource, selectTimeZone } from '../../store/selectors.ts';
import type { AccountView } from '../../store/types.ts';
import { formatAge, formatInstant } from '../format/time.ts';
import { longReason, shortReason } from '../format/words.ts';
import { useApp } from '../shared/app-context.tsx';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './age.module.css';

const NAMED = 3;

function Unknowns({ account }: { readonly account: AccountView }) {
  if (account.indeterminate.length === 0) return null;
  const named = account.indeterminate.slice(0, NAMED);
  const rest = account.indeterminate.length - named.length;
  return (
    <p className={styles.unknown} data-state="indeterminate">
      <StateShape state="indeterminate" /> Not known:{' '}
      {named.map(({ reason, subject }) => (
        <span key={`${reason} ${subject}`} title={longReason(reason)}>
          {shortReason(reason)} {subject};{' '}
        </span>
      ))}
      {rest > 0 ? `and ${rest} more. ` : ''}What depends on it shows no number.
    </p>
  );
}

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
      <Unknowns account={account} />
    </div>
  );
}
