/** The weeks that rule sets are tried on, on simulated BTC of the normal regime. */
import { createPriceModel } from '../../../feeds/price-model.ts';
import type { BackTestLook } from '../back-test.ts';
import { type WeeklyLongs, weeklyLongs } from '../weekly-longs.ts';

export interface WeeksOptions extends WeeklyLongs {
  readonly seed: number;
}

export function simulatedWeeks({ seed, ...weeks }: WeeksOptions): Generator<BackTestLook> {
  const model = createPriceModel(seed, 'normal', weeks.stepMs);
  return weeklyLongs(weeks, () => {
    model.step();
    return Math.exp(model.logReturns[0]!);
  });
}
