/** The foot's part for a live feed: how the connection stands, the way to its inspector, and the alarm of a peg or collateral that is off. */
import { lazy, Suspense } from 'react';
import { selectSnapshot } from '../../store/selectors.ts';
import { useAppEvery } from '../shared/app-context.tsx';
import buttons from '../ui/button.module.css';
import { Popover } from '../ui/popover.tsx';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './feed-inspector.module.css';
import { gapText, phaseText } from './live-words.ts';

const FeedInspector = lazy(() => import('./feed-inspector.tsx').then((module) => ({ default: module.FeedInspector })));

const ReferencePanel = lazy(() => import('./reference-panel.tsx').then((module) => ({ default: module.ReferencePanel })));

const INTERVAL_MS = 500;

export function LiveState() {
  const snapshot = useAppEvery(selectSnapshot, INTERVAL_MS);
  const live = snapshot?.source.live;
  if (!snapshot || !live) return null;
  return (
    <Popover
      label="Feed inspector"
      trigger={phaseText(live, snapshot.ownClockMs)}
      triggerProps={{ className: buttons.button, title: 'Inspect the feed' }}
    >
      {() => (
        <Suspense>
          <FeedInspector />
        </Suspense>
      )}
    </Popover>
  );
}

/** The way to what other venues say. */
export function ReferenceButton() {
  return (
    <Popover label="Reference price" trigger="Venues" triggerProps={{ className: buttons.button, title: 'Compare venues' }}>
      {() => (
        <Suspense>
          <ReferencePanel />
        </Suspense>
      )}
    </Popover>
  );
}

/** Spoken once when it appears; what is beyond its limit stays until it is not. */
export function GapAlarm() {
  const beyond = useAppEvery(selectSnapshot, INTERVAL_MS)?.gaps.filter(({ isBeyond }) => isBeyond) ?? [];
  if (beyond.length === 0) return null;
  return (
    <div role="alert" className={styles.alarm} data-state="warning">
      <StateShape state="warning" size={12} />
      {beyond.map((gap) => (
        <span key={gap.asset}>{gapText(gap)}.</span>
      ))}
      <span>What is held of it counts at that price.</span>
    </div>
  );
}
