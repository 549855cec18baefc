/** A subaccount of the indexer, read for arithmetic: signed sizes, cash, open positions. */
import { pointerSegment } from '../../domain/fault.ts';
import { type Decimal, ZERO } from '../../domain/units.ts';
import type { PositionResponse, SubaccountResponse } from './wire.ts';

/** Open positions with their pointers in the response. */
export function openPositions(subaccount: SubaccountResponse): [PositionResponse, string][] {
  return Object.entries(subaccount.openPerpetualPositions)
    .filter(([, position]) => position.status === 'OPEN' && !position.size.isZero())
    .map(([ticker, position]) => [position, `${subaccount.pointer}/openPerpetualPositions${pointerSegment(ticker)}`]);
}

/** Size with the sign of its side: the indexer signs a short, some of its older responses do not. */
export const signedSize = ({ side, size }: Pick<PositionResponse, 'side' | 'size'>): Decimal =>
  side === 'SHORT' ? size.abs().negated() : size;

export const instrumentId = (ticker: string): string => `dydx:${ticker}`;

/** Signed USDC of a subaccount, unsettled funding included by the indexer. */
export function quoteBalance(subaccount: SubaccountResponse): Decimal {
  const usdc = subaccount.assetPositions.USDC;
  return usdc ? signedSize(usdc) : ZERO;
}

/** Cash without unrealized profit: quote balance + Σ size × entry price. */
export function settledBalance(subaccount: SubaccountResponse): Decimal {
  return openPositions(subaccount).reduce(
    (sum, [position]) => sum.plus(signedSize(position).times(position.entryPrice)),
    quoteBalance(subaccount),
  );
}
