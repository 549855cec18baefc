import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALARM_MODULE } from '../../session/alarms/index.ts';
import { DESK_MODULE } from '../../session/desk/index.ts';
import { createEngine } from '../../session/engine.ts';
import type { Command, Frame, Snapshot } from '../../session/protocol.ts';
import { AS_OF_MS, bookText } from '../../session/testing/fixtures.ts';
import type { DeskModule } from '../../session/transport.ts';
import { type Bench, createBench, HELLO, MANUAL, START_MS } from '../testing/bench.ts';

const file = (path: string): string => readFileSync(resolve(process.cwd(), 'public', path), 'utf8');
const FILES = { 'demo/book.json': file('demo/book.json'), 'replay/2025-10-10.json': file('replay/2025-10-10.json') };
const REPLAY_START_MS = Date.parse('2025-10-10T20:00:00Z');
const SIMULATED: Command = { kind: 'feed', requestId: 20, feed: { kind: 'simulated', seed: 42, regime: 'normal', stepMs: 1_000 } };
const REPLAY: Command = { kind: 'feed', requestId: 21, feed: { kind: 'replay', name: '2025-10-10' } };
const LOAD: Command = { kind: 'load', requestId: 10, name: 'own.json', text: bookText() };

const kinds = (frames: readonly Frame[]): string[] => frames.map((frame) => frame.kind);
const snapshots = (frames: readonly Frame[]): Snapshot[] => frames.filter((frame) => frame.kind === 'snapshot');
const newest = (bench: Bench): Snapshot => {
  const found = snapshots(bench.frames).at(-1);
  if (!found) throw new Error('no snapshot yet');
  return found;
};
const seen = (bench: Bench): void => void bench.send({ kind: 'seen', bookVersion: newest(bench).bookVersion });
const faults = (frames: readonly Frame[]): string =>
  frames
    .flatMap((frame) => (frame.kind === 'failed' ? frame.faults : []))
    .map((f) => f.message)
    .join('; ');

describe('SE-25 the first words', () => {
  it('welcomes with its own version, and takes nothing before a hello', () => {
    const bench = createBench();
    expect(faults(bench.send(LOAD))).toContain('hello');
    expect(bench.send({ ...HELLO, protocolVersion: 99 })[0]).toEqual({ kind: 'welcome', protocolVersion: 1 });
    expect(faults(bench.send(LOAD))).toContain('hello');
    bench.send(HELLO);
    expect(kinds(bench.send(LOAD))).toEqual(['loaded', 'snapshot', 'history']);
  });

  it('error: refuses what has no shape of the protocol', () => {
    const bench = createBench();
    bench.send(HELLO);
    expect(bench.send({ kind: 'load', requestId: 3 })).toMatchObject([{ kind: 'failed', requestId: 3 }]);
  });
});

describe('the demo and the simulation', () => {
  it('starts the simulation at the book’s own prices and instant, and moves it with the beat', async () => {
    const bench = createBench(FILES);
    bench.send(HELLO);
    bench.send({ kind: 'load-demo', requestId: 1 });
    bench.send(SIMULATED);
    expect(kinds(await bench.settle())).toEqual(['loaded', 'done', 'snapshot', 'history']);
    const { account, source } = newest(bench);
    expect(account?.positions.markPrice.text.slice(0, 3)).toEqual(['116617', '3994.99', '205.298']);
    expect([source.name, source.clockMs]).toEqual(['Simulated 42', REPLAY_START_MS]);
    expect(account?.riskState).toBe('watch');
    expect(account?.cells.marginRatio.value).toBeGreaterThan(0.3);
    expect(account?.cells.marginRatio.value).toBeLessThan(0.5);
    seen(bench);
    bench.beats(12);
    expect(newest(bench).account?.positions.markPrice.text).not.toEqual(account?.positions.markPrice.text);
    expect(newest(bench).source.clockMs).toBe(REPLAY_START_MS + 1_000);
  });

  it('ends when a book of the user’s own is taken: simulated prices do not move it unasked', async () => {
    const bench = createBench(FILES);
    bench.send(HELLO);
    bench.send({ kind: 'load-demo', requestId: 1 });
    bench.send(SIMULATED);
    await bench.settle();
    bench.send(LOAD);
    seen(bench);
    bench.beats(30);
    expect(newest(bench).source.kind).toBe('none');
    expect(newest(bench).account?.positions.markPrice.text).toEqual(['65546', '1912.4', '84.1']);
    bench.send(SIMULATED);
    expect(newest(bench).source.clockMs).toBe(AS_OF_MS);
  });

  it('goes on with the demo it is loaded again under, from the demo’s prices', async () => {
    const bench = createBench(FILES);
    bench.send(HELLO);
    bench.send({ kind: 'load-demo', requestId: 1 });
    bench.send(SIMULATED);
    bench.send({ kind: 'feed-speed', speed: 10 });
    await bench.settle();
    bench.beats(20);
    seen(bench);
    bench.send({ kind: 'load-demo', requestId: 2 });
    await bench.settle();
    for (let i = 0; i < 10; i++) {
      seen(bench);
      bench.beats(1);
    }
    expect(newest(bench).source).toMatchObject({ kind: 'simulated', speed: 10, clockMs: REPLAY_START_MS + 10_000 });
  });

  it('error: says so when the demo cannot be fetched', async () => {
    const bench = createBench();
    bench.send(HELLO);
    bench.send({ kind: 'load-demo', requestId: 1 });
    expect(faults(await bench.settle())).toContain('demo/book.json is not there');
  });
});

describe('the replay of 10 October 2025', () => {
  it('drives the demo through warning into liquidation, with a manual clock', async () => {
    const bench = createBench(FILES);
    bench.send(MANUAL);
    bench.send({ kind: 'load-demo', requestId: 1 });
    bench.send(REPLAY);
    await bench.settle();
    const states = new Set<string>();
    for (let minute = 0; minute <= 90; minute++) {
      bench.send({ kind: 'feed-seek', requestId: 100 + minute, timeMs: REPLAY_START_MS + minute * 60_000 });
      seen(bench);
      states.add(newest(bench).account?.riskState ?? '');
    }
    expect([...states]).toEqual(expect.arrayContaining(['watch', 'warning', 'liquidation']));
  });

  it('moves only by command under a manual clock', async () => {
    const bench = createBench(FILES);
    bench.send(MANUAL);
    bench.send(LOAD);
    bench.send(REPLAY);
    await bench.settle();
    seen(bench);
    bench.beats(50);
    expect(newest(bench).source.clockMs).toBe(REPLAY_START_MS);
    expect(kinds(bench.send({ kind: 'feed-step', requestId: 5, steps: 3 }))).toContain('done');
    expect(newest(bench).source.clockMs).toBe(REPLAY_START_MS + 59_999);
  });

  it('takes every stride of a long step into the history', async () => {
    const bench = createBench(FILES);
    bench.send(MANUAL);
    bench.send({ kind: 'load-demo', requestId: 1 });
    bench.send(REPLAY);
    await bench.settle();
    bench.send({ kind: 'feed-step', requestId: 5, steps: 120 });
    bench.beats(10);
    const history = bench.frames.findLast((frame) => frame.kind === 'history');
    if (history?.kind !== 'history') throw new Error('no history');
    expect(history.history.timeMs.length).toBeGreaterThan(100);
  });

  it('error: refuses a time outside, a speed outside, a file that is not there, and goes on', async () => {
    const bench = createBench(FILES);
    bench.send(MANUAL);
    bench.send(LOAD);
    bench.send(REPLAY);
    await bench.settle();
    expect(bench.send({ kind: 'feed-seek', requestId: 7, timeMs: 0 })[0]).toMatchObject({ kind: 'failed', requestId: 7 });
    expect(faults(bench.send({ kind: 'feed-speed', speed: -1 }))).toContain('speed');
    bench.send({ kind: 'feed', requestId: 8, feed: { kind: 'replay', name: 'nothing' } });
    expect(await bench.settle()).toMatchObject([{ kind: 'failed', requestId: 8 }]);
    expect(newest(bench).source.name).toContain('Replay');
    seen(bench);
    bench.send({ kind: 'feed', requestId: 9, feed: { kind: 'none' } });
    expect(newest(bench).source.kind).toBe('none');
    expect(bench.fatal).toEqual([]);
  });
});

describe('SE-28 bounded queues', () => {
  it('holds snapshots back while the page has not seen the last ones, and then sends the newest', async () => {
    const bench = createBench(FILES);
    bench.send(HELLO);
    bench.send({ kind: 'load-demo', requestId: 1 });
    bench.send({ ...SIMULATED, feed: { kind: 'simulated', seed: 42, regime: 'normal', stepMs: 100 } });
    await bench.settle();
    bench.beats(3);
    expect(snapshots(bench.beats(5))).toHaveLength(0);
    seen(bench);
    expect(snapshots(bench.beats(1))).toHaveLength(1);
    expect(snapshots(bench.beats(20)).length).toBeLessThanOrEqual(4);
  });

  it('says every second that it is alive, and nothing twice while nothing changes', () => {
    const bench = createBench();
    bench.send(HELLO);
    bench.send(LOAD);
    expect(kinds(bench.beats(30))).toEqual(['beat', 'beat', 'beat']);
    expect(bench.frames.at(-1)).toEqual({ kind: 'beat', nowMs: START_MS + 3_000 });
  });

  it('rests between two recomputations as long as one takes', async () => {
    let elapsedMs = 0;
    const stopwatch = () => {
      elapsedMs += 300;
      return elapsedMs;
    };
    const bench = createBench(FILES, { stopwatch });
    bench.send(HELLO);
    bench.send({ kind: 'load-demo', requestId: 1 });
    bench.send({ ...SIMULATED, feed: { kind: 'simulated', seed: 42, regime: 'normal', stepMs: 100 } });
    await bench.settle();
    let count = 0;
    for (let i = 0; i < 12; i++) {
      seen(bench);
      count += snapshots(bench.beats(1)).length;
    }
    expect(count).toBe(4);
  });

  it('carries out commands in order, those after a slow file too', async () => {
    const bench = createBench(FILES);
    bench.send(HELLO);
    bench.send({ kind: 'load-demo', requestId: 1 });
    expect(bench.send({ kind: 'edit', requestId: 2, edit: { kind: 'position-remove', index: 0 } })).toEqual([]);
    expect(kinds(await bench.settle())).toEqual(['loaded', 'done', 'snapshot', 'history']);
    expect(newest(bench).account?.positions.count).toBe(4);
  });

  it('refuses commands beyond those that may wait', () => {
    const bench = createBench({}, { fetchText: () => new Promise(() => undefined) });
    bench.send(HELLO);
    bench.send({ kind: 'load-demo', requestId: 1 });
    for (let i = 0; i < 1_000; i++) bench.send({ kind: 'export', requestId: 2 });
    expect(faults(bench.send({ kind: 'export', requestId: 3 }))).toContain('too many');
  });
});

describe('debug-crash', () => {
  it('error: is refused unless the hello asked for debugging', () => {
    const bench = createBench();
    bench.send(HELLO);
    expect(faults(bench.send({ kind: 'debug-crash', how: 'throw' }))).toContain('debugging');
    bench.send({ kind: 'debug-crash', how: 'silence' });
    expect([bench.fatal, kinds(bench.beats(10))]).toEqual([[], ['beat']]);
  });

  it('stops the worker, or makes it fall silent', () => {
    const bench = createBench();
    bench.send({ ...HELLO, debug: true });
    bench.send({ kind: 'debug-crash', how: 'throw' });
    expect(bench.fatal).toHaveLength(1);
    bench.send({ kind: 'debug-crash', how: 'silence' });
    expect(bench.beats(50)).toEqual([]);
  });
});

describe('FD-27 a feed that is killed', () => {
  const killed = async (...commands: readonly object[]) => {
    const bench = createBench(FILES);
    bench.send({ ...HELLO, debug: true });
    bench.send({ kind: 'load-demo', requestId: 1 });
    for (const command of commands) bench.send(command);
    await bench.settle();
    return bench;
  };
  const pass = (bench: Bench, seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      seen(bench);
      bench.beats(10);
    }
    return newest(bench);
  };

  it('grows old without a tick: delayed, stale, lost, and is live again with the next price', async () => {
    const bench = await killed(SIMULATED);
    expect(pass(bench, 1).source.status.state).toBe('live');
    bench.send({ kind: 'debug-crash', how: 'feed-lost' });
    const states = Array.from({ length: 62 }, () => pass(bench, 1)).map(({ source, account }) => [source.status.state, account?.freshness]);
    expect(states[0]).toEqual(['live', 'live']);
    expect(states[3]).toEqual(['delayed', 'delayed']);
    expect(states[11]).toEqual(['stale', 'stale']);
    expect(states[61]).toEqual(['lost', 'lost']);
    expect(newest(bench).markets.freshness.every((one) => one === 'lost')).toBe(true);
    expect(newest(bench).account?.riskState).toBe('stale');
    bench.send({ kind: 'debug-crash', how: 'feed-back' });
    expect(pass(bench, 2)).toMatchObject({ source: { status: { state: 'live' } }, account: { freshness: 'live', riskState: 'watch' } });
  });

  it('one market alone grows old, and its account with it', async () => {
    const bench = await killed(SIMULATED);
    bench.send({ kind: 'debug-crash', how: 'feed-lost', market: 'BTC' });
    const { markets, source, account, ownClockMs } = pass(bench, 13);
    const btc = markets.market.indexOf('BTC');
    expect(source.status.state).toBe('live');
    expect(markets.freshness[btc]).toBe('stale');
    expect(markets.freshness.filter((one) => one === 'live')).toHaveLength(markets.count - 1);
    expect([source.clockMs - markets.venueTimeMs[btc]!, ownClockMs - markets.arrivalTimeMs[btc]!]).toEqual([13_000, 13_000]);
    expect(account).toMatchObject({ freshness: 'stale', stale: true, oldestInputSubject: 'hl:BTC' });
  });

  it('a pause ages nothing, and a faster playback is no older', async () => {
    const bench = await killed(SIMULATED);
    pass(bench, 2);
    bench.send({ kind: 'feed-speed', speed: 0 });
    expect(pass(bench, 120).source.status.state).toBe('live');
    bench.send({ kind: 'feed-speed', speed: 60 });
    expect(pass(bench, 3).source.status.state).toBe('live');
  });
});

describe('SE-36 the alarms’ code', () => {
  it('comes before the first feed, which waits for it and is watched from its first price', async () => {
    const bench = createBench(FILES, { engine: createEngine(), loadAlarms: () => Promise.resolve(ALARM_MODULE) });
    bench.send(MANUAL);
    expect(kinds(bench.send(LOAD))).toEqual(['loaded', 'snapshot', 'history']);
    expect(kinds(bench.send(SIMULATED))).toEqual([]);
    const told = (await bench.settle()).find((frame) => frame.kind === 'alarms');
    expect(told).toMatchObject({ account: 'perp', rules: expect.stringContaining('alarm-rules/1') });
    expect(told?.kind === 'alarms' && told.outlook.length).toBeGreaterThan(0);
  });

  it('error: where it cannot be had the feed runs unwatched and the page is told', async () => {
    const bench = createBench(FILES, { engine: createEngine(), loadAlarms: () => Promise.reject(new Error('offline')) });
    bench.send(MANUAL);
    bench.send(LOAD);
    bench.send(SIMULATED);
    const frames = await bench.settle();
    expect(faults(frames)).toContain('could not be loaded');
    expect(kinds(frames)).toContain('done');
    bench.send({ kind: 'alarm-rules', requestId: 40, text: null });
    expect(faults(await bench.settle())).toContain('there are no alarms');
  });
});

describe('SE-35 the desk’s code', () => {
  const OPEN: Command = { kind: 'desk-open', requestId: 30, source: { kind: 'population', accounts: 20, seed: 1 } };

  it('comes with the first command that wants it; what came after waits its turn, and the desk knows the prices there are', async () => {
    let loads = 0;
    const loadDesk = () => {
      loads++;
      return new Promise<DeskModule>((give) => setTimeout(() => give(DESK_MODULE)));
    };
    const bench = createBench(FILES, { engine: createEngine(), loadDesk });
    bench.send(MANUAL);
    bench.send(LOAD);
    bench.send(SIMULATED);
    expect(loads).toBe(0);
    bench.send(OPEN);
    bench.send({ kind: 'export', requestId: 31 });
    bench.send({ kind: 'desk-cancel', requestId: 32 });
    expect(bench.frames.some((frame) => 'requestId' in frame && frame.requestId >= 30)).toBe(false);
    bench.beats(12);
    expect(kinds(bench.frames)).toContain('beat');
    const answers = (await bench.settle()).flatMap((frame) => ('requestId' in frame ? [[frame.requestId, frame.kind]] : []));
    expect(answers).toEqual([
      [31, 'exported'],
      [30, 'failed'],
      [32, 'done'],
    ]);
    const opened = bench.send({ ...OPEN, requestId: 33 });
    expect(kinds(opened)).toContain('desk-opened');
    expect(loads).toBe(1);
    expect(bench.fatal).toEqual([]);
  });

  it('error: where it cannot be had the command is told so, the margin page goes on, and the next command asks again', async () => {
    let isThere = false;
    const loadDesk = () => (isThere ? Promise.resolve(DESK_MODULE) : Promise.reject(new Error('offline')));
    const bench = createBench(FILES, { engine: createEngine(), loadDesk });
    bench.send(MANUAL);
    bench.send(OPEN);
    bench.send(LOAD);
    const frames = await bench.settle();
    expect(frames[0]).toMatchObject({
      kind: 'failed',
      requestId: 30,
      faults: [{ message: expect.stringContaining('could not be loaded') }],
    });
    expect(kinds(frames.slice(1))).toEqual(['loaded', 'snapshot', 'history']);
    isThere = true;
    bench.send({ ...OPEN, requestId: 34 });
    expect(kinds(await bench.settle())).toContain('desk-opened');
    expect(bench.fatal).toEqual([]);
  });
});
