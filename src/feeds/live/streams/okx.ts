/** OKX v5 swaps: mark prices five times a second where they change, else every ten seconds. Source: OKX documentation, "mark price channel". */
import * as v from 'valibot';
import { STREAM_HOSTS } from '../../../domain/venue-hosts.ts';
import { check, isRecord } from '../../../wire/schema.ts';
import { ALIVE, figure, milliseconds, ticksOf } from '../reading.ts';
import { marketsBySymbol, type PriceStream, type StreamMarket, type StreamReader } from '../stream.ts';

const markSchema = v.looseObject({
  data: v.pipe(v.array(v.looseObject({ instId: v.string(), markPx: figure(), ts: milliseconds() })), v.maxLength(1_000)),
});

function createReader(markets: readonly StreamMarket[]): StreamReader {
  const wanted = marketsBySymbol(markets);
  return {
    frame: (frame) => {
      if (!isRecord(frame)) return ALIVE;
      if (frame.event === 'error') return { kind: 'refused', why: String(frame.msg ?? '').slice(0, 200) };
      if (!isRecord(frame.arg) || frame.arg.channel !== 'mark-price' || frame.data === undefined) return ALIVE;
      const { data } = check(markSchema, frame);
      const ticks = data.flatMap(({ instId, markPx, ts }) => {
        const market = wanted.get(instId);
        return market === undefined ? [] : ticksOf(market, ts, { mark: markPx });
      });
      return ticks.length === 0 ? ALIVE : { kind: 'prices', ticks };
    },
  };
}

export const okxStream: PriceStream = {
  id: 'okx',
  name: 'OKX',
  kinds: ['mark'],
  cadenceMs: 10_000,
  silenceMs: 30_000,
  marketsMax: 100,
  symbolOf: (market) => `${market}-USDT-SWAP`,
  address: () => `${STREAM_HOSTS.okx.socket}/ws/v5/public`,
  subscribe: (markets) => [
    JSON.stringify({ op: 'subscribe', args: markets.map(({ symbol }) => ({ channel: 'mark-price', instId: symbol })) }),
  ],
  ping: { everyMs: 20_000, text: 'ping' },
  createReader,
};
