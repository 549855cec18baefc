/** What narrows the table: search, states, venues, markets and side, ranges; views that keep it. */
import { useEffect, useRef, useState } from 'react';
import { selectDeskFilter, selectDeskStateCounts, selectWatched } from '../../../store/selectors.ts';
import { RISK_STATES, type RiskState } from '../../../store/types.ts';
import { STATE_WORDS } from '../../format/words.ts';
import { useApp, useAppEvery } from '../../shared/app-context.tsx';
import fields from '../../ui/fields.module.css';
import { StateShape } from '../../ui/state-shape.tsx';
import { formatCount } from '../money.ts';
import { PANEL_INTERVAL_MS, useBook, useFilter } from '../use-desk.ts';
import { toggleMarket, toggleState, toggleVenue } from './filter.ts';
import styles from './rail.module.css';
import { Ranges } from './ranges.tsx';
import { Views } from './views.tsx';

/** Worst first: the order in which they are looked for. */
const STATES: readonly RiskState[] = ['bankrupt', 'liquidation', 'margin-call', 'warning', 'watch', 'healthy', 'stale', 'indeterminate'];
/** Typing rests this long before it is searched for. */
const TYPING_MS = 200;
const MARKETS_MAX = 300;
const SIDES = ['any', 'long', 'short'] as const;

/** The counts of every state, each a switch. */
export function States() {
  const counts = useAppEvery(selectDeskStateCounts, PANEL_INTERVAL_MS);
  const [filter, changeFilter] = useFilter();
  return (
    <ul className={styles.states} aria-label="States">
      {STATES.map((state) => {
        const count = counts?.[RISK_STATES.indexOf(state)];
        return (
          <li key={state}>
            <button
              type="button"
              className={styles.state}
              data-state={state}
              aria-pressed={filter.states.includes(state)}
              data-none={count === 0}
              onClick={() => changeFilter((now) => toggleState(now, state))}
            >
              <StateShape state={state} size={10} />
              <span className={styles.word}>{STATE_WORDS[state]}</span>
              <span className={styles.count}>{count === undefined ? '…' : formatCount(count)}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Search() {
  const [filter, changeFilter] = useFilter();
  const [text, setText] = useState(filter.text);
  const sent = useRef(filter.text);
  useEffect(() => {
    // Cleared, or changed by a view: the field follows what is in force.
    if (filter.text !== sent.current) {
      sent.current = filter.text;
      setText(filter.text);
    }
  }, [filter.text]);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = wanted;
      changeFilter((now) => ({ ...now, text: wanted }));
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, changeFilter]);
  return (
    <label className={fields.field}>
      Search
      <input
        className={fields.input}
        type="search"
        data-desk-search=""
        placeholder="Id or label ( / )"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}

function Venues() {
  const book = useBook();
  const [filter, changeFilter] = useFilter();
  if (!book || book.venues.length < 2) return null;
  return (
    <fieldset className={styles.group}>
      <legend>Venue</legend>
      {book.venues.map((venue, i) => (
        <label key={venue} className={styles.check}>
          <input type="checkbox" checked={filter.venues.includes(venue)} onChange={() => changeFilter((now) => toggleVenue(now, venue))} />
          {book.venueNames[i]}
        </label>
      ))}
    </fieldset>
  );
}

function Holding() {
  const book = useBook();
  const [filter, changeFilter] = useFilter();
  const markets = (book?.markets ?? []).slice(0, MARKETS_MAX);
  return (
    <fieldset className={styles.group}>
      <legend>Holds a position</legend>
      <select
        className={fields.input}
        aria-label="Market"
        value=""
        onChange={(event) => changeFilter((now) => toggleMarket(now, event.target.value))}
      >
        <option value="">{filter.markets.length === 0 ? 'in any market' : `in ${filter.markets.join(', ')}`}</option>
        {markets.map((market) => (
          <option key={market} value={market}>
            {filter.markets.includes(market) ? `without ${market}` : market}
          </option>
        ))}
      </select>
      <div className={styles.sides}>
        {SIDES.map((side) => (
          <label key={side} className={styles.check}>
            <input
              type="radio"
              name="desk-side"
              checked={filter.side === side}
              onChange={() => changeFilter((now) => ({ ...now, side }))}
            />
            {side === 'any' ? 'either' : side}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function WatchList() {
  const filter = useApp(selectDeskFilter);
  const watched = useApp(selectWatched);
  const [, changeFilter] = useFilter();
  return (
    <label className={styles.check}>
      <input
        type="checkbox"
        checked={filter.watchedOnly}
        onChange={(event) => changeFilter((now) => ({ ...now, watchedOnly: event.target.checked }))}
      />
      Watch-list only ({formatCount(watched.length)})
    </label>
  );
}

interface RailProps {
  /** Elsewhere on a narrow screen. */
  readonly hasStates: boolean;
}

export function Rail({ hasStates }: RailProps) {
  return (
    <search className={styles.rail} aria-label="Filters of the accounts">
      <div className={styles.group}>
        <Search />
        <WatchList />
      </div>
      {hasStates && (
        <section className={styles.group} aria-label="By state">
          <h2 className={styles.name}>State</h2>
          <States />
        </section>
      )}
      <Venues />
      <Holding />
      <Ranges />
      <Views />
    </search>
  );
}
