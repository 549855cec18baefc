/**
 * A feed made of frames that are known by their time: what a simulated and a replayed stream have in common
 * (rules FD-1 to FD-3, FD-9 to FD-11).
 */

import { freshness } from '../domain/freshness.ts';
import type { FeedStatus } from '../domain/tick.ts';
import { type Feed, type FeedDescription, type FeedOutput, SPEED_MAX } from './feed.ts';
import { createPlaybackClock, type PlaybackClock } from './playback-clock.ts';
import { createSequencer, type Sequencer } from './sequence.ts';
import type { RawTick } from './well-formed.ts';

/** Frames in order of time. A source stands between two frames; `seek` puts it elsewhere. */
export interface FrameSource {
  /** Time of the next frame, ms; undefined when there is none left. */
  readonly nextTimeMs: () => number | undefined;
  /** The next frame, and on to the one after. Only where `nextTimeMs` answers a time. */
  readonly take: () => readonly RawTick[];
  /** Goes to `timeMs`; returns the newest tick of every market at or before it, with its own time. */
  readonly seek: (timeMs: number) => readonly RawTick[];
  /** Time of the `count`-th frame after `timeMs`, or before it if negative; undefined where there are fewer. */
  readonly timeFrom: (timeMs: number, count: number) => number | undefined;
}

export interface PlaybackOptions {
  /** Multiple of real time at the start; 1 if absent. */
  readonly speed?: number;
  /** Ticks kept between two calls of `advance`. */
  readonly queueMax?: number;
}

type PlaybackDescription = FeedDescription & { readonly startMs: number };

/** At most so many frames in one `advance`; where more are due the clock falls behind rather than the caller waiting. */
const FRAMES_MAX = 50_000;

/** Everything a playback remembers. */
interface Playback {
  readonly description: PlaybackDescription;
  readonly source: FrameSource;
  readonly sequencer: Sequencer;
  readonly clock: PlaybackClock;
  /** Frames handed to the sequencer so far. */
  sequence: number;
  /** Ticks of a seek that no `advance` has told yet. */
  soughtTicks: readonly RawTick[] | undefined;
  isBehind: boolean;
  isClosed: boolean;
}

const endOf = ({ endMs = Number.POSITIVE_INFINITY }: FeedDescription): number => endMs;

const accept = (playback: Playback, ticks: readonly RawTick[], arrivalTimeMs: number): void => {
  playback.sequencer.accept({ sequence: playback.sequence++, arrivalTimeMs, ticks });
};

/** Hands every frame that is due to the sequencer. */
const play = (playback: Playback, nowMs: number): void => {
  const { source, sequencer, clock } = playback;
  const clockMs = clock.advance(nowMs);
  if (playback.soughtTicks) {
    sequencer.reset();
    accept(playback, playback.soughtTicks, nowMs);
    playback.soughtTicks = undefined;
  }
  playback.isBehind = false;
  let playedMs = clockMs;
  for (let count = 0; !playback.isBehind; count++) {
    const dueMs = source.nextTimeMs();
    if (dueMs === undefined || dueMs > clockMs) return;
    if (count < FRAMES_MAX) {
      playedMs = dueMs;
      accept(playback, source.take(), nowMs);
    } else {
      playback.isBehind = true;
      clock.setTo(playedMs);
    }
  }
};

const statusOf = ({ description, sequencer, clock, isBehind, isClosed }: Playback): FeedStatus => {
  const { gaps, dropped } = sequencer.counts();
  const lastVenueTimeMs = sequencer.lastVenueTimeMs();
  const lastArrivalTimeMs = sequencer.lastArrivalTimeMs();
  const clockMs = clock.timeMs();
  const isEnded = isClosed || clockMs >= endOf(description);
  const running = lastVenueTimeMs === undefined ? 'connecting' : freshness(clockMs - lastVenueTimeMs, description.freshness);
  const paused = !isEnded && clock.speed() === 0 ? 'Paused.' : undefined;
  const detail = isBehind ? 'This machine cannot keep the chosen speed.' : paused;
  return {
    state: isEnded ? 'ended' : running,
    gapCount: gaps,
    droppedCount: dropped,
    ...(lastVenueTimeMs === undefined ? {} : { lastVenueTimeMs }),
    ...(lastArrivalTimeMs === undefined ? {} : { lastArrivalTimeMs }),
    ...(detail === undefined ? {} : { detail }),
  };
};

const advance = (playback: Playback, nowMs: number): FeedOutput => {
  const { sequencer, clock, isClosed } = playback;
  const isDiscontinuous = playback.soughtTicks !== undefined && !isClosed;
  if (!isClosed) play(playback, nowMs);
  return {
    ticks: isClosed ? [] : sequencer.drain(),
    status: statusOf(playback),
    clockMs: clock.timeMs(),
    speed: clock.speed(),
    isDiscontinuous,
    counts: sequencer.counts(),
  };
};

const goTo = (playback: Playback, timeMs: number): void => {
  playback.soughtTicks = playback.source.seek(timeMs);
  playback.clock.setTo(timeMs);
};

const step = (playback: Playback, count: number): void => {
  const { description, source, clock } = playback;
  const timeMs = source.timeFrom(clock.timeMs(), count);
  if (count > 0 && count <= FRAMES_MAX) clock.setTo(timeMs ?? endOf(description));
  else goTo(playback, timeMs ?? (count > 0 ? endOf(description) : description.startMs));
};

const refuseUnless = (isFine: boolean, message: string): void => {
  if (!isFine) throw new RangeError(message);
};

const refuseSpeed = (speed: number): void =>
  refuseUnless(speed >= 0 && speed <= SPEED_MAX, `speed must lie between 0 and ${SPEED_MAX}, found ${speed}`);

const refuseReading = (nowMs: number): void => refuseUnless(Number.isFinite(nowMs), `a clock reading must be finite, found ${nowMs}`);

/** Makes a feed of `source`. Throws RangeError for a speed outside 0 to `SPEED_MAX`. */
export const createPlayback = (description: PlaybackDescription, source: FrameSource, options: PlaybackOptions = {}): Feed => {
  const { speed = 1, queueMax } = options;
  const { startMs } = description;
  const endMs = endOf(description);
  refuseSpeed(speed);
  const markets = new Set(description.markets.map(({ market }) => market));
  const sequencer = createSequencer(queueMax === undefined ? { markets } : { markets, queueMax });
  const clock = createPlaybackClock(startMs, endMs);
  clock.setSpeed(speed);
  const playback: Playback = {
    description,
    source,
    sequencer,
    clock,
    sequence: 0,
    soughtTicks: undefined,
    isBehind: false,
    isClosed: false,
  };
  return {
    description,
    advance: (nowMs) => {
      refuseReading(nowMs);
      return advance(playback, nowMs);
    },
    skipTo: (nowMs) => {
      refuseReading(nowMs);
      clock.skipTo(nowMs);
    },
    setSpeed: (next) => {
      refuseSpeed(next);
      clock.setSpeed(next);
    },
    seek: (timeMs) => {
      refuseUnless(timeMs >= startMs && timeMs <= endMs, `the time must lie within the feed, ${startMs} to ${endMs}, found ${timeMs}`);
      if (!playback.isClosed) goTo(playback, timeMs);
    },
    step: (count) => {
      refuseUnless(Number.isSafeInteger(count), `a number of steps is whole, found ${count}`);
      if (count !== 0 && !playback.isClosed) step(playback, count);
    },
    close: () => {
      playback.isClosed = true;
    },
  };
};
