import { describe, expect, it } from 'vitest';
import { column, POSITIONS } from '../../testing/fixture.ts';
import { moved, orderOf } from './column-chooser.tsx';
import { COLUMNS, type ColumnSpec, cellText, columnOf, headerOf } from './columns.ts';

const shown = (id: string, at: number, positions = POSITIONS): string => cellText(columnOf(id) as ColumnSpec, positions, at).shown;

describe('cells of the positions table', () => {
  it.each([
    ['size', 1, '−100'],
    ['entryPrice', 0, '66,000.0'],
    ['leverage', 0, '20×'],
    ['leverage', 1, 'not set'],
    ['liquidationPrice', 0, '56,708.9'],
    ['liquidationPrice', 1, '90.1234'],
    ['liquidationDistance', 0, '13.4\u202f%'],
    ['maintenanceMargin', 0, '409.67'],
    ['unrealizedPnl', 1, '+10.00'],
  ])('%s of row %d is %s', (id, at, text) => {
    expect(shown(id, at)).toBe(text);
  });

  it('never leaves a cell empty: the reason stands in it', () => {
    const positions = {
      ...POSITIONS,
      liquidationPrice: column('never', 'never'),
      liquidationDistance: column('never', 'missing-mark'),
      bankruptcyPrice: column('never', 'already'),
      markPrice: column('missing-mark', '84'),
    };
    expect(shown('liquidationPrice', 0, positions)).toBe('never: covered to zero');
    expect(shown('liquidationPrice', 1, positions)).toBe('never: at any price');
    expect(shown('liquidationDistance', 0, positions)).toBe('never');
    expect(shown('liquidationDistance', 1, positions)).toBe('missing mark');
    expect(shown('bankruptcyPrice', 1, positions)).toBe('already past');
    for (const { id } of COLUMNS) for (const at of [0, 1]) expect(shown(id, at, positions)).not.toBe('');
  });

  it('says which price it is', () => {
    expect(COLUMNS.filter(({ header }) => /price/i.test(header)).map((each) => headerOf(each, 'oracle'))).toEqual([
      'Entry price',
      'Oracle price',
      'Liquidation price',
      'Bankruptcy price',
    ]);
  });
});

describe('the order of columns', () => {
  it('puts what the user has placed first and forgets what it does not know', () => {
    expect(orderOf(['side', 'gone']).slice(0, 3)).toEqual(['side', 'instrument', 'size']);
    expect(orderOf([]).length).toBe(COLUMNS.length);
  });

  it('moves one place, and not beyond the ends', () => {
    expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
  });
});
