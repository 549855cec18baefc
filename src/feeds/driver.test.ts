import { describe, expect, it } from 'vitest';
import { driveFeed } from './driver.ts';
import type { FeedOutput } from './feed.ts';
import { createSimulated } from './simulated.ts';

const make = (sleepMs?: number) => {
  const clock = { nowMs: 1_000 };
  const timer: { run: (() => void) | undefined; intervalMs: number } = { run: undefined, intervalMs: 0 };
  const outputs: FeedOutput[] = [];
  const feed = createSimulated({ seed: 1, regime: 'normal', stepMs: 1_000, startMs: 0 });
  const driver = driveFeed({
    feed,
    now: () => clock.nowMs,
    every: (run, intervalMs) => {
      timer.run = run;
      timer.intervalMs = intervalMs;
      return () => {
        timer.run = undefined;
      };
    },
    onOutput: (output) => outputs.push(output),
    ...(sleepMs === undefined ? {} : { sleepMs }),
  });
  return { clock, timer, outputs, driver, feed };
};

describe('FD-12 the driver', () => {
  it('default: runs at once and at every interval', () => {
    const { clock, timer, outputs } = make();
    expect(timer.intervalMs).toBe(100);
    expect(outputs.map(({ clockMs }) => clockMs)).toEqual([0]);
    clock.nowMs += 1_000;
    timer.run!();
    expect(outputs.map(({ clockMs }) => clockMs)).toEqual([0, 1_000]);
    expect(outputs[1]!.ticks.length).toBe(10);
  });

  it('behavior: a machine that slept goes on where it was', () => {
    const { clock, timer, outputs } = make();
    clock.nowMs += 2_000;
    timer.run!();
    clock.nowMs += 8 * 3_600_000;
    timer.run!();
    clock.nowMs += 1_000;
    timer.run!();
    expect(outputs.map(({ clockMs }) => clockMs)).toEqual([0, 2_000, 2_000, 3_000]);
  });

  it('behavior: a command shows at once', () => {
    const { outputs, driver, feed } = make();
    feed.seek(60_000);
    driver.run();
    expect(outputs.at(-1)).toMatchObject({ clockMs: 60_000, isDiscontinuous: true });
  });

  it('behavior: stopping cancels the timer and ends the feed', () => {
    const { timer, driver, feed } = make();
    driver.stop();
    expect(timer.run).toBeUndefined();
    expect(feed.advance(1_000).status.state).toBe('ended');
  });
});
