/** Runs a feed against a real clock (rule FD-12). Clock and timer are arguments: a worker passes its own, a test passes fakes. */
import type { Feed, FeedOutput } from './feed.ts';

export interface DriverOptions {
  readonly feed: Feed;
  /** The caller's clock, ms; monotone is best. */
  readonly now: () => number;
  /** Calls `run` every `intervalMs` until the returned function is called: `setInterval`, in effect. */
  readonly every: (run: () => void, intervalMs: number) => () => void;
  readonly onOutput: (output: FeedOutput) => void;
  readonly intervalMs?: number;
  /** A longer time between two runs means that the machine slept: a playback does not play it. */
  readonly sleepMs?: number;
}

export interface Driver {
  /** Runs the feed now, for a command that should show at once. */
  readonly run: () => void;
  /** Stops the timer and closes the feed. */
  readonly stop: () => void;
}

const DRIVER_INTERVAL_MS = 100;
const SLEEP_MS = 5_000;

export const driveFeed = ({ feed, now, every, onOutput, intervalMs = DRIVER_INTERVAL_MS, sleepMs = SLEEP_MS }: DriverOptions): Driver => {
  let lastMs = now();
  const run = (): void => {
    const nowMs = now();
    if (nowMs - lastMs > sleepMs) feed.skipTo(nowMs);
    lastMs = nowMs;
    onOutput(feed.advance(nowMs));
  };
  const cancel = every(run, intervalMs);
  run();
  return {
    run,
    stop: () => {
      cancel();
      feed.close();
    },
  };
};
