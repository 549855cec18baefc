/** What a position cost and what closing parts of it earned, exactly (rules PE-7 to PE-9 of docs/spec/performance.md). */
import { type Decimal, ZERO } from '../../domain/units.ts';

/** Which of the open lots a trade that reduces closes first; `average`: all alike. */
export type CostMethod = 'fifo' | 'lifo' | 'average';

export interface Trade {
  /** Units, signed: + bought, − sold. Not 0. */
  readonly size: Decimal;
  /** Quote per base unit. */
  readonly price: Decimal;
  /** Paid, ≥ 0; a rebate is below 0. Kept apart from the profit of prices. */
  readonly fee?: Decimal;
}

export interface Lot {
  /** Signed like the position. */
  readonly size: Decimal;
  readonly price: Decimal;
}

export interface CostBasis {
  /** Profit of prices on what was closed, signed, before fees. */
  readonly realizedPnl: Decimal;
  readonly fees: Decimal;
  /** Open units, signed. */
  readonly size: Decimal;
  /** Σ |size| × price of the open lots, ≥ 0. */
  readonly cost: Decimal;
  /** The open lots, oldest first; one with the average price under `average`. */
  readonly lots: readonly Lot[];
}

export const FLAT: CostBasis = { realizedPnl: ZERO, fees: ZERO, size: ZERO, cost: ZERO, lots: [] };

/**
 * PE-7: the basis after one more trade. In the direction of the position it opens a lot; against it, it closes lots in the order of the
 * method, each at size × (price − lot price), and what is left over opens the other way. Sums are exact; the average price is rounded to
 * forty digits.
 */
export function withTrade(basis: CostBasis, trade: Trade, method: CostMethod): CostBasis {
  const lots = [...basis.lots];
  let left = trade.size;
  let realizedPnl = basis.realizedPnl;
  while (!left.isZero() && lots.length > 0 && lots[0]!.size.isNegative() !== left.isNegative()) {
    const at = method === 'lifo' ? lots.length - 1 : 0;
    const lot = lots[at]!;
    const closes = left.abs().lt(lot.size.abs()) ? left.negated() : lot.size;
    realizedPnl = realizedPnl.plus(closes.times(trade.price.minus(lot.price)));
    const open = lot.size.minus(closes);
    if (open.isZero()) lots.splice(at, 1);
    else lots[at] = { size: open, price: lot.price };
    left = left.plus(closes);
  }
  if (!left.isZero()) open(lots, { size: left, price: trade.price }, method);
  return {
    realizedPnl,
    fees: basis.fees.plus(trade.fee ?? ZERO),
    size: basis.size.plus(trade.size),
    cost: lots.reduce((sum, lot) => sum.plus(lot.size.abs().times(lot.price)), ZERO),
    lots,
  };
}

function open(lots: Lot[], lot: Lot, method: CostMethod): void {
  const held = lots[0];
  if (method !== 'average' || !held) {
    lots.push(lot);
    return;
  }
  const size = held.size.plus(lot.size);
  const cost = held.size.times(held.price).plus(lot.size.times(lot.price));
  lots[0] = { size, price: cost.div(size) };
}

/** PE-7 over a list, from flat. */
export const costBasis = (trades: readonly Trade[], method: CostMethod): CostBasis =>
  trades.reduce((basis, trade) => withTrade(basis, trade, method), FLAT);

/** PE-8: profit of prices on what is open: Σ size × (mark − lot price), signed. */
export const unrealizedPnl = ({ lots }: CostBasis, markPrice: Decimal): Decimal =>
  lots.reduce((sum, { size, price }) => sum.plus(size.times(markPrice.minus(price))), ZERO);
