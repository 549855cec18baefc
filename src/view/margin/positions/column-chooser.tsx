/** Which columns are shown and in which order; remembered on this device. */
import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react';
import { selectTable } from '../../../store/selectors.ts';
import { useActions, useApp } from '../../shared/app-context.tsx';
import buttons from '../../ui/button.module.css';
import { Button, IconButton } from '../../ui/button.tsx';
import { Popover } from '../../ui/popover.tsx';
import styles from './column-chooser.module.css';
import { COLUMNS, columnOf } from './columns.ts';
import { TABLE } from './table-name.ts';

const selectLayout = selectTable(TABLE);

/** All column ids in the order shown: those the user has placed, then the rest in their own order. */
export const orderOf = (placed: readonly string[]): string[] => {
  const known = placed.filter((id) => columnOf(id) !== undefined);
  return [...known, ...COLUMNS.map(({ id }) => id).filter((id) => !known.includes(id))];
};

/** `order` with the column at `from` one place up or down; as it was at the ends. */
export const moved = (order: readonly string[], from: number, by: -1 | 1): string[] => {
  const to = from + by;
  if (to < 0 || to >= order.length) return [...order];
  const next = [...order];
  [next[from], next[to]] = [next[to]!, next[from]!];
  return next;
};

function List() {
  const layout = useApp(selectLayout);
  const actions = useActions();
  const order = orderOf(layout.columnOrder);
  return (
    <div className={styles.chooser}>
      <ul className={styles.list}>
        {order.map((id, index) => {
          const { header } = columnOf(id)!;
          const isFixed = id === 'instrument';
          return (
            <li key={id} className={styles.row}>
              <label className={styles.label}>
                <input
                  type="checkbox"
                  checked={isFixed || (layout.columnVisibility[id] ?? true)}
                  disabled={isFixed}
                  onChange={(event) =>
                    actions.changeTable(TABLE, { columnVisibility: { ...layout.columnVisibility, [id]: event.target.checked } })
                  }
                />
                {header}
              </label>
              <IconButton
                label={`${header} earlier`}
                disabled={index === 0}
                onClick={() => actions.changeTable(TABLE, { columnOrder: moved(order, index, -1) })}
              >
                <ArrowUp size={14} aria-hidden="true" />
              </IconButton>
              <IconButton
                label={`${header} later`}
                disabled={index === order.length - 1}
                onClick={() => actions.changeTable(TABLE, { columnOrder: moved(order, index, 1) })}
              >
                <ArrowDown size={14} aria-hidden="true" />
              </IconButton>
            </li>
          );
        })}
      </ul>
      <Button onClick={() => actions.changeTable(TABLE, { columnOrder: [], columnVisibility: {}, sorting: [] })}>Reset columns</Button>
    </div>
  );
}

export function ColumnChooser() {
  return (
    <Popover
      label="Columns"
      trigger={
        <>
          <Columns3 size={15} aria-hidden="true" /> Columns
        </>
      }
      triggerProps={{ className: buttons.button, ...{ 'data-look': 'quiet' } }}
    >
      {() => <List />}
    </Popover>
  );
}
