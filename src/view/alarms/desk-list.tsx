// biome-ignore-all lint/a11y/useSemanticElements: rows stand where their rank puts them, which no table can
// biome-ignore-all lint/a11y/useFocusableInteractive: cells are read, the buttons in them are what is reached
/** The desk's standing alarms as a list of any length: only the rows in view are there, the rest is room to scroll. */
import { type KeyboardEvent, useRef } from 'react';
import { selectTimeZone } from '../../store/selectors.ts';
import type { DeskAlarmColumn, DeskAlarmQuery, DeskAlarmRow, DeskAlarmsFrame } from '../../store/types.ts';
import { formatFixed, formatPercent, formatRatio } from '../format/number.ts';
import { formatInstant } from '../format/time.ts';
import { STATE_WORDS } from '../format/words.ts';
import { useApp } from '../shared/app-context.tsx';
import { Button } from '../ui/button.tsx';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './desk-alarms.module.css';

const ROW_HEIGHT = 30;
/** Rows asked for, and how many of them lie above those in view. */
const WINDOW = 60;
const ABOVE = 20;

const COLUMNS: readonly { readonly id: DeskAlarmColumn | 'account'; readonly name: string }[] = [
  { id: 'state', name: 'State' },
  { id: 'account', name: 'Account' },
  { id: 'atRisk', name: 'At risk' },
  { id: 'marginRatio', name: 'Ratio' },
  { id: 'sigmaDistance', name: 'Distance, σ' },
  { id: 'raised', name: 'Since' },
];

const numberText = (value: number, write: (text: string) => string): string => (Number.isFinite(value) ? write(String(value)) : 'none');
export const moneyText = (value: number): string => (Number.isFinite(value) ? formatFixed(value.toFixed(2), 0, 'ceil') : 'not known');

function Row({ row, rank, onOpen, onAcknowledge }: RowProps) {
  const zone = useApp(selectTimeZone);
  return (
    <div role="row" aria-rowindex={rank + 2} className={styles.row} data-state={row.state} style={{ insetBlockStart: rank * ROW_HEIGHT }}>
      <span role="cell" className={styles.state}>
        <StateShape state={row.state} /> {STATE_WORDS[row.state]}
      </span>
      <span role="cell">
        <button type="button" className={styles.link} onClick={() => onOpen(row.account)} aria-label={`Show ${row.account} on the desk`}>
          {row.account}
        </button>
      </span>
      <span role="cell" data-number>
        {moneyText(row.atRisk)}
      </span>
      <span role="cell" data-number title={numberText(row.probability, (text) => `${formatPercent(text, 1, 'ceil')} within 24 h`)}>
        {numberText(row.marginRatio, formatRatio)}
      </span>
      <span role="cell" data-number>
        {numberText(row.sigmaDistance, (text) => formatFixed(text, 2, 'floor'))}
      </span>
      <span role="cell" data-number>
        {formatInstant(row.raisedMs, zone)}
      </span>
      <span role="cell">
        {Number.isFinite(row.acknowledgedMs) ? (
          <span className={styles.note}>Acknowledged</span>
        ) : (
          <Button aria-label={`Acknowledge ${row.account}`} onClick={() => onAcknowledge(row.episode)}>
            Acknowledge
          </Button>
        )}
      </span>
    </div>
  );
}

interface RowProps {
  readonly row: DeskAlarmRow;
  readonly rank: number;
  readonly onOpen: (account: string) => void;
  readonly onAcknowledge: (episode: string) => void;
}

interface DeskListProps extends Pick<RowProps, 'onOpen' | 'onAcknowledge'> {
  readonly frame: DeskAlarmsFrame;
  readonly query: DeskAlarmQuery;
  readonly onQuery: (query: DeskAlarmQuery) => void;
}

export function DeskList({ frame, query, onQuery, onOpen, onAcknowledge }: DeskListProps) {
  const box = useRef<HTMLDivElement>(null);
  const take = (): void => {
    const first = Math.floor((box.current?.scrollTop ?? 0) / ROW_HEIGHT);
    const from = Math.max(0, first - ABOVE);
    if (Math.abs(from - query.window.from) >= ABOVE / 2 || (from === 0 && query.window.from !== 0))
      onQuery({ ...query, window: { from, count: WINDOW } });
  };
  const sortBy = (column: DeskAlarmColumn): void => {
    const falling = query.sort.column === column ? !query.sort.falling : column !== 'sigmaDistance';
    onQuery({ ...query, sort: { column, falling } });
  };
  const onKey = ({ key }: KeyboardEvent): void => {
    if (key === 'Home') box.current?.scrollTo(0, 0);
    if (key === 'End') box.current?.scrollTo(0, box.current.scrollHeight);
  };
  return (
    <div
      ref={box}
      className={styles.box}
      role="table"
      aria-label="Desk alarms"
      aria-rowcount={frame.matched + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
      tabIndex={0}
      onScroll={take}
      onKeyDown={onKey}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" aria-rowindex={1} className={styles.headRow}>
          {COLUMNS.map(({ id, name }) => (
            <span
              key={id}
              role="columnheader"
              aria-sort={query.sort.column !== id ? 'none' : query.sort.falling ? 'descending' : 'ascending'}
              data-number={id === 'state' || id === 'account' ? undefined : ''}
            >
              {id === 'account' ? (
                name
              ) : (
                <button type="button" className={styles.link} onClick={() => sortBy(id)}>
                  {name}
                  {query.sort.column === id ? (query.sort.falling ? ' ↓' : ' ↑') : ''}
                </button>
              )}
            </span>
          ))}
          <span role="columnheader">Answer</span>
        </div>
      </div>
      <div role="rowgroup" className={styles.rows} style={{ blockSize: frame.matched * ROW_HEIGHT }}>
        {frame.rows.map((row, i) => (
          <Row key={row.episode} row={row} rank={frame.from + i} onOpen={onOpen} onAcknowledge={onAcknowledge} />
        ))}
      </div>
    </div>
  );
}
