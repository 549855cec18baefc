/** What a back-test found: two columns with their difference, and every liquidation with its leads. */
import { useState } from 'react';
import { selectTimeZone } from '../../store/selectors.ts';
import type { BackTestColumn, BackTestRow, BackTestView } from '../../store/types.ts';
import { spanText } from '../alarms/words.ts';
import { formatFixed } from '../format/number.ts';
import { formatInstant } from '../format/time.ts';
import { useApp } from '../shared/app-context.tsx';
import panel from '../ui/panel.module.css';
import { by, findingText, type SortKey } from './back-test-words.ts';
import { Scroll } from './scroll.tsx';
import styles from './study.module.css';

type Field = Exclude<keyof BackTestColumn, 'name'>;

const count = (value: number): string => formatFixed(value.toFixed(0), 0, 'halfExpand');
const rate = (value: number): string => formatFixed(value.toFixed(4), 4, 'halfExpand');
const hours = (value: number): string => `${formatFixed(value.toFixed(2), 2, 'halfExpand')}\u202fh`;

const ROWS: readonly (readonly [name: string, field: Field, text: (value: number) => string])[] = [
  ['Announcements: rules that became active', 'announcements', count],
  ['Announcements an hour', 'announcementsPerHour', rate],
  ['Notices told', 'notices', count],
  ['Notices an hour', 'noticesPerHour', rate],
  ['Liquidations', 'liquidations', count],
  ['Liquidations without warning', 'withoutWarning', count],
  ['Median lead of those warned', 'medianLeadMs', spanText],
  ['Worst lead of those warned', 'worstLeadMs', spanText],
  ['Rules that chattered', 'chattering', count],
  ['Alarms standing, on average', 'meanStanding', rate],
  ['Alarms standing, at most', 'mostStanding', count],
  ['Time in flood', 'floodHours', hours],
];

/** B − A, with its sign; nothing where either has no number. */
function differenceText(a: number, b: number, text: (value: number) => string): string {
  const difference = b - a;
  if (!Number.isFinite(difference)) return 'none';
  if (difference === 0) return '0';
  return `${difference < 0 ? '−' : '+'}${text(Math.abs(difference))}`;
}

function Comparison({ columns: [a, b] }: Pick<BackTestView, 'columns'>) {
  return (
    <Scroll label="Two rule sets, scrolls">
      <table className={styles.table}>
        <caption className={panel.hidden}>Two rule sets side by side</caption>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col" data-number>
              A: {a.name}
            </th>
            <th scope="col" data-number>
              B: {b.name}
            </th>
            <th scope="col" data-number>
              B − A
            </th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([name, field, text]) => (
            <tr key={field}>
              <th scope="row">{name}</th>
              <td data-number>{text(a[field])}</td>
              <td data-number>{text(b[field])}</td>
              <td data-number>{differenceText(a[field], b[field], text)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const HEADS: readonly (readonly [SortKey, string])[] = [
  ['at', 'At'],
  ['account', 'Account'],
  ['a', 'Lead of A'],
  ['b', 'Lead of B'],
];

const leadText = (ms: number): string => (Number.isNaN(ms) ? 'no warning' : spanText(ms));

function Liquidations({ rows }: { readonly rows: readonly BackTestRow[] }) {
  const zone = useApp(selectTimeZone);
  const [sort, setSort] = useState<{ readonly key: SortKey; readonly isDown: boolean }>({ key: 'at', isDown: false });
  const sorted = [...rows].sort(by(sort.key, sort.isDown));
  return (
    <Scroll label="Liquidations, scrolls">
      <table className={styles.table}>
        <caption className={panel.hidden}>Liquidations with the lead of each rule set</caption>
        <thead>
          <tr>
            {HEADS.map(([key, name]) => (
              <th key={key} scope="col" aria-sort={sort.key !== key ? 'none' : sort.isDown ? 'descending' : 'ascending'}>
                <button type="button" className={styles.sort} onClick={() => setSort({ key, isDown: sort.key === key && !sort.isDown })}>
                  {name} {sort.key === key ? (sort.isDown ? '↓' : '↑') : ''}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={`${row.account} ${row.pool} ${row.atMs}`}>
              <td>{formatInstant(row.atMs, zone)}</td>
              <th scope="row">
                {row.account}, {row.pool}
              </th>
              <td>{leadText(row.leadMs[0])}</td>
              <td>{leadText(row.leadMs[1])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

export function BackTestResult({ result }: { readonly result: BackTestView }) {
  return (
    <>
      <p className={styles.finding}>{findingText(result)}</p>
      <Comparison columns={result.columns} />
      {result.liquidations.length > 0 && <Liquidations rows={result.liquidations} />}
    </>
  );
}
