/** Every account that was found: sortable by every column, its rows still while somebody reads them, each to be opened. */
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  type Row as TableRow,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useMemo } from 'react';
import { formatAge } from '../format/time.ts';
import { STATE_WORDS } from '../format/words.ts';
import { useHeldOrder } from '../margin/positions/use-held-order.ts';
import sorted from '../ui/sorted-table.module.css';
import { byValue, SortHeading, scrollByKey } from '../ui/sorted-table.tsx';
import { StateShape } from '../ui/state-shape.tsx';
import { AccountDetail } from './account-detail.tsx';
import styles from './accounts.module.css';
import { ACCOUNT_COLUMNS, type AccountColumn, figureOf, isApart } from './columns.ts';
import { CopyButton } from './copy-button.tsx';
import { shortAddress } from './entries.ts';
import { Figure } from './figure.tsx';
import { partOf, type ShownAccount } from './rows.ts';
import { useNow } from './use-addresses.ts';
import { agreementOf } from './words.ts';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const helper = createColumnHelper<typeof features, ShownAccount>();

const columns = helper.columns(
  ACCOUNT_COLUMNS.map((column) =>
    helper.accessor(({ row, beside }) => column.sort(row, beside), {
      id: column.id,
      header: column.header,
      sortUndefined: 'last',
      sortDescFirst: false,
      sortFn: (a, b, id) => byValue(a.getValue<string | number>(id), b.getValue<string | number>(id)),
    }),
  ),
);
const specOf = (id: string): AccountColumn => ACCOUNT_COLUMNS.find((column) => column.id === id)!;

/** Nearest to liquidation first, until somebody asks for another order. */
export const FIRST_SORTING: SortingState = [{ id: 'distance', desc: false }];

type SortChange = SortingState | ((before: SortingState) => SortingState);

/** The rows as they are sorted, for table, cards and file. */
export function useAccountTable(data: readonly ShownAccount[], sorting: SortingState, onSorting: (next: SortingState) => void) {
  const rows = useMemo(() => [...data], [data]);
  const state = useMemo(() => ({ sorting: sorting.length === 0 ? FIRST_SORTING : sorting }), [sorting]);
  return useTable({
    features,
    columns,
    data: rows,
    getRowId: ({ row }) => row.account,
    state,
    onSortingChange: (change: SortChange) => onSorting(typeof change === 'function' ? change(state.sorting) : change),
    isMultiSortEvent: (event) => (event as MouseEvent).shiftKey,
  });
}

export type AccountTable = ReturnType<typeof useAccountTable>;

/** How old what is shown is; with the reason where it is out of date. */
export function AccountAge({ beside }: Pick<ShownAccount, 'beside'>) {
  const nowMs = useNow();
  const age = formatAge(nowMs - beside.takenMs);
  return beside.stale === '' ? (
    <span data-figure="">{age}</span>
  ) : (
    <span className={styles.stale} data-state="stale" title={beside.stale}>
      <StateShape state="stale" size={9} /> {age}, stale
    </span>
  );
}

export function AccountName({ shown: { row, beside } }: { readonly shown: ShownAccount }) {
  const part = partOf(row);
  return (
    <span className={styles.name} title={row.address}>
      {beside.label === '' ? <code>{shortAddress(row.address)}</code> : beside.label}
      {part !== '' && <span className={styles.part}> {part}</span>}
    </span>
  );
}

function CellContent({ column, shown }: { readonly column: AccountColumn; readonly shown: ShownAccount }) {
  const { row, beside } = shown;
  const figure = figureOf(column.id, row);
  if (figure) return <Figure text={figure} isStale={beside.stale !== ''} />;
  switch (column.id) {
    case 'venue':
      return row.venueName;
    case 'riskState':
      return (
        <span className={styles.state} data-state={row.riskState}>
          <StateShape state={row.riskState} size={10} /> {STATE_WORDS[row.riskState]}
        </span>
      );
    case 'nearest':
      return row.nearest?.instrument ?? 'none';
    case 'agreement': {
      const agreement = agreementOf(row);
      return <span title={agreement.full}>{agreement.shown}</span>;
    }
    default:
      return <AccountAge beside={beside} />;
  }
}

interface BodyRowProps {
  readonly row: TableRow<typeof features, ShownAccount>;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

function BodyRow({ row, isOpen, onOpen }: BodyRowProps) {
  const shown = row.original;
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <tr data-quality={shown.beside.stale === '' ? undefined : 'stale'} data-open={isOpen} data-account={row.id}>
        {row.getAllCells().map((cell) => {
          const column = specOf(cell.column.id);
          if (column.id === 'account')
            return (
              <th key={cell.id} scope="row" data-kind="text" data-column="account">
                <span className={styles.who}>
                  <button
                    type="button"
                    className={styles.open}
                    aria-expanded={isOpen}
                    aria-label={`${isOpen ? 'Close' : 'Open'} ${shown.beside.name}, ${shown.row.venueName}`}
                    onClick={onOpen}
                  >
                    <Chevron size={14} aria-hidden="true" />
                    <AccountName shown={shown} />
                  </button>
                  <CopyButton text={shown.row.address} what={`the address of ${shown.beside.name}`} />
                </span>
              </th>
            );
          return (
            <td
              key={cell.id}
              data-kind={column.kind}
              data-column={column.id}
              data-apart={(column.id === 'ours' || column.id === 'theirs') && isApart(shown.row) ? true : undefined}
            >
              <CellContent column={column} shown={shown} />
            </td>
          );
        })}
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={ACCOUNT_COLUMNS.length} className={styles.opened}>
            <AccountDetail shown={shown} />
          </td>
        </tr>
      )}
    </>
  );
}

interface AccountsTableProps {
  readonly table: AccountTable;
  readonly sorting: SortingState;
  readonly open: string | null;
  readonly onOpen: (account: string | null) => void;
}

export function AccountsTable({ table, sorting, open, onOpen }: AccountsTableProps) {
  const [rows, hold] = useHeldOrder(table.getRowModel().rows, sorting);
  return (
    // A region that scrolls must be reachable from the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={styles.scroll} aria-label="Accounts, scrollable" tabIndex={0} onKeyDown={scrollByKey} {...hold}>
      <table className={`${sorted.table} ${styles.table}`} aria-label="Accounts">
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map(({ id, column }) => (
                <SortHeading key={id} column={specOf(column.id)} order={column.getIsSorted()} onToggle={column.getToggleSortingHandler()}>
                  {specOf(column.id).header}
                </SortHeading>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {rows.map((row) => (
            <BodyRow key={row.id} row={row} isOpen={open === row.id} onOpen={() => onOpen(open === row.id ? null : row.id)} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
