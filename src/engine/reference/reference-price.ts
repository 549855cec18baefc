/**
 * One price out of several venues': the median, and how far each venue stands from it (rules RF-1…RF-3 of docs/spec/reference-price.md). A single venue that is wrong
 * moves a median of three or more no further than to its neighbour.
 */
import { none, type Outcome, some } from '../../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';

/** What one venue says. */
export interface Quote {
  readonly source: string;
  /** > 0, quote currency per base unit. */
  readonly price: Decimal;
}

export interface Deviation {
  readonly source: string;
  readonly price: Decimal;
  /** price ÷ reference − 1, a signed fraction. */
  readonly deviation: Decimal;
}

export interface ReferencePrice {
  /** Middle price; of an even number the mean of the two in the middle. */
  readonly price: Decimal;
  /** In the order of the quotes. */
  readonly deviations: readonly Deviation[];
  /** Greatest price ÷ least price − 1; 0 for one quote. */
  readonly spread: Decimal;
}

/**
 * RF-1: the median of the quotes, which are the caller's to choose: only fresh ones, one a venue. Not rounded. Without a quote `missing-mark`. Throws RangeError for a
 * price that is not above zero. Source: median of venue prices as index providers use it (Hyperliquid documentation, "robust price indices").
 */
export function referencePrice(quotes: readonly Quote[]): Outcome<ReferencePrice> {
  const [first] = quotes;
  if (!first) return none('missing-mark');
  for (const { source, price } of quotes)
    if (!price.isFinite() || price.lte(ZERO)) throw new RangeError(`${source}: not a price: ${price}`);
  const sorted = quotes.map(({ price }) => price).sort((a, b) => a.comparedTo(b));
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as Decimal;
  const price = sorted.length % 2 === 1 ? upper : upper.plus(sorted[middle - 1] as Decimal).div(2);
  return some({
    price,
    deviations: quotes.map((quote) => ({ ...quote, deviation: quote.price.div(price).minus(ONE) })),
    spread: (sorted.at(-1) as Decimal).div(sorted[0] as Decimal).minus(ONE),
  });
}

/** RF-2: price ÷ parity − 1 of a pegged asset: −0.02 is two per cent below its peg. `parity` > 0, both in the same currency. */
export const pegGap = (price: Decimal, parity: Decimal = ONE): Decimal => price.div(parity).minus(ONE);

/**
 * RF-3: the venue's mark of a collateral against the reference, a signed fraction: below zero the venue counts the collateral for less than it fetches elsewhere. On
 * 10 October 2025 Binance's own USDe stood at 0.65 while other venues traded it near 1.
 */
export const collateralGap = (venueMark: Decimal, reference: Decimal): Decimal => venueMark.div(reference).minus(ONE);
