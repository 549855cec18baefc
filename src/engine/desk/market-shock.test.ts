import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import type { Pool } from '../resolve.ts';
import { bookOf, d, type LegSpec, plainRules } from '../testing/books.ts';
import { PAST, SOLVED, UNCERTAIN } from './market-shock.ts';
import { both, only, poolsOf } from './testing/moves.ts';

describe('DS-10 what Float64 does not decide', () => {
  const one = (balance: string, size = '1', mark = '1000'): readonly Pool[] => {
    const spec: LegSpec = {
      size: d(size),
      entry: d(mark),
      mark: d(mark),
      contract: 'linear',
      tiers: [
        { notionalFloor: d(0), maintenanceMarginRate: d('0.01') },
        { notionalFloor: d(1500), maintenanceMarginRate: d('0.05') },
      ],
    };
    const { book, account } = bookOf([spec], d(balance));
    return poolsOf(book, account, plainRules());
  };
  const flagOf = (pools: readonly Pool[]): number | undefined => both(pools, only('t:0'))[0]?.flag;

  it('equity = requirement now, a notional on a floor, health that ends at the end of reach', () => {
    expect(flagOf(one('10'))).toBe(UNCERTAIN);
    expect(flagOf(one('1000', '1.5'))).toBe(UNCERTAIN);
    expect(flagOf(one('1000', '1.4999999999999'))).toBe(UNCERTAIN);
    expect(flagOf(one('1000', '1.49999999'))).toBe(SOLVED);
    // balance − 500 − ε = 0.01 × (500 − ε) at the end of what is looked at, a little beyond −50 %
    expect(flagOf(one('505.000495'))).toBe(UNCERTAIN);
    expect(flagOf(one('505.0006'))).toBe(SOLVED);
    expect(flagOf(one('505'))).toBe(SOLVED);
    expect(flagOf(one('9.99'))).toBe(PAST);
  });

  it('a stepped table whose next row asks for more than is left: the edge itself, 1.3 of the mark', () => {
    const spec: LegSpec = {
      size: d(-1),
      entry: d(1000),
      mark: d(1000),
      contract: 'linear',
      tiers: [
        { notionalFloor: d(0), maintenanceMarginRate: d('0.01') },
        { notionalFloor: d(1300), maintenanceMarginRate: d('0.4') },
      ],
    };
    const { book, account } = bookOf([spec], d(700));
    const [jump] = both(poolsOf(book, account, plainRules({ tableJoin: 'step' })), only('t:0'));
    expect(jump?.exact.up).toEqual({ ok: true, value: d('0.3') });
    expect(Math.abs((jump?.up ?? 0) - 0.3)).toBeLessThanOrEqual(jump?.error ?? 0);
    expect(jump?.error).toBeLessThan(1e-11);
  });

  it('a hand-computed fall and rise: 100 − 1000·|s| = 0.01 × 1000·(1 + s)', () => {
    const [long] = both(one('100'), only('t:0'));
    expect(long?.down).toBeCloseTo(-90 / 990, 14);
    expect(long?.up).toBeNaN();
    // Short 1: 100 − 1000 s = 0.01 × 1000 (1 + s), s = 90 ÷ 1010.
    const [short] = both(one('100', '-1'), only('t:0'));
    expect(short?.up).toBeCloseTo(90 / 1010, 14);
    expect(short?.down).toBeNaN();
    expect(
      new Decimal(90)
        .div(1010)
        .minus(short?.up ?? 0)
        .abs()
        .lte(short?.error ?? 0),
    ).toBe(true);
  });
});
