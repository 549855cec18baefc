import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../domain/units.ts';
import type { FeedOutput } from './feed.ts';
import { createReplay, scaledText } from './replay.ts';
import { parseReplay, parseReplayIndex, type ReplayData } from './replay-format.ts';

const SHIPPED = new URL('../../public/replay/', import.meta.url);
const shipped = (name: string): ReplayData => parseReplay(readFileSync(new URL(`${name}.json`, SHIPPED), 'utf8'));
const MINUTE_MS = 60_000;

/** A small replay: one market, bars of a minute, the third one missing. */
const SMALL: ReplayData = {
  format: 'price-replay/1',
  name: 'small',
  title: 'Small',
  summary: 'Three bars in four minutes.',
  startMs: 0,
  endMs: 4 * MINUTE_MS,
  stepMs: MINUTE_MS,
  markets: [
    {
      market: 'BTC',
      instrument: 'BTCUSD',
      source: 'made up',
      contract: 'spot',
      quote: 'USD',
      kind: 'last',
      stepMs: MINUTE_MS,
      decimals: 2,
      at: [0, 1, 3],
      open: [10_000, 10_100, 9_000],
      high: [10_200, 10_150, 9_100],
      low: [9_900, 8_000, 8_900],
      close: [10_100, 9_050, 9_000],
    },
  ],
  sources: ['made up'],
  licence: 'none',
};

const told = (outputs: readonly FeedOutput[]): string[] =>
  outputs.flatMap(({ ticks }) => ticks.map(({ venueTimeMs, market, price }) => `${venueTimeMs / 1_000} ${market} ${price}`));

describe('FD-23 how a bar is told', () => {
  it('default: open, then the extremes the short way, then the close, at 0, 20, 40 and 59.999 s', () => {
    const feed = createReplay(SMALL);
    expect(told([feed.advance(0), feed.advance(240_000)])).toEqual([
      '0 BTC 100',
      '20 BTC 99',
      '40 BTC 102',
      '59.999 BTC 101',
      '60 BTC 101',
      '80 BTC 101.5',
      '100 BTC 80',
      '119.999 BTC 90.5',
      '180 BTC 90',
      '200 BTC 89',
      '220 BTC 91',
      '239.999 BTC 90',
    ]);
  });

  it('FD-24 a minute without a trade is told as nothing: the price holds and its age grows', () => {
    const feed = createReplay(SMALL);
    feed.advance(0);
    const states = [119_999, 159_998, 159_999, 179_999, 180_000].map((nowMs) => {
      const { status, clockMs } = feed.advance(nowMs);
      return `${status.state} ${clockMs - status.lastVenueTimeMs!}`;
    });
    expect(states).toEqual(['live 0', 'live 39999', 'delayed 40000', 'delayed 60000', 'live 0']);
  });

  it('FD-9 it ends at its end, and lives again after a seek back', () => {
    const feed = createReplay(SMALL, { speed: 600 });
    feed.advance(0);
    expect(feed.advance(399).status.state).toBe('live');
    expect(feed.advance(400)).toMatchObject({ clockMs: 240_000, status: { state: 'ended' } });
    expect(feed.advance(10_000)).toMatchObject({ clockMs: 240_000, ticks: [] });
    feed.seek(100_000);
    expect(feed.advance(10_000)).toMatchObject({
      clockMs: 100_000,
      isDiscontinuous: true,
      status: { state: 'live' },
      ticks: [{ price: '80' }],
    });
    expect(feed.advance(10_100).clockMs).toBe(160_000);
  });

  it('FD-11 steps past the last instant reach the end', () => {
    const feed = createReplay(SMALL, { speed: 0 });
    feed.advance(0);
    feed.step(11);
    expect(feed.advance(0)).toMatchObject({ clockMs: 239_999, status: { state: 'live' } });
    feed.step(5);
    expect(feed.advance(0)).toMatchObject({ clockMs: 240_000, status: { state: 'ended' } });
    feed.step(-1);
    expect(feed.advance(0)).toMatchObject({ clockMs: 239_999, status: { state: 'live' } });
  });

  it('FD-10 before its first trade a market has no price', () => {
    const late = { ...SMALL, markets: [{ ...SMALL.markets[0]!, at: [1, 2, 3] }] };
    const feed = createReplay(late, { speed: 0 });
    expect(feed.advance(0)).toMatchObject({ ticks: [], status: { state: 'connecting' } });
    feed.seek(60_000);
    expect(feed.advance(0).ticks.length).toBe(1);
    feed.seek(59_999);
    expect(feed.advance(0)).toMatchObject({ ticks: [], isDiscontinuous: true, status: { state: 'connecting' } });
  });
});

describe('FD-22 scaled integers', () => {
  it.each([
    [1, 0, '1'],
    [10_250, 2, '102.5'],
    [10_200, 2, '102'],
    [5, 3, '0.005'],
    [1_287, 8, '0.00001287'],
    [1_024_974_851, 4, '102497.4851'],
  ])('%d with %d decimals is %s', (integer, decimals, text) => expect(scaledText(integer, decimals)).toBe(text));
});

describe('FD-20 a replay file is checked before it is used', () => {
  const series = SMALL.markets[0]!;
  const faultOf = (change: (data: Record<string, unknown>) => unknown): string => {
    const copy = JSON.parse(JSON.stringify(SMALL)) as Record<string, unknown>;
    const text = JSON.stringify(change(copy) ?? copy);
    try {
      parseReplay(text);
    } catch (error) {
      expect((error as Error).name).toBe('InputError');
      return (error as { faults: { pointer: string }[] }).faults[0]!.pointer;
    }
    return 'read';
  };
  const withSeries = (change: Record<string, unknown>) => (data: Record<string, unknown>) => ({
    ...data,
    markets: [{ ...series, ...change }],
  });

  it('default: a good file is read as it stands', () => {
    expect(parseReplay(JSON.stringify(SMALL))).toEqual(SMALL);
  });

  it.each([
    ['another format', (data: Record<string, unknown>) => ({ ...data, format: 'price-replay/2' }), '/format'],
    ['no format', ({ format: _, ...data }: Record<string, unknown>) => data, '/format'],
    ['a field nobody knows', (data: Record<string, unknown>) => ({ ...data, extra: 1 }), '/extra'],
    ['no markets', (data: Record<string, unknown>) => ({ ...data, markets: [] }), '/markets'],
    ['the same market twice', (data: Record<string, unknown>) => ({ ...data, markets: [series, series] }), '/markets/1/market'],
    ['an end before the start', (data: Record<string, unknown>) => ({ ...data, endMs: 0 }), '/endMs'],
    ['a span of years', (data: Record<string, unknown>) => ({ ...data, endMs: 1e14 }), '/endMs'],
    ['another shortest bar', (data: Record<string, unknown>) => ({ ...data, stepMs: 30_000 }), '/stepMs'],
    ['a name that is a path', (data: Record<string, unknown>) => ({ ...data, name: '../x' }), '/name'],
    ['columns of different length', withSeries({ low: [9_900, 8_000] }), '/markets/0/low'],
    ['bars out of order', withSeries({ at: [0, 0, 3] }), '/markets/0/at/1'],
    ['a bar after the end', withSeries({ at: [0, 1, 4] }), '/markets/0/at/2'],
    ['a low above the close', withSeries({ low: [9_900, 9_060, 8_900] }), '/markets/0/low/1'],
    ['a high below the open', withSeries({ high: [10_200, 10_099, 9_100] }), '/markets/0/high/1'],
    ['a price of zero', withSeries({ close: [0, 9_050, 9_000] }), '/markets/0/close/0'],
    ['a price that is text', withSeries({ close: ['10100', 9_050, 9_000] }), '/markets/0/close/0'],
    ['a price that is no integer', withSeries({ close: [10_100.5, 9_050, 9_000] }), '/markets/0/close/0'],
    ['bars too short to tell', withSeries({ stepMs: 999 }), '/markets/0/stepMs'],
    ['too many decimals', withSeries({ decimals: 19 }), '/markets/0/decimals'],
  ])('error: %s', (_, change, pointer) => expect(faultOf(change)).toBe(pointer));

  it.each(['', '{', '[]', 'null', '{"format":1e400}', '['.repeat(100_000), '{"__proto__":{"format":"price-replay/1"}}'])(
    'error: %.40s',
    (text) => {
      expect(() => parseReplay(text)).toThrow(expect.objectContaining({ name: 'InputError' }));
    },
  );

  it('error: a number beyond a double', () => {
    const text = JSON.stringify(SMALL).replace('10000', '9007199254740993');
    expect(() => parseReplay(text)).toThrow('/markets/0/open/0');
  });
});

describe('FD-21 what is shipped', () => {
  const index = parseReplayIndex(readFileSync(new URL('index.json', SHIPPED), 'utf8'));
  const replays = index.map(({ name }) => shipped(name));
  const series = (name: string, market: string) =>
    replays.find((data) => data.name === name)!.markets.find((one) => one.market === market)!;

  it('the index lists every file, and says of each what it says itself', () => {
    const files = readdirSync(SHIPPED).filter((file) => file !== 'index.json');
    expect(index.map(({ name }) => `${name}.json`).sort()).toEqual(files.sort());
    for (const entry of index) {
      const { title, summary, startMs, endMs, markets } = shipped(entry.name);
      expect(entry).toEqual({ name: entry.name, title, summary, startMs, endMs, markets: markets.map(({ market }) => market) });
      expect(statSync(new URL(`${entry.name}.json`, SHIPPED)).size).toBeLessThan(300_000);
    }
  });

  it('10 October 2025: 20:00 to 24:00 UTC, minute by minute, the lows as recorded', () => {
    const data = replays.find(({ name }) => name === '2025-10-10')!;
    expect([new Date(data.startMs).toISOString(), new Date(data.endMs).toISOString()]).toEqual([
      '2025-10-10T20:00:00.000Z',
      '2025-10-11T00:00:00.000Z',
    ]);
    expect(data.markets.length).toBe(26);
    const low = (market: string): string => {
      const { low: lows, decimals, at } = series('2025-10-10', market);
      const least = Math.min(...lows);
      return `${scaledText(least, decimals)} in minute ${at[lows.indexOf(least)]! * (series('2025-10-10', market).stepMs / MINUTE_MS)}`;
    };
    expect(['BTC', 'ETH', 'SOL', 'DOGE', 'AVAX', 'AAVE'].map(low)).toEqual([
      '102497.4851 in minute 80',
      '3400 in minute 80',
      '172.1 in minute 89',
      '0.15 in minute 78',
      '6.02 in minute 81',
      '63.42 in minute 81',
    ]);
  });

  it('10 October 2025 at 21:21: the price of every market is that of its last trade told by then', () => {
    const feed = createReplay(replays.find(({ name }) => name === '2025-10-10')!, { speed: 0 });
    feed.advance(0);
    feed.seek(Date.parse('2025-10-10T21:21:00Z'));
    const prices = new Map(feed.advance(0).ticks.map(({ market, price }) => [market, price]));
    expect(prices.size).toBe(26);
    expect([prices.get('BTC'), prices.get('ETH'), prices.get('SOL')]).toEqual(['104522.8805', '3476.19', '180.747']);
  });

  it('5 and 6 February 2026: seven perpetuals by the minute, five markets by the hour', () => {
    const data = replays.find(({ name }) => name === '2026-02-05')!;
    expect([new Date(data.startMs).toISOString(), new Date(data.endMs).toISOString()]).toEqual([
      '2026-02-05T12:00:00.000Z',
      '2026-02-06T06:00:00.000Z',
    ]);
    expect(data.markets.map(({ market, stepMs, at }) => `${market} ${stepMs / MINUTE_MS} ${at.length}`)).toEqual([
      'BTC 60 18',
      'ETH 60 18',
      'XRP 60 18',
      'DOGE 60 18',
      'ADA 60 18',
      'AVAX 1 1080',
      'LINK 1 1080',
      'LTC 1 1080',
      'DOT 1 1080',
      'NEAR 1 1080',
      'FIL 1 1080',
      'ALGO 1 1080',
    ]);
    expect(scaledText(Math.min(...series('2026-02-05', 'BTC').low), series('2026-02-05', 'BTC').decimals)).toBe('59909');
  });

  it('every market says where it comes from, and whether it is a perpetual', () => {
    for (const { sources, licence, markets } of replays) {
      expect(sources.length).toBeGreaterThan(0);
      expect(licence.length).toBeGreaterThan(40);
      for (const { market, source, instrument, contract, kind, note } of markets) {
        expect(source.length * instrument.length).toBeGreaterThan(0);
        expect(contract === 'perpetual' || note !== undefined, `${market} is no perpetual and says nothing about it`).toBe(true);
        expect(kind === 'last' || note !== undefined, `${market} is not of trades and says nothing about it`).toBe(true);
      }
    }
  });

  it('every bar equals its recorded candle, where the records lie beside the project', () => {
    const directory = resolve(process.cwd(), '../shared/real/prices');
    const total = replays.flatMap(({ markets }) => markets).reduce((sum, { at }) => sum + at.length, 0);
    if (!existsSync(directory)) {
      console.log(`recorded candles: 0 compared, ${total} skipped (no ../shared)`);
      return;
    }
    const recorded = new Map<string, string[]>();
    for (const file of readdirSync(directory).filter((one) => /^(2025-10-10.*_[15]m|2026-02-05.*_1m|coarse_windows)\.csv$/.test(one))) {
      for (const line of readFileSync(resolve(directory, file), 'utf8').trim().split('\n').slice(1)) {
        const [ts, symbol, ...prices] = line.split(',');
        const key = `${Date.parse(ts!)} ${prices
          .slice(0, 4)
          .map((price) => new Decimal(price!).toFixed())
          .join(' ')}`;
        recorded.set(key, [...(recorded.get(key) ?? []), symbol!]);
      }
    }
    let compared = 0;
    for (const { startMs, markets } of replays) {
      for (const { market, at, stepMs, decimals, open, high, low, close } of markets) {
        at.forEach((bar, i) => {
          const prices = [open[i]!, high[i]!, low[i]!, close[i]!].map((price) => scaledText(price, decimals));
          const symbols = recorded.get(`${startMs + bar * stepMs} ${prices.join(' ')}`) ?? [];
          expect(
            symbols.some((symbol) => symbol.startsWith(market)),
            `${market} bar ${bar}`,
          ).toBe(true);
          compared++;
        });
      }
    }
    console.log(`recorded candles: ${compared} compared, ${total - compared} skipped`);
    expect(compared).toBe(total);
  });
});
