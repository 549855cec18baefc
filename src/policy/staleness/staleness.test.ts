import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { AGE_DEVIATIONS, agedBuffer, agedDistance, unseenSpread } from './aged-buffer.ts';
import { marketAge, oldestOf, worstFreshness } from './market-age.ts';

const NOW = 1_760_130_000_000;
const DAY = 86_400_000;
const clock = (venueAge: number, arrivalAge: number, cadenceMs = 1_000) => ({
  market: 'BTC',
  venueTimeMs: NOW - venueAge,
  arrivalTimeMs: NOW - arrivalAge,
  cadenceMs,
});

describe('ST-1, ST-2 ages', () => {
  it.each([
    [100, 50, 'live', 100],
    [5_000, 50, 'delayed', 5_000],
    [50, 5_000, 'delayed', 5_000],
    [15_000, 3_000, 'stale', 15_000],
    [61_000, 100, 'lost', 61_000],
    [-500, 100, 'live', 100],
    [-500, -20, 'live', 0],
  ])('venue %s ms, ours %s ms: %s', (venueAge, arrivalAge, freshness, ageMs) => {
    expect(marketAge(clock(venueAge, arrivalAge), NOW)).toMatchObject({ freshness, ageMs, venueAgeMs: venueAge, arrivalAgeMs: arrivalAge });
  });

  it('thresholds go with the cadence, or are given', () => {
    expect(marketAge(clock(15_000, 15_000, 60_000), NOW).freshness).toBe('live');
    const limits = { liveMs: 10, delayedMs: 20, staleMs: 30 };
    expect(marketAge({ ...clock(25, 25), limits }, NOW).freshness).toBe('stale');
  });

  it('no price at all is lost, and infinitely old', () => {
    expect(marketAge({ market: 'X', cadenceMs: 1_000 }, NOW)).toMatchObject({ freshness: 'lost', ageMs: Number.POSITIVE_INFINITY });
  });

  it('ST-3: the oldest input', () => {
    const young = marketAge(clock(10, 10), NOW);
    const old = { ...marketAge(clock(9_000, 10), NOW), market: 'ETH' };
    expect(oldestOf([young, old, young])).toBe(old);
    expect(oldestOf([])).toBeUndefined();
    expect(worstFreshness([young, old])).toBe('delayed');
    expect(worstFreshness([])).toBe('live');
  });
});

const all = (): number => 1;
const leg = (ageMs: number, sensitivity = 100_000, market = 'BTC') => ({ market, sensitivity, dailyVolatility: 0.03, ageMs });

describe('ST-4, ST-5 what may have gone unseen', () => {
  it('one market: |c| σ √age', () => {
    expect(unseenSpread([leg(DAY / 4)], all)).toBeCloseTo(100_000 * 0.03 * 0.5, 9);
    expect(unseenSpread([leg(DAY / 4, -100_000)], all)).toBeCloseTo(1_500, 9);
    expect(unseenSpread([leg(0)], all)).toBe(0);
  });

  it('two markets move together only while neither is seen', () => {
    const hedge = [leg(DAY, 100_000, 'A'), leg(DAY, -100_000, 'B')];
    expect(unseenSpread(hedge, all)).toBeCloseTo(0, 9);
    expect(unseenSpread([hedge[0]!, { ...hedge[1]!, ageMs: 0 }], all)).toBeCloseTo(3_000, 9);
    expect(unseenSpread([hedge[0]!, { ...hedge[1]!, ageMs: DAY / 4 }], all)).toBeCloseTo(3_000 * Math.sqrt(0.75), 9);
  });

  it('the buffer less k of it, signed', () => {
    expect(agedBuffer(new Decimal(5_000), 1_500, 'stale')).toMatchObject({ shrinkage: AGE_DEVIATIONS * 1_500, isStruck: false });
    expect(agedBuffer(new Decimal(5_000), 1_500, 'stale').value?.toFixed()).toBe('2000');
    expect(agedBuffer(new Decimal(1_000), 1_500, 'live').value?.toFixed()).toBe('-2000');
  });

  it('the distance less k σ √age', () => {
    expect(agedDistance(new Decimal('0.1'), 0.04, DAY / 4, 'delayed').value?.toNumber()).toBeCloseTo(0.06, 12);
    expect(agedDistance(new Decimal('0.1'), 0.04, -5, 'live').value?.toFixed()).toBe('0.1');
  });

  it('ST-6: struck through once lost; no figure where there is no price', () => {
    expect(agedBuffer(new Decimal(1), 0, 'lost').isStruck).toBe(true);
    const none = agedBuffer(new Decimal(1), unseenSpread([leg(Number.POSITIVE_INFINITY)], all), 'lost');
    expect(none).toEqual({ shrinkage: Number.POSITIVE_INFINITY, isStruck: true });
  });

  it('never grows with age', () => {
    let reached = 0;
    const age = fc.integer({ min: 0, max: DAY });
    fc.assert(
      fc.property(age, age, fc.integer({ min: -100, max: 100 }), (a, b, c) => {
        const spread = (ms: number): number => unseenSpread([leg(ms, c)], all);
        expect(spread(Math.max(a, b))).toBeGreaterThanOrEqual(spread(Math.min(a, b)));
        reached++;
      }),
      { numRuns: 200 },
    );
    expect(reached).toBeGreaterThanOrEqual(200);
  });
});
