/** HTX's liquidation: rule CL-31 of docs/spec/closure.md. */
import type { ClosureProcedure } from '../../engine/closure/procedure.ts';
import { tieredClosure } from '../tiered-closure.ts';

export const htxClosure: ClosureProcedure = tieredClosure({
  fall: 1,
  stepMs: 1_000,
  sources: [
    'HTX help "Liquidation": orders cancelled, long and short closed against each other, then down the tiers of the adjust factor',
    'Assumed: one tier an order, the largest maintenance margin first; closing long against short is not modelled',
  ],
});
