/** One price a market out of what several venues say, with each one's deviation (rules RF-1, RF-7 of docs/spec/reference-price.md). */
import { referencePrice } from '../../engine/reference/reference-price.ts';
import { readDecimal } from '../../wire/schema.ts';
import type { ReferenceQuote, ReferenceRow } from './messages.ts';

/** RF-7: the median of what is fresh; what is not is listed without a deviation. Markets in the order in which they first appear. */
export function referenceRows(quotes: readonly Omit<ReferenceQuote, 'deviation'>[]): readonly ReferenceRow[] {
  const markets = [...new Set(quotes.map(({ market }) => market))];
  return markets.map((market) =>
    rowOf(
      market,
      quotes.filter((quote) => quote.market === market),
    ),
  );
}

function rowOf(market: string, quotes: readonly Omit<ReferenceQuote, 'deviation'>[]): ReferenceRow {
  const fresh = quotes.flatMap(({ venue, price, isFresh }) => {
    const read = isFresh ? readDecimal(price) : '';
    return typeof read !== 'string' && read.gt(0) ? [{ source: venue, price: read }] : [];
  });
  const reference = referencePrice(fresh);
  const deviations = new Map(reference.ok ? reference.value.deviations.map(({ source, deviation }) => [source, deviation.toNumber()]) : []);
  return {
    market,
    price: reference.ok ? reference.value.price.toSignificantDigits(12).toFixed() : '',
    reason: reference.ok ? '' : reference.reason,
    spread: reference.ok ? reference.value.spread.toNumber() : Number.NaN,
    quotes: quotes.map((quote) => ({ ...quote, deviation: deviations.get(quote.venue) ?? Number.NaN })),
  };
}
