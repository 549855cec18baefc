/** The passages that are over: one row each. */
import { selectTimeZone } from '../../store/selectors.ts';
import type { AlarmsFrame } from '../../store/types.ts';
import { formatInstant } from '../format/time.ts';
import { STATE_WORDS } from '../format/words.ts';
import { useApp } from '../shared/app-context.tsx';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './alarms-page.module.css';
import { Scroll } from './scroll.tsx';
import { outcomeText, spanText, subjectText, worstRatioText } from './words.ts';

export function EndedPanel({ frame }: { readonly frame: AlarmsFrame }) {
  const zone = useApp(selectTimeZone);
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="Ended alarms">
      <h2 className={panel.title}>Ended</h2>
      {frame.ended.length === 0 ? (
        <p className={styles.none}>None has ended yet.</p>
      ) : (
        <Scroll label="Ended alarms, scrolls">
          <table className={styles.table}>
            <caption className={panel.hidden}>Ended alarms, newest first</caption>
            <thead>
              <tr>
                <th scope="col">First seen</th>
                <th scope="col">What</th>
                <th scope="col">Worst</th>
                <th scope="col">Worst ratio</th>
                <th scope="col">Lead</th>
                <th scope="col">Lasted</th>
                <th scope="col">Acknowledged</th>
                <th scope="col">Outcome</th>
              </tr>
            </thead>
            <tbody>
              {frame.ended.map((one) => (
                <tr key={one.episode}>
                  <td>{formatInstant(one.firstSeenMs, zone)}</td>
                  <td data-words>{subjectText(one)}</td>
                  <td>
                    <span className={styles.state} data-state={one.worstState}>
                      <StateShape state={one.worstState} size={10} /> {STATE_WORDS[one.worstState]}
                    </span>
                  </td>
                  <td data-number>{worstRatioText(one)}</td>
                  <td data-number>{spanText(one.leadMs)}</td>
                  <td data-number>{spanText(one.closedMs - one.firstSeenMs)}</td>
                  <td>{Number.isFinite(one.acknowledgedMs) ? 'yes' : 'no'}</td>
                  <td data-words>{outcomeText(one)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
