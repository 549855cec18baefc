/** Past events: all that is kept, searched, a page at a time. */
import { useEffect, useState } from 'react';
import { selectTimeZone } from '../../store/selectors.ts';
import type { JournalEventView, JournalStatus } from '../../store/types.ts';
import { formatInstant } from '../format/time.ts';
import { STATE_WORDS } from '../format/words.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import { Button } from '../ui/button.tsx';
import fields from '../ui/fields.module.css';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './alarms-page.module.css';
import { Scroll } from './scroll.tsx';

const PAGE = 20;

const NOTICES: Readonly<Record<JournalEventView['notice'], string>> = {
  due: 'told',
  cooldown: 'kept quiet: told shortly before',
  flood: 'told as one of many',
  quiet: 'kept',
};

const whoOf = ({ account, pool, market }: JournalEventView): string =>
  market !== '' ? market : `${account}${pool === '' ? '' : `, ${pool}`}`;

function Row({ event }: { readonly event: JournalEventView }) {
  const zone = useApp(selectTimeZone);
  return (
    <tr>
      <td>{formatInstant(event.atMs, zone)}</td>
      <td>{whoOf(event)}</td>
      <td>
        <span className={styles.state} data-state={event.to}>
          <StateShape state={event.to} size={10} /> {STATE_WORDS[event.to]}
        </span>
      </td>
      <td>{STATE_WORDS[event.from]}</td>
      <td>{event.rule}</td>
      <td>{NOTICES[event.notice]}</td>
      <td>{event.isAcknowledged ? 'yes' : 'no'}</td>
      <td>
        {event.book}, {event.feed.replace(/^[a-z]+:/, '')}
      </td>
    </tr>
  );
}

export function JournalEvents({ journal }: { readonly journal: JournalStatus }) {
  const actions = useActions();
  const [text, setText] = useState('');
  const [offset, setOffset] = useState(0);
  const [found, setFound] = useState<{ readonly matched: number; readonly events: readonly JournalEventView[] }>({
    matched: 0,
    events: [],
  });
  const [fault, setFault] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new status says that something was kept: it is asked for anew
  useEffect(() => {
    let isGone = false;
    void actions.journal({ kind: 'journal-events', text, offset, limit: PAGE }).then((answer) => {
      if (isGone) return;
      if (answer.ok) setFound(answer.value);
      setFault(answer.ok ? '' : (answer.faults[0]?.message ?? 'the journal did not answer'));
    });
    return () => {
      isGone = true;
    };
  }, [actions, text, offset, journal]);
  const { matched, events } = found;
  return (
    <>
      <div className={styles.buttons}>
        <label className={styles.state}>
          Find{' '}
          <input
            type="search"
            className={fields.input}
            value={text}
            maxLength={200}
            placeholder="account, market, state, rule"
            onChange={({ target }) => {
              setText(target.value);
              setOffset(0);
            }}
          />
        </label>
        <Button disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))}>
          Newer
        </Button>
        <Button disabled={offset + PAGE >= matched} onClick={() => setOffset(offset + PAGE)}>
          Older
        </Button>
        <span className={styles.note} role="status">
          {fault ||
            (matched === 0 ? 'No event.' : `${offset + 1} to ${Math.min(offset + PAGE, matched)} of ${matched.toLocaleString('en-US')}`)}
        </span>
      </div>
      {events.length > 0 && (
        <Scroll label="Past events, scrolls">
          <table className={styles.table}>
            <caption className={panel.hidden}>Past events, newest first</caption>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">What</th>
                <th scope="col">Became</th>
                <th scope="col">Was</th>
                <th scope="col">By</th>
                <th scope="col">Notice</th>
                <th scope="col">Acknowledged</th>
                <th scope="col">Book and prices</th>
              </tr>
            </thead>
            <tbody>
              {events.map((event) => (
                <Row key={event.id} event={event} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </>
  );
}
