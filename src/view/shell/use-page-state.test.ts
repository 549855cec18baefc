import { expect, it } from 'vitest';
import { account, cells } from '../testing/fixture.ts';
import { titleOf } from './use-page-state.ts';

it('the title says the state first, and that a what-if is on', () => {
  const view = account({ riskState: 'warning', cells: cells({ marginRatio: '0.52' }) });
  expect(titleOf(null, null)).toBe('Plimsoll');
  expect(titleOf(view, null)).toBe('Warning 0.520 · Plimsoll');
  expect(titleOf(view, null, '2')).toBe('(2) Warning 0.520 · Plimsoll');
  expect(titleOf(view, { spec: { moves: {}, all: '-0.1' }, account: null, evaluated: null })).toBe('SIM · Warning 0.520 · Plimsoll');
});
