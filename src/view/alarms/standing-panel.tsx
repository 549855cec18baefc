/** The alarms that stand, worst first: fact, cause, cure, and what can be done about being told. */
import { type ReactNode, useState } from 'react';
import { selectTimeZone } from '../../store/selectors.ts';
import type { AlarmsFrame, StandingAlarm } from '../../store/types.ts';
import { formatInstant } from '../format/time.ts';
import { STATE_WORDS } from '../format/words.ts';
import { Cures } from '../margin/cure/cures.tsx';
import { useActions, useApp } from '../shared/app-context.tsx';
import { Button } from '../ui/button.tsx';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './alarms-page.module.css';
import { callText, causeText, cureText, factText, spanText, subjectText } from './words.ts';

const MINUTE_MS = 60_000;
const SNOOZES = [
  { name: 'Snooze 15 min', forMs: 15 * MINUTE_MS },
  { name: 'Snooze 1 h', forMs: 60 * MINUTE_MS },
] as const;

function Told({ alarm, children }: { readonly alarm: StandingAlarm; readonly children?: ReactNode }) {
  const actions = useActions();
  const zone = useApp(selectTimeZone);
  const [fault, setFault] = useState('');
  const take = (answer: Promise<{ readonly ok: boolean; readonly faults?: readonly { readonly message: string }[] }>): void =>
    void answer.then((said) => setFault(said.ok ? '' : (said.faults?.[0]?.message ?? 'it could not be done')));
  const isAcknowledged = Number.isFinite(alarm.acknowledgedMs);
  const name = subjectText(alarm);
  return (
    <div className={styles.buttons}>
      {isAcknowledged ? (
        <span className={styles.note}>Acknowledged {formatInstant(alarm.acknowledgedMs, zone)}</span>
      ) : (
        <Button look="primary" aria-label={`Acknowledge ${name}`} onClick={() => take(actions.acknowledgeAlarm(alarm.episode))}>
          Acknowledge
        </Button>
      )}
      {SNOOZES.map(({ name: text, forMs }) => (
        <Button key={forMs} aria-label={`${text}, ${name}`} onClick={() => take(actions.snoozeAlarm(alarm.episode, forMs))}>
          {text}
        </Button>
      ))}
      {children}
      {Number.isFinite(alarm.snoozedForMs) && <span className={styles.note}>Snoozed for {spanText(alarm.snoozedForMs)} more</span>}
      {fault && <span className={styles.note}>{fault}</span>}
    </div>
  );
}

/** The deadline counts down by the clock of the prices. */
function Call({ alarm, clockMs }: { readonly alarm: StandingAlarm; readonly clockMs: number }) {
  const zone = useApp(selectTimeZone);
  if (!alarm.call && alarm.state === 'margin-call' && alarm.account !== '')
    return <span data-call="none">This venue gives no time: it acts at its own boundary, and no call is issued.</span>;
  if (!alarm.call) return null;
  return <span data-call={alarm.call.status}>{callText(alarm.call, clockMs, formatInstant(alarm.call.deadlineMs, zone), alarm.unit)}</span>;
}

/** What can be done about an alarm. The cures are folded until they are asked for: they are worked out then. */
function Actions({ alarm }: { readonly alarm: StandingAlarm }) {
  const [isOpen, setOpen] = useState(false);
  const isLending = useApp((state) => state.snapshot?.account?.kind === 'lending');
  if (alarm.pool === '') return <Told alarm={alarm} />;
  const first = alarm.state === 'watch' || alarm.state === 'warning' ? alarm.state : 'margin-call';
  return (
    <>
      <Told alarm={alarm}>
        <Button aria-expanded={isOpen} aria-label={`All cures, ${subjectText(alarm)}`} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Fold the cures' : 'All cures'}
        </Button>
      </Told>
      {isOpen && <Cures pool={alarm.pool} first={first} isLending={isLending} />}
    </>
  );
}

export function StandingPanel({ frame }: { readonly frame: AlarmsFrame }) {
  const zone = useApp(selectTimeZone);
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="Standing alarms">
      <h2 className={panel.title}>Standing</h2>
      {frame.standing.length === 0 && <p className={styles.none}>No alarm stands.</p>}
      <ul className={styles.list} aria-label="Standing alarms, worst first">
        {frame.standing.map((alarm) => (
          <li key={alarm.episode} className={styles.alarm} data-state={alarm.state} data-episode={alarm.episode}>
            <span className={styles.fact}>
              <StateShape state={alarm.state} /> {factText(alarm)}
            </span>
            <span>{causeText(frame, alarm)}</span>
            <Call alarm={alarm} clockMs={frame.clockMs} />
            <span className={styles.cure}>{cureText(alarm)}</span>
            <span className={styles.subject}>
              {subjectText(alarm)}, first seen {formatInstant(alarm.firstSeenMs, zone)}, worst {STATE_WORDS[alarm.worstState].toLowerCase()}
            </span>
            {alarm.cure && <span className={styles.note}>Done about it: {alarm.cure}.</span>}
            <Actions alarm={alarm} />
          </li>
        ))}
      </ul>
      <p className={styles.note}>Plimsoll only tells. Nothing is ever sent to a venue: no order, no transfer, no cancellation.</p>
    </section>
  );
}
