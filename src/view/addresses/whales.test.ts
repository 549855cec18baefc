import { describe, expect, it } from 'vitest';
import { accountRow, addressRow, FIXTURE_MS } from '../testing/addresses.ts';
import { cell } from '../testing/fixture.ts';
import { atRiskOf, nearestOf, reachOf } from './whales.tsx';

const beside = { name: 'whale', label: '', takenMs: FIXTURE_MS, stale: '' };
const at = (account: string, uniformShock: string, distance: string) => {
  const row = accountRow({ account });
  return {
    row: { ...row, uniformShock: cell(uniformShock), nearest: { ...row.nearest!, distance: cell(distance) } },
    reading: addressRow(),
    beside,
  };
};

describe('WL-28 nearest to liquidation', () => {
  it('goes by the nearer of all prices together and one market alone', () => {
    expect(reachOf(at('a', '-0.237', '0.184').row)).toEqual({ distance: 0.184, alone: 'hl:BTC' });
    expect(reachOf(at('a', '-0.081', '0.184').row)).toEqual({ distance: 0.081, alone: '' });
    expect(reachOf(at('a', 'never', '0.05').row)).toEqual({ distance: 0.05, alone: 'hl:BTC' });
    expect(reachOf(accountRow({ uniformShock: cell('never'), nearest: null })).distance).toBeNaN();
  });

  it('lists an account that no common move ends by its market, and counts it as near', () => {
    const rows = [at('far', '-0.4', '0.6'), at('hedged', 'never', '0.05'), at('common', '-0.1', '0.3'), at('never', 'never', 'never')];
    expect(nearestOf(rows).map(({ row }) => row.account)).toEqual(['hedged', 'common', 'far']);
    expect(atRiskOf(rows).map(({ row }) => row.account)).toEqual(['hedged', 'common']);
  });
});
