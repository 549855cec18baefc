import { describe, expect, it } from 'vitest';
import { type DeskFilter, NO_FILTER } from '../../../store/types.ts';
import { formatBound, parseBound, readBound } from './bounds.ts';
import { conditionsOf, hasRange, hasRung, readRange, readRung, setRange, toggleRange, toggleRung, toggleState } from './filter.ts';

const range = (atLeast: number | null, atMost: number | null, isBelow = false) =>
  ({ column: 'leverage', atLeast, atMost, isBelow }) as const;

describe('bounds', () => {
  it.each([
    ['percent', '30', 0.3, '30\u202f%'],
    ['percent', '-2.5 %', -0.025, '−2.5\u202f%'],
    ['times', '2x', 2, '2×'],
    ['ratio', '0.8', 0.8, '0.8'],
    ['money', '1.5m', 1_500_000, '1.50M'],
    ['seconds', '12 s', 12_000, '12\u202fs'],
    ['count', '3', 3, '3'],
  ] as const)('%s typed as %s', (kind, typed, value, read) => {
    expect(parseBound(kind, typed)).toBe(value);
    expect(readBound(kind, value)).toBe(read);
    expect(parseBound(kind, formatBound(kind, value))).toBe(value);
  });

  it('keeps nothing apart from no number', () => {
    expect(parseBound('money', ' ')).toBeNull();
    expect(parseBound('money', 'much')).toBeNaN();
    expect(formatBound('money', null)).toBe('');
  });
});

describe('filter', () => {
  it('has one range a column; the same one again ends it', () => {
    const one = toggleRange(NO_FILTER, range(2, 3, true));
    const other = toggleRange(one, range(3, 5, true));
    expect(other.ranges).toEqual([range(3, 5, true)]);
    expect(hasRange(other, range(3, 5, true))).toBe(true);
    expect(toggleRange(other, range(3, 5, true)).ranges).toEqual([]);
    expect(setRange(other, range(null, null)).ranges).toEqual([]);
  });

  it('has one rung', () => {
    const rung = { market: 'BTC', after: -0.02, upTo: -0.03 };
    const filter = toggleRung(NO_FILTER, rung);
    expect(hasRung(filter, { ...rung })).toBe(true);
    expect(hasRung(filter, { ...rung, market: '' })).toBe(false);
    expect(toggleRung(filter, rung).rung).toBeNull();
    expect(readRung(rung)).toBe('liquidated if BTC falls 2 to 3\u202f%');
    expect(readRung({ market: '', after: 0, upTo: 0.01 })).toBe('liquidated if all prices rise 0 to 1\u202f%');
  });

  it('reads in words, and each condition can be taken away alone', () => {
    const filter: DeskFilter = {
      states: ['warning', 'margin-call'],
      venues: ['hyperliquid'],
      markets: ['BTC'],
      side: 'short',
      ranges: [range(null, 3), range(2, null)],
      rung: { market: '', after: -0.1, upTo: -0.11 },
      text: '0xab',
      watchedOnly: true,
    };
    const conditions = conditionsOf(filter, () => 'Hyperliquid');
    expect(conditions.map(({ text }) => text)).toEqual([
      '“0xab”',
      'Warning',
      'Margin call',
      'Hyperliquid',
      'holds BTC',
      'holds short',
      'Leverage at most 3×',
      'Leverage at least 2×',
      'liquidated if all prices fall 10 to 11\u202f%',
      'watch-list only',
    ]);
    let left: DeskFilter = filter;
    for (let first = conditionsOf(left, () => '')[0]; first; first = conditionsOf(left, () => '')[0]) left = first.without;
    expect(left).toEqual(NO_FILTER);
    expect(conditionsOf(NO_FILTER, () => '')).toEqual([]);
    expect(toggleState(toggleState(NO_FILTER, 'watch'), 'watch')).toEqual(NO_FILTER);
  });

  it('says whether a bound itself belongs', () => {
    expect(readRange(range(2, 3, true))).toBe('Leverage 2× to below 3×');
    expect(readRange(range(2, 3))).toBe('Leverage 2× to 3×');
    expect(readRange(range(null, 3, true))).toBe('Leverage below 3×');
  });
});
