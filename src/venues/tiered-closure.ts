/** A procedure of centralised venues: reduce down the tiers by market orders, then hand the rest to the insurance fund. */
import type { ClosureMove, ClosureProcedure, ClosureView } from '../engine/closure/procedure.ts';
import { largest, maintenanceNow, sizeToTier, tierNumber } from '../engine/closure/sizes.ts';

export interface TieredClosure {
  /** Rows that one order falls by. */
  readonly fall: number;
  readonly stepMs: number;
  readonly sources: readonly string[];
}

/**
 * The position with the largest maintenance margin that stands at least `fall` rows above the lowest is reduced by `fall` rows at
 * the market, the taker fee to the venue. Where none does, the pool is taken over by the insurance fund at its bankruptcy price. Rule CL-13.
 */
export const tieredClosure = ({ fall, stepMs, sources }: TieredClosure): ClosureProcedure => ({
  stepMs,
  sources,
  next: ({ pool, equity, isUnfilled, units }: ClosureView): ClosureMove => {
    const leg = largest(
      pool.legs.filter((candidate) => tierNumber(candidate) >= fall),
      maintenanceNow,
    );
    if (!leg || isUnfilled || equity.lte(0))
      return { kind: 'takeover', by: 'insurance', why: 'the rest goes to the insurance fund at the bankruptcy price' };
    const to = tierNumber(leg) - fall;
    const order = {
      leg,
      size: sizeToTier(leg, to, units),
      feeRate: leg.takerFeeRate,
      feeTo: 'venue',
      feeWithinEquity: false,
    } as const;
    return { kind: 'orders', orders: [order], isPartial: true, why: `reduced to tier ${to + 1}` };
  },
});
