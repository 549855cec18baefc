// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed freely and reused cannot be those of a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names the active cell
/** The frame of the accounts table: headings, sorting, chosen columns. Rows are painted by the controller. */
import {
  columnOrderingFeature,
  columnVisibilityFeature,
  createColumnHelper,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'react';
import { selectDeskFilter, selectDeskSort, selectTable } from '../../../store/selectors.ts';
import type { DeskSortColumn, TableLayout } from '../../../store/types.ts';
import { useActions, useApp, useAppStore } from '../../shared/app-context.tsx';
import styles from './accounts-grid.module.css';
import { COLUMNS, columnOf, type DeskColumnSpec, NARROW_COLUMNS, PIN_WIDTH, widthOf } from './columns.ts';
import { GridController, type GridMemory } from './grid-controller.ts';
import { TABLE } from './table-name.ts';

const features = tableFeatures({ columnOrderingFeature, columnVisibilityFeature, rowSortingFeature });
const helper = createColumnHelper<typeof features, never>();

/** Words sort from A, numbers from the worst: the most, but the least buffer. */
const FALLING_FIRST: ReadonlySet<string> = new Set([
  'state',
  'equity',
  'grossNotional',
  'leverage',
  'marginRatio',
  'maintenance',
  'initialMargin',
  'biggest',
  'positions',
  'age',
]);

const columnDefs = helper.columns(
  // Without an accessor a column cannot be sorted; rows never pass through it.
  COLUMNS.map(({ id, header }) => helper.accessor(() => null, { id, header, sortDescFirst: FALLING_FIRST.has(id) })),
);
const NO_ROWS: never[] = [];
const SORTS_MAX = 4;
/** Height of a row, px: compact where there is a pointer, a finger's where there may be none. */
const ROW_HEIGHT = 24;
const NARROW_ROW_HEIGHT = 32;
/** Where the state is a shape without its word, and ids may be cut: 390 pixels, a scroll bar taken off. */
const NARROW_WIDTHS: Readonly<Record<string, number>> = { state: 24, account: 64, marginRatio: 60, marginExcess: 70, nearest: 104 };

const selectLayout = selectTable(TABLE);
const ARIA_SORT = { asc: 'ascending', desc: 'descending' } as const;

/** Columns are shown as usual unless the user said otherwise. */
const visibilityOf = (layout: TableLayout): Record<string, boolean> => ({
  ...Object.fromEntries(COLUMNS.map(({ id, isUsual }) => [id, isUsual])),
  ...layout.columnVisibility,
});

/** Widths as the style sheet takes them; the name has what is left. */
export const templateOf = (columns: readonly DeskColumnSpec[], isNarrow: boolean): string =>
  [PIN_WIDTH, ...columns]
    .map((column) => {
      if (typeof column === 'number') return `${column}px`;
      const width = (isNarrow ? NARROW_WIDTHS[column.id] : undefined) ?? column.width;
      return column.id === 'account' ? `minmax(${width}px, 1fr)` : `${width}px`;
    })
    .join(' ');

interface AccountsGridProps {
  /** Few columns and taller rows. */
  readonly isNarrow: boolean;
  readonly memory: GridMemory;
  readonly onOpen: (account: string) => void;
}

/** The table model: which columns, in which order, sorted how. It never holds a row. */
function useColumns(isNarrow: boolean) {
  const actions = useActions();
  const layout = useApp(selectLayout);
  const sort = useApp(selectDeskSort);
  const state = useMemo(
    () => ({
      columnOrder: isNarrow ? [...NARROW_COLUMNS] : [...layout.columnOrder],
      columnVisibility: isNarrow ? Object.fromEntries(COLUMNS.map(({ id }) => [id, NARROW_COLUMNS.includes(id)])) : visibilityOf(layout),
      sorting: sort.map(({ column, falling }) => ({ id: column, desc: falling })),
    }),
    [layout, sort, isNarrow],
  );
  const table = useTable({
    features,
    columns: columnDefs,
    data: NO_ROWS,
    state,
    manualSorting: true,
    maxMultiSortColCount: SORTS_MAX,
    isMultiSortEvent: (event) => (event as MouseEvent).shiftKey,
    onSortingChange: (update) => {
      const sorting = typeof update === 'function' ? update(state.sorting) : update;
      void actions.desk.query({ sort: sorting.map(({ id, desc }) => ({ column: id as DeskSortColumn, falling: desc })) });
    },
  });
  const ids = table
    .getVisibleLeafColumns()
    .map(({ id }) => id)
    .join(' ');
  const columns = useMemo(() => ids.split(' ').flatMap((id) => columnOf(id) ?? []), [ids]);
  return { table, columns, sort };
}

export function AccountsGrid({ isNarrow, memory, onOpen }: AccountsGridProps) {
  const actions = useActions();
  const store = useAppStore();
  const filter = useApp(selectDeskFilter);
  const { table, columns, sort } = useColumns(isNarrow);
  const id = useId();
  const container = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const pinned = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const controller = useRef<GridController | null>(null);
  const open = useRef(onOpen);
  open.current = onOpen;
  const rowHeight = isNarrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT;

  useLayoutEffect(() => {
    const elements = {
      container: container.current!,
      head: head.current!,
      pinned: pinned.current!,
      body: body.current!,
      stage: stage.current!,
      layer: layer.current!,
      canvas: canvas.current,
    };
    const { desk } = actions;
    const grid = new GridController(
      {
        window: () => store.getState().desk.window,
        book: () => store.getState().desk.book,
        read: desk.read,
        scroll: (from, count) => void desk.scroll(from, count),
        freeze: desk.freeze,
        open: (account) => open.current(account),
        watch: desk.watch,
      },
      elements,
      {
        id,
        rowHeight,
        memory,
        classes: { row: styles.row!, pin: styles.pin!, cell: styles.cell!, shape: styles.shape! },
      },
    );
    controller.current = grid;
    const stop = store.subscribe((state, before) => {
      if (state.desk.window !== before.desk.window || state.desk.book !== before.desk.book) grid.update();
    });
    return () => {
      stop();
      grid.close();
      controller.current = null;
    };
  }, [store, actions, memory, id, rowHeight]);

  // After the controller is there, and again with every other choice of columns.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row height makes a new controller, which needs its columns
  useLayoutEffect(() => {
    controller.current?.setColumns(columns);
    void actions.desk.query({ columns: columns.map((column) => column.id) });
  }, [columns, actions, rowHeight]);

  const asked = useRef({ filter, sort });
  useEffect(() => {
    if (asked.current.filter === filter && asked.current.sort === sort) return;
    asked.current = { filter, sort };
    controller.current?.toTop();
  }, [filter, sort]);

  const nameAt = columns.findIndex((column) => column.id === 'account');
  const style = {
    '--columns': templateOf(columns, isNarrow),
    '--row': `${rowHeight}px`,
    '--least': `${isNarrow ? 0 : widthOf(columns)}px`,
    // Where the name stands when nothing has been moved, beside the pin.
    '--name-at': `${widthOf(columns.slice(0, nameAt)) - PIN_WIDTH}px`,
  };
  return (
    <div
      ref={container}
      role="grid"
      aria-label="Accounts"
      aria-colcount={columns.length + 1}
      aria-multiselectable="false"
      tabIndex={0}
      className={styles.grid}
      data-narrow={isNarrow}
      style={style as React.CSSProperties}
    >
      <div ref={head} className={styles.head} role="rowgroup">
        <div role="row" aria-rowindex={1} className={styles.headRow}>
          <div role="columnheader" aria-colindex={1} className={styles.headCell}>
            <span className={styles.hidden}>Pinned</span>
          </div>
          {table.getHeaderGroups()[0]?.headers.map((header, index) => {
            const column = columnOf(header.column.id)!;
            const order = header.column.getIsSorted();
            return (
              <div
                key={header.id}
                role="columnheader"
                aria-colindex={index + 2}
                aria-sort={order ? ARIA_SORT[order] : undefined}
                className={styles.headCell}
                data-align={column.align}
                data-column={column.id}
              >
                <button
                  type="button"
                  className={styles.sort}
                  title={`${column.help}. Sort; with Shift also by this`}
                  onClick={header.column.getToggleSortingHandler()}
                >
                  {isNarrow && column.id === 'state' ? <span className={styles.hidden}>State</span> : column.header}
                  {order === 'asc' && <ChevronUp size={12} aria-hidden="true" />}
                  {order === 'desc' && <ChevronDown size={12} aria-hidden="true" />}
                  {order && sort.length > 1 && <span className={styles.place}>{header.column.getSortIndex() + 1}</span>}
                </button>
              </div>
            );
          })}
        </div>
        <div ref={pinned} className={styles.pinned} role="presentation" />
      </div>
      <div ref={body} className={styles.body} role="presentation">
        <div ref={stage} className={styles.stage} role="presentation">
          <div ref={layer} className={styles.layer} role="rowgroup" />
          {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without a tab index takes no focus */}
          {!isNarrow && <canvas ref={canvas} className={styles.ink} aria-hidden="true" />}
        </div>
      </div>
    </div>
  );
}
