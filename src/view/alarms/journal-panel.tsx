/** The journal: what was kept, how much room it takes, and how it is taken along, brought back and forgotten. */
import { selectJournal } from '../../store/selectors.ts';
import type { JournalStatus } from '../../store/types.ts';
import { useApp } from '../shared/app-context.tsx';
import panel from '../ui/panel.module.css';
import styles from './alarms-page.module.css';
import { JournalCare } from './journal-care.tsx';
import { JournalEvents } from './journal-events.tsx';
import { Watchlist } from './watchlist.tsx';

const ROLES: Readonly<Record<JournalStatus['role'], string>> = {
  leader: 'This tab leads: it sounds alarms for all tabs of this browser and keeps the history.',
  follower: 'This tab follows: another one sounds alarms and keeps the history; when it is closed, this one does.',
  alone: 'This browser cannot tell tabs apart: each one sounds its own alarms.',
};

function SetAside({ rows }: { readonly rows: JournalStatus['setAside'] }) {
  if (rows.length === 0) return null;
  return (
    <details>
      <summary>
        {rows.length} {rows.length === 1 ? 'row' : 'rows'} could not be read and {rows.length === 1 ? 'was' : 'were'} set aside, as they are
      </summary>
      <ul className={styles.list} aria-label="Rows set aside">
        {rows.slice(0, 50).map(({ store, key, reason }) => (
          <li key={`${store} ${key}`} className={styles.note}>
            {store} {key}: {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}

export function JournalPanel() {
  const journal = useApp(selectJournal);
  if (!journal) return null;
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="Journal" data-role={journal.role}>
      <h2 className={panel.title}>Journal</h2>
      <p className={styles.note}>
        {journal.state === 'memory' || journal.detail !== '' ? (
          <strong>Not kept: {journal.detail}. </strong>
        ) : (
          'Alarms, acknowledgements, rules and history are kept in this browser. '
        )}
        {ROLES[journal.role]}
      </p>
      <SetAside rows={journal.setAside} />
      <JournalEvents journal={journal} />
      <Watchlist accounts={journal.watchlist} />
      <JournalCare journal={journal} />
    </section>
  );
}
