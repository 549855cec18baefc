/** The largest accounts, and those that the fewest dollars would liquidate. */
import { selectDeskPanel } from '../../../store/selectors.ts';
import type { DeskRows } from '../../../store/types.ts';
import { STATE_WORDS } from '../../format/words.ts';
import { useAppEvery } from '../../shared/app-context.tsx';
import panel from '../../ui/panel.module.css';
import { StateShape } from '../../ui/state-shape.tsx';
import { columnOf, shortId, stateOf } from '../table/columns.ts';
import { PANEL_INTERVAL_MS, useBook } from '../use-desk.ts';
import styles from './panels.module.css';

const selectWhales = selectDeskPanel('whales');

const LISTS = [
  { title: 'Largest by notional', list: 'largest', columns: ['grossNotional', 'leverage', 'marginRatio'] },
  { title: 'Fewest dollars from the line', list: 'nearest', columns: ['marginExcess', 'grossNotional', 'marginRatio'] },
] as const;

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
      <caption className={panel.hidden}>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{title}</th>
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
                  {column.text(rows, at, book)}
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
