/** Kraken Futures' liquidation: rule CL-31 of docs/spec/closure.md. */
import type { ClosureProcedure } from '../../engine/closure/procedure.ts';
import { tieredClosure } from '../tiered-closure.ts';

export const krakenFuturesClosure: ClosureProcedure = tieredClosure({
  fall: 1,
  stepMs: 1_000,
  sources: [
    'Kraken help "Equity protection process": liquidation below maintenance, then assignment of the position, then unwinding',
    'Assumed: liquidation goes down the margin levels, the largest maintenance margin first; assignment stands as the takeover at the bankruptcy price',
  ],
});
