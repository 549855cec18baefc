/**
 * What a price stream is. Every stream (simulated, replayed, live) is a state machine driven from outside (rule FD-1):
 * it holds no timer and reads no clock, so it runs the same in a worker, in Node and in a test.
 */

import type { FreshnessLimits } from '../domain/freshness.ts';
import type { FeedStatus, Tick } from '../domain/tick.ts';
import type { SequenceCounts } from './sequence.ts';

/** One series of a feed. */
export interface FeedMarket {
  readonly market: string;
  readonly kind: Tick['kind'];
  /** Longest time between two ticks of this market while all is well, ms. */
  readonly cadenceMs: number;
  /** Where the figures come from, for people. */
  readonly source: string;
  /** What a reader must know to judge the series. */
  readonly note?: string;
}

export interface FeedDescription {
  readonly kind: 'simulated' | 'replay' | 'live';
  /** `Simulated 42`, `Replay 10 Oct 2025`. */
  readonly name: string;
  readonly markets: readonly FeedMarket[];
  /** Longest silence of the whole feed while all is well, ms. */
  readonly cadenceMs: number;
  readonly freshness: FreshnessLimits;
  /** First instant of the feed's clock, ms since the epoch; absent for a live feed. */
  readonly startMs?: number;
  /** Last instant; absent where there is none. */
  readonly endMs?: number;
  /** Whether `seek`, `step` and `setSpeed` work. A live feed's clock is the world's. */
  readonly isSeekable: boolean;
}

/** What happened since the last call. */
export interface FeedOutput {
  /** In order; oldest first. */
  readonly ticks: readonly Tick[];
  readonly status: FeedStatus;
  /** The feed's own clock: what "now" is for prices and their ages, ms since the epoch. */
  readonly clockMs: number;
  /** Multiple of real time; 0 is paused. */
  readonly speed: number;
  /**
   * The clock has been set (rule FD-10): prices held from before are void, `ticks` begins with the price of every market
   * that has one at the new time.
   */
  readonly isDiscontinuous: boolean;
  readonly counts: SequenceCounts;
}

export interface Feed {
  readonly description: FeedDescription;
  /**
   * Brings the feed to `nowMs` of the caller's clock (any finite origin; monotone is best, a step back is survived) and
   * hands over what happened. Throws RangeError where `nowMs` is not finite.
   */
  readonly advance: (nowMs: number) => FeedOutput;
  /** Passes over the time since the last `advance` as if it had not been: for a machine that slept. A live feed, whose clock is the world's, ignores it. */
  readonly skipTo: (nowMs: number) => void;
  /** Multiple of real time from the last `advance` on, 0 to `SPEED_MAX`. Throws RangeError outside, or on a live feed. */
  readonly setSpeed: (speed: number) => void;
  /** Sets the feed's clock. Throws RangeError outside start and end, or on a live feed. */
  readonly seek: (timeMs: number) => void;
  /** Moves the clock by `count` instants at which the feed speaks, back if negative; stops at start and end. Throws RangeError on a live feed. */
  readonly step: (count: number) => void;
  /** Ends the feed: `advance` answers `ended` and no ticks from now on. */
  readonly close: () => void;
}

export const SPEED_MAX = 600;
