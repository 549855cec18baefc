import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { createEngine } from '../engine.ts';
import type { AccountView, CureGoal, CuresFrame, EngineInput, Frame, SingleEdit } from '../protocol.ts';
import { AS_OF_MS, bookText, feed, MIXED_BOOK, tick } from '../testing/fixtures.ts';
import { ALARM_MODULE } from './index.ts';

const floors = caseFloors();

/** An engine with the mixed book, at prices that move. */
function stand(account = 'perp') {
  const engine = createEngine();
  engine.takeAlarms(ALARM_MODULE);
  let nowMs = 0;
  const send = (input: EngineInput): readonly Frame[] => {
    nowMs += 1_000;
    return [...engine.step(input, nowMs), ...engine.step({ kind: 'flush' }, nowMs)];
  };
  send({ kind: 'load', requestId: 1, name: 'book', text: bookText(MIXED_BOOK) });
  send({ kind: 'select-account', requestId: 2, account });
  send({ kind: 'alarm-closures', requestId: 3, on: false });
  send(feed([tick('BTC', '65546'), tick('ETH', '1912.4'), tick('SOL', '84.1'), tick('USDT', '1')], AS_OF_MS, { restarted: true }));
  const of = <K extends Frame['kind']>(frames: readonly Frame[], kind: K) =>
    frames.find((frame) => frame.kind === kind) as Extract<Frame, { kind: K }>;
  return {
    send,
    cures: (pool: string, goal: CureGoal): CuresFrame => of(send({ kind: 'alarm-cures', requestId: 9, pool, goal }), 'cures'),
    tried: (edits: readonly SingleEdit[]): AccountView => {
      const answer = of(send({ kind: 'what-if', requestId: 10, spec: { moves: {}, all: '0', edits } }), 'what-if');
      if (!answer?.account) throw new Error('no what-if');
      return answer.account;
    },
  };
}

const poolOf = (account: AccountView, id: string) => account.pools.find((pool) => pool.id === id);

describe('cures over the border', () => {
  it('CU-16, CU-19: every cure of a pool, with its edits, for the prices it names, and those that do not work with their reason', () => {
    const frame = stand().cures('cross', { kind: 'margin-ratio', level: '0.05' });
    expect(frame).toMatchObject({ account: 'perp', pool: 'cross', clockMs: AS_OF_MS, priceTimeMs: AS_OF_MS });
    expect(frame.cures.map(({ kind }) => kind)).toEqual(['deposit', 'reduce', 'reduce', 'reduce-all', 'hedge']);
    for (const cure of frame.cures)
      expect(cure.why === '' ? Number(cure.amount) > 0 && cure.edits.length > 0 : cure.edits.length === 0).toBe(true);
    expect(frame.danger.map(({ market }) => market)).toEqual(['BTC', 'ETH']);
  });

  it('CU-16: a level that cannot be measured against, and a pool that is not there, are refused', () => {
    const { send } = stand();
    const ask = (pool: string, level: string) => send({ kind: 'alarm-cures', requestId: 9, pool, goal: { kind: 'leverage', level } })[0];
    expect(ask('cross', '0')).toMatchObject({ kind: 'failed', faults: [{ pointer: '/goal/level' }] });
    expect(ask('cross', 'x')).toMatchObject({ kind: 'failed', faults: [{ pointer: '/goal/level' }] });
    expect(ask('lending', '3')).toMatchObject({ kind: 'failed', faults: [{ pointer: '/pool' }] });
  });

  it('CU-14: a loan is told where each liquidation makes it worse', () => {
    const { toxic, cures } = stand('lender').cures('lending', { kind: 'health-factor', level: '2' });
    expect(toxic).toEqual([]);
    expect(cures.some(({ kind, why }) => kind === 'repay' && why === '')).toBe(true);
  });

  it('CU-19: tried in the what-if every cure stands at or beyond its target, and the live account stays', () => {
    const goal = fc.oneof(
      fc.integer({ min: 5, max: 90 }).map((n): CureGoal => ({ kind: 'margin-ratio', level: String(n / 400) })),
      fc.integer({ min: 1, max: 60 }).map((n): CureGoal => ({ kind: 'leverage', level: String(n / 10) })),
      fc.integer({ min: 1, max: 60 }).map((n): CureGoal => ({ kind: 'margin-excess', level: String(n * 3_000) })),
      fc.constantFrom<CureGoal>({ kind: 'clear', severity: 'watch' }, { kind: 'clear', severity: 'warning' }),
    );
    fc.assert(
      fc.property(goal, fc.constantFrom('cross', 'isolated:hl:SOL:2'), (wanted, pool) => {
        const { cures, tried } = stand();
        for (const { edits, why, kind } of cures(pool, wanted).cures) {
          if (why !== '' || edits.length === 0) continue;
          const after = poolOf(tried(edits), pool);
          if (!after) continue;
          floors('cures tried in the what-if', 30);
          const { marginRatio, leverage, marginExcess } = after.cells;
          if (wanted.kind === 'margin-ratio' && marginRatio.text !== '')
            expect([kind, new Decimal(marginRatio.text).lte(wanted.level)]).toEqual([kind, true]);
          if (wanted.kind === 'leverage' && leverage.text !== '')
            expect([kind, new Decimal(leverage.text).lte(wanted.level)]).toEqual([kind, true]);
          if (wanted.kind === 'margin-excess') expect([kind, new Decimal(marginExcess.text).gte(wanted.level)]).toEqual([kind, true]);
          if (wanted.kind === 'clear') expect([kind, Number(marginRatio.text) <= 0.75]).toEqual([kind, true]);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('CU-17: what clears the alarms does clear them: applied as one edit, the rules no longer hold', () => {
    const { send, cures } = stand();
    send({ kind: 'alarm-rules', requestId: 4, text: null });
    send(feed([tick('ETH', '1650', AS_OF_MS + 1_000)], AS_OF_MS + 1_000));
    const { cures: found } = cures('cross', { kind: 'clear', severity: 'watch' });
    const deposit = found.find(({ kind }) => kind === 'deposit');
    expect(Number(deposit?.amount)).toBeGreaterThan(0);
    const frames = send({ kind: 'edit', requestId: 5, edit: { kind: 'several', edits: deposit?.edits ?? [], note: 'deposit' } });
    const outlook = frames.find((frame) => frame.kind === 'alarms')?.outlook.find(({ pool }) => pool === 'cross');
    const rule = outlook?.rules.find(({ id }) => id === 'probability-watch');
    expect(Number(rule?.value)).toBeLessThanOrEqual(0.0073 + 1e-9);
    expect(Number(rule?.value)).toBeGreaterThan(0.0065);
  });

  it('SE-19: the what-if of a cure is left when the account itself is changed', () => {
    const { send, cures } = stand();
    const edits = cures('cross', { kind: 'margin-ratio', level: '0.05' }).cures[0]?.edits ?? [];
    send({ kind: 'what-if', requestId: 10, spec: { moves: {}, all: '0', edits } });
    expect(send({ kind: 'edit', requestId: 11, edit: { kind: 'several', edits } })).toContainEqual({
      kind: 'what-if',
      requestId: 10,
      spec: null,
      account: null,
      computeMs: 0,
    });
  });
});
