/** What a holding brings when it must be sold, and how long that takes (rules PE-14, PE-15 of docs/spec/performance.md). Floats: a model's figures. */
import { none, type Outcome, some } from '../../domain/outcome.ts';

/**
 * PE-14: δ of an exponential book, money per unit of log price, from the money that moves the price by `move` (0.02: two per cent):
 * depth ÷ −ln(1 − move). Selling Q at the present price takes it down to e^(−Q ÷ δ) of it.
 */
export const depthPerLogMove = (depth: number, move: number): number => depth / -Math.log1p(-move);

/** PE-14: money that selling a holding worth `value` brings, δ(1 − e^(−value ÷ δ)): below δ whatever is sold. */
export const saleProceeds = (value: number, delta: number): number => delta * -Math.expm1(-value / delta);

export interface ExitFigures {
  readonly proceeds: number;
  /** Share lost to the book: 1 − proceeds ÷ value. */
  readonly haircut: number;
  /** Collateral liquidity ratio: proceeds ÷ debt. */
  readonly liquidityRatio: Outcome<number>;
  /** Value ÷ debt, as the mark has it. */
  readonly markRatio: Outcome<number>;
  /** What must be sold, at the present price, to repay the debt; none where the book cannot bring it. */
  readonly saleToCoverDebt: Outcome<number>;
}

/** PE-14: collateral worth `value` against `debt` in a book of depth δ. */
export function exitFigures(value: number, debt: number, delta: number): ExitFigures {
  const proceeds = saleProceeds(value, delta);
  const sale = debt < delta ? -delta * Math.log1p(-debt / delta) : Number.POSITIVE_INFINITY;
  return {
    proceeds,
    haircut: value > 0 ? 1 - proceeds / value : 0,
    liquidityRatio: debt > 0 ? some(proceeds / debt) : none('no-debt'),
    markRatio: debt > 0 ? some(value / debt) : none('no-debt'),
    saleToCoverDebt: sale <= value ? some(sale) : none('never'),
  };
}

/** PE-15: hours to sell a holding worth `value` as `participation` of a market that trades `dailyVolume` a day. */
export const hoursToSell = (value: number, dailyVolume: number, participation: number): number =>
  (value / (participation * dailyVolume)) * 24;
