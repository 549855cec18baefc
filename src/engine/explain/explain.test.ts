import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { assessAccount } from '../assess.ts';
import { bookOf, d, plainRules } from '../testing/books.ts';
import type { PoolFigureName, PositionFigureName } from '../types.ts';
import { explain } from './explain.ts';

const { book, account } = bookOf(
  [
    {
      size: d(2),
      entry: d(50000),
      mark: d(48000),
      contract: 'linear',
      tiers: [{ notionalFloor: d(0), maxLeverage: d(100), maintenanceMarginRate: d('0.005') }],
    },
    {
      size: d(-30),
      entry: d(3000),
      mark: d(3100),
      contract: 'linear',
      tiers: [{ notionalFloor: d(0), maxLeverage: d(50), maintenanceMarginRate: d('0.01') }],
    },
  ],
  d(30000),
);
const term = (working: ReturnType<typeof explain>, symbol: string): Decimal => {
  const found = working?.terms.find((t) => t.symbol === symbol)?.value;
  if (!found?.ok) throw new Error(`no ${symbol}`);
  return found.value;
};
const number = (working: ReturnType<typeof explain>): Decimal => {
  if (!working?.result.ok) throw new Error('no result');
  return working.result.value;
};

describe('EX-1 the working reproduces the number from its own terms', () => {
  it('margin ratio = (MM + F) ÷ E', () => {
    const w = explain(account, book, plainRules(), { figure: 'marginRatio' });
    expect(term(w, 'MM').plus(term(w, 'F')).div(term(w, 'E')).eq(number(w))).toBe(true);
  });
  it('buffer = E − MM − F; free collateral = E − IM; leverage = ΣN ÷ E', () => {
    const excess = explain(account, book, plainRules(), { figure: 'marginExcess' });
    expect(term(excess, 'E').minus(term(excess, 'MM')).minus(term(excess, 'F')).eq(number(excess))).toBe(true);
    const free = explain(account, book, plainRules(), { figure: 'freeCollateral' });
    expect(term(free, 'E').minus(term(free, 'IM')).eq(number(free))).toBe(true);
    const leverage = explain(account, book, plainRules(), { figure: 'leverage' });
    expect(term(leverage, 'ΣN').div(term(leverage, 'E')).eq(number(leverage))).toBe(true);
  });
  it('liquidation price: both sides of its equation meet at x', () => {
    for (const position of [0, 1]) {
      const w = explain(account, book, plainRules(), { figure: 'liquidationPrice', position });
      const x = number(w);
      const left = term(w, 'E₀').plus(term(w, 'q').times(x.minus(term(w, 'e'))));
      const N = term(w, 'q').abs().times(x);
      const right = term(w, 'r').plus(term(w, 'φ')).times(N).minus(term(w, 'd')).plus(term(w, 'MMₒ'));
      expect(left.minus(right).abs().lt(Decimal.mul(N, '1e-30'))).toBe(true);
      expect(w?.tier?.maintenanceMarginRate.eq(term(w, 'r'))).toBe(true);
      expect(w?.terms.find((t) => t.symbol === 'P')?.at).toBe('2026-01-01T00:00:00Z');
    }
  });
});

describe('EX-2 every figure has a working, and its result is the assessed one', () => {
  const assessed = assessAccount(account, book, plainRules());
  const pool = assessed.pools[0] as (typeof assessed.pools)[number];
  const poolFigures = Object.keys(assessed).filter((key) => key in pool && !['positions'].includes(key)) as PoolFigureName[];
  it.each(poolFigures)('%s', (figure) => {
    expect(explain(account, book, plainRules(), { figure })?.result).toEqual(assessed[figure]);
  });
  const positionFigures: PositionFigureName[] = [
    'notional',
    'unrealizedPnl',
    'initialMargin',
    'maintenanceMargin',
    'liquidationPrice',
    'liquidationDistance',
    'backstopPrice',
    'bankruptcyPrice',
    'returnOnEquity',
  ];
  it.each(positionFigures)('position %s', (figure) => {
    expect(explain(account, book, plainRules(), { figure, position: 1 })?.result).toEqual(assessed.positions[1]?.[figure]);
  });
  it('error: an unknown figure, pool or position has none', () => {
    expect(explain(account, book, plainRules(), { figure: 'constructor' })).toBeUndefined();
    expect(explain(account, book, plainRules(), { figure: 'equity', pool: 'cross:BTC' })).toBeUndefined();
    expect(explain(account, book, plainRules(), { figure: 'notional', position: 9 })).toBeUndefined();
  });
});
