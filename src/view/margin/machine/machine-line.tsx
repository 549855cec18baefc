/** What comes next and at which price, or the delay that runs: one line under the gauges. */
import type { AlarmOutlook, NextStep } from '../../../store/types.ts';
import { spanText } from '../../alarms/words.ts';
import { formatDistance } from '../../format/number.ts';
import { formatPrice, priceDecimals } from '../../format/price.ts';
import { STATE_WORDS, shortReason } from '../../format/words.ts';
import panel from '../../ui/panel.module.css';
import { StateShape } from '../../ui/state-shape.tsx';
import styles from './machine.module.css';

/** `BTC 61,230 (−3.2 %)`: a price that is fallen to is rounded up, one that is risen to down: sooner than it comes. */
export function priceText({ market, price, move }: NextStep): string {
  const isFall = move.startsWith('-');
  const shown = formatPrice(price, priceDecimals(Number(price)), isFall ? 'ceil' : 'floor');
  return `${market} ${shown} (${isFall ? '\u2212' : '+'}${formatDistance(move.replace(/^-/, ''))})`;
}

const isArmed = ({ countsInMs }: NextStep): boolean => Number.isFinite(countsInMs);

/** The line in words: `margin call at BTC 61,230 (−3.2 %)`, `warning counts in 14 s`. */
export function nextText(next: NextStep): string {
  const word = STATE_WORDS[next.severity].toLowerCase();
  if (isArmed(next)) return `${word} counts in ${spanText(next.countsInMs)}`;
  if (next.price !== '') return `${word} at ${priceText(next)}`;
  return next.reason === 'never' ? 'no price of one market alone makes it worse' : `${word}; its price: ${shortReason(next.reason)}`;
}

const howText = ({ rule, market }: NextStep): string =>
  `${rule === 'venue' ? 'The venue’s own boundary' : `Rule ${rule}`}${market === '' ? '' : `, if only ${market} moves`}`;

export function MachineLine({ outlook }: { readonly outlook: AlarmOutlook }) {
  const { next, aged } = outlook;
  const ending = outlook.rules.filter(({ isActive, endsInMs }) => isActive && Number.isFinite(endsInMs));
  const endsInMs = Math.max(...ending.map((rule) => rule.endsInMs));
  const isEnding = ending.length > 0 && outlook.rules.every(({ isActive, endsInMs: ends }) => !isActive || Number.isFinite(ends));
  if (!next && !isEnding) return null;
  return (
    <div className={styles.line}>
      {next && (
        <p data-state={next.severity} title={howText(next)}>
          <StateShape state={next.severity} size={10} />
          <span>
            Next: {aged?.isStruck ? 'not known, prices are lost' : nextText(next)}
            {aged && aged.freshness !== 'live' && <span className={panel.hidden}>, at old prices</span>}
          </span>
          {isArmed(next) && (
            <progress
              className={styles.dwell}
              aria-label="Delay that has run"
              max={next.onDelayMs || 1}
              value={Math.max(0, next.onDelayMs - next.countsInMs)}
            />
          )}
        </p>
      )}
      {isEnding && (
        <p>
          {STATE_WORDS[outlook.state]} alarm ends in {spanText(endsInMs)} if it stays clear
        </p>
      )}
    </div>
  );
}
