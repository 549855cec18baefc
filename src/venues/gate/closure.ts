/** Gate's liquidation: rule CL-31 of docs/spec/closure.md. */
import type { ClosureProcedure } from '../../engine/closure/procedure.ts';
import { tieredClosure } from '../tiered-closure.ts';

export const gateClosure: ClosureProcedure = tieredClosure({
  fall: 1,
  stepMs: 1_000,
  sources: [
    'Gate: the order is placed at the fee-adjusted bankruptcy price (checked against one position to 2e-4); the reduction by risk limit is not documented in detail',
    'Assumed: one position at a time, the largest maintenance margin first, one tier an order',
  ],
});
