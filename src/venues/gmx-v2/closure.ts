/** GMX's liquidation: rule CL-36 of docs/spec/closure.md. */
import type { ClosureMove, ClosureProcedure, ClosureView } from '../../engine/closure/procedure.ts';
import { largest, notionalNow } from '../../engine/closure/sizes.ts';

/** The whole position at the oracle price, the fee to the pool as far as anything is left. */
export const gmxV2Closure: ClosureProcedure = {
  // One block of Arbitrum, as keepers see it.
  stepMs: 1_000,
  sources: [
    'gmx-io/gmx-synthetics@a5c0c883 LiquidationUtils: the whole position is closed; what is left returns, what is missing the pool bears',
    'Assumed: no price impact; the book states the liquidation fee as taker fee',
  ],
  next: ({ pool }: ClosureView): ClosureMove => {
    const leg = largest(pool.legs, notionalNow);
    if (!leg) return { kind: 'stop', why: 'nothing is open' };
    const order = { leg, size: leg.position.size.abs(), feeRate: leg.takerFeeRate, feeTo: 'venue', feeWithinEquity: true } as const;
    return { kind: 'orders', orders: [order], isPartial: false, why: 'the whole position' };
  },
};
