import { describe, expect, it } from 'vitest';
import { type PathPiece, PathPlayer, playPaths } from '../../engine/stress-columns/paths.ts';
import { createWholeEngine } from '../desk/testing/engine.ts';
import { seeded } from '../desk/testing/random-books.ts';
import { createEngine } from '../engine.ts';
import type { Command, Frame } from '../protocol.ts';
import { bookText, feed, tick } from '../testing/fixtures.ts';
import type { HostedEngine } from '../transport.ts';
import { STRESS_MODULE } from './index.ts';
import { NO_SCENARIO, STRESS_CANCELLED, STRESS_SUPERSEDED, type StressDepth, type StressWindow } from './messages.ts';

const DEPTH: StressDepth = { perCent: {}, otherwise: 1e6, multiplier: 1 };
const PLAIN = { procedure: 'full', leftovers: 'keep', funds: { kind: 'one', amount: 1e4 }, deleveraging: 'pro-rata' } as const;
const WINDOW: StressWindow = { only: 'liquidated', sort: 'marginExcess', falling: false, from: 0, count: 20 };

function opened(accounts: number, hasPathWorkers = false): HostedEngine {
  const engine = createWholeEngine();
  engine.takeStress(STRESS_MODULE, hasPathWorkers);
  engine.step({ kind: 'desk-open', requestId: 1, source: { kind: 'population', accounts, seed: 42 } }, 0);
  settle(engine);
  return engine;
}

/** Every slice that waits. */
function settle(engine: HostedEngine): Frame[] {
  const frames: Frame[] = [];
  while (engine.isWorking) frames.push(...engine.step({ kind: 'desk-work' }, 0));
  return frames;
}

function send(engine: HostedEngine, message: Command): readonly Frame[] {
  const checked = engine.check(structuredClone(message));
  if (!checked.ok) throw new Error(checked.fault.message);
  return engine.step(message as Parameters<HostedEngine['step']>[0], 0);
}

describe('ST-10 stress as messages', () => {
  it('answers a what-if with totals and rows, and other rows of the one that stands', () => {
    const engine = opened(2_000);
    expect(send(engine, { kind: 'stress-what-if', requestId: 2, scenario: { ...NO_SCENARIO, all: '-0.3' }, window: WINDOW })).toEqual([]);
    const [frame] = settle(engine).filter(({ kind }) => kind === 'stress-what-if');
    if (frame?.kind !== 'stress-what-if') throw new Error('no answer');
    expect(frame.liquidated).toBeGreaterThan(50);
    expect(frame.after.equity).not.toBe(frame.before.equity);
    expect(frame.rows!.total).toBe(frame.liquidated);
    const excess = [...frame.rows!.after.marginExcess];
    expect(excess).toEqual([...excess].sort((a, b) => a - b));
    expect(frame.transitions.reduce((a, b) => a + b, 0)).toBe(2_000);
    const [answer] = send(engine, { kind: 'stress-window', requestId: 3, window: { ...WINDOW, only: 'all', sort: 'change' } });
    expect(answer?.kind === 'stress-window' && answer.rows.total).toBe(2_000);
  });

  it('lets the newest win, ends what is cancelled, and refuses without a book', () => {
    const engine = opened(3_000);
    const axis = { kind: 'market', market: 'BTC', reach: 0.4 } as const;
    send(engine, { kind: 'stress-matrix', requestId: 4, x: axis, y: { ...axis, market: 'ETH' } });
    const [overtaken] = send(engine, { kind: 'stress-matrix', requestId: 5, x: axis, y: { ...axis, market: 'SOL' } });
    expect(overtaken).toMatchObject({ kind: 'failed', requestId: 4, faults: [{ message: STRESS_SUPERSEDED }] });
    const [ended, done] = send(engine, { kind: 'stress-cancel', requestId: 6, of: null });
    expect(ended).toMatchObject({ kind: 'failed', requestId: 5, faults: [{ message: STRESS_CANCELLED }] });
    expect(done).toEqual({ kind: 'done', requestId: 6 });
    const empty = createWholeEngine();
    empty.takeStress(STRESS_MODULE);
    expect(send(empty, { kind: 'stress-matrix', requestId: 7, x: axis, y: axis })[0]).toMatchObject({ kind: 'failed', requestId: 7 });
  });

  it('sends three grids, a cascade and a feedback matrix', () => {
    const engine = opened(2_000);
    const axis = { kind: 'market', market: 'BTC', reach: 0.4 } as const;
    send(engine, { kind: 'stress-matrix', requestId: 8, x: axis, y: { ...axis, market: 'ETH' } });
    const grids = settle(engine).filter(({ kind }) => kind === 'stress-matrix');
    expect(grids.map((frame) => frame.kind === 'stress-matrix' && frame.isFinal)).toEqual([false, false, true]);
    send(engine, {
      kind: 'stress-cascade',
      requestId: 9,
      scenario: { ...NO_SCENARIO, all: '-0.1' },
      depth: DEPTH,
      ...PLAIN,
    });
    const cascade = settle(engine).at(-1);
    expect(cascade).toMatchObject({ kind: 'stress-cascade', requestId: 9 });
    expect(cascade?.kind === 'stress-cascade' && cascade.rounds.length).toBeGreaterThan(0);
    send(engine, { kind: 'stress-feedback', requestId: 10, depth: DEPTH, fall: 0.05, target: 0.8, hasCritical: false });
    const [feedback] = settle(engine);
    expect(feedback?.kind === 'stress-feedback' && feedback.reproduction).toBeGreaterThan(0);
  });

  it('refuses a scenario that does not read, with a pointer, and messages of another shape', () => {
    const engine = opened(100);
    send(engine, { kind: 'stress-what-if', requestId: 11, scenario: { ...NO_SCENARIO, all: 'lots' }, window: null });
    expect(settle(engine)[0]).toMatchObject({ kind: 'failed', requestId: 11, faults: [{ pointer: '/all' }] });
    expect(engine.check({ kind: 'stress-matrix', requestId: 1, x: {}, y: {} }).ok).toBe(false);
  });
});

describe('ST-15 stress of the account of the margin page', () => {
  const axis = { kind: 'market', market: 'BTC', reach: 0.9 } as const;
  const scenario = { ...NO_SCENARIO, all: '-0.9' };
  const cascade = { kind: 'stress-cascade', scenario, depth: DEPTH, ...PLAIN, subject: 'account' } as const;

  it('answers without a desk, and refuses without an account', () => {
    const engine = createEngine();
    engine.takeStress(STRESS_MODULE);
    expect(send(engine, { ...cascade, requestId: 1 })[0]).toMatchObject({ kind: 'failed', faults: [{ message: 'no account is loaded' }] });
    engine.step({ kind: 'load', requestId: 2, name: 'book', text: bookText() }, 0);
    send(engine, { ...cascade, requestId: 3 });
    send(engine, { kind: 'stress-matrix', requestId: 4, x: axis, y: { ...axis, market: 'ETH' }, subject: 'account' });
    const frames = settle(engine);
    expect(frames.filter(({ kind }) => kind === 'stress-matrix').length).toBe(3);
    const played = frames.find(({ kind }) => kind === 'stress-cascade');
    expect(played?.kind === 'stress-cascade' && [played.engine, played.closedRows.length]).toEqual(['exact', 1]);
    const [grid] = frames.filter(({ kind }) => kind === 'stress-matrix').slice(-1);
    expect(grid?.kind === 'stress-matrix' && Math.max(...grid.accounts)).toBe(1);
  });

  it('is ended by cancelling and by the same question about the desk', () => {
    const engine = opened(200);
    engine.step({ kind: 'load', requestId: 2, name: 'book', text: bookText() }, 0);
    send(engine, { ...cascade, requestId: 3 });
    const [ended] = send(engine, { ...cascade, requestId: 4, subject: 'desk' });
    expect(ended).toMatchObject({ kind: 'failed', requestId: 3, faults: [{ message: STRESS_CANCELLED }] });
    const [overtaken] = send(engine, { ...cascade, requestId: 5 });
    expect(overtaken).toMatchObject({ kind: 'failed', requestId: 4, faults: [{ message: STRESS_SUPERSEDED }] });
    expect(send(engine, { kind: 'stress-cancel', requestId: 6, of: 'stress-cascade' })).toMatchObject([
      { kind: 'failed', requestId: 5 },
      { kind: 'done', requestId: 6 },
    ]);
    expect(settle(engine).some(({ kind }) => kind === 'stress-cascade')).toBe(false);
  });
});

const PATHS = { kind: 'stress-paths', paths: 60, seed: 3, sigmas: { BTC: 0.03 }, otherwise: 0.05, common: 0.7, days: 1 } as const;

describe('ST-20, ST-21 paths as messages', () => {
  it('tell how far they are, and end with figures in order', () => {
    const engine = opened(1_500);
    send(engine, { ...PATHS, requestId: 20, paths: 300 });
    const frames = settle(engine).flatMap((frame) => (frame.kind === 'stress-paths' ? [frame] : []));
    expect(frames.length).toBeGreaterThan(1);
    expect(frames.map(({ done }) => done)).toEqual(frames.map(({ done }) => done).sort((a, b) => a - b));
    const last = frames.at(-1)!;
    expect(last).toMatchObject({ requestId: 20, isFinal: true, done: 300, paths: 300, seed: 3 });
    const { at95, at99, mean } = last.liquidations;
    expect(mean).toBeGreaterThan(0);
    expect(at95[0]).toBeLessThanOrEqual(at95[1]);
    expect(at99[1]).toBeGreaterThanOrEqual(at95[1]);
  });

  it('are the same bit for bit whoever plays which of them, in whatever order', () => {
    const alone = opened(800);
    send(alone, { ...PATHS, requestId: 21 });
    const expected = settle(alone).at(-1);
    for (const workers of [1, 2, 5]) {
      const engine = opened(800, true);
      send(engine, { ...PATHS, requestId: 21 });
      settle(engine);
      const { order, plan } = engine.pathOrder!;
      const next = seeded(workers);
      const pieces: PathPiece[] = [];
      for (let from = 0; from < 60; ) {
        const count = Math.min(60 - from, 1 + Math.floor(next() * 9));
        // A worker has a copy of its own.
        pieces.push(playPaths(new PathPlayer(structuredClone(plan)), from, count));
        from += count;
      }
      pieces.sort((a, b) => (a.from % workers) - (b.from % workers) || b.from - a.from);
      const frames = pieces.flatMap((piece) => engine.step({ kind: 'stress-piece', order, piece }, 0));
      expect({ ...frames.at(-1)! }).toEqual({ ...expected!, bookSequence: (frames.at(-1) as { bookSequence: number }).bookSequence });
      expect(engine.pathOrder).toBeNull();
    }
  });

  it('are ended, overtaken, and played alone where the others cannot go on', () => {
    const engine = opened(300, true);
    send(engine, { ...PATHS, requestId: 22 });
    settle(engine);
    const first = engine.pathOrder!;
    const [overtaken] = send(engine, { ...PATHS, requestId: 23 });
    expect(overtaken).toMatchObject({ kind: 'failed', requestId: 22, faults: [{ message: STRESS_SUPERSEDED }] });
    expect(engine.pathOrder).toBeNull();
    settle(engine);
    const piece = playPaths(new PathPlayer(first.plan), 0, 5);
    expect(engine.step({ kind: 'stress-piece', order: first.order, piece }, 0)).toEqual([]);
    const second = engine.pathOrder!;
    engine.step({ kind: 'stress-piece', order: second.order, piece }, 0);
    expect(engine.step({ kind: 'stress-alone', order: second.order }, 0)).toEqual([]);
    expect(settle(engine).at(-1)).toMatchObject({ kind: 'stress-paths', requestId: 23, isFinal: true, done: 60 });
    send(engine, { ...PATHS, requestId: 24 });
    settle(engine);
    const [ended] = send(engine, { kind: 'stress-cancel', requestId: 25, of: 'stress-paths' });
    expect(ended).toMatchObject({ kind: 'failed', requestId: 24, faults: [{ message: STRESS_CANCELLED }] });
    expect(engine.pathOrder).toBeNull();
  });

  it('close nobody where nothing moves, and everything that is long where all goes to nothing', () => {
    const engine = opened(500);
    send(engine, { ...PATHS, requestId: 26, sigmas: {}, otherwise: 0, paths: 5 });
    expect(settle(engine).at(-1)).toMatchObject({ liquidations: { mean: 0 }, losses: { mean: 0 }, deficits: { mean: 0 } });
    send(engine, { ...PATHS, requestId: 27, sigmas: {}, otherwise: 10, paths: 5, days: 365 });
    const wild = settle(engine).at(-1);
    expect(wild?.kind === 'stress-paths' && wild.liquidations.mean).toBeGreaterThan(0);
    expect(JSON.stringify(wild)).not.toContain('null');
  });
});

describe('ST-22 R as prices move', () => {
  it('comes at once, then once a second when prices moved, and ends when it is told to', () => {
    const engine = opened(600);
    send(engine, { kind: 'stress-watch', requestId: 30, depth: DEPTH, fall: 0.05, target: 0.8 });
    const [first] = settle(engine);
    expect(first).toMatchObject({ kind: 'stress-watch', requestId: 30, isFinal: false });
    const beat = (nowMs: number): Frame[] => {
      engine.step({ kind: 'desk-flush' }, nowMs);
      return settle(engine).filter(({ kind }) => kind === 'stress-watch');
    };
    const move = (price: string, timeMs: number) => engine.step(feed([tick('BTC', price, timeMs)], timeMs), timeMs);
    expect(beat(10_000)).toEqual([]);
    move('50000', 10_100);
    const [second] = beat(10_200);
    expect(second?.kind === 'stress-watch' && first?.kind === 'stress-watch' && second.reproduction !== first.reproduction).toBe(true);
    expect(second?.kind === 'stress-watch' && second.clockMs).toBe(10_100);
    move('45000', 10_300);
    expect(beat(10_400)).toEqual([]);
    expect(beat(11_300)).toHaveLength(1);
    move('45000.5', 12_500);
    expect(beat(13_000)).toEqual([]);
    const [ended] = send(engine, { kind: 'stress-cancel', requestId: 31, of: 'stress-watch' });
    expect(ended).toMatchObject({ kind: 'failed', requestId: 30, faults: [{ message: STRESS_CANCELLED }] });
    move('30000', 14_000);
    expect(beat(20_000)).toEqual([]);
  });
});
