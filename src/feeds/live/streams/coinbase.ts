/** Coinbase Advanced: spot trades, so an index and never a mark. Source: Coinbase documentation, "ticker", "heartbeats". */
import * as v from 'valibot';
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
  symbolOf: (market) => `${market}-USD`,
  address: () => 'wss://advanced-trade-ws.coinbase.com',
  // The first within five seconds of opening; heartbeats keep the connection.
  subscribe: (markets) => [
    JSON.stringify({ type: 'subscribe', channel: 'heartbeats' }),
    JSON.stringify({ type: 'subscribe', channel: 'ticker', product_ids: markets.map(({ symbol }) => symbol) }),
  ],
  createReader,
};
