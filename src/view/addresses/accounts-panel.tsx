/** The accounts that were found at the addresses: as a table or as cards, and as a file. */
import type { SortingState } from '@tanstack/react-table';
import { Download } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import { selectTable } from '../../store/selectors.ts';
import { download } from '../desk/download.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import buttons from '../ui/button.module.css';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import fields from '../ui/fields.module.css';
import panel from '../ui/panel.module.css';
import { Popover } from '../ui/popover.tsx';
import { NARROW, useMedia } from '../ui/use-media.ts';
import { AccountCards } from './account-cards.tsx';
import styles from './accounts.module.css';
import { AccountsTable, FIRST_SORTING, useAccountTable } from './accounts-table.tsx';
import { ACCOUNT_COLUMNS, accountsCsv } from './columns.ts';
import { type ShownAccount, useShownAccounts } from './rows.ts';

const TABLE = 'addresses';
const selectLayout = selectTable(TABLE);

const mutable = (sorting: readonly { readonly id: string; readonly desc: boolean }[]): SortingState =>
  sorting.filter(({ id }) => ACCOUNT_COLUMNS.some((column) => column.id === id)).map(({ id, desc }) => ({ id, desc }));

export function AccountsPanel({ isReading }: { readonly isReading: boolean }) {
  const data = useShownAccounts();
  const layout = useApp(selectLayout);
  const actions = useActions();
  const isNarrow = useMedia(NARROW);
  const [open, setOpen] = useState<string | null>(null);
  const sorting = useMemo(() => mutable(layout.sorting), [layout.sorting]);
  const table = useAccountTable(data, sorting, (next) => actions.changeTable(TABLE, { sorting: next }));
  const rows = table.getRowModel().rows.map(({ original }) => original);
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="Watched accounts">
      <div className={panel.head}>
        <h2 className={panel.title}>Accounts</h2>
        {isNarrow && data.length > 1 && <Sorting layout={layout.sorting} />}
        {data.length > 0 && <Export rows={rows} />}
      </div>
      {data.length === 0 ? (
        <p className={styles.none}>{isReading ? 'Nothing is read yet.' : 'No account was found at these addresses.'}</p>
      ) : isNarrow ? (
        <AccountCards rows={rows} open={open} onOpen={setOpen} />
      ) : (
        <AccountsTable table={table} sorting={sorting} open={open} onOpen={setOpen} />
      )}
    </section>
  );
}

/** Cards have no heads to click. */
function Sorting({ layout }: { readonly layout: readonly { readonly id: string; readonly desc: boolean }[] }) {
  const actions = useActions();
  const { id, desc } = layout[0] ?? FIRST_SORTING[0]!;
  return (
    <div className={styles.sorting}>
      <Choice
        label="Sorted by"
        value={id}
        choices={ACCOUNT_COLUMNS.map((column) => [column.id, column.header] as const)}
        onValue={(next) => actions.changeTable(TABLE, { sorting: [{ id: next, desc }] })}
      />
      <Button aria-pressed={desc} onClick={() => actions.changeTable(TABLE, { sorting: [{ id, desc: !desc }] })}>
        Reversed
      </Button>
    </div>
  );
}

/** Every digit of what is shown, as it is sorted. Labels are of this device: they leave it only where they are ticked. */
function Export({ rows }: { readonly rows: readonly ShownAccount[] }) {
  const [hasLabels, setHasLabels] = useState(false);
  const id = useId();
  return (
    <Popover
      label="Export the accounts"
      trigger={
        <>
          <Download size={14} aria-hidden="true" /> CSV
        </>
      }
      triggerProps={{ className: buttons.button, title: 'The table as a file' }}
    >
      {(close) => (
        <div className={styles.export}>
          <p className={fields.hint}>{rows.length} accounts as they are sorted, with their addresses and every digit.</p>
          <label htmlFor={id} className={styles.tick}>
            <input id={id} type="checkbox" checked={hasLabels} onChange={({ target }) => setHasLabels(target.checked)} />
            With my labels
          </label>
          <Button
            look="primary"
            onClick={() => {
              const text = accountsCsv(
                rows.map(({ row, beside }) => [row, beside] as const),
                hasLabels,
              );
              download('watched-accounts.csv', new Blob([text], { type: 'text/csv' }));
              close();
            }}
          >
            Save the file
          </Button>
        </div>
      )}
    </Popover>
  );
}
