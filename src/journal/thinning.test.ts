import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseFloors } from '../engine/testing/floors.ts';
import type { SampleRow } from './records.ts';
import { AT, sampleRow } from './testing/rows.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, thinned } from './thinning.ts';

const left = (rows: readonly SampleRow[]): SampleRow[] => {
  const { dropped, changed } = thinned(rows);
  const gone = new Set(dropped.map(({ timeMs }) => timeMs));
  const newer = new Map(changed.map((row) => [row.timeMs, row]));
  return rows.filter(({ timeMs }) => !gone.has(timeMs)).map((row) => newer.get(row.timeMs) ?? row);
};

const reached = caseFloors();

/** Least of value ÷ the highest before it, where that is above zero. */
function deepestFall(values: readonly number[]): number {
  let peak = 0;
  let least = 1;
  for (const value of values) {
    peak = Math.max(peak, value);
    if (peak > 0) least = Math.min(least, value / peak);
  }
  return least;
}

describe('JN-6 detail by age', () => {
  it('keeps a day in full, a week by the minute, the rest by the hour', () => {
    const newest = AT + 30 * DAY_MS;
    const rows = [
      ...Array.from({ length: 720 }, (_, i) => sampleRow(AT + i * 5_000, '100')),
      ...Array.from({ length: 24 }, (_, i) => sampleRow(newest - 2 * DAY_MS + i * 5_000, '100')),
      ...Array.from({ length: 24 }, (_, i) => sampleRow(newest - HOUR_MS + i * 5_000, '100')),
      sampleRow(newest, '100'),
    ];
    const after = left(rows);
    const between = (from: number, to: number): number => after.filter(({ timeMs }) => timeMs >= from && timeMs < to).length;
    expect(between(AT, AT + HOUR_MS)).toBe(2);
    expect(between(newest - 2 * DAY_MS, newest - 2 * DAY_MS + 2 * MINUTE_MS)).toBe(4);
    expect(between(newest - HOUR_MS, newest + 1)).toBe(25);
  });

  it('keeps every payment of funding with the positions that paid it', () => {
    const rows = Array.from({ length: 60 }, (_, i) =>
      sampleRow(AT + i * 5_000, '100', i === 30 ? { funding: '-12', fundingOf: { BTC: '-12' } } : { funding: '0' }),
    );
    const { dropped } = thinned(rows, AT + 30 * DAY_MS);
    expect(dropped.length).toBeGreaterThan(50);
    expect(dropped).not.toContain(rows[30]);
  });

  it('passes funding on to the next that stays, exactly', () => {
    const rows = ['0.1', '0.2', '', '0.3'].map((funding, i) => sampleRow(AT + i * 5_000, '100', { funding }));
    const [first, last] = left([...rows, sampleRow(AT + 30 * DAY_MS, '100')]);
    expect([first?.funding, last?.funding]).toEqual(['0.1', '0.5']);
  });

  it('extremes, flows, gaps, sums survive, and doing it twice changes nothing', () => {
    const sample = fc.record({
      stepMs: fc.integer({ min: 1, max: 3 * HOUR_MS }),
      equity: fc.integer({ min: -1_000, max: 1_000 }),
      shock: fc.option(fc.integer({ min: -99, max: 99 })),
      cashFlow: fc.constantFrom('0', '0', '0', '0', '5', ''),
      isGap: fc.constantFrom(false, false, false, true),
      funding: fc.constantFrom('', '0.1', '-0.3'),
    });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 2, maxLength: 200 }), fc.constantFrom(0, 1_001), (parts, lift) => {
        let timeMs = AT;
        const rows = parts.map(({ stepMs, equity, shock, ...more }) => {
          timeMs += Math.ceil(stepMs / 50);
          return sampleRow(timeMs, String(equity + lift), { shock: shock === null ? null : shock / 100, ...more });
        });
        const whole = [...rows, sampleRow(timeMs + 30 * DAY_MS, '500')];
        const after = left(whole);
        if (after.length < whole.length) reached('dropped samples', 100);
        const equities = (list: readonly SampleRow[]): number[] => list.map(({ equity }) => Number(equity));
        expect(Math.max(...equities(after))).toBe(Math.max(...equities(whole)));
        expect(Math.min(...equities(after))).toBe(Math.min(...equities(whole)));
        const buffers = (list: readonly SampleRow[]): number => Math.min(...list.map(({ shock }) => Math.abs(shock ?? 9)));
        expect(buffers(after)).toBe(buffers(whole));
        const kept = (list: readonly SampleRow[]): number[] =>
          list.filter(({ cashFlow, isGap }) => isGap || Number(cashFlow) !== 0).map((row) => row.timeMs);
        expect(kept(after)).toEqual(kept(whole));
        const funding = (list: readonly SampleRow[]): number => list.reduce((sum, row) => sum + Number(row.funding), 0);
        expect(funding(after)).toBeCloseTo(funding(whole), 9);
        const fall = deepestFall(equities(whole));
        // A fall below nothing has no share of a peak that could be compared.
        if (Math.min(...equities(whole)) >= 0) expect(deepestFall(equities(after))).toBe(fall);
        if (fall > 0 && fall < 1) reached('falls', 50);
        if (Math.min(...equities(whole)) >= 0) expect(left(after)).toEqual(after);
      }),
      { numRuns: 300 },
    );
  });
});
