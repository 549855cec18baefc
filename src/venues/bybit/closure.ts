/** Bybit's liquidation: rule CL-13 of docs/spec/closure.md. */
import type { ClosureProcedure } from '../../engine/closure/procedure.ts';
import { tieredClosure } from '../tiered-closure.ts';

export const bybitClosure: ClosureProcedure = tieredClosure({
  fall: 1,
  stepMs: 1_000,
  sources: [
    'Bybit: steps down the risk tiers, then taken over at the bankruptcy price, the difference to or from the insurance pool (general knowledge)',
    'Assumed: one position at a time, the largest maintenance margin first',
  ],
});
