/** What a live connection does and has seen: phase, attempts, frames, what could not be read, what the venue's bounds leave out, and what pegs are worth. */
import { selectSnapshot } from '../../store/selectors.ts';
import type { GapView, LiveView } from '../../store/types.ts';
import { formatAge } from '../format/time.ts';
import { useAppEvery } from '../shared/app-context.tsx';
import panel from '../ui/panel.module.css';
import styles from './feed-inspector.module.css';
import { phaseText } from './live-words.ts';

const INTERVAL_MS = 500;

const FIGURES: readonly (readonly [name: string, value: (live: LiveView) => number])[] = [
  ['Connections', (live) => live.connections],
  ['Failures in a row', (live) => live.attempt],
  ['Frames', (live) => live.frames],
  ['Bad frames', (live) => live.bad],
  ['Prices taken', (live) => live.counts.accepted],
  ['Prices refused', (live) => live.counts.rejected],
  ['Duplicates', (live) => live.counts.duplicates],
  ['Late', (live) => live.counts.late],
  ['Gaps', (live) => live.counts.gaps],
  ['Dropped', (live) => live.counts.dropped],
];

function Connection({ title, live, nowMs }: { readonly title: string; readonly live: LiveView; readonly nowMs: number }) {
  return (
    <section aria-label={title} className={styles.connection}>
      <h3 className={styles.title}>{title}</h3>
      <p>{phaseText(live, nowMs)}</p>
      <dl className={styles.figures}>
        {FIGURES.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value(live).toLocaleString('en-US')}</dd>
          </div>
        ))}
        <div>
          <dt>Budget</dt>
          <dd>
            {live.markets.length} of {live.marketsMax.toLocaleString('en-US')} markets
          </dd>
        </div>
      </dl>
      <p className={styles.note}>
        {live.markets.length > 0 ? `Asked for: ${live.markets.join(', ')}. ` : 'Nothing is held that could be asked for. '}
        {live.untold.length > 0 ? `No price yet: ${live.untold.join(', ')}. ` : ''}
        {live.leftOut.length > 0 ? `Left out: ${live.leftOut.join(', ')}. ` : ''}
        {live.note}
      </p>
      {live.samples.length > 0 && (
        <ul className={styles.samples} aria-label="Frames that could not be read">
          {live.samples.map((sample, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: samples have no name of their own
            <li key={i}>
              {formatAge(nowMs - sample.atMs)} ago: {sample.why}
              <code>{sample.text}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Gaps({ gaps }: { readonly gaps: readonly GapView[] }) {
  return (
    <table className={styles.gaps}>
      <caption className={panel.hidden}>Pegs and collateral</caption>
      <thead>
        <tr>
          <th scope="col">Held</th>
          <th scope="col">Price</th>
          <th scope="col">Against</th>
          <th scope="col">Gap</th>
          <th scope="col">Alarm from</th>
        </tr>
      </thead>
      <tbody>
        {gaps.map(({ asset, kind, price, against, gap, limit }) => (
          <tr key={asset}>
            <th scope="row">{asset}</th>
            <td>{price}</td>
            <td>{kind === 'peg' ? '1 USD' : `index ${against}`}</td>
            <td>{`${gap < 0 ? '−' : '+'}${(Math.abs(gap) * 100).toFixed(2)}\u202f%`}</td>
            <td>{`±${(limit * 100).toFixed(0)}\u202f%`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function FeedInspector() {
  const snapshot = useAppEvery(selectSnapshot, INTERVAL_MS);
  const live = snapshot?.source.live;
  if (!snapshot || !live) return <p>No live feed runs.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={styles.inspector} tabIndex={0} aria-label="What was heard">
      <Connection title={snapshot.source.name} live={live} nowMs={snapshot.ownClockMs} />
      {live.pegs && <Connection title="Pegs: Kraken spot" live={live.pegs} nowMs={snapshot.ownClockMs} />}
      {snapshot.gaps.length > 0 && <Gaps gaps={snapshot.gaps} />}
    </section>
  );
}
