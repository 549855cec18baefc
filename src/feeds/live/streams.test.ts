/** PS-6, PS-7: what each venue's frames say. The frames are recorded ones, or the documentation's; each file names its source. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../domain/fault.ts';
import { STREAM_HOSTS, STREAM_NAMES } from '../../domain/venue-hosts.ts';
import { readJson } from '../../wire/json.ts';
import type { Reading } from './stream.ts';
import { STREAMS } from './streams/index.ts';

const ARRIVAL = 1_790_000_000_000;
const streamOf = (id: string) => {
  const found = STREAMS.find((stream) => stream.id === id);
  if (!found) throw new Error(`no stream ${id}`);
  return found;
};
const framesOf = (id: string): unknown[] =>
  (JSON.parse(readFileSync(new URL(`./vectors/${id}.json`, import.meta.url), 'utf8')) as { frames: string[] }).frames.map((frame) =>
    readJson(frame),
  );
const readerOf = (id: string, symbols: Readonly<Record<string, string>>) =>
  streamOf(id).createReader(Object.entries(symbols).map(([market, symbol]) => ({ market, symbol })));
const said = (reading: Reading): string[] =>
  reading.kind === 'prices'
    ? reading.ticks.map(({ market, kind, price, venueTimeMs }) => `${market} ${kind} ${price} ${venueTimeMs}`)
    : [reading.kind];

describe('frames of each venue', () => {
  it.each<[string, Record<string, string>, string[][]]>([
    [
      'binance-usdm',
      { BTC: 'BTCUSDT' },
      [
        ['alive'],
        ['BTC mark 11794.15000000 1562305380000', 'BTC index 11784.62659091 1562305380000'],
        ['BTC mark 11794.15000000 1562305380000', 'BTC index 11784.62659091 1562305380000'],
        ['alive'],
      ],
    ],
    [
      'bybit',
      { BTC: 'BTCUSDT' },
      [
        ['alive'],
        ['BTC mark 17217.33 1673272861686', 'BTC index 17227.36 1673272861686', 'BTC last 17216.00 1673272861686'],
        ['BTC mark 17217.36 1673272861786', 'BTC index 17227.40 1673272861786'],
        ['alive'],
      ],
    ],
    ['okx', { LTC: 'LTC-USD-190628' }, [['alive'], ['LTC mark 0.1 1597026383085'], ['alive'], ['alive']]],
    ['dydx-v4', { BTC: 'BTC-USD' }, [[`BTC mark 43250.00 ${ARRIVAL}`], ['BTC mark 43300.00 1704067260000'], []]],
    [
      'deribit',
      { BTC: 'BTC-PERPETUAL' },
      [
        ['alive'],
        ['BTC mark 92281.78 1765541474086', 'BTC index 92263.55 1765541474086', 'BTC last 92283.5 1765541474086'],
        ['answer'],
        ['refused'],
      ],
    ],
    [
      'kraken-futures',
      { BTC: 'PI_XBTUSD' },
      [
        ['alive'],
        ['BTC mark 21979.68641534714 1676393235406', 'BTC index 21984.54 1676393235406', 'BTC last 21983.5 1676393235406'],
        ['alive'],
      ],
    ],
    ['coinbase', { BTC: 'BTC-USD' }, [['alive'], ['BTC index 68900.50 1775572203000'], ['alive']]],
    ['kraken-spot', { BTC: 'BTC/USD' }, [['alive'], ['BTC index 105899.4 1671960659123'], ['alive']]],
  ])('%s', (id, symbols, expected) => {
    const reader = readerOf(id, symbols);
    expect(framesOf(id).map((frame) => said(reader.frame(frame, ARRIVAL)))).toEqual(expected);
  });

  it('PS-13: Hyperliquid tells an hour’s funding, Bybit its own interval’s, of which what is absent is unchanged', () => {
    const told = (reading: Reading) => (reading.kind === 'prices' ? reading.ticks.map(({ kind, funding }) => [kind, funding]) : []);
    const bybit = readerOf('bybit', { BTC: 'BTCUSDT' });
    const eight = { rate: '-0.000212', intervalMs: 8 * 3_600_000 };
    const [greeting, first, delta] = framesOf('bybit');
    bybit.frame(greeting, ARRIVAL);
    expect(told(bybit.frame(first, ARRIVAL))).toEqual([
      ['mark', eight],
      ['index', undefined],
      ['last', undefined],
    ]);
    expect(told(bybit.frame(delta, ARRIVAL))[0]).toEqual(['mark', eight]);
    const hyperliquid = readerOf('hyperliquid', { BTC: 'BTC' });
    const context = { markPx: '64706.0', oraclePx: '64700', funding: '0.0000125' };
    const ticks = hyperliquid.snapshot?.([{ universe: [{ name: 'BTC' }] }, [context]], ARRIVAL);
    expect(ticks?.map(({ funding }) => funding)).toEqual([{ rate: '0.0000125', intervalMs: 3_600_000 }, undefined]);
    for (const funding of [null, {}, true]) {
      const read = hyperliquid.snapshot?.([{ universe: [{ name: 'BTC' }] }, [{ ...context, funding }]], ARRIVAL);
      expect(read?.map(({ price, funding: none }) => [price, none])).toEqual([
        ['64706.0', undefined],
        ['64700', undefined],
      ]);
    }
  });

  it('PS-5 hyperliquid: names come with the snapshot, prices by their place in it', () => {
    const reader = readerOf('hyperliquid', { BTC: 'BTC', ETH: 'ETH' });
    const [first] = framesOf('hyperliquid');
    expect(() => reader.frame(first, ARRIVAL)).toThrow(InputError);
    const context = (markPx: string) => ({ markPx, oraclePx: markPx });
    const ticks = reader.snapshot?.([{ universe: [{ name: 'BTC' }] }, [context('64706.0')]], ARRIVAL);
    expect(ticks?.map(({ market, kind, price }) => `${market} ${kind} ${price}`)).toEqual(['BTC mark 64706.0', 'BTC index 64706.0']);
    expect(said(reader.frame(first, ARRIVAL))).toEqual([`BTC mark 85814.0 ${ARRIVAL}`, `BTC index 85828.0 ${ARRIVAL}`]);
    expect(() => reader.snapshot?.([{ universe: [{ name: 'BTC' }, { name: 'ETH' }] }, [context('1')]], ARRIVAL)).toThrow(
      /1 contexts for 2 markets/,
    );
  });

  it('PS-5 bybit: a delta of what was never told says nothing, and the market is subscribed anew, every five seconds at most', () => {
    const reader = readerOf('bybit', { BTC: 'BTCUSDT' });
    const frames = framesOf('bybit');
    const texts = ['unsubscribe', 'subscribe'].map((op) => JSON.stringify({ op, args: ['tickers.BTCUSDT'] }));
    expect(reader.frame(frames[2], ARRIVAL)).toEqual({ kind: 'answer', texts });
    expect(said(reader.frame(frames[2], ARRIVAL + 4_999))).toEqual(['alive']);
    expect(said(reader.frame(frames[2], ARRIVAL + 5_000))).toEqual(['answer']);
  });
});

it('PS-12: every stream has its hosts and its name in the one place that names them', () => {
  expect(Object.fromEntries(STREAMS.map(({ id, name }) => [id, name]))).toEqual(STREAM_NAMES);
  expect(Object.keys(STREAM_HOSTS)).toEqual(Object.keys(STREAM_NAMES));
});

describe('what is asked of each venue', () => {
  it.each(STREAMS.map((stream) => [stream.id, stream] as const))('%s: secure, on the hosts named, every market once', (_id, stream) => {
    const markets = ['BTC', 'ETH', 'SOL'].map((market) => ({ market, symbol: stream.symbolOf(market) }));
    const address = new URL(stream.address(markets));
    expect(address.protocol).toBe('wss:');
    if (stream.snapshot) expect(new URL(stream.snapshot.url).protocol).toBe('https:');
    const asked = address.search + stream.subscribe(markets).join('');
    const isForAll = stream.id === 'hyperliquid' || stream.id === 'dydx-v4';
    for (const { symbol } of markets) if (!isForAll) expect(asked.toLowerCase()).toContain(symbol.toLowerCase());
    expect(stream.subscribe(markets).length).toBeLessThanOrEqual(10);
    expect(stream.kinds.length).toBeGreaterThan(0);
  });
});
