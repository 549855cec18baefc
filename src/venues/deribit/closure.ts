/** Deribit's liquidation: rule CL-32 of docs/spec/closure.md. */
import { Decimal } from '../../domain/units.ts';
import type { ClosureMove, ClosureProcedure, ClosureView } from '../../engine/closure/procedure.ts';
import { largest, maintenanceNow, sizeOfShare } from '../../engine/closure/sizes.ts';

const STEP = new Decimal('0.1');

/** A tenth of the position with the largest maintenance margin at the market, the fee to the insurance fund, until the rest is safe. */
export const deribitClosure: ClosureProcedure = {
  stepMs: 1_000,
  sources: [
    'Deribit help "Liquidations": closed incrementally, in small steps, until maintenance is below the margin balance; the fee goes to the insurance fund',
    'Assumed: a step is a tenth of the position, the largest maintenance margin first, the fee the taker fee',
  ],
  next: ({ pool, equity, isUnfilled, units }: ClosureView): ClosureMove => {
    const leg = largest(pool.legs, maintenanceNow);
    if (!leg || isUnfilled || equity.lte(0))
      return { kind: 'takeover', by: 'insurance', why: 'the rest goes to the insurance fund at the bankruptcy price' };
    const size = sizeOfShare(leg, STEP, units);
    const order = { leg, size, feeRate: leg.takerFeeRate, feeTo: 'insurance', feeWithinEquity: true } as const;
    return { kind: 'orders', orders: [order], isPartial: size.lt(leg.position.size.abs()), why: 'a tenth of the position' };
  },
};
