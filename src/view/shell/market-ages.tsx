/** How old the price of every market of the account is: by the venue's clock and by ours, what that makes it, its limits, and what rests on it. */
import { useState } from 'react';
import { selectSnapshot } from '../../store/selectors.ts';
import type { AccountView, RiskState, Snapshot } from '../../store/types.ts';
import { formatAge } from '../format/time.ts';
import { FEED_WORDS } from '../format/words.ts';
import { useAppEvery } from '../shared/app-context.tsx';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import { type AgeColumn, type AgeRow, ageRows, sortedRows } from './age-rows.ts';
import styles from './market-ages.module.css';

const INTERVAL_MS = 500;

const COLUMNS: readonly (readonly [AgeColumn, string])[] = [
  ['market', 'Market'],
  ['venueAgeMs', 'Venue’s age'],
  ['ownAgeMs', 'Our age'],
  ['freshness', 'Class'],
];

const SHAPES: Readonly<Record<AgeRow['freshness'], RiskState>> = { live: 'healthy', delayed: 'watch', stale: 'stale', lost: 'liquidation' };

const ageText = (ageMs: number): string => (Number.isNaN(ageMs) ? 'none' : ageMs < 0 ? `${formatAge(-ageMs)} ahead` : formatAge(ageMs));

function Row({ row }: { readonly row: AgeRow }) {
  const state = SHAPES[row.freshness];
  return (
    <tr>
      <th scope="row">{row.market}</th>
      <td data-number>{ageText(row.venueAgeMs)}</td>
      <td data-number>{ageText(row.ownAgeMs)}</td>
      <td>
        <span className={styles.state} data-state={state}>
          <StateShape state={state} size={9} /> {FEED_WORDS[row.freshness]}
        </span>
      </td>
      <td data-number>{row.limits.map(formatAge).join(' · ')}</td>
      <td className={styles.holds}>{row.holds.join(', ')}</td>
    </tr>
  );
}

function Table({ snapshot, account }: { readonly snapshot: Snapshot; readonly account: AccountView }) {
  const [{ by, isDown }, setOrder] = useState<{ readonly by: AgeColumn; readonly isDown: boolean }>({ by: 'venueAgeMs', isDown: true });
  const rows = sortedRows(ageRows(snapshot, account), by, isDown);
  return (
    <table className={styles.table}>
      <caption className={panel.hidden}>Ages of prices</caption>
      <thead>
        <tr>
          {COLUMNS.map(([column, name]) => (
            <th key={column} scope="col" aria-sort={by === column ? (isDown ? 'descending' : 'ascending') : 'none'}>
              <button type="button" onClick={() => setOrder({ by: column, isDown: by === column ? !isDown : column !== 'market' })}>
                {name}
                <span aria-hidden="true">{by === column ? (isDown ? ' ↓' : ' ↑') : ''}</span>
              </button>
            </th>
          ))}
          <th scope="col">Delayed · stale · lost from</th>
          <th scope="col">Held by</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.market} row={row} />
        ))}
      </tbody>
    </table>
  );
}

export function MarketAges() {
  const snapshot = useAppEvery(selectSnapshot, INTERVAL_MS);
  const account = snapshot?.account;
  if (!snapshot || !account || snapshot.markets.count === 0) return <p>No market moves this account.</p>;
  return (
    <div className={styles.ages}>
      <Table snapshot={snapshot} account={account} />
      <p className={styles.note}>
        {snapshot.source.kind === 'none' ? 'No feed runs: the prices are the book’s own, and none grows old. ' : ''}
        Markets of this account. The worse of both ages decides; a playback, which can be paused, goes by the venue’s clock.
      </p>
    </div>
  );
}
