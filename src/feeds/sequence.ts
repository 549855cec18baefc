/**
 * The gate every tick goes through (rules FD-4 to FD-7): what is malformed, doubled or late does not pass, what is missing
 * is counted, what nobody fetches is bounded. Nothing is invented and nothing repaired.
 */
import type { Tick } from '../domain/tick.ts';
import { createFrameOrder, createTickOrder, type Place } from './order.ts';
import { createBoundedQueue } from './queue.ts';
import { fundingOf, isCount, type RawTick, rejectionOf, shown } from './well-formed.ts';

/** What arrives at once. A frame without ticks is a sign of life. */
export interface RawFrame {
  /** Increases by one from frame to frame of a stream, where the source counts. */
  readonly sequence?: number;
  /** Which counter `sequence` belongs to; absent where there is one. */
  readonly stream?: string;
  readonly arrivalTimeMs: number;
  readonly ticks: readonly RawTick[];
}

/** Since the start; nothing resets them. */
export interface SequenceCounts {
  /** Ticks taken. */
  readonly accepted: number;
  /** Breaks: a jump of the counter, a counter that began again, a venue clock that was set back. */
  readonly gaps: number;
  /** Frames or ticks that say what was already taken. */
  readonly duplicates: number;
  /** Frames or ticks older than what was already taken. */
  readonly late: number;
  /** Ticks that are none, frames whose count is none. */
  readonly rejected: number;
  /** Ticks taken, then lost because nobody fetched them in time. */
  readonly dropped: number;
}

interface SequencerOptions {
  readonly markets: ReadonlySet<string>;
  /** Ticks kept until they are fetched; the oldest go first. */
  readonly queueMax?: number;
  /** A tick older than its market's newest by more than this is taken for a venue clock set back, once it persists. */
  readonly lateMsMax?: number;
}

export interface Sequencer {
  /** Whether it held a price that is one, news or not. */
  readonly accept: (frame: RawFrame) => boolean;
  /** Everything taken since the last call, in order. */
  readonly drain: () => Tick[];
  /** A new connection or a new position: the next frame is taken as the first. Counts stay, waiting ticks go. */
  readonly reset: () => void;
  /** A connection was replaced: its counters begin anew. What was taken stays, and what is older than it is late. */
  readonly renew: () => void;
  readonly counts: () => SequenceCounts;
  /** Venue time of the newest tick taken since the last reset. */
  readonly lastVenueTimeMs: () => number | undefined;
  /** Arrival of the newest sign of life. */
  readonly lastArrivalTimeMs: () => number | undefined;
  /** Why the newest rejected tick was rejected. */
  readonly lastRejection: () => string | undefined;
}

const QUEUE_MAX = 8_192;
const LATE_MS_MAX = 60_000;

const COUNTED_AS = { next: undefined, 'after-gap': 'gaps', duplicate: 'duplicates', late: 'late' } as const satisfies Record<
  Place,
  keyof SequenceCounts | undefined
>;

export const createSequencer = ({ markets, queueMax = QUEUE_MAX, lateMsMax = LATE_MS_MAX }: SequencerOptions): Sequencer => {
  const counts = { accepted: 0, gaps: 0, duplicates: 0, late: 0, rejected: 0, dropped: 0 };
  const queue = createBoundedQueue<Tick>(queueMax);
  const frames = createFrameOrder();
  const order = createTickOrder(lateMsMax);
  let lastVenueTimeMs: number | undefined;
  let lastArrivalTimeMs: number | undefined;
  let lastRejection: string | undefined;

  const isNews = (place: Place): boolean => {
    const counted = COUNTED_AS[place];
    if (counted) counts[counted]++;
    return place === 'next' || place === 'after-gap';
  };

  const isWellFormed = (tick: RawTick): boolean => {
    const rejection = rejectionOf(tick, markets);
    if (rejection === undefined) return true;
    counts.rejected++;
    lastRejection = rejection;
    return false;
  };

  const take = (tick: RawTick, arrivalTimeMs: number): void => {
    const { market, price, kind, venueTimeMs } = tick;
    counts.accepted++;
    lastArrivalTimeMs = arrivalTimeMs;
    lastVenueTimeMs = Math.max(lastVenueTimeMs ?? 0, venueTimeMs);
    if (queue.push({ market, price, kind, venueTimeMs, arrivalTimeMs, ...fundingOf(tick) })) counts.dropped++;
  };

  const accept = ({ sequence, stream = '', arrivalTimeMs, ticks }: RawFrame): boolean => {
    if (sequence !== undefined && !isCount(sequence)) {
      counts.rejected++;
      lastRejection = `not a sequence number: ${shown(sequence)}`;
      return false;
    }
    const good = ticks.filter(isWellFormed);
    const newestMs = good.reduce((newest, { venueTimeMs }) => Math.max(newest, venueTimeMs), 0);
    if (sequence !== undefined && !isNews(frames.judge(sequence, stream, newestMs))) return good.length > 0;
    // The count says that this is the newest, whatever the venue's clock said before.
    if (sequence !== undefined && good.length > 0) lastVenueTimeMs = undefined;
    if (ticks.length === 0) lastArrivalTimeMs = arrivalTimeMs;
    for (const tick of good) {
      const place = order.judge(tick, sequence !== undefined);
      if (place === 'after-gap') lastVenueTimeMs = undefined;
      if (isNews(place)) take(tick, arrivalTimeMs);
    }
    return good.length > 0;
  };

  return {
    accept,
    drain: queue.drain,
    reset: () => {
      frames.reset();
      order.reset();
      queue.drain();
      lastVenueTimeMs = undefined;
    },
    renew: frames.reset,
    counts: () => ({ ...counts }),
    lastVenueTimeMs: () => lastVenueTimeMs,
    lastArrivalTimeMs: () => lastArrivalTimeMs,
    lastRejection: () => lastRejection,
  };
};
