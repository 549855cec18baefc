import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRESHNESS_ORDER, freshnessLimits } from '../../domain/freshness.ts';
import { Decimal } from '../../domain/units.ts';
import { longRunCorrelation } from '../../engine/volatility/stream.ts';
import { AGE_DEVIATIONS, agedBuffer, agedDistance, unseenSpread } from './aged-buffer.ts';
import { marketAge, oldestOf, worstFreshness } from './market-age.ts';

const NOW = 1_760_130_000_000;
const DAY = 86_400_000;
const limitsAt = freshnessLimits;
const clock = (venueAge: number, arrivalAge: number, cadenceMs = 1_000) => ({
  market: 'BTC',
  venueTimeMs: NOW - venueAge,
  arrivalTimeMs: NOW - arrivalAge,
  limits: limitsAt(cadenceMs),
});
const PRESENT = { venueMs: NOW, ownMs: NOW };

describe('ST-1, ST-2 ages', () => {
  it.each([
    [100, 50, 'live', 100],
    [5_000, 50, 'delayed', 5_000],
    [50, 5_000, 'delayed', 5_000],
    [15_000, 3_000, 'stale', 15_000],
    [61_000, 100, 'lost', 61_000],
    [-500, 100, 'live', 500],
    [-500, -20, 'live', 500],
    [-3_600_000, 100, 'lost', 3_600_000],
    [100, -30_000, 'stale', 30_000],
  ])('venue %s ms, ours %s ms: %s', (venueAge, arrivalAge, freshness, ageMs) => {
    expect(marketAge(clock(venueAge, arrivalAge), PRESENT)).toMatchObject({
      freshness,
      ageMs,
      venueAgeMs: venueAge,
      arrivalAgeMs: arrivalAge,
    });
  });

  it('thresholds go with the cadence, or are given', () => {
    expect(marketAge(clock(15_000, 15_000, 60_000), PRESENT).freshness).toBe('live');
    const limits = { liveMs: 10, delayedMs: 20, staleMs: 30 };
    expect(marketAge({ ...clock(25, 25), limits }, PRESENT).freshness).toBe('stale');
  });

  it('each age by its own clock; of a playback, which can be paused, the venue’s alone decides', () => {
    const paused = { venueMs: NOW, ownMs: NOW + 3_600_000 };
    expect(marketAge(clock(100, 50), paused).freshness).toBe('lost');
    expect(marketAge({ ...clock(100, 50), isPlayback: true }, paused)).toMatchObject({
      freshness: 'live',
      ageMs: 100,
      arrivalAgeMs: 3_600_050,
    });
  });

  it('no price at all is lost, and infinitely old', () => {
    const none = { market: 'X', limits: limitsAt(1_000) };
    for (const isPlayback of [true, false])
      expect(marketAge({ ...none, isPlayback }, PRESENT)).toMatchObject({ freshness: 'lost', ageMs: Number.POSITIVE_INFINITY });
  });

  it('ST-3: the oldest input', () => {
    const young = marketAge(clock(10, 10), PRESENT);
    const old = { ...marketAge(clock(9_000, 10), PRESENT), market: 'ETH' };
    expect(oldestOf([young, old, young])).toBe(old);
    expect(oldestOf([])).toBeUndefined();
    expect(worstFreshness([young.freshness, old.freshness])).toBe('delayed');
    expect(worstFreshness([])).toBe('live');
  });

  it('midnight and a change of local time are instants like any other', () => {
    for (const at of ['2026-03-29T01:00:00Z', '2025-10-26T01:00:00Z', '2026-01-01T00:00:00Z', '2024-02-29T00:00:00Z']) {
      const ms = Date.parse(at);
      const aged = marketAge(
        { market: 'BTC', venueTimeMs: ms - 1_500, arrivalTimeMs: ms - 1_400, limits: limitsAt(1_000) },
        { venueMs: ms + 400, ownMs: ms + 400 },
      );
      expect(aged).toMatchObject({ freshness: 'live', ageMs: 1_900 });
    }
  });

  it('an older input never leads to a better class', () => {
    let reached = 0;
    const age = fc.integer({ min: 0, max: 200_000 });
    fc.assert(
      fc.property(age, age, age, fc.integer({ min: 1, max: 20_000 }), fc.boolean(), (venue, more, arrival, cadence, isPlayback) => {
        const of = (v: number, a: number) => marketAge({ ...clock(v, a, cadence), isPlayback }, PRESENT).freshness;
        const before = FRESHNESS_ORDER.indexOf(of(venue, arrival));
        expect(FRESHNESS_ORDER.indexOf(of(venue + more, arrival))).toBeGreaterThanOrEqual(before);
        expect(FRESHNESS_ORDER.indexOf(of(venue, arrival + more))).toBeGreaterThanOrEqual(before);
        reached++;
      }),
      { numRuns: 300 },
    );
    expect(reached).toBeGreaterThanOrEqual(300);
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
    const spread = unseenSpread([leg(DAY / 4)], all) / 100_000;
    expect(agedDistance(new Decimal('0.1'), spread).value?.toNumber()).toBeCloseTo(0.07, 12);
    expect(agedDistance(new Decimal('0.1'), Number.NaN)).toEqual({ shrinkage: Number.NaN });
  });

  it('ST-6: struck through once lost; no figure where there is no price', () => {
    expect(agedBuffer(new Decimal(1), 0, 'lost').isStruck).toBe(true);
    const none = agedBuffer(new Decimal(1), unseenSpread([leg(Number.POSITIVE_INFINITY)], all), 'lost');
    expect(none).toEqual({ shrinkage: Number.POSITIVE_INFINITY, isStruck: true });
  });

  it('the shrunk buffer is never larger than the fresh one, nor than a younger one', () => {
    let reached = 0;
    const exposure = fc.record({
      market: fc.constantFrom('BTC', 'ETH', 'SOL'),
      sensitivity: fc.integer({ min: -1_000_000, max: 1_000_000 }),
      dailyVolatility: fc.double({ min: 0, max: 0.2, noNaN: true }),
      ageMs: fc.integer({ min: 0, max: 2 * DAY }),
    });
    fc.assert(
      fc.property(fc.array(exposure, { maxLength: 3 }), fc.integer({ min: -100_000, max: 100_000 }), (exposures, money) => {
        const buffer = new Decimal(money);
        const shown = agedBuffer(buffer, unseenSpread(exposures, longRunCorrelation), 'stale').value!;
        expect(shown.lte(buffer)).toBe(true);
        const distance = new Decimal(money).div(100_000);
        for (const { dailyVolatility } of exposures) expect(agedDistance(distance, dailyVolatility).value!.lte(distance)).toBe(true);
        reached++;
      }),
      { numRuns: 300 },
    );
    expect(reached).toBeGreaterThanOrEqual(300);
  });

  it('grows with age', () => {
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
