import { describe, expect, it } from 'vitest';
import { freshness, freshnessLimits } from './freshness.ts';

describe('FD-8 freshness', () => {
  it('default: live below 2 s, delayed below 10 s, stale below 60 s, lost from there on', () => {
    const limits = freshnessLimits(1_000);
    const classes = [-5, 0, 1_999, 2_000, 9_999, 10_000, 59_999, 60_000, Number.POSITIVE_INFINITY].map((age) => freshness(age, limits));
    expect(classes).toEqual(['live', 'live', 'live', 'delayed', 'delayed', 'stale', 'stale', 'lost', 'lost']);
  });

  it('behavior: limits grow with the cadence and never shrink below those of one second', () => {
    expect(freshnessLimits(100)).toEqual({ liveMs: 2_000, delayedMs: 10_000, staleMs: 60_000 });
    expect(freshnessLimits(20_000)).toEqual({ liveMs: 40_000, delayedMs: 200_000, staleMs: 1_200_000 });
  });

  it('behavior: an age that is not a number is lost', () => {
    expect(freshness(Number.NaN, freshnessLimits(1_000))).toBe('lost');
  });
});
