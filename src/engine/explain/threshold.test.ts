import { describe, expect, it } from 'vitest';
import type { Account, Book } from '../../domain/book.ts';
import type { PositionRules } from '../rules.ts';
import { bookOf, d, plainRules } from '../testing/books.ts';
import { explain } from './explain.ts';

const tiers = [{ notionalFloor: d(0), maintenanceMarginRate: d('0.01') }];
const one = (contract: 'linear' | 'inverse', size: number, balance: string) =>
  bookOf([{ size: d(size), entry: d(100), mark: d(90), contract, tiers }], d(balance));

function working(
  scenario: { book: Book; account: Account },
  position: Partial<PositionRules>,
  figure: 'liquidationPrice' | 'bankruptcyPrice',
) {
  const found = explain(scenario.account, scenario.book, plainRules({ defaultTakerFeeRate: d('0.001') }, position), {
    figure,
    position: 0,
  });
  if (!found?.result.ok) throw new Error('no result');
  const value = (symbol: string) => {
    const term = found.terms.find((candidate) => candidate.symbol === symbol)?.value;
    if (!term?.ok) throw new Error(`no ${symbol}`);
    return term.value;
  };
  return { formula: found.formula, x: found.result.value, value };
}

describe('EX-1 thresholds on every basis rebuild from their terms', () => {
  it('entry basis: the requirement stands at the entry value', () => {
    const { formula, x, value } = working(one('linear', 3, '40'), { basis: 'entry' }, 'liquidationPrice');
    expect(formula).toContain('r × N(e)');
    const left = value('E₀').plus(value('q').times(x.minus(value('e'))));
    const right = value('r')
      .times(value('q').times(value('e')))
      .minus(value('d'))
      .plus(value('MMₒ'));
    expect(left.minus(right).abs().lt('1e-30')).toBe(true);
  });
  it('fee at the bankruptcy price: a term of its own, in both thresholds', () => {
    const rules = { basis: 'entry', fee: 'taker-at-bankruptcy-price' } as const;
    const liquidation = working(one('inverse', 300, '0.9'), rules, 'liquidationPrice');
    const profit = (x: ReturnType<typeof d>) => d(300).times(d(1).div(100).minus(d(1).div(x)));
    expect(
      liquidation.value('E₀').plus(profit(liquidation.x)).minus(d(3).times('0.01')).minus(liquidation.value('F')).abs().lt('1e-30'),
    ).toBe(true);
    const bankruptcy = working(one('inverse', 300, '0.9'), rules, 'bankruptcyPrice');
    expect(bankruptcy.formula).toContain('f × N(x)');
    expect(
      bankruptcy.x
        .minus(d(300).times('1.001').div(d('3.9')))
        .abs()
        .lt('1e-30'),
    ).toBe(true);
    expect(liquidation.value('F').minus(d(300).div(bankruptcy.x).times('0.001')).abs().lt('1e-30')).toBe(true);
  });
  it('hedge mode: the other leg of the market is among the terms', () => {
    const both = bookOf(
      [
        { size: d(3), entry: d(100), mark: d(90), contract: 'linear', tiers },
        { size: d(-1), entry: d(110), mark: d(90), contract: 'linear', tiers },
      ],
      d(60),
    );
    const [first, second] = both.account.positions;
    const account = { ...both.account, positions: [first!, { ...second!, instrument: first!.instrument }] };
    const { formula, x, value } = working({ book: both.book, account }, {}, 'liquidationPrice');
    expect(formula).toContain('summed over the 2 legs');
    const equity = value('E₀')
      .plus(value('q').times(x.minus(value('e'))))
      .plus(value('q2').times(x.minus(value('e2'))));
    expect(equity.minus(x.times(4).times('0.01')).abs().lt('1e-30')).toBe(true);
  });
});
