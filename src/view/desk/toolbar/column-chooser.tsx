/** Which columns the accounts table shows and in which order; remembered on this device. */
import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react';
import { selectTable } from '../../../store/selectors.ts';
import { useActions, useApp } from '../../shared/app-context.tsx';
import buttons from '../../ui/button.module.css';
import { Button, IconButton } from '../../ui/button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { COLUMNS, columnOf } from '../table/columns.ts';
import { TABLE } from '../table/table-name.ts';
import styles from './toolbar.module.css';

const selectLayout = selectTable(TABLE);
/** Without it nobody knows whose row it is. */
const ALWAYS = 'account';

/** All columns in the order shown: those that were placed, then the rest in their own order. */
export const orderOf = (placed: readonly string[]): readonly string[] => {
  const known = placed.filter((id) => columnOf(id) !== undefined);
  return [...known, ...COLUMNS.map(({ id }) => id).filter((id) => !known.includes(id))];
};

/** `order` with what is at `from` one place up or down; as it was at the ends. */
export const moved = (order: readonly string[], from: number, by: -1 | 1): readonly string[] => {
  const to = from + by;
  if (to < 0 || to >= order.length) return order;
  const next = [...order];
  [next[from], next[to]] = [next[to]!, next[from]!];
  return next;
};

function List() {
  const layout = useApp(selectLayout);
  const actions = useActions();
  const order = orderOf(layout.columnOrder);
  const place = (from: number, by: -1 | 1) => () => actions.changeTable(TABLE, { columnOrder: [...moved(order, from, by)] });
  return (
    <div className={styles.chooser}>
      <ul>
        {order.map((id, index) => {
          const { header, help, isUsual } = columnOf(id)!;
          return (
            <li key={id} className={styles.choice}>
              <label className={styles.label} title={help}>
                <input
                  type="checkbox"
                  checked={id === ALWAYS || (layout.columnVisibility[id] ?? isUsual)}
                  disabled={id === ALWAYS}
                  onChange={(event) =>
                    actions.changeTable(TABLE, { columnVisibility: { ...layout.columnVisibility, [id]: event.target.checked } })
                  }
                />
                {header}
              </label>
              <IconButton label={`${header} earlier`} disabled={index === 0} onClick={place(index, -1)}>
                <ArrowUp size={14} aria-hidden="true" />
              </IconButton>
              <IconButton label={`${header} later`} disabled={index === order.length - 1} onClick={place(index, 1)}>
                <ArrowDown size={14} aria-hidden="true" />
              </IconButton>
            </li>
          );
        })}
      </ul>
      <Button onClick={() => actions.changeTable(TABLE, { columnOrder: [], columnVisibility: {}, sorting: [] })}>As usual</Button>
    </div>
  );
}

export function ColumnChooser() {
  return (
    <Popover
      label="Columns of the accounts table"
      trigger={
        <>
          <Columns3 size={14} aria-hidden="true" /> Columns
        </>
      }
      triggerProps={{ className: buttons.button }}
    >
      {() => <List />}
    </Popover>
  );
}
