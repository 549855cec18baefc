/** The foot of the page: which prices run, how fast, and where in time; and on narrow screens the way to the what-if. */
import { ChevronUp, Pause, Play, SlidersHorizontal, StepForward } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { selectSource, selectTimeZone } from '../../store/selectors.ts';
import type { SourceView } from '../../store/types.ts';
import { formatClock, formatInstant } from '../format/time.ts';
import { useActions, useApp, useAppEvery } from '../shared/app-context.tsx';
import buttons from '../ui/button.module.css';
import { Button, IconButton } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import { FeedStateWord } from './feed-state.tsx';
import styles from './source-bar.module.css';
import { useLatest } from './use-latest.ts';
import type { Pause as PauseState } from './use-pause.ts';

const SourceChooser = lazy(() => import('./source-chooser.tsx').then((module) => ({ default: module.SourceChooser })));

/** The clock says seconds. */
const INTERVAL_MS = 250;

const SPEEDS = [1, 10, 60, 300, 600] as const;

/** One step of the scrub bar: a second of the recording. */
const SCRUB_STEP_MS = 1000;

function Speed({ pause }: { readonly pause: PauseState }) {
  const actions = useActions();
  return (
    <div className={styles.speed}>
      <IconButton look="plain" label={pause.isPaused ? 'Run' : 'Pause'} onClick={pause.toggle}>
        {pause.isPaused ? <Play size={15} aria-hidden="true" /> : <Pause size={15} aria-hidden="true" />}
      </IconButton>
      <IconButton label="One step" className={styles.step} onClick={() => void actions.step(1)}>
        <StepForward size={15} aria-hidden="true" />
      </IconButton>
      <select
        className={styles.select}
        aria-label="Speed"
        value={pause.speed}
        onChange={(event) => pause.setSpeed(Number(event.target.value))}
      >
        {[...new Set([...SPEEDS, pause.speed])].map((speed) => (
          <option key={speed} value={speed}>
            ×{speed}
          </option>
        ))}
      </select>
    </div>
  );
}

function Scrub({ source }: { readonly source: SourceView }) {
  const actions = useActions();
  const zone = useApp(selectTimeZone);
  const seek = useLatest(actions.seek);
  const [put, setPut] = useState<{ readonly at: number; readonly clockMs: number } | null>(null);
  if (!Number.isFinite(source.startMs) || !Number.isFinite(source.endMs)) return null;
  // Where it was put, until the clock moves: put back to where the clock still stands, it would else say nothing.
  const at = put && Object.is(put.clockMs, source.clockMs) ? put.at : Number.isFinite(source.clockMs) ? source.clockMs : source.startMs;
  const putAt = (wanted: number): void => {
    setPut({ at: wanted, clockMs: source.clockMs });
    seek(wanted);
  };
  return (
    <input
      type="range"
      className={styles.scrub}
      aria-label="Time in the recording"
      aria-valuetext={formatInstant(at, zone)}
      min={source.startMs}
      max={source.endMs}
      step={SCRUB_STEP_MS}
      value={at}
      onChange={(event) => putAt(event.target.valueAsNumber)}
    />
  );
}

interface SourceBarProps {
  readonly pause: PauseState;
  /** Opens or closes the what-if sheet; null where the what-if has its own column. */
  readonly sheet: { readonly isOpen: boolean; readonly toggle: () => void } | null;
}

export function SourceBar({ pause, sheet }: SourceBarProps) {
  const source = useAppEvery(selectSource, INTERVAL_MS);
  const zone = useApp(selectTimeZone);
  if (!source) return null;
  return (
    <footer className={styles.bar}>
      <Popover
        label="Choose the price source"
        trigger={
          <>
            <ChevronUp size={14} aria-hidden="true" />
            <span className={styles.name}>{source.kind === 'none' ? 'No feed' : source.name}</span>
          </>
        }
        triggerProps={{ className: buttons.button, title: 'Choose the price source' }}
      >
        {(close) => (
          <Suspense>
            <SourceChooser source={source} onDone={close} />
          </Suspense>
        )}
      </Popover>
      {source.kind !== 'none' && <Speed pause={pause} />}
      {source.kind !== 'none' && (
        <span className={styles.state}>
          <FeedStateWord source={source} />
        </span>
      )}
      <Scrub source={source} />
      {source.kind !== 'none' && (
        <time className={styles.clock} title={formatInstant(source.clockMs, zone)}>
          {source.kind === 'replay' ? formatInstant(source.clockMs, zone) : formatClock(source.clockMs, zone)}
        </time>
      )}
      {source.status.gapCount > 0 && <span className={styles.gaps}>{source.status.gapCount} gaps</span>}
      {sheet && (
        <Button className={styles.sheet} aria-expanded={sheet.isOpen} onClick={sheet.toggle}>
          <SlidersHorizontal size={15} aria-hidden="true" /> What-if
        </Button>
      )}
    </footer>
  );
}
