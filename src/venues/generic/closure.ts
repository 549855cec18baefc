/** A venue of no name: rule CL-16 of docs/spec/closure.md. */
import type { ClosureMove, ClosureProcedure, ClosureView } from '../../engine/closure/procedure.ts';
import { largest, maintenanceNow } from '../../engine/closure/sizes.ts';

/** Whole positions at the market with the taker fee, the largest maintenance margin first, until the rest is safe. */
export const genericClosure: ClosureProcedure = {
  stepMs: 1_000,
  sources: ['docs/spec/closure.md: the plainest procedure, no venue behind it'],
  next: ({ pool }: ClosureView): ClosureMove => {
    const leg = largest(pool.legs, maintenanceNow);
    if (!leg) return { kind: 'stop', why: 'nothing is open' };
    const order = { leg, size: leg.position.size.abs(), feeRate: leg.takerFeeRate, feeTo: 'venue', feeWithinEquity: false } as const;
    return { kind: 'orders', orders: [order], isPartial: false, why: 'the whole position' };
  },
};
