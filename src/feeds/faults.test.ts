/** A venue that misbehaves, behind the same interface: the state within its limit, no number invented, recovery. */
import { describe, expect, it } from 'vitest';
import type { FeedState } from '../domain/tick.ts';
import { createFakeFeed, type ScriptStep } from './testing/fake-feed.ts';

const START_MS = 1_790_000_000_000;
const connect = (atMs: number): ScriptStep => ({ atMs: START_MS + atMs, do: 'connect' });
const frame = (atMs: number, sequence: number, price: string, venueMs = atMs): ScriptStep => ({
  atMs: START_MS + atMs,
  do: 'frame',
  sequence,
  ticks: [{ market: 'BTC', kind: 'mark', price, venueTimeMs: START_MS + venueMs }],
});
const make = (script: readonly ScriptStep[], queueMax?: number) =>
  createFakeFeed({ markets: ['BTC'], cadenceMs: 1_000, script, ...(queueMax === undefined ? {} : { queueMax }) });

const statesAt = (script: readonly ScriptStep[], timesMs: readonly number[]): FeedState[] => {
  const feed = make(script);
  return timesMs.map((atMs) => feed.advance(START_MS + atMs).status.state);
};

describe('FD-8 FD-9 a venue that misbehaves', () => {
  it('behavior: connecting until the first tick, then live', () => {
    expect(statesAt([connect(10), frame(500, 1, '100')], [0, 10, 499, 500])).toEqual(['connecting', 'connecting', 'connecting', 'live']);
  });

  it('behavior: silence is delayed at 2 s, stale at 10 s, lost at 60 s, and live again with the next frame', () => {
    const script = [connect(0), frame(0, 1, '100'), frame(90_000, 2, '101')];
    expect(statesAt(script, [1_999, 2_000, 9_999, 10_000, 59_999, 60_000, 90_000])).toEqual([
      'live',
      'delayed',
      'delayed',
      'stale',
      'stale',
      'lost',
      'live',
    ]);
  });

  it('behavior: fresh frames with old prices are not live', () => {
    expect(statesAt([connect(0), frame(0, 1, '100'), frame(30_000, 2, '101', 5_000)], [30_000])).toEqual(['stale']);
  });

  it('behavior: a flood of rubbish does not keep a feed alive, and gives no price', () => {
    const script: ScriptStep[] = [connect(0), frame(0, 1, '100')];
    for (let i = 1; i <= 70; i++) script.push(frame(i * 1_000, 1 + i, ['NaN', '0', '-5', '1e400', ''][i % 5]!));
    script.push(frame(70_500, 72, '99'));
    const feed = make(script);
    expect(feed.advance(START_MS).ticks.length).toBe(1);
    const flooded = feed.advance(START_MS + 70_000);
    expect(flooded).toMatchObject({ ticks: [], status: { state: 'lost', gapCount: 0 }, counts: { rejected: 70 } });
    expect(flooded.status.detail).toContain('not a price');
    expect(feed.advance(START_MS + 70_500)).toMatchObject({ status: { state: 'live' }, ticks: [{ price: '99' }] });
  });

  it('behavior: doubled, late and missing frames in one stream', () => {
    const script = [
      connect(0),
      frame(0, 1, '100'),
      frame(100, 2, '101'),
      frame(200, 2, '101', 100),
      frame(300, 5, '104'),
      frame(400, 4, '103', 250),
      frame(500, 6, '105'),
    ];
    const output = make(script).advance(START_MS + 1_000);
    expect(output.ticks.map(({ price }) => price)).toEqual(['100', '101', '104', '105']);
    expect(output).toMatchObject({ status: { state: 'live', gapCount: 1 }, counts: { duplicates: 1, late: 1 } });
  });

  it('behavior: after a lost connection the new one begins its own count, and nothing is told twice', () => {
    const script: ScriptStep[] = [
      connect(0),
      frame(0, 800, '100'),
      frame(1_000, 801, '101'),
      { atMs: START_MS + 1_500, do: 'disconnect' },
      frame(1_600, 802, '666'),
      connect(70_000),
      frame(70_100, 1, '90'),
      frame(71_000, 2, '91'),
    ];
    const feed = make(script);
    expect(feed.advance(START_MS + 1_600).ticks.map(({ price }) => price)).toEqual(['100', '101']);
    expect(feed.advance(START_MS + 69_000)).toMatchObject({ ticks: [], status: { state: 'lost' } });
    const back = feed.advance(START_MS + 71_000);
    expect(back.ticks.map(({ price }) => price)).toEqual(['90', '91']);
    expect(back.status).toMatchObject({ state: 'live', gapCount: 0 });
  });

  it('behavior: a burst over the bound keeps the newest and says what it lost', () => {
    const script: ScriptStep[] = [connect(0)];
    for (let i = 0; i < 5_000; i++) script.push(frame(i, i, String(1 + i)));
    const output = make(script, 100).advance(START_MS + 5_000);
    expect(output.ticks.length).toBe(100);
    expect(output.ticks.at(-1)!.price).toBe('5000');
    expect(output.status.droppedCount).toBe(4_900);
  });

  it('behavior: the caller clock stepping back changes no price and doubles none', () => {
    const feed = make([connect(0), frame(0, 1, '100'), frame(5_000, 2, '101')]);
    expect(feed.advance(START_MS + 5_000).ticks.length).toBe(2);
    expect(feed.advance(START_MS - 3_600_000)).toMatchObject({ ticks: [], status: { state: 'live' } });
    expect(feed.advance(START_MS + 5_000)).toMatchObject({ ticks: [] });
  });
});
