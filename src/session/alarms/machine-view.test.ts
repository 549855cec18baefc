import { describe, expect, it } from 'vitest';
import { createEngine } from '../engine.ts';
import type { AlarmOutlook, AlarmsFrame, EngineInput } from '../protocol.ts';
import { AS_OF_MS, bookText, feed, source, tick } from '../testing/fixtures.ts';
import { ALARM_MODULE } from './index.ts';

/** An engine under the shipped rules. Time passes with `pass`; prices come with it unless the feed is dead. */
function stand() {
  const engine = createEngine();
  engine.takeAlarms(ALARM_MODULE);
  let clockMs = AS_OF_MS;
  let nowMs = 0;
  let frame: AlarmsFrame | undefined;
  const send = (input: EngineInput): void => {
    nowMs += 1_000;
    const frames = [...engine.step(input, nowMs), ...engine.step({ kind: 'flush' }, nowMs)];
    frame = frames.find((one) => one.kind === 'alarms') ?? frame;
  };
  const ticks = (btc: string) => [tick('BTC', btc, clockMs), tick('ETH', '1912.4', clockMs), tick('SOL', '84.1', clockMs)];
  send({ kind: 'load', requestId: 1, name: 'book', text: bookText() });
  const pass = (seconds: number, { btc = '65546', isDead = false } = {}): AlarmsFrame => {
    for (let i = 0; i < seconds; i++) {
      clockMs += 1_000;
      send(feed(isDead ? [] : ticks(btc), clockMs, { source: source(clockMs), restarted: clockMs === AS_OF_MS + 1_000 }));
    }
    return frame!;
  };
  const jump = (ms: number): void => {
    clockMs += ms;
  };
  return { pass, jump };
}
const cross = ({ outlook }: AlarmsFrame): AlarmOutlook => outlook.find(({ pool }) => pool === 'cross')!;
const feeds = ({ standing }: AlarmsFrame) => standing.filter(({ market }) => market !== '');

describe('ST-7 what old prices leave of a buffer', () => {
  it('the buffer shrinks as its prices grow old, is struck through when they are lost, and is back with the first price', () => {
    const { pass } = stand();
    const fresh = cross(pass(2)).aged!;
    expect(fresh).toMatchObject({ freshness: 'live', ageMs: 0, isStruck: false, positions: [], shrinkage: '0' });
    let before = Number(fresh.buffer);
    for (const [seconds, freshness, isStruck] of [
      [5, 'delayed', false],
      [10, 'stale', false],
      [50, 'lost', true],
    ] as const) {
      const aged = cross(pass(seconds, { isDead: true })).aged!;
      expect(aged).toMatchObject({ freshness, isStruck });
      expect(Number(aged.buffer)).toBeLessThan(before);
      expect(Number(aged.buffer) + Number(aged.shrinkage)).toBeCloseTo(Number(fresh.buffer), 6);
      expect(Number(aged.distance)).toBeLessThan(Number(fresh.distance));
      expect(aged.positions.map(({ row }) => row)).toEqual([0, 1]);
      before = Number(aged.buffer);
    }
    expect(cross(pass(1)).aged).toEqual(fresh);
  });
});

describe('a dead feed of held markets', () => {
  it('is a watch when its prices are stale, a warning when they are lost, and ends when they are back', () => {
    const { pass } = stand();
    expect(feeds(pass(5))).toEqual([]);
    expect(feeds(pass(15, { isDead: true }))).toEqual([]);
    expect(feeds(pass(10, { isDead: true })).map(({ market, state }) => [market, state])).toEqual([
      ['BTC', 'watch'],
      ['ETH', 'watch'],
      ['SOL', 'watch'],
    ]);
    const lost = feeds(pass(40, { isDead: true }));
    expect(lost.map(({ state, rule }) => [state, rule])).toEqual([
      ['warning', 'feed-lost'],
      ['warning', 'feed-lost'],
      ['warning', 'feed-lost'],
    ]);
    expect(feeds(pass(5)).length).toBe(3);
    expect(feeds(pass(20))).toEqual([]);
  });

  it('clears no alarm: what stood when the feed died stands, whatever the last prices said', () => {
    const { pass, jump } = stand();
    const pools = ({ standing }: AlarmsFrame) => standing.filter(({ market }) => market === '');
    pass(30);
    const bad = pools(pass(60, { btc: '84000' }));
    expect(bad.map(({ state }) => state)).toContain('warning');
    const worst = bad[0]!.state;
    // Back to good prices, then dead before the off-delay has run.
    pass(20);
    let dead = pools(pass(1, { isDead: true }));
    for (let minute = 0; minute < 30; minute++) {
      jump(59_000);
      dead = pools(pass(1, { isDead: true }));
    }
    expect(dead[0]).toMatchObject({ state: worst, knowledge: 'stale' });
  });

  it('a clock that jumps ahead makes everything old at once, one set back nothing better', () => {
    const { pass, jump } = stand();
    pass(5);
    jump(120_000);
    expect(cross(pass(1, { isDead: true })).aged).toMatchObject({ freshness: 'lost', isStruck: true });
    expect(cross(pass(1)).aged).toMatchObject({ freshness: 'live' });
    jump(-120_000);
    expect(cross(pass(1, { isDead: true })).aged).toMatchObject({ freshness: 'lost' });
  });
});
