/** SE-28 with a live venue: however often prices come, snapshots come four times a second, and nothing between two of them is lost to history and alarms. */
import { expect, it } from 'vitest';
import { freshnessLimits } from '../../domain/freshness.ts';
import { ALARM_MODULE } from '../../session/alarms/index.ts';
import { createEngine } from '../../session/engine.ts';
import { bookText } from '../../session/testing/fixtures.ts';
import { createBench, HELLO } from '../testing/bench.ts';
import type { OpenLiveFeed } from './feed-runner.ts';

/** A venue that tells BTC at every look; `price` says what. */
const venue = (price: (nowMs: number) => string): OpenLiveFeed => ({
  description: { kind: 'live', name: 'Venue', markets: [], cadenceMs: 1_000, freshness: freshnessLimits(1_000), isSeekable: false },
  advance: (nowMs) => ({
    ticks: [{ market: 'BTC', kind: 'mark', price: price(nowMs), venueTimeMs: nowMs, arrivalTimeMs: nowMs }],
    status: { state: 'live', gapCount: 0, droppedCount: 0, lastVenueTimeMs: nowMs, lastArrivalTimeMs: nowMs },
    clockMs: nowMs,
    speed: 1,
    isDiscontinuous: false,
    counts: { accepted: 1, gaps: 0, duplicates: 0, late: 0, rejected: 0, dropped: 0 },
  }),
  skipTo: () => undefined,
  setSpeed: () => undefined,
  seek: () => undefined,
  step: () => undefined,
  close: () => undefined,
  wake: () => undefined,
  want: () => undefined,
  view: () => ({}) as ReturnType<OpenLiveFeed['view']>,
});

it('a price that lasts a tenth of a second between two snapshots is in the history, and what it liquidates is told', async () => {
  let looks = 0;
  const spikeAt = 15;
  const feed = venue(() => (++looks === spikeAt ? '90000' : '65546'));
  const bench = createBench(
    {},
    {
      engine: createEngine(),
      loadAlarms: () => Promise.resolve(ALARM_MODULE),
      loadLive: () => Promise.resolve({ openLive: () => feed, openReference: () => Promise.reject(), referenceRows: () => [] } as never),
    },
  );
  bench.send(HELLO);
  bench.send({ kind: 'load', requestId: 1, name: 'own.json', text: bookText() });
  bench.send({ kind: 'feed', requestId: 2, feed: { kind: 'live', venue: 'venue' } });
  await bench.settle();
  for (const frame of bench.frames) if (frame.kind === 'snapshot') bench.send({ kind: 'seen', bookVersion: frame.bookVersion });
  const frames = Array.from({ length: 30 }, () => {
    const shown = bench.beats(1);
    for (const frame of shown) if (frame.kind === 'snapshot') bench.send({ kind: 'seen', bookVersion: frame.bookVersion });
    return shown;
  }).flat();
  const snapshots = frames.filter((frame) => frame.kind === 'snapshot');
  expect(looks).toBeGreaterThanOrEqual(30);
  expect(snapshots.length).toBeGreaterThanOrEqual(8);
  expect(snapshots.length).toBeLessThanOrEqual(12);
  expect(snapshots.map(({ account }) => account?.positions.markPrice.text[0])).not.toContain('90000');
  const history = frames.findLast((frame) => frame.kind === 'history')?.history;
  const [btc] = history?.distance ?? [];
  expect(Math.min(...(btc ?? []))).toBeLessThan(0.1 * (btc?.[0] ?? 0));
  const said = frames.flatMap((frame) => (frame.kind === 'alarms' ? frame.said : []));
  expect(said.map(({ to }) => to)).toContain('liquidation');
});
