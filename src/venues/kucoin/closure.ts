/** KuCoin's liquidation: rule CL-31 of docs/spec/closure.md. */
import type { ClosureProcedure } from '../../engine/closure/procedure.ts';
import { tieredClosure } from '../tiered-closure.ts';

export const kucoinClosure: ClosureProcedure = tieredClosure({
  fall: 1,
  stepMs: 1_000,
  sources: [
    'KuCoin help "Liquidation": at 100 % risk, partially above 600,000 USDT, else whole',
    'Assumed: the part is one tier, the largest maintenance margin first; small positions stand in the lowest tier and are taken over whole',
  ],
});
