import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { uniform } from '../kernel/testing/keys.ts';
import type { Pool } from '../resolve.ts';
import { bookOf, d, type LegSpec, plainRules } from '../testing/books.ts';
import { FALL, type MarketShocks, marketShocks, NEARER, PAST, RISE, SOLVED, UNCERTAIN } from './market-shock.ts';
import { both, only, poolsOf } from './testing/moves.ts';
import { columnsOf, shocksFor } from './testing/pools.ts';

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

describe('DS-10 one way alone, or the nearer of the two', () => {
  it('is what both ways say, wherever Float64 decides', () => {
    const u = uniform(3);
    const tiers = [
      { notionalFloor: d(0), maintenanceMarginRate: d('0.01') },
      { notionalFloor: d(1500), maintenanceMarginRate: d('0.05') },
      { notionalFloor: d(6000), maintenanceMarginRate: d('0.2') },
    ];
    const pools = Array.from({ length: 600 }, () => {
      const legs = Array.from({ length: 1 + Math.floor(3 * u()) }, (): LegSpec => {
        const size = d(Number(((u() < 0.5 ? 1 : -1) * (0.1 + 5 * u())).toFixed(3)));
        return { size, entry: d(1000), mark: d(1000), contract: u() < 0.2 ? 'inverse' : 'linear', tiers };
      });
      const { book, account } = bookOf(legs, d(Number((200 + 5000 * u() * u()).toFixed(2))));
      return poolsOf(book, account, plainRules())[0]!;
    });
    const columns = columnsOf(pools, undefined);
    const solve = (way?: number): MarketShocks => {
      const out = shocksFor(columns.count);
      const ways = way === undefined ? undefined : new Uint8Array(columns.count).fill(way);
      marketShocks(columns.count, columns.mask, columns.entries, columns.slots, 0.9, out, 9, ways);
      return out;
    };
    const [all, fall, rise, nearer] = [solve(), solve(FALL), solve(RISE), solve(NEARER)];
    const nearest = ({ down, up }: MarketShocks, i: number): number =>
      Number.isNaN(up[i]) || Math.abs(down[i]!) <= up[i]! ? down[i]! : up[i]!;
    const found = { falls: 0, rises: 0, both: 0 };
    pools.forEach((_, i) => {
      if (all.flag[i] !== SOLVED) return;
      expect(fall.down[i]).toBe(all.down[i]);
      expect(rise.up[i]).toBe(all.up[i]);
      expect([fall.up[i], rise.down[i]]).toEqual([Number.NaN, Number.NaN]);
      expect(nearest(nearer, i)).toBe(nearest(all, i));
      if (!Number.isNaN(all.down[i])) found.falls++;
      if (!Number.isNaN(all.up[i])) found.rises++;
      if (!Number.isNaN(all.down[i]! + all.up[i]!)) found.both++;
    });
    console.log('ways', found);
    expect(Math.min(found.falls, found.rises)).toBeGreaterThan(100);
  });
});
