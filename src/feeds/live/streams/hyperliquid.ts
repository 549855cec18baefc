/** Hyperliquid: marks and oracle prices of every market in one subscription. Sources: docs "websocket"; recorded frames of October 2026. */
import * as v from 'valibot';
import { InputError } from '../../../domain/fault.ts';
import { STREAM_HOSTS } from '../../../domain/venue-hosts.ts';
import { check, isRecord } from '../../../wire/schema.ts';
import type { RawTick } from '../../well-formed.ts';
import { ALIVE, besideFigure, figure, ticksOf } from '../reading.ts';
import { marketsBySymbol, type PriceStream, type StreamMarket, type StreamReader } from '../stream.ts';

const context = v.looseObject({ markPx: figure(), oraclePx: v.optional(figure()), funding: besideFigure() });
/** Its funding is of an hour. */
const FUNDING_MS = 3_600_000;
const snapshotSchema = v.strictTuple([
  v.looseObject({ universe: v.pipe(v.array(v.looseObject({ name: v.string() })), v.maxLength(10_000)) }),
  v.pipe(v.array(context), v.maxLength(10_000)),
]);
/** Contexts of each dex, the venue's own under the name ''. */
const contextsSchema = v.looseObject({ ctxs: v.array(v.strictTuple([v.string(), v.pipe(v.array(context), v.maxLength(10_000))])) });

/** Contexts carry no names: the i-th is the i-th of the universe. They carry no time either: theirs is that of arrival (PS-6). */
function createReader(markets: readonly StreamMarket[]): StreamReader {
  const wanted = marketsBySymbol(markets);
  let universe: readonly string[] = [];
  const ticks = (contexts: readonly v.InferOutput<typeof context>[], timeMs: number): RawTick[] =>
    contexts.flatMap(({ markPx, oraclePx, funding }, i) => {
      const market = wanted.get(universe[i] ?? '');
      return market === undefined
        ? []
        : ticksOf(
            market,
            timeMs,
            { mark: markPx, index: oraclePx },
            funding === undefined ? undefined : { rate: funding, intervalMs: FUNDING_MS },
          );
    });
  return {
    snapshot: (answer, arrivalTimeMs) => {
      const [meta, contexts] = check(snapshotSchema, answer);
      if (meta.universe.length !== contexts.length)
        throw new InputError([{ pointer: '/1', message: `${contexts.length} contexts for ${meta.universe.length} markets` }]);
      universe = meta.universe.map(({ name }) => name);
      return ticks(contexts, arrivalTimeMs);
    },
    frame: (frame, arrivalTimeMs) => {
      if (!isRecord(frame)) return ALIVE;
      if (frame.channel === 'error') return { kind: 'refused', why: String(frame.data).slice(0, 200) };
      if (frame.channel !== 'allDexsAssetCtxs') return ALIVE;
      const { ctxs } = check(contextsSchema, frame.data, '/data');
      const own = ctxs.findIndex(([dex]) => dex === '');
      const contexts = ctxs[own]?.[1];
      if (!contexts) return ALIVE;
      // A market was listed since: names would be one off.
      if (contexts.length !== universe.length)
        throw new InputError([{ pointer: `/data/ctxs/${own}/1`, message: `${contexts.length} contexts for ${universe.length} markets` }]);
      return { kind: 'prices', ticks: ticks(contexts, arrivalTimeMs) };
    },
  };
}

export const hyperliquidStream: PriceStream = {
  id: 'hyperliquid',
  name: 'Hyperliquid',
  kinds: ['mark', 'index'],
  cadenceMs: 3_000,
  silenceMs: 30_000,
  note: 'Frames carry no time of the venue: theirs is that of arrival.',
  marketsMax: 1_000,
  symbolOf: (market) => market,
  address: () => `${STREAM_HOSTS.hyperliquid.socket}/ws`,
  subscribe: () => [JSON.stringify({ method: 'subscribe', subscription: { type: 'allDexsAssetCtxs' } })],
  snapshot: { url: `${STREAM_HOSTS.hyperliquid.request}/info`, body: JSON.stringify({ type: 'metaAndAssetCtxs', dex: '' }) },
  ping: { everyMs: 20_000, text: JSON.stringify({ method: 'ping' }) },
  createReader,
};
