/** The soak test, short: every stream and the worker with its account, twenty times as fast, every fault once; `npm run soak` runs it for half an hour. */
import { expect, it } from 'vitest';
import { FAULTS } from '../../../venue-sim/faults.ts';
import { soak } from '../../../venue-sim/soak-run.ts';

const EVERY_MS = 16_000;

it('every fault in turn: all streams are well again, one connection each, and nothing is left behind', async () => {
  const count = Object.keys(FAULTS).length;
  const result = await soak({ runMs: count * EVERY_MS, faultEveryMs: EVERY_MS, faultForMs: 10_000, rate: 1, pace: 20 });
  console.log(JSON.stringify(result));
  expect(result.problems).toEqual([]);
  expect(result.faults).toBe(count);
  expect(result.ticks).toBeGreaterThan(1_000);
});
