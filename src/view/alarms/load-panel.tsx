/** How much alarm there is, beside what people can bear. */
import type { AlarmsFrame } from '../../store/types.ts';
import panel from '../ui/panel.module.css';
import styles from './alarms-page.module.css';

const LEVELS: Readonly<Record<AlarmsFrame['load']['level'], string>> = {
  acceptable: 'Acceptable',
  high: 'More than people can be expected to answer',
  flood: 'A flood',
};

interface LoadPanelProps {
  readonly frame: Pick<AlarmsFrame, 'load'>;
  /** Whose alarms they are; absent: the account's. */
  readonly of?: 'Desk';
}

export function LoadPanel({ frame: { load }, of }: LoadPanelProps) {
  const tiles = [
    { name: 'Last 10 minutes', value: load.lastTenMinutes, reference: '1 is acceptable, more than 10 a flood' },
    { name: 'Last hour', value: load.lastHour, reference: '6 at one in ten minutes' },
    { name: 'Last day', value: load.lastDay, reference: '150 is acceptable' },
    { name: 'Standing', value: load.standing, reference: 'now' },
    { name: 'Chattering', value: load.chattering, reference: 'should be none' },
  ];
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label={of ? `${of} alarm load` : 'Alarm load'}>
      <h2 className={panel.title}>
        {of ? `${of} alarm load` : 'Alarm load'}: {LEVELS[load.level].toLowerCase()}
      </h2>
      <dl className={styles.tiles}>
        {tiles.map(({ name, value, reference }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {value}
              <span className={styles.reference}>{reference}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p className={styles.note}>Notices told, by the clock of the prices. Reference figures: EEMUA 191, ISA-18.2.</p>
    </section>
  );
}
