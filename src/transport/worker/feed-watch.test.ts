import { describe, expect, it } from 'vitest';
import { freshnessLimits } from '../../domain/freshness.ts';
import type { Feed, FeedOutput } from '../../feeds/feed.ts';
import { watchFeed } from './feed-watch.ts';

const T = 1_790_000_000_000;
const description = (kind: 'replay' | 'live'): Feed['description'] => ({
  kind,
  name: 'a feed',
  markets: [],
  cadenceMs: 1_000,
  freshness: freshnessLimits(1_000),
  isSeekable: kind === 'replay',
});
/** What a feed that takes itself for live says: its clock, and a price of that time where one came. */
const said = (clockMs: number, more: { speed?: number; price?: boolean; arrivedMs?: number } = {}): FeedOutput => ({
  ticks: more.price ? [{ market: 'BTC', price: '1', kind: 'mark', venueTimeMs: clockMs, arrivalTimeMs: more.arrivedMs ?? clockMs }] : [],
  status: { state: 'live', gapCount: 0, droppedCount: 0, ...(more.arrivedMs === undefined ? {} : { lastArrivalTimeMs: more.arrivedMs }) },
  clockMs,
  speed: more.speed ?? 1,
  isDiscontinuous: false,
  counts: { taken: 0, gaps: 0, duplicates: 0, late: 0, rejected: 0, dropped: 0 } as unknown as FeedOutput['counts'],
});

describe('FD-27 the watchdog over a feed', () => {
  it('a playback whose clock no longer moves is not live, though it says so', () => {
    const watch = watchFeed(description('replay'));
    const state = (nowMs: number) => watch.see(said(T), T + nowMs).status.state;
    expect(watch.see(said(T, { price: true }), T).status.state).toBe('live');
    expect([1_000, 1_900, 2_000, 6_000, 9_000, 10_000].map(state)).toEqual(['live', 'live', 'delayed', 'delayed', 'delayed', 'stale']);
  });

  it('paused, asleep or set back it is what it was', () => {
    const watch = watchFeed(description('replay'));
    watch.see(said(T, { price: true }), T);
    for (let ms = 0; ms < 100_000; ms += 1_000) expect(watch.see(said(T, { speed: 0 }), T + ms).status.state).toBe('live');
    expect(watch.see(said(T), T + 3_600_000).status.state).toBe('live');
    expect(watch.see(said(T), T - 3_600_000).status.state).toBe('live');
    expect(watch.see(said(T), T - 3_600_000 + 2_500).status.state).toBe('delayed');
  });

  it('a live feed without a frame is old by our clock, and through a sleep', () => {
    const watch = watchFeed(description('live'));
    watch.see(said(T, { price: true, arrivedMs: T }), T);
    expect(watch.see(said(T + 70_000, { arrivedMs: T }), T + 70_000).status.state).toBe('lost');
    expect(watch.see(said(T + 70_100, { price: true, arrivedMs: T + 70_100 }), T + 70_100).status.state).toBe('live');
  });

  it('fresh frames with old prices are not live, and neither are prices from far ahead', () => {
    const watch = watchFeed(description('live'));
    const tick = said(T, { price: true, arrivedMs: T }).ticks[0]!;
    const with_ = (venueTimeMs: number, nowMs: number): FeedOutput => ({
      ...said(nowMs, { arrivedMs: nowMs }),
      ticks: [{ ...tick, venueTimeMs, arrivalTimeMs: nowMs }],
    });
    expect(watch.see(with_(T - 30_000, T), T).status.state).toBe('stale');
    expect(watch.see(with_(T + 90_000, T + 100), T + 100).status.state).toBe('lost');
  });

  it('doubled and out-of-order ticks make it no younger', () => {
    const watch = watchFeed(description('replay'));
    watch.see(said(T, { price: true }), T);
    const late = said(T, { price: true }).ticks;
    const again = watch.see({ ...said(T + 12_000), ticks: [...late, ...late] }, T + 12_000);
    expect(again.status.state).toBe('stale');
  });
});
