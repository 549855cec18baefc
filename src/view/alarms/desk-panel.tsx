/** The alarms of the desk: how many stand, a flood as one ranked alarm, and every one of them in a list. */
import { type ReactNode, useEffect, useState } from 'react';
import { selectDeskAlarms, selectDeskBook } from '../../store/desk-selectors.ts';
import { selectTimeZone } from '../../store/selectors.ts';
import type { DeskAlarmQuery, DeskAlarmsFrame } from '../../store/types.ts';
import { formatInstant } from '../format/time.ts';
import { STATE_WORDS } from '../format/words.ts';
import { useActions, useApp, useAppEvery } from '../shared/app-context.tsx';
import { goTo } from '../shell/use-route.ts';
import { Button } from '../ui/button.tsx';
import fields from '../ui/fields.module.css';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './desk-alarms.module.css';
import { DeskList, moneyText } from './desk-list.tsx';
import { LoadPanel } from './load-panel.tsx';

const INTERVAL_MS = 100;
/** In the order of the tally. */
const STATES = ['healthy', 'watch', 'warning', 'margin-call', 'liquidation', 'bankrupt'] as const;

const FIRST: DeskAlarmQuery = {
  states: [],
  venues: [],
  text: '',
  isUnacknowledgedOnly: false,
  sort: { column: 'state', falling: true },
  window: { from: 0, count: 60 },
};

const countText = (value: number): string => value.toLocaleString('en-US');
const talliedText = ({ tally }: DeskAlarmsFrame): string =>
  STATES.map((state, i) => ({ state, count: tally.counts[i] ?? 0 }))
    .filter(({ count }) => count > 0)
    .reverse()
    .map(({ state, count }) => `${countText(count)} ${STATE_WORDS[state].toLowerCase()}`)
    .join(', ');

/** The alarms of the desk, while a book is open there. */
export function DeskPanel() {
  const book = useApp(selectDeskBook);
  return book ? <OpenDeskPanel key={book.bookSequence} /> : null;
}

function OpenDeskPanel() {
  const actions = useActions();
  const frame = useAppEvery(selectDeskAlarms, INTERVAL_MS);
  const [query, setQuery] = useState(FIRST);
  const [fault, setFault] = useState('');
  useEffect(() => void actions.desk.alarms(query), [actions, query]);
  useEffect(() => () => void actions.desk.alarms(null), [actions]);
  if (!frame || Number.isNaN(frame.clockMs)) return null;
  const show = (accounts: readonly string[]): void => {
    void actions.desk.showAccounts(accounts);
    goTo('desk');
  };
  const acknowledge = (episode: string): void =>
    void actions.desk.acknowledge(episode).then((said) => setFault(said.ok ? '' : (said.faults[0]?.message ?? 'it could not be done')));
  return (
    <>
      <section className={`${panel.panel} ${styles.panel}`} aria-label="Desk alarms">
        <h2 className={panel.title}>Desk: {countText(frame.load.standing)} in alarm</h2>
        <Flood frame={frame} onShow={show} />
        {frame.load.standing === 0 ? (
          <p className={styles.note}>No alarm stands on the desk.</p>
        ) : (
          <>
            <p className={styles.note}>
              {talliedText(frame)}. {moneyText(frame.tally.atRisk)} at risk, {countText(frame.unacknowledged)} not acknowledged.
            </p>
            <Controls frame={frame} query={query} onQuery={setQuery} onAll={() => acknowledge('')} />
            {fault && <p className={styles.note}>{fault}</p>}
            <DeskList frame={frame} query={query} onQuery={setQuery} onOpen={(account) => show([account])} onAcknowledge={acknowledge} />
          </>
        )}
        <Limits frame={frame} />
      </section>
      <LoadPanel frame={frame} of="Desk" />
    </>
  );
}

function Flood({ frame, onShow }: { readonly frame: DeskAlarmsFrame; readonly onShow: (accounts: readonly string[]) => void }): ReactNode {
  const zone = useApp(selectTimeZone);
  const { flood, tally } = frame;
  if (!flood) return null;
  const took = `${countText(flood.notices)} notices told as one, ${countText(flood.peak)} alarms at its height`;
  if (Number.isFinite(flood.endedMs))
    return (
      <p className={styles.note}>
        Last flood {formatInstant(flood.beganMs, zone)} to {formatInstant(flood.endedMs, zone)}: {took}.
      </p>
    );
  return (
    <section className={styles.flood} aria-label="Flood" data-state={tally.ranked[0]?.state ?? 'watch'}>
      <p className={styles.fact}>
        <StateShape state={tally.ranked[0]?.state ?? 'watch'} /> Flood: {talliedText(frame)}; {moneyText(tally.atRisk)} at risk.
      </p>
      <p className={styles.note}>
        Since {formatInstant(flood.beganMs, zone)}; {took}.
      </p>
      <ol className={styles.ranked} aria-label="Worst ten">
        {tally.ranked.map(({ account, state, atRisk }) => (
          <li key={`${account} ${atRisk}`}>
            <button type="button" className={styles.link} onClick={() => onShow([account])}>
              {account}
            </button>{' '}
            {STATE_WORDS[state].toLowerCase()}, {moneyText(atRisk)}
          </li>
        ))}
      </ol>
      <Button look="primary" onClick={() => onShow([...new Set(tally.ranked.map(({ account }) => account))])}>
        Show the worst ten on the desk
      </Button>
    </section>
  );
}

interface ControlsProps {
  readonly frame: DeskAlarmsFrame;
  readonly query: DeskAlarmQuery;
  readonly onQuery: (query: DeskAlarmQuery) => void;
  readonly onAll: () => void;
}

function Controls({ frame, query, onQuery, onAll }: ControlsProps): ReactNode {
  const book = useApp(selectDeskBook);
  const change = (next: Partial<DeskAlarmQuery>): void => onQuery({ ...query, ...next, window: FIRST.window });
  const toggle = (state: (typeof STATES)[number]): void => {
    const states = query.states.includes(state) ? query.states.filter((one) => one !== state) : [...query.states, state];
    change({ states });
  };
  return (
    <div className={styles.controls}>
      {STATES.slice(1).map((state, i) => (
        <Button key={state} aria-pressed={query.states.includes(state)} onClick={() => toggle(state)}>
          {STATE_WORDS[state]} {countText(frame.tally.counts[i + 1] ?? 0)}
        </Button>
      ))}
      {book && book.venues.length > 1 && (
        <select
          className={fields.input}
          aria-label="Venue"
          value={query.venues[0] ?? ''}
          onChange={({ target }) => change({ venues: target.value === '' ? [] : [target.value] })}
        >
          <option value="">All venues</option>
          {book.venues.map((venue, i) => (
            <option key={venue} value={venue}>
              {book.venueNames[i]}
            </option>
          ))}
        </select>
      )}
      <input
        className={fields.input}
        type="search"
        aria-label="Part of an account’s id"
        placeholder="Account"
        value={query.text}
        onChange={({ target }) => change({ text: target.value })}
      />
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={query.isUnacknowledgedOnly}
          onChange={({ target }) => change({ isUnacknowledgedOnly: target.checked })}
        />
        Not acknowledged
      </label>
      <Button look="primary" onClick={onAll} disabled={frame.matched === 0}>
        Acknowledge all {countText(frame.matched)} shown
      </Button>
    </div>
  );
}

/** What the alarms of the desk leave out is said, never silent. */
function Limits({ frame: { leftOut, late, read } }: { readonly frame: DeskAlarmsFrame }): ReactNode {
  const parts = [
    `${countText(read)} pools were read at the last look.`,
    late > 0 ? `${countText(late)} times prices moved while one was under way; the next had them.` : '',
    leftOut > 0 ? `${countText(leftOut)} pools have no room among the alarms and are not watched.` : '',
  ];
  return <p className={styles.note}>{parts.filter((part) => part !== '').join(' ')}</p>;
}
