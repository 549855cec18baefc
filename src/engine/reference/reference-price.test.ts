import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { caseFloors } from '../testing/floors.ts';
import { collateralGap, pegGap, type Quote, referencePrice } from './reference-price.ts';

const d = (value: string | number): Decimal => new Decimal(value);
const quotes = (...prices: (string | number)[]): Quote[] => prices.map((price, i) => ({ source: `v${i}`, price: d(price) }));
const of = (...prices: (string | number)[]) => {
  const found = referencePrice(quotes(...prices));
  if (!found.ok) throw new Error(found.reason);
  return found.value;
};
const reached = caseFloors();

describe('RF-1 the reference price', () => {
  it('is the middle one, of an even number the mean of the two in the middle', () => {
    expect(of(101, 99, 100).price.toFixed()).toBe('100');
    expect(of('100', '100.1', '99.9', '250').price.toFixed()).toBe('100.05');
    expect(of(7).spread.toFixed()).toBe('0');
  });
  it('says how far each stands from it', () => {
    expect(of(110, 100, 99).deviations.map(({ source, deviation }) => `${source} ${deviation.toFixed()}`)).toEqual([
      'v0 0.1',
      'v1 0',
      'v2 -0.01',
    ]);
    expect(of(110, 100, 99).spread.toFixed(6)).toBe('0.111111');
  });
  it('is no number without a quote, and refuses what is no price', () => {
    expect(referencePrice([])).toEqual({ ok: false, reason: 'missing-mark' });
    for (const bad of [0, -1, 'NaN', 'Infinity']) expect(() => of(100, bad)).toThrow(RangeError);
  });
  it('property: one wrong venue among three or more leaves it within the others; order does not matter; prices scale', () => {
    const price = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(fc.array(price, { minLength: 2, maxLength: 9 }), price, (good, wrong) => {
        const found = of(...good, wrong).price;
        expect(found.gte(Math.min(...good)) && found.lte(Math.max(...good))).toBe(true);
        expect(of(wrong, ...[...good].reverse()).price.eq(found)).toBe(true);
        expect(of(...[...good, wrong].map((p) => p * 3)).price.eq(found.times(3))).toBe(true);
        reached('medians', 300);
      }),
      { numRuns: 300 },
    );
  });
});

describe('RF-2, RF-3 gaps', () => {
  it('are signed fractions', () => {
    expect(pegGap(d('0.98')).toFixed()).toBe('-0.02');
    expect(collateralGap(d('0.65'), d('1')).toFixed()).toBe('-0.35');
  });
});
