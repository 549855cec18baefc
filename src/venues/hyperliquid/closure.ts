/** Hyperliquid's liquidation: rule CL-11 of docs/spec/closure.md. */

import { Decimal, ONE } from '../../domain/units.ts';
import type { ClosureMove, ClosureProcedure, ClosureView } from '../../engine/closure/procedure.ts';
import { largest, notionalNow, sizeOfShare } from '../../engine/closure/sizes.ts';
import { hyperliquidRules } from './rules.ts';

/** Above this notional, USDC, only a part is sent at first. */
export const PARTIAL_ABOVE = new Decimal(100_000);
export const PARTIAL_SHARE = new Decimal('0.2');
/** After a partial liquidation, orders of the user are for whole positions for so long. */
export const COOLDOWN_MS = 30_000;

/**
 * Equity below two thirds of maintenance: the liquidator vault takes positions and margin. Else the position with the largest notional goes
 * to the book: a fifth of it above 100,000 USDC, the whole below, and the whole within 30 s of a partial liquidation.
 */
export const hyperliquidClosure: ClosureProcedure = {
  stepMs: 1_000,
  sources: [
    'Hyperliquid documentation, "Liquidations": market orders, 20 % above 100,000 USDC, backstop below 2/3 of maintenance, no clearance fee',
    'Hyperliquid announcement of partial liquidations: in the 30 s after one, market liquidation orders are for the entire position',
    'Assumed: one position a block, the largest notional first; the taker fee is the one the book gives',
  ],
  next: ({ pool, equity, requirement, timeMs, lastPartialMs, units }: ClosureView): ClosureMove => {
    if (equity.lt(requirement.times(hyperliquidRules.backstopShare ?? ONE)))
      return { kind: 'takeover', by: 'backstop', why: 'equity is below two thirds of maintenance margin' };
    const leg = largest(pool.legs, notionalNow);
    if (!leg) return { kind: 'stop', why: 'nothing is open' };
    const isCooling = lastPartialMs !== undefined && timeMs - lastPartialMs < COOLDOWN_MS;
    const isPartial = !isCooling && notionalNow(leg).gt(PARTIAL_ABOVE);
    const size = isPartial ? sizeOfShare(leg, PARTIAL_SHARE, units) : leg.position.size.abs();
    const order = { leg, size, feeRate: leg.takerFeeRate, feeTo: 'venue', feeWithinEquity: false } as const;
    return {
      kind: 'orders',
      orders: [order],
      isPartial,
      why: isPartial ? 'a fifth of a position above 100,000 USDC' : 'the whole position',
    };
  },
};
