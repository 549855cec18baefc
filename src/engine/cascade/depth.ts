/**
 * The exponential book: forced volume moves the price by e^(−volume ÷ depth), and what was forced before still weighs. Path-independent,
 * never below zero, proceeds always rising with what is sold. How deep a book is in a storm is an assumption, not a measurement.
 * Rules CA-1…CA-4 of docs/spec/cascade.md.
 */
import { type Figure, none, some } from '../../domain/outcome.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';

/**
 * Depth δ in units per unit of log price from what the book takes until the price has fallen by `fall` (0 < fall < 1, usually 0.01), times
 * how much of it is left in the storm (CA-2): δ = amount ÷ −ln(1 − fall) × share. Base units in, base units out; dollars in, dollars out.
 * `no-depth` where nothing is left; `not-applicable` for an amount or a share below zero or a fall outside (0, 1).
 */
export function depthOf(amount: Decimal, fall: Decimal, share: Decimal = ONE, market?: string): Figure {
  if (amount.isNegative() || share.isNegative() || fall.lte(0) || fall.gte(1)) return none('not-applicable', market);
  const depth = amount.times(share).div(ONE.minus(fall).ln().negated());
  return depth.isZero() ? none('no-depth', market) : some(depth);
}

/** CA-1: price after ÷ price before `sold` (+ sold, − bought; base units); 1 where `depth` is infinite (undefined). */
export const impactOf = (sold: Decimal, depth: Decimal | undefined): Decimal =>
  depth === undefined || sold.isZero() ? ONE : sold.div(depth).negated().exp();

/** Below this the difference 1 − e^−x has too few digits left, and its series is taken: the term left out is under 1e-49. */
const SERIES_BELOW = new Decimal('1e-12');

/** CA-3: average fill ÷ price before, (1 − e^−x) ÷ x with x = sold ÷ depth; 1 where nothing is sold or the book is infinitely deep. */
export function averageOf(sold: Decimal, depth: Decimal | undefined): Decimal {
  if (depth === undefined || sold.isZero()) return ONE;
  const x = sold.div(depth);
  if (x.abs().gte(SERIES_BELOW)) return ONE.minus(x.negated().exp()).div(x);
  return ONE.minus(x.div(2)).plus(x.times(x).div(6)).minus(x.times(x).times(x).div(24));
}

/** Whether the book can take so much: buying more than this many depths has no price worth the name (CA-4). */
export const isFillable = (sold: Decimal, depth: Decimal | undefined): boolean =>
  depth === undefined || sold.div(depth).gte(LOG_RISE_MAX.negated());

const LOG_RISE_MAX = new Decimal(1000);

/** What a collateral fetches beside what it must cover. Amounts in the depth's own unit (usually dollars). */
export interface CollateralLiquidity {
  /** δ(1 − e^(−value ÷ δ)): what selling all of it brings. */
  readonly proceeds: Decimal;
  /** 1 − proceeds ÷ value. */
  readonly haircut: Decimal;
  /** proceeds ÷ debt. */
  readonly ratio: Figure;
  /** value ÷ debt: the same at the mark. */
  readonly markRatio: Figure;
  /** What must be sold to repay the debt: −δ ln(1 − debt ÷ δ); `never` where the book cannot bring so much. */
  readonly saleToRepay: Figure;
}

/** CA-18: executable cover of a debt by a collateral; both and `depth` in one unit. Undefined depth is infinite. */
export function collateralLiquidity(value: Decimal, debt: Decimal, depth: Decimal | undefined): CollateralLiquidity {
  const average = averageOf(value, depth);
  const proceeds = value.times(average);
  const over = (amount: Decimal): Figure => (debt.gt(0) ? some(amount.div(debt)) : none('no-debt'));
  return { proceeds, haircut: ONE.minus(average), ratio: over(proceeds), markRatio: over(value), saleToRepay: saleToRepay(debt, depth) };
}

function saleToRepay(debt: Decimal, depth: Decimal | undefined): Figure {
  if (debt.lte(0)) return some(ZERO);
  if (depth === undefined) return some(debt);
  return debt.lt(depth) ? some(depth.times(ONE.minus(debt.div(depth)).ln()).negated()) : none('never');
}
