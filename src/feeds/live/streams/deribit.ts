/** Deribit perpetuals: mark, index and last ten times a second. A connection that leaves a `test_request` unanswered is cut. Source: Deribit documentation, "ticker". */
import * as v from 'valibot';
import { STREAM_HOSTS } from '../../../domain/venue-hosts.ts';
import { check, isRecord } from '../../../wire/schema.ts';
import { ALIVE, figure, milliseconds, ticksOf } from '../reading.ts';
import { marketsBySymbol, type PriceStream, type StreamMarket, type StreamReader } from '../stream.ts';

const tickerSchema = v.looseObject({
  timestamp: milliseconds(),
  instrument_name: v.string(),
  mark_price: figure(),
  index_price: v.nullish(figure()),
  last_price: v.nullish(figure()),
});

const call = (id: number, method: string, params: object): string => JSON.stringify({ jsonrpc: '2.0', id, method, params });
const TEST = call(9, 'public/test', {});

function createReader(markets: readonly StreamMarket[]): StreamReader {
  const wanted = marketsBySymbol(markets);
  return {
    frame: (frame) => {
      if (!isRecord(frame)) return ALIVE;
      if (isRecord(frame.error)) return { kind: 'refused', why: String(frame.error.message ?? '').slice(0, 200) };
      const { params } = frame;
      if (!isRecord(params)) return ALIVE;
      if (frame.method === 'heartbeat') return params.type === 'test_request' ? { kind: 'answer', texts: [TEST] } : ALIVE;
      if (frame.method !== 'subscription' || typeof params.channel !== 'string' || !params.channel.startsWith('ticker.')) return ALIVE;
      const found = check(tickerSchema, params.data, '/params/data');
      const market = wanted.get(found.instrument_name);
      if (market === undefined) return ALIVE;
      const { mark_price: mark, index_price: index, last_price: last } = found;
      return { kind: 'prices', ticks: ticksOf(market, found.timestamp, { mark, index: index ?? undefined, last: last ?? undefined }) };
    },
  };
}

export const deribitStream: PriceStream = {
  id: 'deribit',
  name: 'Deribit',
  kinds: ['mark', 'index', 'last'],
  cadenceMs: 1_000,
  silenceMs: 45_000,
  // BTC and ETH are inverse, the others linear against USDC.
  marketsMax: 100,
  symbolOf: (market) => (market === 'BTC' || market === 'ETH' ? `${market}-PERPETUAL` : `${market}_USDC-PERPETUAL`),
  address: () => `${STREAM_HOSTS.deribit.socket}/ws/api/v2`,
  subscribe: (markets) => [
    call(1, 'public/set_heartbeat', { interval: 30 }),
    call(2, 'public/subscribe', { channels: markets.map(({ symbol }) => `ticker.${symbol}.100ms`) }),
  ],
  createReader,
};
