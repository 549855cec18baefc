/** Above the table: how many accounts match, what narrows them, whether the order stands still, and what can be done with them. */
import { FolderOpen, ListFilter, Pause, X } from 'lucide-react';
import { selectDeskBook, selectDeskFilter, selectDeskMatched } from '../../../store/selectors.ts';
import type { AppState } from '../../../store/types.ts';
import { useActions, useApp, useAppEvery } from '../../shared/app-context.tsx';
import { useOverlay } from '../../shared/overlay.tsx';
import { Button } from '../../ui/button.tsx';
import { conditionsOf } from '../filters/filter.ts';
import { formatCount } from '../money.ts';
import { useFilter, useVenueName } from '../use-desk.ts';
import { ColumnChooser } from './column-chooser.tsx';
import { ExportMenu } from './export-menu.tsx';
import styles from './toolbar.module.css';

const COUNT_INTERVAL_MS = 500;

function Matched() {
  const matched = useAppEvery(selectDeskMatched, COUNT_INTERVAL_MS);
  const book = useApp(selectDeskBook);
  const filter = useApp(selectDeskFilter);
  const count = book?.count ?? 0;
  const isAll = conditionsOf(filter, String).length === 0;
  return (
    <p className={styles.matched}>
      <b>{formatCount(isAll ? count : matched)}</b>
      {isAll ? ' accounts' : ` of ${formatCount(count)} accounts`}
      <span className={styles.unit}> · in {book?.unit}</span>
    </p>
  );
}

function Conditions() {
  const [filter, changeFilter] = useFilter();
  const actions = useActions();
  const conditions = conditionsOf(filter, useVenueName());
  if (conditions.length === 0) return null;
  return (
    <ul className={styles.conditions} aria-label="Conditions in force">
      {conditions.map(({ key, text, without }) => (
        <li key={key}>
          <button type="button" className={styles.condition} title={`Without: ${text}`} onClick={() => changeFilter(() => without)}>
            {text}
            <X size={12} aria-hidden="true" />
          </button>
        </li>
      ))}
      {conditions.length > 1 && (
        <li>
          <button type="button" className={styles.condition} onClick={() => void actions.desk.clearFilter()}>
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}

const selectIsFrozen = (state: AppState): boolean => state.desk.window?.frozen ?? false;
/** The pointer crosses the table on its way elsewhere: said only when it stays. */
const FROZEN_INTERVAL_MS = 300;

function Frozen() {
  const isFrozen = useAppEvery(selectIsFrozen, FROZEN_INTERVAL_MS);
  const actions = useActions();
  if (!isFrozen) return null;
  const renew = (): void => {
    actions.desk.freeze(false);
    actions.desk.freeze(true);
  };
  return (
    <button
      type="button"
      className={styles.frozen}
      title="Rows keep their places while the pointer or the focus is in the table. Press to put them in order now"
      onClick={renew}
    >
      <Pause size={12} aria-hidden="true" /> order frozen
    </button>
  );
}

interface ToolbarProps {
  /** Where the rail is not beside the table, this opens it; null where it is. */
  readonly filters: { readonly isOpen: boolean; readonly toggle: () => void } | null;
  readonly hasColumns: boolean;
}

export function Toolbar({ filters, hasColumns }: ToolbarProps) {
  const open = useOverlay();
  return (
    <div className={styles.bar}>
      <Matched />
      <Conditions />
      <div className={styles.actions}>
        <Frozen />
        {filters && (
          <Button aria-expanded={filters.isOpen} onClick={filters.toggle}>
            <ListFilter size={14} aria-hidden="true" /> Filters
          </Button>
        )}
        {hasColumns && <ColumnChooser />}
        <ExportMenu />
        <Button onClick={() => open({ kind: 'desk-open' })}>
          <FolderOpen size={14} aria-hidden="true" /> Open
        </Button>
      </div>
    </div>
  );
}
