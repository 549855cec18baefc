/** Time as the delays see it (rule AL-4): what the clock does to itself does not count. */

export interface Timeline {
  /** Of the last look taken; absent before the first of a stream. */
  readonly sequence?: number;
  /** Clock at that look. */
  readonly timeMs?: number;
  /** Sum of all steps forward: for deadlines, which run while nobody looks. */
  readonly elapsedMs: number;
  /** Sum of the steps forward that are no gap: for delays, which ask what was seen. */
  readonly observedMs: number;
}

export const START: Timeline = { elapsedMs: 0, observedMs: 0 };

/** The timeline after a look; `undefined` where the look is doubled or late. A clock set back moves nothing; one that is no number is refused. */
export function advanced(timeline: Timeline, sequence: number, timeMs: number, gapMs: number): Timeline | undefined {
  if (!Number.isFinite(timeMs)) throw new RangeError(`a look has a finite clock, found ${timeMs}`);
  if (timeline.sequence !== undefined && !(sequence > timeline.sequence)) return undefined;
  const step = timeline.timeMs === undefined ? 0 : Math.max(0, timeMs - timeline.timeMs);
  return {
    sequence,
    timeMs,
    elapsedMs: timeline.elapsedMs + step,
    observedMs: timeline.observedMs + (step <= gapMs ? step : 0),
  };
}
