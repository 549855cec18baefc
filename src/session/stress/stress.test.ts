import { describe, expect, it } from 'vitest';
import { createWholeEngine } from '../desk/testing/engine.ts';
import { createEngine } from '../engine.ts';
import type { Command, Frame } from '../protocol.ts';
import { bookText } from '../testing/fixtures.ts';
import type { HostedEngine } from '../transport.ts';
import { STRESS_MODULE } from './index.ts';
import { NO_SCENARIO, STRESS_CANCELLED, STRESS_SUPERSEDED, type StressDepth, type StressWindow } from './messages.ts';

const DEPTH: StressDepth = { perCent: {}, otherwise: 1e6, multiplier: 1 };
const PLAIN = { procedure: 'full', leftovers: 'keep', funds: { kind: 'one', amount: 1e4 }, deleveraging: 'pro-rata' } as const;
const WINDOW: StressWindow = { only: 'liquidated', sort: 'marginExcess', falling: false, from: 0, count: 20 };

function opened(accounts: number): HostedEngine {
  const engine = createWholeEngine();
  engine.takeStress(STRESS_MODULE);
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
