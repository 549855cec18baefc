/** AA-12: who is read next, and when. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseFloors } from '../../engine/testing/floors.ts';
import { scheduleReadings } from './schedule.ts';

const reached = caseFloors();
const pace = { most: 1_000, withinMs: 60_000, weight: 70, everyMs: 10_000 };
const waiting = (...dueMs: readonly number[]) => dueMs.map((due, i) => ({ address: `a${i}`, dueMs: due }));
const idle = { spent: [], underWay: 0, heldUntilMs: Number.NEGATIVE_INFINITY, pace };

describe('scheduleReadings', () => {
  it('AA-12: who waits longest is first, equals in the order of the list, four at a time', () => {
    const { begin } = scheduleReadings({ ...idle, waiting: waiting(5, 1, 5, 3, 9, 0) }, 10);
    expect(begin).toEqual(['a5', 'a1', 'a3', 'a0']);
  });
  it('AA-12: nobody before their time', () => {
    const { begin, nextMs } = scheduleReadings({ ...idle, waiting: waiting(500, 100) }, 99);
    expect(begin).toEqual([]);
    expect([...nextMs]).toEqual([
      ['a1', 100],
      ['a0', 500],
    ]);
  });
  it('AA-12: held, everybody waits until then', () => {
    const { begin, nextMs } = scheduleReadings({ ...idle, heldUntilMs: 2_000, waiting: waiting(0, 0) }, 1_000);
    expect(begin).toEqual([]);
    expect([...nextMs.values()]).toEqual([2_000, 2_000]);
  });
  it('AA-12: a full minute leaves no room until its oldest is a minute old', () => {
    const spent = [
      { atMs: 0, weight: 500 },
      { atMs: 1_000, weight: 500 },
    ];
    const { begin, nextMs } = scheduleReadings({ ...idle, spent, waiting: waiting(0, 0) }, 30_000);
    expect(begin).toEqual([]);
    expect([...nextMs.values()]).toEqual([60_000, 60_000]);
  });
  it('AA-12: however many addresses, no minute weighs more than the limit, nobody overtakes who waits longer, and everybody has their turn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1_000, max: 5_000 }), (count, stepMs) => {
        const due = new Map(Array.from({ length: count }, (_, i) => [`a${i}`, 0]));
        const spent: { atMs: number; weight: number }[] = [];
        // A turn of the whole list within the limit, and one reading's interval.
        const turnMs = pace.everyMs + Math.ceil((count * pace.weight) / (pace.most - pace.weight)) * pace.withinMs + stepMs;
        for (let nowMs = 0; nowMs < 300_000; nowMs += stepMs) {
          const { begin } = scheduleReadings({ ...idle, spent, waiting: [...due].map(([address, dueMs]) => ({ address, dueMs })) }, nowMs);
          const newest = Math.max(...begin.map((address) => due.get(address) ?? 0));
          const left = [...due].filter(([address]) => !begin.includes(address)).map(([, dueMs]) => dueMs);
          if (begin.length > 0) expect(Math.min(...left, Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(newest);
          for (const address of begin) {
            spent.push({ atMs: nowMs, weight: pace.weight });
            due.set(address, nowMs + pace.everyMs);
          }
          const weight = spent.filter(({ atMs }) => nowMs - atMs < pace.withinMs).reduce((sum, one) => sum + one.weight, 0);
          expect(weight).toBeLessThanOrEqual(pace.most);
          expect(nowMs - Math.min(...due.values())).toBeLessThanOrEqual(turnMs);
          reached('instants', 500);
        }
      }),
      { numRuns: 10 },
    );
  });
});
