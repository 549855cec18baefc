/** What is news, and what is doubled or late (rules FD-5 and FD-6). */
import type { RawTick } from './well-formed.ts';

/** `after-gap` is news too: something between it and what came before is missing. */
export type Place = 'next' | 'after-gap' | 'duplicate' | 'late';

/** Judges frames by the counter of their stream. */
interface FrameOrder {
  /** `venueTimeMs` is the newest of the frame's ticks, 0 where it has none. */
  readonly judge: (sequence: number, stream: string, venueTimeMs: number) => Place;
  readonly reset: () => void;
}

/** Judges ticks by the venue's time of their market and kind. */
interface TickOrder {
  /** A tick of a counted frame is in order by its frame; only its repetition is left to find. */
  readonly judge: (tick: RawTick, isCounted: boolean) => Place;
  readonly reset: () => void;
}

/**
 * Next is the count after the last one; a higher count comes after a gap. A count already passed is doubled or late, unless
 * venue time went on: then the counter began again.
 */
export const createFrameOrder = (): FrameOrder => {
  const streams = new Map<string, { sequence: number; venueTimeMs: number }>();
  return {
    judge: (sequence, stream, venueTimeMs) => {
      const last = streams.get(stream);
      const isPassed = last !== undefined && sequence <= last.sequence;
      if (isPassed && venueTimeMs <= last.venueTimeMs) return sequence === last.sequence ? 'duplicate' : 'late';
      streams.set(stream, { sequence, venueTimeMs: Math.max(venueTimeMs, last?.venueTimeMs ?? 0) });
      return last === undefined || sequence === last.sequence + 1 ? 'next' : 'after-gap';
    },
    reset: () => streams.clear(),
  };
};

/** So many ticks of one market in a row must lie long before its newest to prove that the venue's clock was set back. */
const SET_BACK_RUN = 3;

/** Newest of one market and kind; `run` counts ticks in a row that lie long before it, the last of them at `runTimeMs`. */
interface Newest {
  readonly timeMs: number;
  readonly price: string;
  run: number;
  runTimeMs: number;
}

/**
 * Older than the newest is late. Older by more than `lateMsMax`, and that three times in a row without going back among
 * themselves, means that the venue's clock was set back (or that the newest carried a time from far ahead): a gap, then news.
 */
export const createTickOrder = (lateMsMax: number): TickOrder => {
  const newest = new Map<string, Newest>();

  const judgeOlder = (venueTimeMs: number, known: Newest): Place => {
    if (venueTimeMs >= known.timeMs - lateMsMax) return 'late';
    known.run = known.run > 0 && venueTimeMs >= known.runTimeMs ? known.run + 1 : 1;
    known.runTimeMs = venueTimeMs;
    return known.run >= SET_BACK_RUN ? 'after-gap' : 'late';
  };

  const judge = ({ market, kind, venueTimeMs, price }: RawTick, isCounted: boolean): Place => {
    const key = `${kind} ${market}`;
    const known = newest.get(key);
    if (known?.timeMs === venueTimeMs && known.price === price) return 'duplicate';
    const place = known === undefined || isCounted || venueTimeMs >= known.timeMs ? 'next' : judgeOlder(venueTimeMs, known);
    if (place !== 'late') newest.set(key, { timeMs: venueTimeMs, price, run: 0, runTimeMs: 0 });
    return place;
  };

  return { judge, reset: () => newest.clear() };
};
