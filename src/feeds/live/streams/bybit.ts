/** Bybit v5 linear: a snapshot, then deltas in which what is absent is unchanged. Source: Bybit v5 documentation, "tickers". */
import * as v from 'valibot';
import { STREAM_HOSTS } from '../../../domain/venue-hosts.ts';
import { check, isRecord } from '../../../wire/schema.ts';
import { ALIVE, besideFigure, figure, milliseconds, ticksOf } from '../reading.ts';
import { marketsBySymbol, type PriceStream, type Reading, type StreamMarket, type StreamReader } from '../stream.ts';

const tickerSchema = v.looseObject({
  topic: v.string(),
  type: v.picklist(['snapshot', 'delta'], 'expected "snapshot" or "delta"'),
  ts: milliseconds(),
  data: v.looseObject({
    symbol: v.string(),
    markPrice: v.optional(figure()),
    indexPrice: v.optional(figure()),
    lastPrice: v.optional(figure()),
    fundingRate: besideFigure(),
    fundingIntervalHour: besideFigure(),
  }),
});

const request = (op: 'subscribe' | 'unsubscribe', symbol: string): string => JSON.stringify({ op, args: [`tickers.${symbol}`] });

const HOUR_MS = 3_600_000;

/** A market whose first frame was lost is subscribed anew, this often at most. */
const AGAIN_MS = 5_000;

function createReader(markets: readonly StreamMarket[]): StreamReader {
  const wanted = marketsBySymbol(markets);
  const begun = new Set<string>();
  const askedMs = new Map<string, number>();
  const rates = new Map<string, { readonly rate?: string; readonly hours?: string }>();
  const askAgain = (symbol: string, nowMs: number): Reading => {
    if (nowMs - (askedMs.get(symbol) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return ALIVE;
    askedMs.set(symbol, nowMs);
    return { kind: 'answer', texts: (['unsubscribe', 'subscribe'] as const).map((op) => request(op, symbol)) };
  };
  return {
    frame: (frame, arrivalTimeMs) => {
      if (!isRecord(frame)) return ALIVE;
      if (frame.success === false) return { kind: 'refused', why: String(frame.ret_msg ?? '').slice(0, 200) };
      if (typeof frame.topic !== 'string' || !frame.topic.startsWith('tickers.')) return ALIVE;
      const { type, ts, data } = check(tickerSchema, frame);
      const market = wanted.get(data.symbol);
      if (market === undefined) return ALIVE;
      if (type === 'snapshot') begun.add(data.symbol);
      // A delta says what changed of something that was never told: its snapshot was lost, or could not be read.
      if (!begun.has(data.symbol)) return askAgain(data.symbol, arrivalTimeMs);
      const { rate = rates.get(market)?.rate, hours = rates.get(market)?.hours } = {
        rate: data.fundingRate,
        hours: data.fundingIntervalHour,
      };
      rates.set(market, { ...(rate === undefined ? {} : { rate }), ...(hours === undefined ? {} : { hours }) });
      const funding = rate === undefined || hours === undefined ? undefined : { rate, intervalMs: Number(hours) * HOUR_MS };
      return {
        kind: 'prices',
        ticks: ticksOf(market, ts, { mark: data.markPrice, index: data.indexPrice, last: data.lastPrice }, funding),
      };
    },
  };
}

export const bybitStream: PriceStream = {
  id: 'bybit',
  name: 'Bybit',
  kinds: ['mark', 'index', 'last'],
  cadenceMs: 1_000,
  silenceMs: 25_000,
  marketsMax: 100,
  symbolOf: (market) => `${market}USDT`,
  address: () => `${STREAM_HOSTS.bybit.socket}/v5/public/linear`,
  // One a market: a request with one unknown market is refused whole.
  subscribe: (markets) => markets.map(({ symbol }) => request('subscribe', symbol)),
  ping: { everyMs: 20_000, text: JSON.stringify({ op: 'ping' }) },
  createReader,
};
