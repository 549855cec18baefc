/** CoinEx's liquidation: rule CL-31 of docs/spec/closure.md. */
import type { ClosureProcedure } from '../../engine/closure/procedure.ts';
import { tieredClosure } from '../tiered-closure.ts';

export const coinexClosure: ClosureProcedure = tieredClosure({
  fall: 1,
  stepMs: 1_000,
  sources: [
    'CoinEx: reduced by levels, then taken over at the bankruptcy price (third party, not documented in detail)',
    'Assumed: one position at a time, the largest maintenance margin first, one tier an order',
  ],
});
