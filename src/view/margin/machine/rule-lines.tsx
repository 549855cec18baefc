/** Arm and clear lines on the gauges: a bracket from where an alarm begins, its full end, to where it ends, its open one. */
import type { AlarmOutlook } from '../../../store/types.ts';
import { formatPercent } from '../../format/number.ts';
import panel from '../../ui/panel.module.css';
import { BUFFER_SCALE, placeOn } from '../bar-geometry.ts';
import { ratioY } from '../hull-geometry.ts';
import { type RuleLine, ruleLines } from './lines.ts';
import styles from './machine.module.css';

const RATIO_MOST = 1.2;
const HULL_X = 3;
const HULL_STEP = 5;

const percent = (value: number): string => formatPercent(value.toFixed(8), 1, 'ceil');
const wordsOf = (line: RuleLine, write: (value: number) => string): string =>
  `${line.severity} alarm at ${write(line.arm)}, ends at ${write(line.clear)}`;

/** On the buffer's bar, above its track. */
export function BarRules({ outlook }: { readonly outlook: AlarmOutlook }) {
  const lines = ruleLines(outlook, 'distance', BUFFER_SCALE.high);
  return (
    <span className={styles.bar}>
      {lines.map((line) => {
        const [arm, clear] = [placeOn(BUFFER_SCALE, line.arm), placeOn(BUFFER_SCALE, line.clear)];
        return (
          <span
            key={line.severity}
            className={styles.bracket}
            data-state={line.severity}
            data-active={line.isActive}
            title={`${line.id}: ${wordsOf(line, percent)}`}
            style={{
              insetInlineStart: `${arm}%`,
              inlineSize: `${Math.max(0, clear - arm)}%`,
            }}
          />
        );
      })}
      <span className={panel.hidden}>{lines.map((line) => wordsOf(line, percent)).join('; ')}</span>
    </span>
  );
}

/** On the hull, beside the draught marks; drawn inside its svg. */
export function HullRules({ outlook }: { readonly outlook: AlarmOutlook }) {
  return (
    <g className={styles.hull}>
      {ruleLines(outlook, 'ratio', RATIO_MOST).map((line, i) => {
        const x = HULL_X + i * HULL_STEP;
        const [arm, clear] = [ratioY(line.arm), ratioY(line.clear)];
        return (
          <g key={line.severity} data-state={line.severity} data-active={line.isActive}>
            <title>{`${line.id}: ${wordsOf(line, (value) => value.toFixed(2))}`}</title>
            <path className={styles.deadband} d={`M${x} ${arm} V${clear} m-2 0 h4`} />
            <path className={styles.arm} d={`M${x - 3} ${arm - 2} h6 v2 h-6 Z`} />
          </g>
        );
      })}
    </g>
  );
}
