/** The alarms that stand, worst first: fact, cause, cure, and what can be done about being told. */
import { useState } from 'react';
import { selectTimeZone } from '../../store/selectors.ts';
import type { AlarmsFrame, StandingAlarm } from '../../store/types.ts';
import { formatInstant } from '../format/time.ts';
import { STATE_WORDS } from '../format/words.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import { Button } from '../ui/button.tsx';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './alarms-page.module.css';
import { causeText, cureText, factText, spanText, subjectText } from './words.ts';

const MINUTE_MS = 60_000;
const SNOOZES = [
  { name: 'Snooze 15 min', forMs: 15 * MINUTE_MS },
  { name: 'Snooze 1 h', forMs: 60 * MINUTE_MS },
] as const;

function Told({ alarm }: { readonly alarm: StandingAlarm }) {
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
      {Number.isFinite(alarm.snoozedForMs) && <span className={styles.note}>Snoozed for {spanText(alarm.snoozedForMs)} more</span>}
      {fault && <span className={styles.note}>{fault}</span>}
    </div>
  );
}

function Call({ alarm }: { readonly alarm: StandingAlarm }) {
  const zone = useApp(selectTimeZone);
  if (!alarm.call) return null;
  const { status, deadlineMs } = alarm.call;
  return (
    <span>
      Margin call {status.replace('-', ' ')}, {status === 'open' ? 'to be met by' : 'its time was'} {formatInstant(deadlineMs, zone)}.
    </span>
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
            <Call alarm={alarm} />
            <span className={styles.cure}>{cureText(alarm)}</span>
            <span className={styles.subject}>
              {subjectText(alarm)}, first seen {formatInstant(alarm.firstSeenMs, zone)}, worst {STATE_WORDS[alarm.worstState].toLowerCase()}
            </span>
            <Told alarm={alarm} />
          </li>
        ))}
      </ul>
      <p className={styles.note}>Plimsoll only tells. Nothing is ever sent to a venue: no order, no transfer, no cancellation.</p>
    </section>
  );
}
