/** Phemex's liquidation: rule CL-31 of docs/spec/closure.md. */
import type { ClosureProcedure } from '../../engine/closure/procedure.ts';
import { tieredClosure } from '../tiered-closure.ts';

export const phemexClosure: ClosureProcedure = tieredClosure({
  fall: 1,
  stepMs: 1_000,
  sources: [
    'Phemex help "Liquidation": reduced by risk limits, then taken over at the bankruptcy price',
    'Assumed: one position at a time, the largest maintenance margin first, one tier an order',
  ],
});
