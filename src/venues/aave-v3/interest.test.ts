import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { RAY } from './fixed-point.ts';
import { compoundedInterest, compoundedRate, linearInterest, normalizedDebt, normalizedIncome, SECONDS_PER_YEAR } from './interest.ts';
import { protocolRules } from './protocol.ts';

const binomial = protocolRules['v3.3'];
const series = protocolRules['v3.4'];
const FIVE_PERCENT = RAY / 20n;
const LEAP_YEAR = 366n * 86_400n;

describe('AV-20 linear interest', () => {
  it('a year is 365 days, so a leap year earns a day more', () => {
    expect(SECONDS_PER_YEAR).toBe(365n * 86_400n);
    expect(linearInterest(FIVE_PERCENT, SECONDS_PER_YEAR)).toBe(RAY + FIVE_PERCENT);
    expect(linearInterest(FIVE_PERCENT, LEAP_YEAR)).toBe(RAY + (FIVE_PERCENT * 366n) / 365n);
  });

  it('is rounded down', () => {
    expect(linearInterest(1n, SECONDS_PER_YEAR - 1n)).toBe(RAY);
  });
});

describe('AV-21 compounded interest', () => {
  it('nothing at once', () => {
    for (const rules of [binomial, series]) expect(compoundedInterest(FIVE_PERCENT, 0n, rules)).toBe(RAY);
  });

  it('over one or two seconds the binomial has fewer terms', () => {
    const perSecond = FIVE_PERCENT / SECONDS_PER_YEAR;
    expect(compoundedInterest(FIVE_PERCENT, 1n, binomial)).toBe(RAY + perSecond);
    const two = compoundedInterest(FIVE_PERCENT, 2n, binomial);
    expect(two - RAY - (FIVE_PERCENT * 2n) / SECONDS_PER_YEAR).toBe((perSecond * perSecond) / RAY);
  });

  it.each([SECONDS_PER_YEAR, LEAP_YEAR, 2n * SECONDS_PER_YEAR])('both forms stay below e^rt, %s s', (seconds) => {
    const x = new Decimal(seconds.toString()).div(SECONDS_PER_YEAR.toString()).times('0.05');
    const threeTerms = x.plus(1).plus(x.pow(2).div(2)).plus(x.pow(3).div(6));
    const n = Number(seconds);
    // The binomial keeps r² and r³ in whole rays: it may lose a ray of each, n²/2 and n³/6 times over.
    for (const [rules, lost] of [
      [binomial, (n ** 2 / 2 + n ** 3 / 6) * 1e-27 + 1e-9],
      [series, 1e-24],
    ] as const) {
      const growth = new Decimal(compoundedInterest(FIVE_PERCENT, seconds, rules).toString()).div(RAY.toString());
      expect(growth.lt(x.exp())).toBe(true);
      expect(threeTerms.minus(growth).toNumber()).toBeGreaterThanOrEqual(-1e-24);
      expect(threeTerms.minus(growth).toNumber()).toBeLessThan(lost);
    }
  });

  it('indexes grow from their last update', () => {
    const index = (RAY * 11n) / 10n;
    expect(normalizedIncome(index, FIVE_PERCENT, 0n)).toBe(index);
    expect(normalizedDebt(index, FIVE_PERCENT, 0n, series)).toBe(index);
    expect(normalizedIncome(index, FIVE_PERCENT, SECONDS_PER_YEAR)).toBe((index * 21n) / 20n);
    expect(normalizedIncome(index, 0n, 86_400n)).toBe(index);
    expect(normalizedDebt(index, FIVE_PERCENT, SECONDS_PER_YEAR, series) > normalizedIncome(index, FIVE_PERCENT, SECONDS_PER_YEAR)).toBe(
      true,
    );
  });
});

describe('AV-24 compounded rate', () => {
  it('is nothing over no time, and the rate itself over one second', () => {
    expect(compoundedRate(FIVE_PERCENT, 0n)).toBe(0n);
    expect(compoundedRate(FIVE_PERCENT, 1n)).toBe(FIVE_PERCENT / SECONDS_PER_YEAR);
  });

  it('is within a millionth of e^rt − 1 over a leap year', () => {
    const rate = new Decimal(compoundedRate(FIVE_PERCENT, LEAP_YEAR).toString()).div(RAY.toString());
    const continuous = new Decimal('0.05').times(366).div(365).exp().minus(1);
    expect(rate.minus(continuous).abs().toNumber()).toBeLessThan(1e-9);
  });
});
