/** How one is told: sound, notifications, and that both need this page. */
import { useState } from 'react';
import { selectAlarmNotifications, selectAlarmSound } from '../../store/selectors.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import { Button } from '../ui/button.tsx';
import panel from '../ui/panel.module.css';
import styles from './alarms-page.module.css';
import { beep, notify, PERMISSION_WORDS, permission } from './telling.ts';

export function TellingPanel() {
  const actions = useActions();
  const hasSound = useApp(selectAlarmSound);
  const hasNotifications = useApp(selectAlarmNotifications);
  const [state, setState] = useState(permission);
  const [test, setTest] = useState('');
  const ask = (): void => {
    void Notification.requestPermission().then((answer) => {
      setState(answer);
      if (answer === 'granted') actions.changeSettings({ alarmNotifications: true });
    });
  };
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="Being told">
      <h2 className={panel.title}>Being told</h2>
      <div className={styles.buttons}>
        <label>
          <input
            type="checkbox"
            checked={hasSound}
            onChange={({ target }) => {
              actions.changeSettings({ alarmSound: target.checked });
              if (target.checked) beep();
            }}
          />{' '}
          Sound, at most once in ten seconds
        </label>
      </div>
      <div className={styles.buttons}>
        {state === 'default' && <Button onClick={ask}>Ask for notifications</Button>}
        {state === 'granted' && (
          <>
            <label>
              <input
                type="checkbox"
                checked={hasNotifications}
                onChange={({ target }) => actions.changeSettings({ alarmNotifications: target.checked })}
              />{' '}
              Notifications of the system
            </label>
            <Button
              onClick={() =>
                setTest(notify('Plimsoll', 'This is what an alarm looks like.', 'test') ? 'Sent.' : 'The browser would not show it.')
              }
            >
              Test
            </Button>
          </>
        )}
        <span className={styles.note}>
          {PERMISSION_WORDS[state]} {test}
        </span>
      </div>
      <p className={styles.note}>
        Alarms need this page to be open; without it, accounts are watched by the command <code>npm run watch</code>.
      </p>
    </section>
  );
}
