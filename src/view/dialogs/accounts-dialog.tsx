/** Chooses one of many accounts: a search field over a list that draws only what is in sight. */
import { type KeyboardEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { selectAccounts, selectSelectedAccount } from '../../store/selectors.ts';
import type { AccountSummary } from '../../store/types.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import { Dialog } from '../ui/dialog.tsx';
import fields from '../ui/fields.module.css';
import styles from './accounts-dialog.module.css';
import { scrollToRow, windowRows } from './window-rows.ts';

const ROW_HEIGHT = 36;
const VIEW_HEIGHT = 360;
const PAGE = 9;

const matches = (account: AccountSummary, words: readonly string[]): boolean => {
  const text = `${account.id} ${account.label} ${account.venue}`.toLowerCase();
  return words.every((word) => text.includes(word));
};

const moveOf = (key: string, at: number, count: number): number | null => {
  if (key === 'ArrowDown') return at + 1;
  if (key === 'ArrowUp') return at - 1;
  if (key === 'PageDown') return at + PAGE;
  if (key === 'PageUp') return at - PAGE;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : null;
};

/** The accounts that match every word of `query`. */
const useFound = (accounts: readonly AccountSummary[], query: string): readonly AccountSummary[] =>
  useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return words.length === 0 ? accounts : accounts.filter((account) => matches(account, words));
  }, [accounts, query]);

interface ListProps {
  readonly id: string;
  readonly found: readonly AccountSummary[];
  readonly selected: string;
  /** Row that the keys are at. */
  readonly at: number;
  readonly onChoose: (account: AccountSummary) => void;
}

/** Draws the rows in sight, and brings the one that the keys are at into sight. */
function List({ id, found, selected, at, onChoose }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  useLayoutEffect(() => {
    if (list.current) list.current.scrollTop = scrollToRow(at, ROW_HEIGHT, list.current.scrollTop, VIEW_HEIGHT);
  }, [at]);
  const { first, end } = windowRows(found.length, ROW_HEIGHT, scrollTop, VIEW_HEIGHT);
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label="Accounts"
      tabIndex={-1}
      className={styles.list}
      style={{ blockSize: Math.min(VIEW_HEIGHT, Math.max(1, found.length) * ROW_HEIGHT) }}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
    >
      <div role="presentation" className={styles.whole} style={{ blockSize: found.length * ROW_HEIGHT }}>
        {found.slice(first, end).map((account, index) => (
          // The search field holds the focus and answers the keys; rows answer the pointer.
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above
          // biome-ignore lint/a11y/useFocusableInteractive: see above
          <div
            key={account.id}
            id={`${id}${first + index}`}
            role="option"
            aria-selected={account.id === selected}
            aria-setsize={found.length}
            aria-posinset={first + index + 1}
            data-active={first + index === at}
            className={styles.row}
            style={{ insetBlockStart: (first + index) * ROW_HEIGHT, blockSize: ROW_HEIGHT }}
            onClick={() => onChoose(account)}
          >
            <span className={styles.name}>{account.label || account.id}</span>
            <span className={styles.venue}>
              {account.label ? `${account.id} · ` : ''}
              {account.venue}
            </span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className={styles.none}>No account matches.</p>}
    </div>
  );
}

export function AccountsDialog({ onClose }: { readonly onClose: () => void }) {
  const actions = useActions();
  const accounts = useApp(selectAccounts);
  const selected = useApp(selectSelectedAccount);
  const id = useId();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const found = useFound(accounts, query);
  const choose = (account: AccountSummary): void => {
    void actions.selectAccount(account.id);
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const here = found[at];
    const next = moveOf(event.key, at, found.length);
    if (event.key === 'Enter' && here) choose(here);
    else if (next !== null) setAt(Math.min(Math.max(next, 0), Math.max(0, found.length - 1)));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={`Choose an account (${accounts.length.toLocaleString('en-US')})`} onClose={onClose}>
      <input
        className={fields.input}
        type="search"
        data-first-focus=""
        role="combobox"
        aria-label="Search accounts"
        placeholder="Name, address or venue"
        aria-expanded={true}
        aria-controls={id}
        aria-autocomplete="list"
        {...(found[at] ? { 'aria-activedescendant': `${id}${at}` } : {})}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <List id={id} found={found} selected={selected} at={at} onChoose={choose} />
    </Dialog>
  );
}
