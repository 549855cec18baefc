/** The soak test, short: every stream, ten times the normal rate, all faults in turn; `npm run soak` runs it for half an hour. */
import { expect, it } from 'vitest';
import { soak } from '../../../venue-sim/soak-run.ts';

it('twenty seconds with a fault every second: all streams are well again, one connection each, and nothing is left behind', async () => {
  const result = await soak({ runMs: 400_000, faultEveryMs: 20_000, faultForMs: 10_000, rate: 2, pace: 20 });
  console.log(JSON.stringify(result));
  expect(result.problems).toEqual([]);
  expect(result.faults).toBeGreaterThanOrEqual(15);
  expect(result.ticks).toBeGreaterThan(5_000);
});
