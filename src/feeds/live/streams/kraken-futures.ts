/** Kraken Futures: mark, index and last about once a second; the heartbeat feed keeps the connection alive. Source: Kraken documentation, recorded frames. */
import * as v from 'valibot';
import { STREAM_HOSTS } from '../../../domain/venue-hosts.ts';
import { check, isRecord } from '../../../wire/schema.ts';
import { ALIVE, figure, milliseconds, ticksOf } from '../reading.ts';
import { marketsBySymbol, type PriceStream, type StreamMarket, type StreamReader } from '../stream.ts';

const tickerSchema = v.looseObject({
  time: milliseconds(),
  product_id: v.string(),
  markPrice: figure(),
  index: v.nullish(figure()),
  last: v.nullish(figure()),
});

/** Kraken's own names of assets. */
const KRAKEN_NAMES: ReadonlyMap<string, string> = new Map([['BTC', 'XBT']]);

function createReader(markets: readonly StreamMarket[]): StreamReader {
  const wanted = marketsBySymbol(markets);
  return {
    frame: (frame) => {
      if (!isRecord(frame)) return ALIVE;
      if (frame.event === 'error' || frame.event === 'alert') return { kind: 'refused', why: String(frame.message ?? '').slice(0, 200) };
      if (frame.feed !== 'ticker' || frame.event !== undefined) return ALIVE;
      const found = check(tickerSchema, frame);
      const market = wanted.get(found.product_id);
      if (market === undefined) return ALIVE;
      const { markPrice: mark, index, last } = found;
      return { kind: 'prices', ticks: ticksOf(market, found.time, { mark, index: index ?? undefined, last: last ?? undefined }) };
    },
  };
}

export const krakenFuturesStream: PriceStream = {
  id: 'kraken-futures',
  name: 'Kraken Futures',
  kinds: ['mark', 'index', 'last'],
  cadenceMs: 2_000,
  silenceMs: 30_000,
  marketsMax: 100,
  symbolOf: (market) => `PF_${KRAKEN_NAMES.get(market) ?? market}USD`,
  address: () => `${STREAM_HOSTS['kraken-futures'].socket}/ws/v1`,
  subscribe: (markets) => [
    JSON.stringify({ event: 'subscribe', feed: 'heartbeat' }),
    // One a market: a request with one unknown market is refused whole.
    ...markets.map(({ symbol }) => JSON.stringify({ event: 'subscribe', feed: 'ticker', product_ids: [symbol] })),
  ],
  createReader,
};
