/** Binance's liquidation, USDⓈ-M and COIN-M alike: rule CL-12 of docs/spec/closure.md. */
import { Decimal, ZERO } from '../domain/units.ts';
import type { ClosureMove, ClosureProcedure, ClosureView } from '../engine/closure/procedure.ts';
import { largest, maintenanceNow, sizeToTier, tierNumber } from '../engine/closure/sizes.ts';
import { thresholdPrice } from '../engine/liquidation/price.ts';

/** Liquidation clearance fee where the market's own is not known: fraction of what is liquidated. */
export const LIQUIDATION_FEE_RATE = new Decimal('0.0125');

/**
 * The position with the largest maintenance margin is reduced by an immediate-or-cancel order limited at the bankruptcy price: to the next
 * lower bracket, in the lowest bracket whole. The fee on what was liquidated goes to the insurance fund and takes no more than is left. What does
 * not fill, or a pool without equity, goes to the fund at the bankruptcy price.
 */
export const binanceClosure = (liquidationFeeRate: Decimal = LIQUIDATION_FEE_RATE): ClosureProcedure => ({
  stepMs: 1_000,
  sources: [
    'Binance trading rules as given by docs.traderwagon.com: immediate-or-cancel reduction, fee only on the amount liquidated, stop when compliant',
    'the same: the remainder goes to the insurance fund at the bankruptcy price',
    'Assumed: one position at a time, the largest maintenance margin first, one bracket an order; fee rate 1.25 % where none is given',
  ],
  next: ({ pool, sums, equity, isUnfilled, units }: ClosureView): ClosureMove => {
    const leg = largest(pool.legs, maintenanceNow);
    if (!leg || isUnfilled || equity.lte(0))
      return { kind: 'takeover', by: 'insurance', why: 'the rest goes to the insurance fund at the bankruptcy price' };
    const bracket = tierNumber(leg);
    const limit = thresholdPrice(leg, pool, sums, ZERO);
    const order = {
      leg,
      size: bracket > 0 ? sizeToTier(leg, bracket - 1, units) : leg.position.size.abs(),
      ...(limit.ok ? { limit: limit.value } : {}),
      feeRate: liquidationFeeRate,
      feeTo: 'insurance',
      feeWithinEquity: true,
    } as const;
    const why = bracket > 0 ? `reduced to bracket ${bracket}` : 'the whole position: it stands in the lowest bracket';
    return { kind: 'orders', orders: [order], isPartial: bracket > 0, why };
  },
});
