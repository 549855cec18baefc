import { describe, expect, it } from 'vitest';
import { NO_SCENARIO, type StressTotals } from '../../../store/types.ts';
import { driverName, exactPercent, isNothing, marketsOn, moveText, negated, signedCount, stateRows, waterfall, withName } from './words.ts';

describe('moves as fields show them', () => {
  it('keeps the digits of the past both ways', () => {
    for (const text of ['-0.5252', '0', '0.0001', '-0.999', '9', '-1', '-0.13', '0.00000001'])
      expect(moveText(exactPercent(text))).toBe(text);
    expect(exactPercent('-0.5252')).toBe(-52.52);
    expect(exactPercent(undefined)).toBe(0);
    expect(moveText(Number.NaN)).toBe('0');
  });

  it('turns a sign round, and leaves nothing as it is', () => {
    expect(['1.50', '-2', '0', '-0'].map(negated)).toEqual(['-1.50', '2', '0', '0']);
  });
});

describe('scenarios', () => {
  it('says when nothing moves', () => {
    expect(isNothing(NO_SCENARIO)).toBe(true);
    expect(isNothing({ ...NO_SCENARIO, betas: { BTC: '2' }, moves: { BTC: '0' } })).toBe(true);
    expect(isNothing({ ...NO_SCENARIO, funding: '0.001' })).toBe(false);
    expect(isNothing({ ...NO_SCENARIO, tiers: { x: [] } })).toBe(false);
    expect(isNothing({ ...NO_SCENARIO, pegs: [{ asset: 'USDC', venue: null, move: '-0.1' }] })).toBe(false);
  });

  it('has a slider for every market that the scenario names, also without an account', () => {
    expect(marketsOn('account', null, null, { ...NO_SCENARIO, moves: { BTC: '-0.1' }, betas: { ETH: '2', BTC: '1' } })).toEqual([
      'BTC',
      'ETH',
    ]);
    expect(marketsOn('desk', null, null, NO_SCENARIO)).toEqual([]);
  });

  it('drops a name whose value says nothing', () => {
    expect(withName({ BTC: '1', ETH: '2' }, 'BTC', '0', '0')).toEqual({ ETH: '2' });
    expect(withName({}, '__proto__', '1', '0')).toEqual(Object.fromEntries([['__proto__', '1']]));
  });

  it('names who did it', () => {
    expect(driverName({ driver: 'peg', name: 'USDE', venue: 'binance-usdm' })).toBe('USDE off its peg on binance-usdm');
    expect(driverName({ driver: 'market', name: 'BTC', venue: '' })).toBe('BTC');
  });
});

describe('the waterfall', () => {
  it('joins every bar to the one before, within the width', () => {
    const bars = waterfall(100, [-150, 30]);
    expect(bars.map(({ isFall }) => isFall)).toEqual([false, true, false, true]);
    expect(bars[0]).toMatchObject({ left: 1 / 3, width: 2 / 3 });
    expect(bars[1]).toMatchObject({ left: 0, width: 1 });
    for (const { left, width } of bars) expect(left >= 0 && width >= 0 && left + width <= 1 + 1e-12).toBe(true);
  });

  it('has no NaN where there is nothing', () => {
    expect(waterfall(0, [])).toEqual([
      { left: 0, width: 0, isFall: false },
      { left: 0, width: 0, isFall: false },
    ]);
  });
});

describe('counts', () => {
  const totals = (states: readonly number[]): StressTotals => ({
    equity: 0,
    maintenance: 0,
    grossNotional: 0,
    unknown: 0,
    states: Uint32Array.from(states),
  });

  it('lists the states that anybody is in, before or after', () => {
    expect(stateRows(totals([5, 0, 0, 0, 0, 0, 0, 0]), totals([3, 0, 0, 0, 2, 0, 0, 0]))).toEqual([
      { state: 0, before: 5, after: 3 },
      { state: 4, before: 0, after: 2 },
    ]);
    expect([3, -1200, 0].map(signedCount)).toEqual(['+3', '\u22121,200', '0']);
  });
});
