/** dYdX v4 indexer: oracle prices, on which its margin stands. Frames are counted. Source: dYdX documentation, "v4_markets"; recorded frames. */
import * as v from 'valibot';
import { STREAM_HOSTS } from '../../../domain/venue-hosts.ts';
import { LosslessNumber } from '../../../wire/json.ts';
import { check, isRecord } from '../../../wire/schema.ts';
import type { RawTick } from '../../well-formed.ts';
import { ALIVE, figure, isoTime, ticksOf } from '../reading.ts';
import { marketsBySymbol, type PriceStream, type StreamMarket, type StreamReader } from '../stream.ts';

const snapshotSchema = v.looseObject({ markets: v.record(v.string(), v.looseObject({ oraclePrice: v.nullish(figure()) })) });
const pricesSchema = v.looseObject({
  oraclePrices: v.optional(v.record(v.string(), v.looseObject({ oraclePrice: figure(), effectiveAt: v.optional(isoTime()) }))),
});

function createReader(markets: readonly StreamMarket[]): StreamReader {
  const wanted = marketsBySymbol(markets);
  const changed = (contents: unknown, base: string, arrivalTimeMs: number): RawTick[] =>
    Object.entries(check(pricesSchema, contents, base).oraclePrices ?? {}).flatMap(([symbol, { oraclePrice, effectiveAt }]) => {
      const market = wanted.get(symbol);
      return market === undefined ? [] : ticksOf(market, effectiveAt ?? arrivalTimeMs, { mark: oraclePrice });
    });
  const frames = new Map<unknown, (contents: unknown, arrivalTimeMs: number) => RawTick[]>([
    // The snapshot has prices and no time: theirs is that of arrival (PS-6).
    [
      'subscribed',
      (contents, arrivalTimeMs) =>
        Object.entries(check(snapshotSchema, contents, '/contents').markets).flatMap(([symbol, { oraclePrice }]) => {
          const market = wanted.get(symbol);
          return market === undefined ? [] : ticksOf(market, arrivalTimeMs, { mark: oraclePrice ?? undefined });
        }),
    ],
    ['channel_data', (contents, arrivalTimeMs) => changed(contents, '/contents', arrivalTimeMs)],
    [
      'channel_batch_data',
      (contents, arrivalTimeMs) =>
        check(v.array(v.unknown(), 'expected a list'), contents, '/contents').flatMap((one, i) =>
          changed(one, `/contents/${i}`, arrivalTimeMs),
        ),
    ],
  ]);
  return {
    frame: (frame, arrivalTimeMs) => {
      if (!isRecord(frame)) return ALIVE;
      if (frame.type === 'error') return { kind: 'refused', why: String(frame.message ?? '').slice(0, 200) };
      const read = frame.channel === 'v4_markets' ? frames.get(frame.type) : undefined;
      const ticks = read ? read(frame.contents, arrivalTimeMs) : [];
      // Every frame of a connection is counted, whatever it says.
      const sequence = frame.message_id instanceof LosslessNumber ? Number(frame.message_id.value) : undefined;
      if (sequence === undefined) return ticks.length === 0 ? ALIVE : { kind: 'prices', ticks };
      return { kind: 'prices', ticks, sequence };
    },
  };
}

export const dydxStream: PriceStream = {
  id: 'dydx-v4',
  name: 'dYdX v4',
  kinds: ['mark'],
  cadenceMs: 10_000,
  silenceMs: 60_000,
  note: 'Oracle prices: what dYdX margins on.',
  marketsMax: 1_000,
  symbolOf: (market) => `${market}-USD`,
  address: () => `${STREAM_HOSTS['dydx-v4'].socket}/v4/ws`,
  subscribe: () => [JSON.stringify({ type: 'subscribe', channel: 'v4_markets', batched: true })],
  createReader,
};
