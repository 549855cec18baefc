/** Coinbase Advanced: spot trades, so an index and never a mark. Source: Coinbase documentation, "ticker", "heartbeats". */
import * as v from 'valibot';
import { STREAM_HOSTS } from '../../../domain/venue-hosts.ts';
import { check, isRecord } from '../../../wire/schema.ts';
import { ALIVE, figure, isoTime, ticksOf } from '../reading.ts';
import { marketsBySymbol, type PriceStream, type StreamMarket, type StreamReader } from '../stream.ts';

const tickerSchema = v.looseObject({
  timestamp: isoTime(),
  events: v.array(v.looseObject({ tickers: v.optional(v.array(v.looseObject({ product_id: v.string(), price: figure() }))) })),
});

function createReader(markets: readonly StreamMarket[]): StreamReader {
  const wanted = marketsBySymbol(markets);
  return {
    frame: (frame) => {
      if (!isRecord(frame)) return ALIVE;
      if (frame.type === 'error') return { kind: 'refused', why: String(frame.message ?? '').slice(0, 200) };
      if (frame.channel !== 'ticker') return ALIVE;
      const { timestamp, events } = check(tickerSchema, frame);
      const ticks = events.flatMap(({ tickers = [] }) =>
        tickers.flatMap(({ product_id, price }) => {
          const market = wanted.get(product_id);
          return market === undefined ? [] : ticksOf(market, timestamp, { index: price });
        }),
      );
      return ticks.length === 0 ? ALIVE : { kind: 'prices', ticks };
    },
  };
}

export const coinbaseStream: PriceStream = {
  id: 'coinbase',
  name: 'Coinbase',
  kinds: ['index'],
  cadenceMs: 5_000,
  silenceMs: 10_000,
  note: 'Spot trades: an index, never a mark.',
  marketsMax: 25,
  // Eight messages a second from one address, less room for others.
  messages: { most: 6, everyMs: 1_000 },
  symbolOf: (market) => `${market}-USD`,
  address: () => STREAM_HOSTS.coinbase.socket,
  // The first within five seconds of opening; heartbeats keep the connection.
  subscribe: (markets) => [
    JSON.stringify({ type: 'subscribe', channel: 'heartbeats' }),
    // One a market: a request with one unknown market is refused whole.
    ...markets.map(({ symbol }) => JSON.stringify({ type: 'subscribe', channel: 'ticker', product_ids: [symbol] })),
  ],
  createReader,
};
