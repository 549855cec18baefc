/**
 * How each venue speaks, as far as its public price stream goes: greeting, subscription, acknowledgement, prices, pings. Frames are the recorded ones
 * (`src/feeds/live/vectors`) with other prices and times in them. Sources: those of docs/spec/live.md.
 */
import { readFileSync } from 'node:fs';
import { hyperliquidSpot, hyperliquidState } from './accounts.ts';
import type { Quote } from './market.ts';

/** One connection, as its venue sees it. */
export interface Conversation {
  /** What it subscribed, by the venue's symbol. */
  readonly subscribed: Map<string, string>;
  /** Symbols whose first price was told. */
  readonly begun: Set<string>;
  /** Numbers the frames where the venue counts them. */
  count: number;
  readonly say: (frame: object | string) => void;
  /** Whether a subscription is refused now, by a fault. */
  readonly isRefusing: () => boolean;
}

export interface Venue {
  readonly id: string;
  readonly path: string;
  /** Between two frames of prices, ms. */
  readonly everyMs: number;
  /** Base asset of a symbol; undefined for what the venue does not list. */
  readonly baseOf: (symbol: string) => string | undefined;
  readonly open?: (talk: Conversation, url: URL) => void;
  readonly hear: (talk: Conversation, message: unknown, text: string) => void;
  /** Frames that tell `quotes` of the symbols subscribed. */
  readonly tell: (talk: Conversation, quotes: ReadonlyMap<string, Quote>, nowMs: number) => readonly (object | string)[];
  readonly request?: { readonly path: string; readonly answer: (body: unknown, quotes: readonly Quote[]) => unknown };
  /** Venues that cut a connection whose question is left unanswered, or that says nothing for so long. */
  readonly asks?: { readonly everyMs: number; readonly frame: object };
  readonly cutsIdleAfterMs?: number;
}

type Record_ = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Record_ => typeof value === 'object' && value !== null && !Array.isArray(value);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);

/** A frame recorded of a venue, as an object. */
function recorded(id: string, at: number): Record_ {
  const path = new URL(`../src/feeds/live/vectors/${id}.json`, import.meta.url);
  const text = (JSON.parse(readFileSync(path, 'utf8')) as { frames: string[] }).frames[at];
  if (text === undefined) throw new Error(`no frame ${at} is recorded of ${id}`);
  return JSON.parse(text) as Record_;
}

/** Marks text that is to stand in a frame as a bare JSON number, digit for digit. */
export const bare = (digits: string): string => `\u0000${digits}\u0000`;
export const write = (frame: object | string): string =>
  typeof frame === 'string' ? frame : JSON.stringify(frame).replaceAll(/"\\u0000(.*?)\\u0000"/g, '$1');

const iso = (ms: number): string => new Date(ms).toISOString();
/** Subscribes what is listed and refuses the rest, one by one. */
function take(
  talk: Conversation,
  venue: Venue,
  symbols: readonly string[],
  taken: (symbol: string) => object,
  refused: (symbol: string) => object,
): void {
  for (const symbol of symbols) {
    const base = talk.isRefusing() ? undefined : venue.baseOf(symbol);
    if (base !== undefined) talk.subscribed.set(symbol, base);
    talk.say(base === undefined ? refused(symbol) : taken(symbol));
  }
}
const each = <T>(talk: Conversation, quotes: ReadonlyMap<string, Quote>, make: (symbol: string, quote: Quote) => T): T[] =>
  [...talk.subscribed].flatMap(([symbol, base]) => {
    const quote = quotes.get(base);
    return quote ? [make(symbol, quote)] : [];
  });

const ACCOUNT_TYPES: ReadonlySet<string> = new Set(['allDexsClearinghouseState', 'spotState', 'webData3']);

/** What the venue tells of an account by itself; of the same account as its requests are answered of. */
function accountFrame(channel: string, user: string, quotes: ReadonlyMap<string, Quote>, nowMs: number): object {
  if (channel === 'spotState') return { channel, data: { user, spotState: hyperliquidSpot() } };
  if (channel === 'webData3') return { channel, data: { userState: { user, serverTime: nowMs, isVault: false }, perpDexStates: [] } };
  return { channel, data: { user, clearinghouseStates: [['', hyperliquidState(BigInt(user), quotes, nowMs)]] } };
}

function hyperliquid(): Venue {
  const frame = recorded('hyperliquid', 0);
  const [, context] = ((frame.data as { ctxs: [string, Record_[]][] }).ctxs[0] ?? ['', []]) as [string, Record_[]];
  const contexts = (quotes: readonly Quote[]) => quotes.map(({ mark, index }) => ({ ...context[0], markPx: mark, oraclePx: index }));
  return {
    id: 'hyperliquid',
    path: '/ws',
    everyMs: 1_000,
    cutsIdleAfterMs: 60_000,
    baseOf: (symbol) => symbol,
    open: (talk) => talk.say('Websocket connection established.'),
    hear: (talk, message) => {
      if (!isRecord(message)) return;
      if (message.method === 'ping') return talk.say({ channel: 'pong' });
      const { type: wanted, user } = isRecord(message.subscription) ? message.subscription : {};
      const isAccount = typeof user === 'string' && ACCOUNT_TYPES.has(String(wanted));
      if (message.method !== 'subscribe' || (wanted !== 'allDexsAssetCtxs' && !isAccount) || talk.isRefusing())
        return talk.say({ channel: 'error', data: `Invalid subscription ${JSON.stringify(message.subscription ?? null)}` });
      talk.subscribed.set(isAccount ? `${wanted} ${user}` : '*', isAccount ? user : '*');
      talk.say({ channel: 'subscriptionResponse', data: message });
    },
    tell: (talk, quotes, nowMs) => [
      ...(talk.subscribed.has('*') ? [{ channel: 'allDexsAssetCtxs', data: { ctxs: [['', contexts([...quotes.values()])]] } }] : []),
      ...[...talk.subscribed].flatMap(([key, user]) => (user === '*' ? [] : [accountFrame(key.split(' ')[0] ?? '', user, quotes, nowMs)])),
    ],
    request: {
      path: '/info',
      answer: (body, quotes) =>
        isRecord(body) && body.type === 'metaAndAssetCtxs'
          ? [{ universe: quotes.map(({ base }) => ({ name: base, szDecimals: 2, maxLeverage: 20, marginTableId: 20 })) }, contexts(quotes)]
          : undefined,
    },
  };
}

function binance(): Venue {
  const sample = recorded('binance-usdm', 1);
  const baseOf = (symbol: string): string | undefined => /^([a-z0-9]+)usdt@markPrice@1s$/.exec(symbol)?.[1]?.toUpperCase();
  return {
    id: 'binance-usdm',
    path: '/market/stream',
    everyMs: 1_000,
    baseOf,
    // A stream that does not exist is passed over without a word.
    open: (talk, url) => {
      for (const name of (url.searchParams.get('streams') ?? '').split('/')) {
        const base = baseOf(name);
        if (base !== undefined && !talk.isRefusing()) talk.subscribed.set(name, base);
      }
      if (talk.isRefusing()) talk.say({ error: { code: 2, msg: 'Invalid request: unknown stream' } });
    },
    hear: (talk, message) => {
      if (isRecord(message)) talk.say({ result: null, id: message.id ?? null });
    },
    tell: (talk, quotes, nowMs) =>
      each(talk, quotes, (stream, { base, mark, index }) => ({
        stream,
        data: { ...sample, E: nowMs, s: `${base}USDT`, p: mark, i: index, P: mark, T: nowMs + 3_600_000 },
      })),
  };
}

function bybit(): Venue {
  const snapshot = recorded('bybit', 1);
  const venue: Venue = {
    id: 'bybit',
    path: '/v5/public/linear',
    everyMs: 200,
    cutsIdleAfterMs: 600_000,
    baseOf: (symbol) => /^tickers\.(\w+)USDT$/.exec(symbol)?.[1],
    hear: (talk, message) => {
      if (!isRecord(message)) return;
      for (const topic of texts(message.args)) talk.begun.delete(topic);
      if (message.op === 'unsubscribe') for (const topic of texts(message.args)) talk.subscribed.delete(topic);
      if (message.op === 'unsubscribe') return talk.say({ success: true, ret_msg: '', conn_id: 'stand-in', req_id: '', op: 'unsubscribe' });
      if (message.op === 'ping') return talk.say({ success: true, ret_msg: 'pong', conn_id: 'stand-in', req_id: '', op: 'ping' });
      take(
        talk,
        venue,
        texts(message.args),
        () => ({ success: true, ret_msg: '', conn_id: 'stand-in', req_id: '', op: 'subscribe' }),
        (symbol) => ({
          success: false,
          ret_msg: `error:handler not found,topic:${symbol}`,
          conn_id: 'stand-in',
          req_id: '',
          op: 'subscribe',
        }),
      );
    },
    tell: (talk, quotes, nowMs) =>
      each(talk, quotes, (topic, { base, mark, index, last }) => {
        const isFirst = !talk.begun.has(topic);
        talk.begun.add(topic);
        const moved = { symbol: `${base}USDT`, markPrice: mark, indexPrice: index };
        const data = isFirst ? { ...(snapshot.data as object), ...moved, lastPrice: last } : moved;
        return { topic, type: isFirst ? 'snapshot' : 'delta', data, cs: ++talk.count, ts: nowMs };
      }),
  };
  return venue;
}

function okx(): Venue {
  const sample = recorded('okx', 1);
  const venue: Venue = {
    id: 'okx',
    path: '/ws/v5/public',
    everyMs: 400,
    cutsIdleAfterMs: 30_000,
    baseOf: (symbol) => /^(\w+)-USDT-SWAP$/.exec(symbol)?.[1],
    hear: (talk, message, text) => {
      if (text === 'ping') return talk.say('pong');
      if (!isRecord(message) || !Array.isArray(message.args)) return;
      const symbols = message.args.flatMap((arg) => (isRecord(arg) && arg.channel === 'mark-price' ? [String(arg.instId)] : []));
      const arg = (instId: string) => ({ channel: 'mark-price', instId });
      take(
        talk,
        venue,
        symbols,
        (symbol) => ({ event: 'subscribe', arg: arg(symbol), connId: 'stand-in' }),
        (symbol) => ({
          event: 'error',
          code: '60018',
          msg: `Wrong URL or channel:mark-price,instId:${symbol} doesn't exist.`,
          connId: 'stand-in',
        }),
      );
    },
    tell: (talk, quotes, nowMs) =>
      each(talk, quotes, (instId, { mark }) => ({
        ...sample,
        arg: { channel: 'mark-price', instId },
        data: [{ instType: 'SWAP', instId, markPx: mark, ts: String(nowMs) }],
      })),
  };
  return venue;
}

function dydx(): Venue {
  const subscribed = recorded('dydx-v4', 0);
  const [sample] = Object.values((subscribed.contents as { markets: Record<string, Record_> }).markets);
  return {
    id: 'dydx-v4',
    path: '/v4/ws',
    everyMs: 1_000,
    baseOf: (symbol) => symbol,
    open: (talk) => talk.say({ type: 'connected', connection_id: 'stand-in', message_id: 0 }),
    hear: (talk, message) => {
      if (!isRecord(message) || message.type !== 'subscribe') return;
      if (message.channel === 'v4_markets' && !talk.isRefusing()) talk.subscribed.set('*', '*');
      else
        talk.say({
          type: 'error',
          message: `Invalid subscription: channel '${String(message.channel)}' not found`,
          connection_id: 'stand-in',
          message_id: ++talk.count,
        });
    },
    tell: (talk, quotes, nowMs) => {
      if (talk.subscribed.size === 0) return [];
      const head = { connection_id: 'stand-in', message_id: ++talk.count, channel: 'v4_markets' };
      const all = [...quotes.values()].map(({ base, index }) => [`${base}-USD`, index] as const);
      if (talk.begun.size === 0) {
        talk.begun.add('*');
        const markets = Object.fromEntries(all.map(([ticker, oraclePrice]) => [ticker, { ...sample, ticker, oraclePrice }]));
        return [{ type: 'subscribed', ...head, contents: { markets } }];
      }
      const oraclePrices = Object.fromEntries(
        all.map(([ticker, oraclePrice], i) => [ticker, { oraclePrice, effectiveAt: iso(nowMs), effectiveAtHeight: '1', marketId: i }]),
      );
      return [{ type: 'channel_batch_data', ...head, version: '1.0.0', contents: [{ oraclePrices }] }];
    },
  };
}

function deribit(): Venue {
  const sample = (recorded('deribit', 1).params as { data: Record_ }).data;
  const baseOf = (channel: string): string | undefined => /^ticker\.(\w+?)(?:_USDC)?-PERPETUAL\.100ms$/.exec(channel)?.[1];
  return {
    id: 'deribit',
    path: '/ws/api/v2',
    everyMs: 300,
    asks: { everyMs: 30_000, frame: { jsonrpc: '2.0', method: 'heartbeat', params: { type: 'test_request' } } },
    baseOf,
    hear: (talk, message) => {
      if (!isRecord(message)) return;
      const { id, method, params } = message;
      if (method !== 'public/subscribe')
        return talk.say({ jsonrpc: '2.0', id, result: method === 'public/test' ? { version: '1.2.26' } : 'ok' });
      if (talk.isRefusing()) return talk.say({ jsonrpc: '2.0', id, error: { code: 10_028, message: 'too_many_requests', data: null } });
      const taken = texts(isRecord(params) ? params.channels : []).filter((channel) => baseOf(channel) !== undefined);
      for (const channel of taken) talk.subscribed.set(channel, baseOf(channel) as string);
      talk.say({ jsonrpc: '2.0', id, result: taken, usIn: 0, usOut: 0, usDiff: 0, testnet: false });
    },
    tell: (talk, quotes, nowMs) =>
      each(talk, quotes, (channel, { mark, index, last }) => ({
        jsonrpc: '2.0',
        method: 'subscription',
        params: {
          channel,
          data: {
            ...sample,
            timestamp: nowMs,
            instrument_name: channel.slice('ticker.'.length, -'.100ms'.length),
            mark_price: bare(mark),
            index_price: bare(index),
            last_price: bare(last),
          },
        },
      })),
  };
}

function krakenFutures(): Venue {
  const sample = recorded('kraken-futures', 1);
  const venue: Venue = {
    id: 'kraken-futures',
    path: '/ws/v1',
    everyMs: 1_000,
    cutsIdleAfterMs: 60_000,
    baseOf: (symbol) => /^PF_(\w+)USD$/.exec(symbol)?.[1]?.replace(/^XBT$/, 'BTC'),
    open: (talk) => talk.say({ event: 'info', version: 1 }),
    hear: (talk, message) => {
      if (!isRecord(message) || message.event !== 'subscribe') return;
      const { feed } = message;
      if (feed === 'heartbeat') return talk.say({ event: 'subscribed', feed });
      take(
        talk,
        venue,
        texts(message.product_ids),
        (symbol) => ({ event: 'subscribed', feed, product_ids: [symbol] }),
        () => ({ event: 'error', message: 'Invalid product id' }),
      );
    },
    tell: (talk, quotes, nowMs) => [
      { feed: 'heartbeat', time: nowMs },
      ...each(talk, quotes, (symbol, { mark, index, last }) => ({
        ...sample,
        time: nowMs,
        product_id: symbol,
        markPrice: bare(mark),
        index: bare(index),
        last: bare(last),
      })),
    ],
  };
  return venue;
}

function coinbase(): Venue {
  const sample = recorded('coinbase', 1);
  const [ticker] = (sample.events as [{ tickers: Record_[] }])[0].tickers;
  const venue: Venue = {
    id: 'coinbase',
    path: '/',
    everyMs: 1_000,
    baseOf: (symbol) => /^(\w+)-USD$/.exec(symbol)?.[1],
    hear: (talk, message) => {
      if (!isRecord(message) || message.type !== 'subscribe') return;
      if (message.channel === 'heartbeats')
        return talk.say({ channel: 'subscriptions', events: [{ subscriptions: { heartbeats: ['heartbeats'] } }] });
      take(
        talk,
        venue,
        texts(message.product_ids),
        (symbol) => ({ channel: 'subscriptions', sequence_num: talk.count++, events: [{ subscriptions: { ticker: [symbol] } }] }),
        (symbol) => ({ type: 'error', message: `failed to subscribe: ${symbol} is not a valid product id` }),
      );
    },
    tell: (talk, quotes, nowMs) =>
      each(talk, quotes, (product_id, { index }) => ({
        ...sample,
        timestamp: iso(nowMs),
        sequence_num: talk.count++,
        events: [{ type: 'update', tickers: [{ ...ticker, product_id, price: index }] }],
      })),
  };
  return venue;
}

function krakenSpot(): Venue {
  const sample = recorded('kraken-spot', 1);
  const [ticker] = sample.data as [Record_];
  const venue: Venue = {
    id: 'kraken-spot',
    path: '/v2',
    everyMs: 1_000,
    baseOf: (symbol) => /^(\w+)\/USD$/.exec(symbol)?.[1],
    open: (talk) => talk.say({ channel: 'status', type: 'update', data: [{ api_version: 'v2', system: 'online', version: '2.0.0' }] }),
    hear: (talk, message) => {
      if (!isRecord(message)) return;
      if (message.method === 'ping') return talk.say({ method: 'pong', time_in: iso(0), time_out: iso(0) });
      take(
        talk,
        venue,
        texts(isRecord(message.params) ? message.params.symbol : []),
        (symbol) => ({ method: 'subscribe', result: { channel: 'ticker', symbol, snapshot: true }, success: true }),
        (symbol) => ({ error: `Currency pair not supported ${symbol}`, method: 'subscribe', success: false, symbol }),
      );
    },
    tell: (talk, quotes, nowMs) =>
      each(talk, quotes, (symbol, { index }) => ({
        ...sample,
        type: 'update',
        data: [{ ...ticker, symbol, last: bare(index), timestamp: iso(nowMs) }],
      })),
  };
  return venue;
}

/** Every venue that can be stood in for, by the id of its stream. */
export const VENUES: Readonly<Record<string, () => Venue>> = {
  hyperliquid,
  'binance-usdm': binance,
  bybit,
  okx,
  'dydx-v4': dydx,
  deribit,
  'kraken-futures': krakenFutures,
  coinbase,
  'kraken-spot': krakenSpot,
};
