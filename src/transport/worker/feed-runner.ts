/** The feed that a host holds: opened from its spec, driven by the host's beat, told to the session as one update at a time. */

import { freshnessLimits } from '../../domain/freshness.ts';
import { type Driver, driveFeed } from '../../feeds/driver.ts';
import type { Feed, FeedOutput } from '../../feeds/feed.ts';
import { createReplay } from '../../feeds/replay.ts';
import { parseReplay } from '../../feeds/replay-format.ts';
import { createSimulated } from '../../feeds/simulated.ts';
import { type FeedSpec, type HostInput, NO_SOURCE } from '../../session/protocol.ts';
import type { SimulationStart } from '../../session/transport.ts';
import { type FeedWatch, watchFeed } from './feed-watch.ts';

type FeedUpdate = Extract<HostInput, { readonly kind: 'feed-update' }>;

export interface FeedRunnerOptions {
  readonly now: () => number;
  readonly onUpdate: (update: FeedUpdate) => void;
}

/** Longest single walk of `step`: a longer one is taken in as many strides. */
export const STRIDES_MAX = 300;

/** One feed at a time; opening another ends the first. */
export interface FeedRunner {
  readonly open: (feed: Feed) => void;
  readonly close: () => void;
  /** Brings the feed to now. */
  readonly run: () => void;
  readonly setSpeed: (speed: number) => void;
  readonly seek: (timeMs: number) => void;
  /** Moves by `steps` instants, telling the session at each stride; `between` runs after every stride but the last. */
  readonly step: (steps: number, between: () => void) => void;
  readonly speed: () => number;
  /** For tests of a dead feed, until another is opened. */
  readonly silence: (market: string, isSilent: boolean) => void;
}

export function createFeedRunner({ now, onUpdate }: FeedRunnerOptions): FeedRunner {
  let feed: Feed | undefined;
  let driver: Driver | undefined;
  let speed = 1;
  let last: FeedOutput | undefined;
  let watch: FeedWatch | undefined;

  const tell = (description: Feed['description'], said: FeedOutput): void => {
    const nowMs = now();
    const output = watch ? watch.see(said, nowMs) : said;
    const isFirst = last === undefined;
    if (!isFirst && !isNews(last as FeedOutput, output)) return;
    last = output;
    speed = output.speed;
    onUpdate({ ...updateOf(description, output, isFirst || output.isDiscontinuous), ownClockMs: nowMs });
  };
  const stop = (): void => {
    driver?.stop();
    [driver, feed, last, watch] = [undefined, undefined, undefined, undefined];
  };

  return {
    open: (next) => {
      stop();
      feed = next;
      watch = watchFeed(next.description);
      // The host's own beat runs it: `every` has nothing to start and nothing to stop.
      driver = driveFeed({ feed: next, now, every: () => () => undefined, onOutput: (output) => tell(next.description, output) });
    },
    close: () => {
      stop();
      onUpdate({ kind: 'feed-update', source: NO_SOURCE, staleAfterMs: Number.NaN, staleAfterMsByMarket: {}, ticks: [], restarted: true });
    },
    run: () => driver?.run(),
    setSpeed: (next) => {
      feed?.setSpeed(next);
      driver?.run();
    },
    seek: (timeMs) => {
      feed?.seek(timeMs);
      driver?.run();
    },
    step: (steps, between) => {
      const strides = steps > 0 ? Math.min(steps, STRIDES_MAX) : 1;
      for (let i = 0; i < strides; i++) {
        if (i > 0) between();
        feed?.step(steps > 0 ? Math.floor(((i + 1) * steps) / strides) - Math.floor((i * steps) / strides) : steps);
        driver?.run();
      }
    },
    speed: () => speed,
    silence: (market, isSilent) => watch?.silence(market, isSilent),
  };
}

/** Whether the session has anything to learn from `next`: a paused feed says the same thing ten times a second. */
const isNews = (before: FeedOutput, next: FeedOutput): boolean =>
  next.ticks.length > 0 ||
  next.isDiscontinuous ||
  next.clockMs !== before.clockMs ||
  next.speed !== before.speed ||
  next.status.state !== before.status.state ||
  next.status.detail !== before.status.detail;

/** What a session is told of a feed. */
export function updateOf(description: Feed['description'], output: FeedOutput, restarted: boolean): FeedUpdate {
  const { kind, name, startMs = Number.NaN, endMs = Number.NaN } = description;
  if (kind === 'live') throw new Error(`the protocol has no word for a live feed yet: ${name}`);
  const limit = (cadenceMs: number): number => freshnessLimits(cadenceMs).delayedMs;
  return {
    kind: 'feed-update',
    source: {
      kind,
      name,
      status: output.status,
      speed: output.speed,
      clockMs: output.clockMs,
      startMs: kind === 'replay' ? startMs : Number.NaN,
      endMs,
    },
    staleAfterMs: description.freshness.delayedMs,
    staleAfterMsByMarket: Object.fromEntries(description.markets.map(({ market, cadenceMs }) => [market, limit(cadenceMs)])),
    ticks: output.ticks,
    restarted,
  };
}

/** The feed that `spec` names; a replay's figures are read through `readReplay`. Undefined for none. */
export function feedOf(
  spec: FeedSpec,
  start: SimulationStart | undefined,
  readReplay: (name: string) => Promise<string>,
  speed: number,
): Feed | undefined | Promise<Feed> {
  if (spec.kind === 'none') return undefined;
  if (spec.kind === 'replay') return readReplay(spec.name).then((text) => createReplay(parseReplay(text), { speed }));
  const { seed, regime, stepMs } = spec;
  return createSimulated({
    seed,
    regime,
    stepMs,
    speed,
    startMs: start?.startMs ?? SIMULATION_EPOCH_MS,
    startPrices: start?.startPrices ?? {},
  });
}

/** Clock of a simulation that starts before any book: 1 January 2026, 00:00 UTC. */
const SIMULATION_EPOCH_MS = 1_767_225_600_000;
