import { describe, expect, it } from 'vitest';
import type { AgedPool, AlarmOutlook, NextStep } from '../../../store/types.ts';
import { agedText } from './aged.ts';
import { ruleLines } from './lines.ts';
import { nextText } from './machine-line.tsx';

const NEXT: NextStep = {
  rule: 'ratio-call',
  severity: 'margin-call',
  countsInMs: Number.NaN,
  onDelayMs: 0,
  market: 'BTC',
  price: '61230.04',
  move: '-0.0328',
  reason: '',
};

describe('AM-10 what comes next, in words', () => {
  it('a price rounded so that it comes sooner, and its move', () => {
    expect(nextText(NEXT)).toBe('margin call at BTC 61,230.1 (\u22123.2\u202f%)');
    expect(nextText({ ...NEXT, price: '70000.99', move: '0.1' })).toBe('margin call at BTC 70,000.9 (+10.0\u202f%)');
  });

  it('the delay that runs, or why there is no price', () => {
    expect(nextText({ ...NEXT, severity: 'warning', countsInMs: 13_200, price: '' })).toBe('warning counts in 14\u202fs');
    expect(nextText({ ...NEXT, price: '', reason: 'never' })).toBe('no price of one market alone makes it worse');
    expect(nextText({ ...NEXT, price: '', reason: 'unsupported' })).toMatch(/^margin call; its price: \w/);
  });
});

const AGED: AgedPool = {
  freshness: 'stale',
  ageMs: 20_000,
  market: 'BTC',
  buffer: '4979.119',
  shrinkage: '20.881',
  distance: '0.0599',
  isStruck: false,
  positions: [],
};

describe('ST-7 the shrunk buffer, in words', () => {
  it('nothing while live, or where nothing is known', () => {
    expect(agedText({ ...AGED, freshness: 'live' }, 'USD')).toBeUndefined();
    expect(agedText(undefined, 'USD')).toBeUndefined();
  });

  it('what is left, rounded down, what was taken off, rounded up, and why', () => {
    expect(agedText(AGED, 'USD')).toEqual({
      distance: '5.9\u202f%',
      money: '4,979.11 USD',
      short: 'less 20.89 unseen',
      words: 'less 20.89 USD unseen: BTC price 20\u202fs old',
      isStruck: false,
      drawn: 0.0599,
    });
  });

  it('struck through: no longer valid; below nothing: perhaps none', () => {
    expect(agedText({ ...AGED, freshness: 'lost', isStruck: true }, 'USD')?.words).toBe('no longer valid: BTC price 20\u202fs old');
    expect(agedText({ ...AGED, distance: '-0.01' }, 'USD')).toMatchObject({ distance: 'perhaps none', drawn: 0 });
    expect(agedText({ ...AGED, shrinkage: '', ageMs: Number.POSITIVE_INFINITY }, 'USD')?.words).toBe(
      'less an unknown amount unseen: BTC price missing',
    );
  });
});

describe('AM-9 the lines that are drawn', () => {
  const rule = (id: string, severity: NextStep['severity'], arm: number, clear: number) => ({
    id,
    severity,
    isActive: false,
    armAt: { ratio: 1 - arm, distance: arm },
    clearAt: { ratio: 1 - clear, distance: clear },
  });
  const outlook = {
    rules: [
      rule('near', 'warning', 0.05, 0.06),
      rule('far', 'warning', 0.2, 0.25),
      rule('call', 'margin-call', 0.01, 0.02),
      rule('beyond', 'watch', 0.7, 0.8),
      rule('nowhere', 'watch', Number.NaN, Number.NaN),
    ],
  } as unknown as AlarmOutlook;

  it('of each severity the one that is met first, and only what is on the gauge', () => {
    expect(ruleLines(outlook, 'distance', 0.5).map(({ id }) => id)).toEqual(['far', 'call']);
    expect(ruleLines(outlook, 'ratio', 1.2).map(({ id }) => id)).toEqual(['beyond', 'far', 'call']);
  });
});
