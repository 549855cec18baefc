/** The machine made visible: each rule of the account that is shown, its lines, the value now, and the delay that runs. */
import type { AlarmOutlook, AlarmsFrame } from '../../store/types.ts';
import { STATE_WORDS } from '../format/words.ts';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './alarms-page.module.css';
import { Scroll } from './scroll.tsx';
import { MEASURE_WORDS, measureText, spanText, subjectText } from './words.ts';

const progressText = ({ isActive, countsInMs, endsInMs }: AlarmOutlook['rules'][number]): string => {
  if (isActive) return Number.isFinite(endsInMs) ? `ends in ${spanText(endsInMs)}` : 'stands';
  return Number.isFinite(countsInMs) ? `counts in ${spanText(countsInMs)}` : 'calm';
};

export function OutlookPanel({ frame }: { readonly frame: AlarmsFrame }) {
  const shown = frame.outlook.filter(({ rules, market, state }) => rules.length > 0 && (market === '' || state !== 'healthy'));
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="Where the rules stand">
      <h2 className={panel.title}>Where the rules stand</h2>
      {shown.length === 0 ? (
        <p className={styles.none}>Nothing is watched while no prices move.</p>
      ) : (
        <Scroll label="Where the rules stand, scrolls">
          <table className={styles.table}>
            <caption className={panel.hidden}>Rules of the account, with the value now</caption>
            <thead>
              <tr>
                <th scope="col">Rule</th>
                <th scope="col">Measure</th>
                <th scope="col">Now</th>
                <th scope="col">Alarm at</th>
                <th scope="col">Ends beyond</th>
                <th scope="col">Delay</th>
              </tr>
            </thead>
            {shown.map((one) => (
              <tbody key={subjectText(one)}>
                <tr>
                  <th scope="rowgroup" colSpan={6}>
                    <span className={styles.state} data-state={one.state}>
                      <StateShape state={one.state} size={10} /> {subjectText(one)}: {STATE_WORDS[one.state].toLowerCase()}
                      {one.knowledge === 'known' ? '' : `, data ${one.knowledge === 'stale' ? 'old' : 'missing'}`}
                    </span>
                  </th>
                </tr>
                {one.rules.map((rule) => (
                  <tr key={rule.id}>
                    <td>{rule.id}</td>
                    <td data-words>{MEASURE_WORDS[rule.measure]}</td>
                    <td data-number>{measureText(rule.measure, rule.value)}</td>
                    <td data-number>{measureText(rule.measure, rule.arm)}</td>
                    <td data-number>{measureText(rule.measure, rule.clear)}</td>
                    <td>{progressText(rule)}</td>
                  </tr>
                ))}
              </tbody>
            ))}
          </table>
        </Scroll>
      )}
    </section>
  );
}
