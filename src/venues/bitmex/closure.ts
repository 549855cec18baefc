/** BitMEX's liquidation: rule CL-31 of docs/spec/closure.md. */
import type { ClosureProcedure } from '../../engine/closure/procedure.ts';
import { tieredClosure } from '../tiered-closure.ts';

export const bitmexClosure: ClosureProcedure = tieredClosure({
  fall: 1,
  stepMs: 1_000,
  sources: [
    'bitmex.com/app/liquidation: above the lowest risk limit cut to a lower one first, in the lowest taken over at the bankruptcy price',
    'Assumed: the largest maintenance margin first',
  ],
});
