import { describe, expect, it } from 'vitest';
import { account, pool } from '../testing/fixture.ts';
import { nearestPosition } from './nearest.ts';
import { choicesOf, poolName, shownOf, worseThan } from './pools.ts';
import { statementOf } from './statement.ts';

describe('the pools of an account', () => {
  it('shows a sole shared pool once, under its own name and state', () => {
    const view = account({ riskState: 'margin-call', pools: [pool('cross', 'watch'), pool('isolated:hl:SOL:1', 'margin-call')] });
    expect(choicesOf(view).map(({ name, riskState, pool: id }) => [name, riskState, id])).toEqual([
      ['cross', 'watch', null],
      ['isolated hl:SOL', 'margin-call', 'isolated:hl:SOL:1'],
    ]);
  });

  it('shows the account and every pool where several are shared', () => {
    const view = account({ pools: [pool('cross:BTC'), pool('cross:ETH')] });
    expect(choicesOf(view).map(({ name }) => name)).toEqual(['account', 'cross BTC', 'cross ETH']);
  });

  it('shows an isolated pool alone where there is nothing else', () => {
    expect(choicesOf(account({ pools: [pool('isolated:hl:SOL:1', 'watch')] })).map(({ name }) => name)).toEqual(['isolated hl:SOL']);
  });

  it('falls back to the first when the pool is gone', () => {
    expect(shownOf(account(), 'isolated:hl:GONE:4').pool).toBeNull();
    expect(poolName('lending')).toBe('lending');
  });

  it('names the pools that are worse off than what is shown, and those of which something is not known', () => {
    const view = account({
      pools: [pool('cross', 'watch'), pool('isolated:a:0', 'warning'), pool('isolated:b:1', 'indeterminate'), pool('isolated:c:2')],
    });
    expect(worseThan(view, shownOf(view, null)).map(({ id }) => id)).toEqual(['isolated:a:0', 'isolated:b:1']);
  });
});

describe('beside a pool that is not known', () => {
  it('a healthy pool is not worth a word, one in danger is', () => {
    const view = account({ pools: [pool('cross', 'stale'), pool('isolated:a:0'), pool('isolated:b:1', 'watch')] });
    expect(worseThan(view, shownOf(view, null)).map(({ id }) => id)).toEqual(['isolated:b:1']);
  });
});

describe('the statement', () => {
  it('says state, distance and cause', () => {
    const view = account({ pools: [pool('cross')] });
    expect(statementOf(view, shownOf(view, null))).toBe(
      'Healthy: 18.1\u202f% from liquidation if all prices fall together. Alone, BTC liquidates it at 56,708.9 (mark 65,546.0).',
    );
  });

  it('adds the pools that are worse off', () => {
    const view = account({ pools: [pool('cross'), pool('isolated:hl:SOL:1', 'liquidation')] });
    expect(statementOf(view, shownOf(view, null))).toMatch(/But isolated hl:SOL: liquidation\.$/);
    expect(statementOf(view, shownOf(view, 'isolated:hl:SOL:1'))).toBe('Liquidation: equity no longer covers what the venue asks for.');
  });

  it.each([
    [{ uniformShock: 'never' }, 'Healthy: no common move of all prices liquidates it.'],
    [{ uniformShock: 'no-position' }, 'Healthy: there is no open position.'],
  ])('says why there is no distance: %o', (stated, text) => {
    const view = account({ cells: pool('cross', 'healthy', stated).cells, pools: [pool('cross', 'healthy', stated)] });
    expect(statementOf(view, shownOf(view, null))).toContain(text);
  });

  it('does not pretend to know', () => {
    const view = account({ riskState: 'indeterminate', pools: [pool('cross', 'indeterminate')] });
    expect(statementOf(view, shownOf(view, null))).toMatch(/^Not known: /);
  });
});

describe('the nearest position', () => {
  it('is the one with the smallest distance, in the pools asked for', () => {
    const { positions } = account();
    expect(nearestPosition(positions)).toBe(1);
    expect(nearestPosition(positions, ['cross'])).toBe(0);
    expect(nearestPosition(positions, [])).toBe(-1);
  });
});
