/** The star beside the account's name: whether it is on the watch-list. */
import { Star } from 'lucide-react';
import { selectAccount, selectJournal } from '../../store/selectors.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import styles from '../shell/header.module.css';
import { IconButton } from '../ui/button.tsx';

export function WatchStar() {
  const actions = useActions();
  const journal = useApp(selectJournal);
  const account = useApp(selectAccount)?.id;
  if (!journal || account === undefined) return null;
  const isWatched = journal.watchlist.includes(account);
  return (
    <IconButton
      className={styles.star}
      label="On the watch-list"
      aria-pressed={isWatched}
      onClick={() => void actions.journal({ kind: 'journal-watch', account, isWatched: !isWatched })}
    >
      <Star size={16} fill={isWatched ? 'currentColor' : 'none'} aria-hidden="true" />
    </IconButton>
  );
}
