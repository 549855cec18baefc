import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { boundsOf, fractionOf } from './history-spec.ts';
import { difference, tradesBetween } from './session-trades.ts';

const counted = caseFloors();
const held = (instrument: string, size: string, markPrice = '100') => ({
  instrument,
  contract: 'linear',
  contractSize: '0.1',
  size,
  markPrice,
  entryPrice: '90',
});

describe('SY-13 trades of a visit', () => {
  it('a size that changed was traded at its mark; one that is gone at the mark it had', () => {
    const trades = tradesBetween(
      [held('A', '1.5'), held('B', '-2', '7'), held('C', '3')],
      [held('A', '1'), held('C', '3'), held('D', '4', '')],
      5,
    );
    expect(trades).toEqual([
      { timeMs: 5, instrument: 'A', size: '-0.5', contractSize: '0.1', price: '100', fee: '0', isOpening: false },
      { timeMs: 5, instrument: 'B', size: '2', contractSize: '0.1', price: '7', fee: '0', isOpening: false },
    ]);
    expect(tradesBetween([held('A', '1.50')], [held('A', '1.5')], 5)).toEqual([]);
  });

  it('differences are exact', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.nat(12), fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.nat(12), (a, p, b, q) => {
        const [x, y] = [new Decimal(String(a)).div(new Decimal(10).pow(p)), new Decimal(String(b)).div(new Decimal(10).pow(q))];
        const text = difference(x.toFixed(), y.toFixed());
        expect(new Decimal(text === '' ? 0 : text).eq(x.minus(y))).toBe(true);
        counted('difference', 90);
      }),
    );
    expect([difference('1', ''), difference('x', '1')]).toEqual(['', '']);
  });

  it('a range ends at the clock; without one it is everything', () => {
    expect(boundsOf('hour', 7_200_000)).toEqual({ fromMs: 3_600_000, toMs: 8.64e15 });
    expect(boundsOf('day', Number.NaN)).toEqual({ fromMs: -8.64e15, toMs: 8.64e15 });
    expect([fractionOf('0.01'), fractionOf(' '), fractionOf('x')]).toEqual(['0.00010000000000', '', 'x']);
  });
});
