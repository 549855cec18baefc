/** The largest accounts, and those that the fewest dollars would liquidate. */
import { selectDeskPanel } from '../../../store/selectors.ts';
import type { DeskBook, DeskRows } from '../../../store/types.ts';
import { STATE_WORDS } from '../../format/words.ts';
import { useAppEvery } from '../../shared/app-context.tsx';
import panel from '../../ui/panel.module.css';
import { StateShape } from '../../ui/state-shape.tsx';
import { formatShort } from '../money.ts';
import { columnOf, type DeskColumnSpec, shortId, stateOf } from '../table/columns.ts';
import { PANEL_INTERVAL_MS, useBook } from '../use-desk.ts';
import styles from './panels.module.css';

const selectWhales = selectDeskPanel('whales');

const LISTS = [
  { title: 'Largest by notional', list: 'largest', columns: ['grossNotional', 'leverage', 'marginRatio'] },
  { title: 'Least buffer left', list: 'nearest', columns: ['marginExcess', 'grossNotional', 'marginRatio'] },
] as const;

/** From here on an amount is written short: its digits do not fit. */
const SHORT_FROM = 1e6;

const whaleText = (column: DeskColumnSpec, rows: DeskRows, at: number, book: DeskBook): string => {
  const value = column.value(rows, at);
  const isLong = column.bounds === 'money' && Math.abs(value) >= SHORT_FROM;
  return isLong ? formatShort(value, column.id === 'marginExcess' ? 'floor' : 'ceil') : column.text(rows, at, book);
};

interface WhaleListProps {
  readonly title: string;
  readonly rows: DeskRows;
  readonly columns: readonly string[];
  readonly onOpen: (account: string) => void;
}

function WhaleList({ title, rows, columns, onOpen }: WhaleListProps) {
  const book = useBook();
  const specs = columns.flatMap((id) => columnOf(id) ?? []);
  if (!book) return null;
  return (
    <table className={styles.whaleTable}>
      <caption>
        {title}, {book.unit}
      </caption>
      <thead>
        <tr>
          <th scope="col">Account</th>
          {specs.map((column) => (
            <th key={column.id} scope="col" title={column.help}>
              {column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.account.map((account, at) => {
          const state = stateOf(rows, at);
          const name = rows.label[at] || shortId(account);
          return (
            <tr key={account}>
              <th scope="row">
                <button
                  type="button"
                  className={styles.whale}
                  title={`Open ${name} on the margin page`}
                  aria-label={`Open ${name}, ${STATE_WORDS[state]}`}
                  onClick={() => onOpen(account)}
                >
                  <StateShape state={state} size={9} />
                  <span>{name}</span>
                </button>
              </th>
              {specs.map((column) => (
                <td key={column.id} title={column.full(rows, at, book)}>
                  {whaleText(column, rows, at, book)}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function WhalesPanel({ onOpen }: { readonly onOpen: (account: string) => void }) {
  const whales = useAppEvery(selectWhales, PANEL_INTERVAL_MS);
  return (
    <section className={`${panel.panel} ${styles.whales}`} aria-label="Whales">
      {whales ? (
        LISTS.map(({ title, list, columns }) => (
          <WhaleList key={list} title={title} rows={whales[list]} columns={columns} onOpen={onOpen} />
        ))
      ) : (
        <p>Working it out.</p>
      )}
    </section>
  );
}
