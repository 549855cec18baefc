import { describe, expect, it } from 'vitest';
import { createWholeEngine } from '../desk/testing/engine.ts';
import type { Frame } from '../protocol.ts';
import { bookText } from '../testing/fixtures.ts';
import type { HostedEngine } from '../transport.ts';
import { EXACT_AT_ONCE } from './cascade-work.ts';
import type { CascadeCommand } from './exact-cascade.ts';
import { STRESS_MODULE } from './index.ts';
import { NO_SCENARIO, type StressCascade } from './messages.ts';

const PLAIN: Omit<CascadeCommand, 'requestId'> = {
  kind: 'stress-cascade',
  scenario: { ...NO_SCENARIO, all: '-0.12' },
  depth: { perCent: { BTC: 4e5 }, otherwise: 1e5, multiplier: 0.5 },
  procedure: 'full',
  leftovers: 'keep',
  funds: { kind: 'one', amount: 1e4 },
  deleveraging: 'pro-rata',
};

function settle(engine: HostedEngine): Frame[] {
  const frames: Frame[] = [];
  while (engine.isWorking) frames.push(...engine.step({ kind: 'desk-work' }, 0));
  return frames;
}

function opened(accounts: number): HostedEngine {
  const engine = createWholeEngine();
  engine.takeStress(STRESS_MODULE);
  engine.step({ kind: 'desk-open', requestId: 1, source: { kind: 'population', accounts, seed: 42 } }, 0);
  settle(engine);
  return engine;
}

function play(engine: HostedEngine, wish: Partial<CascadeCommand> = {}): { frames: Frame[]; cascade: StressCascade } {
  const command = structuredClone({ ...PLAIN, ...wish, requestId: 2 });
  expect(engine.check(command).ok).toBe(true);
  const frames = [...engine.step(command, 0), ...settle(engine)];
  const cascade = frames.at(-1);
  if (cascade?.kind !== 'stress-cascade') throw new Error(JSON.stringify(cascade));
  return { frames, cascade };
}

/** Σ over the ledger's lines of a fund. */
const restOf = ({ start, end, deficits, income, socialised, uncovered }: StressCascade['funds'][number]): number =>
  deficits - income - (start - end + socialised + uncovered);

function checkNumbers(cascade: StressCascade): void {
  const { start, shocked, end, rounds, funds, multiplier: _, ...rest } = cascade;
  for (const prices of [start, shocked, end, ...rounds.map(({ price }) => price)])
    for (const price of prices) expect(price).toBeGreaterThanOrEqual(0);
  for (const value of Object.values(rest)) if (typeof value === 'number') expect(value).not.toBeNaN();
  for (const round of rounds) for (const value of [round.notional, round.deficits, round.income, round.fund]) expect(value).not.toBeNaN();
  for (const flow of funds) expect(Math.abs(restOf(flow))).toBeLessThanOrEqual(1e-9 * (1 + cascade.closedNotional));
}

describe('ST-13 a cascade over the desk through the exact engine', () => {
  it('plays every procedure and rule, flows of every fund adding up', () => {
    const engine = opened(300);
    const { frames, cascade } = play(engine);
    expect(cascade.engine).toBe('exact');
    expect(cascade.rounds.length).toBeGreaterThan(1);
    expect(frames.filter(({ kind }) => kind === 'stress-progress').length).toBeGreaterThan(cascade.rounds.length);
    expect(cascade.rounds.reduce((sum, { closed }) => sum + closed, 0)).toBeGreaterThanOrEqual(cascade.closedRows.length);
    checkNumbers(cascade);
    const funds = { kind: 'venues', amounts: { hyperliquid: 5e3, bybit: 0 } } as const;
    for (const deleveraging of ['pro-rata', 'queue', 'risk-aware', 'venue', 'none'] as const) {
      const one = play(engine, { funds, deleveraging, procedure: 'venue' }).cascade;
      checkNumbers(one);
      expect(one.funds.map(({ fund }) => fund).sort()).toEqual(['binance-usdm', 'bybit', 'hyperliquid']);
      if (deleveraging === 'none') expect(one.socialised).toBe(0);
      expect(one.takerCount > 0).toBe(one.socialised > 0);
    }
    expect(play(engine, { leftovers: 'forfeit' }).cascade.income).toBeGreaterThan(0);
  });

  it('is the columns’ cascade to their accuracy', () => {
    const small = play(opened(EXACT_AT_ONCE)).cascade;
    const large = opened(EXACT_AT_ONCE + 1);
    const columns = play(large).cascade;
    const forced = play(large, { funds: { kind: 'venues', amounts: { hyperliquid: 1e12 } } }).cascade;
    expect([small.engine, columns.engine, forced.engine]).toEqual(['exact', 'columns', 'exact']);
    expect(columns.rounds.map(({ closed }) => closed)).toEqual(forced.rounds.map(({ closed }) => closed));
    expect([...columns.closedRows].sort((a, b) => a - b)).toEqual([...forced.closedRows].sort((a, b) => a - b));
    expect(columns.deficits / forced.deficits).toBeCloseTo(1, 8);
    columns.markets.forEach((market, m) => {
      const at = forced.markets.indexOf(market);
      if (at >= 0) expect(columns.end[m]! / forced.end[at]!, market).toBeCloseTo(1, 9);
    });
    expect(columns.isMixed).toBe(true);
    checkNumbers(columns);
  });

  it('has an answer in numbers for the ends of every scale, or a sentence', () => {
    const engine = opened(60);
    const none = { perCent: {}, otherwise: null, multiplier: 1 };
    const deep = play(engine, { depth: none }).cascade;
    expect(deep.rounds.length).toBeLessThanOrEqual(1);
    expect([...deep.end]).toEqual([...deep.shocked]);
    for (const all of ['-0.999', '9', '0']) {
      for (const depth of [none, PLAIN.depth]) checkNumbers(play(engine, { scenario: { ...NO_SCENARIO, all }, depth }).cascade);
    }
    for (const depth of [
      { ...none, otherwise: 0 },
      { ...none, perCent: { BTC: 0 } },
    ]) {
      const frames = [...engine.step({ ...PLAIN, requestId: 3, depth }, 0), ...settle(engine)];
      expect(frames).toMatchObject([{ kind: 'failed', requestId: 3, faults: [{ pointer: '/depth' }] }]);
      expect(JSON.stringify(frames)).toContain('a depth of zero gives no price');
    }
    const one = opened(1);
    checkNumbers(play(one, { scenario: { ...NO_SCENARIO, all: '-0.9' } }).cascade);
    const empty = createWholeEngine();
    empty.takeStress(STRESS_MODULE);
    empty.step({ kind: 'load', requestId: 1, name: 'empty', text: bookText({ ...JSON.parse(bookText()), accounts: [] }) }, 0);
    empty.step({ kind: 'desk-open', requestId: 2, source: { kind: 'book' } }, 0);
    settle(empty);
    const nothing = [...empty.step({ ...PLAIN, requestId: 3 }, 0), ...settle(empty)].at(-1);
    if (nothing?.kind === 'stress-cascade') checkNumbers(nothing);
    else expect(nothing).toMatchObject({ kind: 'failed' });
  });
});
