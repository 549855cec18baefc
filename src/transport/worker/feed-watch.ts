/**
 * The watchdog over a feed (rule FD-27): its state is never better than what came through says, whatever the feed says of itself. Driven by
 * the host's beat, so that a feed that falls silent grows old without a tick. Also where a test takes ticks away.
 */
import { FRESHNESS_ORDER, type Freshness, freshness, freshnessLimits, worseOf } from '../../domain/freshness.ts';
import type { FeedState } from '../../domain/tick.ts';
import type { Feed, FeedOutput } from '../../feeds/feed.ts';

export interface FeedWatch {
  /** What is told of `output`, got at `nowMs` of our clock. */
  readonly see: (output: FeedOutput, nowMs: number) => FeedOutput;
  /** For tests of a dead feed: ticks of the market, of all where it is '', no longer come through until they are wanted again. */
  readonly silence: (market: string, isSilent: boolean) => void;
}

/** A longer time between two looks means that the machine slept: a playback was not played (FD-12), and is not judged by it. */
const SLEEP_MS = 5_000;

/** A clock that goes back by more, so many times in a row, was set. */
const SET_BACK_MS = 60_000;
const SET_BACK_TIMES = 3;

const isFreshness = (state: FeedState): state is Freshness => FRESHNESS_ORDER.some((known) => known === state);

export function watchFeed({ kind, cadenceMs, freshness: limits }: Feed['description']): FeedWatch {
  const silenced = new Set<string>();
  let venueMs: number | undefined;
  let arrivalMs: number | undefined;
  let backCount = 0;
  let clockMs = Number.NaN;
  let lookedMs = Number.NaN;
  /** When the feed last gave a sign of life, by our clock: a playback that runs moves its clock. */
  let aliveMs = Number.NaN;

  const passed = (output: FeedOutput): FeedOutput['ticks'] =>
    silenced.size === 0 ? output.ticks : output.ticks.filter(({ market }) => !silenced.has('') && !silenced.has(market));

  /** A venue may set its clock back (FD-6): told three times in a row, it did. */
  const noteVenue = (newestMs: number): void => {
    const isBack = kind === 'live' && venueMs !== undefined && venueMs - newestMs > SET_BACK_MS;
    backCount = isBack ? backCount + 1 : 0;
    venueMs = backCount >= SET_BACK_TIMES ? newestMs : Math.max(venueMs ?? newestMs, newestMs);
  };

  const take = ({ status, isDiscontinuous, speed, ...output }: FeedOutput, ticks: FeedOutput['ticks'], nowMs: number): void => {
    if (isDiscontinuous) venueMs = undefined;
    if (ticks.length > 0) noteVenue(ticks.reduce((newest, tick) => Math.max(newest, tick.venueTimeMs), 0));
    const arrived = silenced.size === 0 ? status.lastArrivalTimeMs : ticks.at(-1)?.arrivalTimeMs;
    const isHeard = arrived !== undefined && arrived !== arrivalMs;
    arrivalMs = arrived ?? arrivalMs;
    const isAlive = kind === 'live' ? isHeard : speed === 0 || output.clockMs !== clockMs;
    const hasSlept = kind !== 'live' && (nowMs - lookedMs > SLEEP_MS || nowMs < lookedMs);
    // A clock that was set back must not make a feed that fell silent look alive until the old time comes again.
    if (isAlive || hasSlept || !(aliveMs <= nowMs)) aliveMs = nowMs;
    clockMs = output.clockMs;
    lookedMs = nowMs;
  };

  /** Played s times as fast, a feed speaks s times as often; paused, not at all. */
  const seenState = (state: Freshness, speed: number, nowMs: number): Freshness => {
    const byVenue = venueMs === undefined ? 'live' : freshness(Math.abs(clockMs - venueMs), limits);
    const byOurs = freshness(nowMs - aliveMs, freshnessLimits(cadenceMs / speed));
    return worseOf(state, worseOf(byVenue, byOurs));
  };

  return {
    see: (output, nowMs) => {
      const ticks = passed(output);
      take(output, ticks, nowMs);
      const { status, speed } = output;
      const state = isFreshness(status.state) ? seenState(status.state, speed, nowMs) : status.state;
      const times = {
        ...(venueMs === undefined ? {} : { lastVenueTimeMs: venueMs }),
        ...(arrivalMs === undefined ? {} : { lastArrivalTimeMs: arrivalMs }),
      };
      return { ...output, ticks, status: { ...status, ...(silenced.size === 0 ? {} : times), state } };
    },
    silence: (market, isSilent) => {
      if (isSilent) silenced.add(market);
      else silenced.delete(market);
    },
  };
}
