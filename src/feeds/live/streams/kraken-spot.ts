/** Kraken spot v2: last trades against the dollar itself, so an index, never a mark; what pegs are measured by. Source: Kraken documentation, "ticker (level 1)". */
import * as v from 'valibot';
import { STREAM_HOSTS } from '../../../domain/venue-hosts.ts';
import { check, isRecord } from '../../../wire/schema.ts';
import { ALIVE, figure, isoTime, ticksOf } from '../reading.ts';
import { marketsBySymbol, type PriceStream, type StreamMarket, type StreamReader } from '../stream.ts';

const tickerSchema = v.looseObject({
  data: v.pipe(v.array(v.looseObject({ symbol: v.string(), last: figure(), timestamp: v.optional(isoTime()) })), v.maxLength(1_000)),
});

function createReader(markets: readonly StreamMarket[]): StreamReader {
  const wanted = marketsBySymbol(markets);
  return {
    frame: (frame, arrivalTimeMs) => {
      if (!isRecord(frame)) return ALIVE;
      if (frame.success === false) return { kind: 'refused', why: String(frame.error ?? '').slice(0, 200) };
      if (frame.channel !== 'ticker') return ALIVE;
      const ticks = check(tickerSchema, frame).data.flatMap(({ symbol, last, timestamp }) => {
        const market = wanted.get(symbol);
        return market === undefined ? [] : ticksOf(market, timestamp ?? arrivalTimeMs, { index: last });
      });
      return ticks.length === 0 ? ALIVE : { kind: 'prices', ticks };
    },
  };
}

export const krakenSpotStream: PriceStream = {
  id: 'kraken-spot',
  name: 'Kraken spot',
  kinds: ['index'],
  cadenceMs: 30_000,
  silenceMs: 45_000,
  note: 'Spot trades: an index, never a mark. Told with each trade.',
  marketsMax: 100,
  symbolOf: (market) => `${market}/USD`,
  address: () => `${STREAM_HOSTS['kraken-spot'].socket}/v2`,
  // One a market: an unknown one is refused alone.
  subscribe: (markets) =>
    markets.map(({ symbol }) => JSON.stringify({ method: 'subscribe', params: { channel: 'ticker', symbol: [symbol] } })),
  ping: { everyMs: 20_000, text: JSON.stringify({ method: 'ping' }) },
  createReader,
};
