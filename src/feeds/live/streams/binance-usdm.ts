/** Binance USD-M: mark and index once a second, on the routed `/market` path; elsewhere the socket opens and stays silent. Source: Binance documentation, 2026. */
import * as v from 'valibot';
import { STREAM_HOSTS } from '../../../domain/venue-hosts.ts';
import { check, isRecord } from '../../../wire/schema.ts';
import { ALIVE, figure, milliseconds, ticksOf } from '../reading.ts';
import { marketsBySymbol, type PriceStream, type StreamMarket, type StreamReader } from '../stream.ts';

const updateSchema = v.looseObject({ E: milliseconds(), s: v.string(), p: figure(), i: v.optional(figure()) });

function createReader(markets: readonly StreamMarket[]): StreamReader {
  const wanted = marketsBySymbol(markets);
  return {
    frame: (frame) => {
      if (!isRecord(frame)) return ALIVE;
      if (isRecord(frame.error))
        return { kind: 'refused', why: String(frame.error.msg ?? 'the venue answers with an error').slice(0, 200) };
      const isCombined = isRecord(frame.data);
      const update = isCombined ? frame.data : frame;
      if (!isRecord(update) || update.e !== 'markPriceUpdate') return ALIVE;
      const { E, s, p, i } = check(updateSchema, update, isCombined ? '/data' : '');
      const market = wanted.get(s);
      return market === undefined ? ALIVE : { kind: 'prices', ticks: ticksOf(market, E, { mark: p, index: i }) };
    },
  };
}

export const binanceUsdmStream: PriceStream = {
  id: 'binance-usdm',
  name: 'Binance USDⓈ-M',
  kinds: ['mark', 'index'],
  cadenceMs: 1_000,
  silenceMs: 10_000,
  marketsMax: 200,
  symbolOf: (market) => `${market}USDT`,
  address: (markets) =>
    `${STREAM_HOSTS['binance-usdm'].socket}/market/stream?streams=${markets.map(({ symbol }) => `${symbol.toLowerCase()}@markPrice@1s`).join('/')}`,
  // In the address.
  subscribe: () => [],
  // The venue cuts a connection after 24 hours.
  rotateAfterMs: 23 * 3_600_000,
  createReader,
};
