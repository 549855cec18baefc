/**
 * The clock of a playback (rule FD-2): clock = anchor + (now − anchor of now) × speed, so that it depends on where `now` is
 * and not on how it got there. A step back of `now` adds nothing and takes nothing.
 */
export interface PlaybackClock {
  /** Takes a reading of the caller's clock; returns the playback's time. */
  readonly advance: (nowMs: number) => number;
  /** Takes a reading without letting time pass. */
  readonly skipTo: (nowMs: number) => void;
  /** The playback's time at the last reading. */
  readonly timeMs: () => number;
  readonly setTo: (timeMs: number) => void;
  readonly speed: () => number;
  readonly setSpeed: (speed: number) => void;
}

/** A clock that stands at `startMs` until the first reading and stops at `endMs`. */
export const createPlaybackClock = (startMs: number, endMs: number): PlaybackClock => {
  let anchorMs = startMs;
  let anchorNowMs = Number.NaN;
  let lastNowMs = Number.NaN;
  let speed = 1;
  const timeAt = (nowMs: number): number =>
    Number.isNaN(anchorNowMs) ? anchorMs : Math.min(anchorMs + (nowMs - anchorNowMs) * speed, endMs);
  const anchor = (timeMs: number, nowMs: number): void => {
    anchorMs = timeMs;
    anchorNowMs = nowMs;
  };
  return {
    advance: (nowMs) => {
      if (Number.isNaN(lastNowMs) || nowMs < lastNowMs) anchor(timeAt(lastNowMs), nowMs);
      lastNowMs = nowMs;
      return timeAt(nowMs);
    },
    skipTo: (nowMs) => {
      anchor(timeAt(lastNowMs), nowMs);
      lastNowMs = nowMs;
    },
    timeMs: () => timeAt(lastNowMs),
    setTo: (timeMs) => anchor(timeMs, lastNowMs),
    speed: () => speed,
    setSpeed: (next) => {
      anchor(timeAt(lastNowMs), lastNowMs);
      speed = next;
    },
  };
};
