/** OKX's liquidation: rule CL-13 of docs/spec/closure.md. */
import type { ClosureProcedure } from '../../engine/closure/procedure.ts';
import { tieredClosure } from '../tiered-closure.ts';

export const okxClosure: ClosureProcedure = tieredClosure({
  fall: 2,
  stepMs: 1_000,
  sources: [
    'OKX: a position in tier 3 or above is reduced by two tiers at a time, below that it is taken over whole at the bankruptcy price (third party)',
    'Assumed: one position at a time, the largest maintenance margin first',
  ],
});
