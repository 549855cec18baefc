/** How far the venues and we agree over the whole list, and why not where we do not. */
import type { DisagreementMeter } from '../../store/types.ts';
import panel from '../ui/panel.module.css';
import styles from './meter.module.css';
import { meterSentence, reasonSentence } from './words.ts';

export function Meter({ meter }: { readonly meter: DisagreementMeter }) {
  const { compared, agreeing, reasons } = meter;
  const share = compared === 0 ? 0 : agreeing / compared;
  const differing = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  return (
    <section className={`${panel.panel} ${styles.meter}`} aria-label="Disagreement meter">
      <h2 className={panel.title}>Venues’ own figures beside ours</h2>
      {compared > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: browsers do not let a native meter be drawn like this
        <div
          className={styles.track}
          role="meter"
          aria-label="Figures that agree"
          aria-valuemin={0}
          aria-valuemax={compared}
          aria-valuenow={agreeing}
          aria-valuetext={`${agreeing} of ${compared} agree`}
        >
          <span className={styles.fill} style={{ inlineSize: `${share * 100}%` }} />
        </div>
      )}
      <p>{meterSentence(meter)}</p>
      {differing.length > 0 && (
        <dl className={styles.reasons} aria-label="Why figures differ">
          {differing.map(([reason, count]) => (
            <div key={reason}>
              <dt>
                <b>{count}</b> {reason}
              </dt>
              <dd>{reasonSentence(reason)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
