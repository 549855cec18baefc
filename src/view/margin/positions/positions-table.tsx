/** Every position with every figure: sortable, its columns chosen and ordered, rows still while somebody reads them. */
import {
  columnOrderingFeature,
  columnVisibilityFeature,
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  type Row as TableRow,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { Pencil, Trash2 } from 'lucide-react';
import { useMemo } from 'react';
import { selectTable } from '../../../store/selectors.ts';
import type { AccountView, PositionColumns, RiskState, TableLayout } from '../../../store/types.ts';
import { useActions, useApp } from '../../shared/app-context.tsx';
import { useOverlay } from '../../shared/overlay.tsx';
import { IconButton } from '../../ui/button.tsx';
import sorted from '../../ui/sorted-table.module.css';
import { byValue, SortHeading, scrollByKey } from '../../ui/sorted-table.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { AgedDistance } from '../machine/aged-distance.tsx';
import { COLUMNS, type ColumnSpec, cellText, columnOf, headerOf } from './columns.ts';
import { DistanceBar } from './distance-bar.tsx';
import styles from './positions-table.module.css';
import { TABLE } from './table-name.ts';
import { useHeldOrder } from './use-held-order.ts';
import { WorkingButton } from './working-button.tsx';

interface Row {
  readonly key: string;
  readonly at: number;
  readonly positions: PositionColumns;
}

const features = tableFeatures({
  columnOrderingFeature,
  columnVisibilityFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
});

const helper = createColumnHelper<typeof features, Row>();

/** What a column is sorted by; undefined goes last, whichever way it is sorted. */
const sortValue = (column: ColumnSpec, { positions, at }: Row): string | number | undefined => {
  if (column.kind === 'text') return positions[column.reads][at];
  const value = positions[column.reads].value[at]!;
  return Number.isNaN(value) ? undefined : value;
};

const columns = helper.columns(
  COLUMNS.map((column: ColumnSpec) =>
    helper.accessor((row) => sortValue(column, row), {
      id: column.id,
      header: column.header,
      sortUndefined: 'last',
      sortDescFirst: false,
      sortFn: (a, b, id) => byValue(a.getValue<string | number>(id), b.getValue<string | number>(id)),
    }),
  ),
);

const selectLayout = selectTable(TABLE);

const mutable = (layout: TableLayout) => ({
  columnOrder: [...layout.columnOrder],
  columnVisibility: { ...layout.columnVisibility },
  sorting: layout.sorting.map((sort) => ({ ...sort })),
});

interface CellProps {
  readonly column: ColumnSpec;
  readonly row: Row;
  readonly account: AccountView;
}

function CellContent({ column, row, account }: CellProps) {
  const { positions, at } = row;
  if (column.id === 'liquidationPrice') return <WorkingButton column={column} positions={row.positions} at={row.at} />;
  const text = cellText(column, positions, at);
  if (column.id === 'liquidationDistance') {
    return (
      <span className={styles.distance} title={text.full}>
        <span>
          <AgedDistance account={account.id} pool={positions.pool[at]!} row={at} plain={text.shown} />
        </span>
        {text.hasNumber && <DistanceBar distance={positions.liquidationDistance.value[at]!} />}
      </span>
    );
  }
  if (column.id === 'marginMode') {
    const state: RiskState = account.pools.find(({ id }) => id === positions.pool[at])?.riskState ?? account.riskState;
    return (
      <span className={styles.mode} data-state={state}>
        <StateShape state={state} size={9} /> {text.shown}
      </span>
    );
  }
  return <span title={text.full}>{text.shown}</span>;
}

const direction = (column: ColumnSpec, row: Row): string | undefined => {
  if (column.kind !== 'profit') return undefined;
  const value = row.positions.unrealizedPnl.value[row.at]!;
  return value > 0 ? 'up' : value < 0 ? 'down' : undefined;
};

/** Whether a cell of figures has its number. */
const isKnown = (column: ColumnSpec, { positions, at }: Row): boolean =>
  column.kind === 'text' || positions[column.reads].reason[at] === '';

function RowActions({ row }: { readonly row: Row }) {
  const open = useOverlay();
  const actions = useActions();
  const name = `${row.positions.instrument[row.at]} ${row.positions.side[row.at]}`;
  return (
    <span className={styles.actions}>
      <IconButton label={`Change ${name}`} onClick={() => open({ kind: 'position', index: row.at })}>
        <Pencil size={14} aria-hidden="true" />
      </IconButton>
      <IconButton label={`Remove ${name}`} onClick={() => void actions.edit({ kind: 'position-remove', index: row.at })}>
        <Trash2 size={14} aria-hidden="true" />
      </IconButton>
    </span>
  );
}

type PositionRow = TableRow<typeof features, Row>;

function BodyRow({ row, account }: { readonly row: PositionRow; readonly account: AccountView }) {
  return (
    <tr>
      {row.getVisibleCells().map((cell) => {
        const column = columnOf(cell.column.id)!;
        const Cell = column.id === 'instrument' ? 'th' : 'td';
        return (
          <Cell
            key={cell.id}
            {...(column.id === 'instrument' ? { scope: 'row' } : {})}
            data-kind={column.kind}
            data-column={column.id}
            data-direction={direction(column, row.original)}
            data-figure={column.kind === 'text' ? undefined : ''}
            data-known={isKnown(column, row.original)}
          >
            <CellContent column={column} row={row.original} account={account} />
          </Cell>
        );
      })}
      <td className={styles.actionsCell}>
        <RowActions row={row.original} />
      </td>
    </tr>
  );
}

export function PositionsTable({ account }: { readonly account: AccountView }) {
  const actions = useActions();
  const layout = useApp(selectLayout);
  const { positions } = account;
  const data = useMemo<Row[]>(() => positions.key.map((key, at) => ({ key, at, positions })), [positions]);
  const state = useMemo(() => mutable(layout), [layout]);
  const table = useTable({
    features,
    columns,
    data,
    getRowId: (row) => row.key,
    state,
    onSortingChange: (update) => actions.changeTable(TABLE, { sorting: typeof update === 'function' ? update(state.sorting) : update }),
    isMultiSortEvent: (event) => (event as MouseEvent).shiftKey,
  });
  const [rows, hold] = useHeldOrder(table.getRowModel().rows, layout.sorting);
  return (
    // A region that scrolls must be reachable from the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={styles.scroll} aria-label="Positions, scrollable" tabIndex={0} onKeyDown={scrollByKey} {...hold}>
      <table className={`${sorted.table} ${styles.table}`} aria-label="Positions">
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map(({ id, column }) => (
                <SortHeading
                  key={id}
                  column={columnOf(column.id)!}
                  order={column.getIsSorted()}
                  onToggle={column.getToggleSortingHandler()}
                >
                  {headerOf(columnOf(column.id)!, account.riskPrice)}
                </SortHeading>
              ))}
              <th scope="col" className={styles.actionsHead}>
                Edit
              </th>
            </tr>
          ))}
        </thead>
        <tbody>
          {rows.map((row) => (
            <BodyRow key={row.id} row={row} account={account} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
