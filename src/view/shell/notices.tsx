/** What the page has to say besides the figures: an engine started again, a feed lost, a file that could not be read. */
import { X } from 'lucide-react';
import { selectNotices } from '../../store/selectors.ts';
import type { Notice, RiskState } from '../../store/types.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import { FaultList } from '../shared/fault-list.tsx';
import { IconButton } from '../ui/button.tsx';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './notices.module.css';

const SHAPES: Readonly<Record<Notice['severity'], RiskState>> = { info: 'healthy', warning: 'watch', error: 'liquidation' };

export function Notices() {
  const notices = useApp(selectNotices);
  const actions = useActions();
  if (notices.length === 0) return null;
  return (
    <section aria-label="Messages">
      <ul className={styles.notices} aria-label="Notices">
        {notices.map((notice) => (
          <li key={notice.id} className={styles.notice} data-state={SHAPES[notice.severity]}>
            <StateShape state={SHAPES[notice.severity]} />
            <div className={styles.text}>
              <p>{notice.text}</p>
              {notice.faults.length > 0 && <FaultList faults={notice.faults} />}
            </div>
            <IconButton label="Dismiss" onClick={() => actions.dismissNotice(notice.id)}>
              <X size={15} aria-hidden="true" />
            </IconButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
