import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountView, Frame, WhatIfSpec } from './protocol.ts';
import { AS_OF_MS, FLUSH, feed, figureFaults, load, loadedRun, type Run, tick } from './testing/fixtures.ts';
import { MOVE_MAX, MOVE_MIN, readMoves } from './what-if.ts';

const ask = (run: Run, spec: WhatIfSpec | null, requestId = 50): readonly Frame[] => run.send({ kind: 'what-if', requestId, spec });
const accountOf = (frames: readonly Frame[]): AccountView => {
  const frame = frames.find((each) => each.kind === 'what-if');
  if (frame?.kind !== 'what-if' || !frame.account) throw new Error(`no what-if: ${JSON.stringify(frames)}`);
  return frame.account;
};
const marks = (account: AccountView): readonly string[] => account.positions.markPrice.text;

describe('SE-16 moved prices', () => {
  it('compounds the move of all with the market’s own', () => {
    expect(marks(accountOf(ask(loadedRun(), { all: '-0.1', moves: { ETH: '0.5' } })))).toEqual(['58991.4', '2581.74', '75.69']);
  });

  it('equals the live account at the same prices', () => {
    const moved = accountOf(ask(loadedRun(), { all: '-0.1', moves: {} }));
    const live = loadedRun();
    live.send(feed([tick('BTC', '58991.4'), tick('ETH', '1721.16'), tick('SOL', '75.69')]));
    const { cells, riskState } = live.account();
    expect([moved.cells, moved.riskState]).toEqual([cells, riskState]);
  });

  it('moves volatile collateral, and a pegged asset only when it is named', () => {
    const run = loadedRun();
    run.send({ kind: 'select-account', requestId: 2, account: 'lender' });
    expect(accountOf(ask(run, { all: '-0.5', moves: {} })).balances.price.text).toEqual(['956.2', '1']);
    expect(accountOf(ask(run, { all: '0', moves: { USDT: '-0.1' } })).balances.price.text).toEqual(['1912.4', '0.9']);
  });
});

describe('SE-17 safe at both ends', () => {
  it.each([
    ['-1', MOVE_MIN],
    ['-5', MOVE_MIN],
    ['-0.999', MOVE_MIN],
    ['9', MOVE_MAX],
    ['1e39', MOVE_MAX],
  ])('takes %s as %s', (text, taken) => {
    expect(readMoves({ all: text, moves: {} }).all).toEqual(taken);
    const account = accountOf(ask(loadedRun(), { all: text, moves: { BTC: text } }));
    expect(figureFaults(account)).toEqual([]);
    expect(account.positions.markPrice.value.every((price) => price > 0)).toBe(true);
  });

  it.each(['NaN', '', 'Infinity', '1e400', '10%'])('error: refuses %j and keeps the what-if that was there', (text) => {
    const run = loadedRun();
    const [frame] = ask(run, { all: '0', moves: { 'a/b': text } });
    expect(frame).toMatchObject({ kind: 'failed', faults: [{ pointer: '/moves/a~1b' }] });
    expect(run.send(FLUSH).some((each) => each.kind === 'what-if')).toBe(false);
  });
});

describe('SE-18 sealed off', () => {
  it('nothing of the live book changes under any what-if', () => {
    const move = fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: -1_000, max: 10_000 }).map((n) => String(n / 1_000)) },
      { weight: 1, arbitrary: fc.constantFrom('-1', '1e39', 'x') },
    );
    let reached = 0;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('BTC', 'ETH', 'SOL', 'USDC'), move), move, (moves, all) => {
        const [with_, without] = [loadedRun(), loadedRun()];
        const frames = ask(with_, { moves, all });
        if (frames[0]?.kind === 'what-if') reached++;
        expect(with_.snapshot()).toEqual({ ...without.snapshot(), bookVersion: with_.state.bookVersion });
        const text = (run: Run) => run.send({ kind: 'export', requestId: 9 });
        expect(text(with_)).toEqual(text(without));
        expect(with_.state.history).toEqual(without.state.history);
      }),
      { numRuns: 60 },
    );
    expect(reached).toBeGreaterThan(20);
  });

  it('follows the live book while it is set, and ends when it is left', () => {
    const run = loadedRun();
    ask(run, { all: '-0.5', moves: {} });
    run.send(feed([tick('BTC', '60000')], AS_OF_MS));
    const frames = run.send(FLUSH);
    expect(frames.find((frame) => frame.kind === 'what-if')).toMatchObject({ requestId: 50 });
    expect(marks(accountOf(frames))[0]).toBe('30000');
    expect(ask(run, null, 51)).toEqual([{ kind: 'what-if', requestId: 51, spec: null, account: null, computeMs: 0 }]);
    run.send(feed([tick('BTC', '61000')]));
    expect(run.send(FLUSH).some((frame) => frame.kind === 'what-if')).toBe(false);
  });

  it.each([
    ['another account is selected', { kind: 'select-account', requestId: 2, account: 'inverse' }],
    ['an undo leads back to another account', { kind: 'edit', requestId: 2, edit: { kind: 'undo' } }],
    ['another book is loaded', load()],
  ] as const)('ends when %s, and says so', (_, input) => {
    const run = loadedRun();
    run.send({ kind: 'edit', requestId: 3, edit: { kind: 'position-remove', index: 2 } });
    run.send({ kind: 'select-account', requestId: 4, account: 'lender' });
    ask(run, { all: '-0.5', moves: {} });
    expect(run.send(input)[1]).toEqual({ kind: 'what-if', requestId: 50, spec: null, account: null, computeMs: 0 });
    expect(run.send(FLUSH).some((frame) => frame.kind === 'what-if')).toBe(false);
  });

  it('a what-if of nothing is the live account', () => {
    const run = loadedRun();
    expect(accountOf(ask(run, { all: '0', moves: {} }))).toEqual(run.account());
  });
});
