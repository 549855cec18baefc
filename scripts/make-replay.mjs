/**
 * Builds public/replay/*.json from recorded candles: node scripts/make-replay.mjs [DIRECTORY]
 *
 * DIRECTORY holds the CSV files named below (ts,symbol,open,high,low,close,…; ts is the UTC open time). It is not part of this
 * repository; its default is ../shared/real/prices beside it. The JSON files are committed, so nothing needs this script but
 * a change of the recipe. Figures are carried over exactly, as scaled integers; no bar is made up, none is smoothed.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const MINUTE_MS = 60_000;

const LICENCE =
  'Facts of public market data: prices of trades, and one mark price, recorded from the venues’ public interfaces and found in public repositories, most of which state no licence. Nothing of their text or code is in here.';

const coinMargined = (market) => ({
  market,
  instrument: `${market}USD_PERP`,
  file: '2025-10-10_binance-coinm_1m.csv',
  symbol: `${market}USD_PERP`,
  source: 'Binance COIN-M',
  contract: 'perpetual',
  quote: 'USD',
  stepMs: MINUTE_MS,
});

const coinbase = (market, note) => ({
  market,
  instrument: `${market}-USD`,
  file: '2025-10-10_coinbase_1m.csv',
  symbol: `${market}-USD`,
  source: 'Coinbase',
  contract: 'spot',
  quote: 'USD',
  stepMs: MINUTE_MS,
  note,
});

const gemini = (market, note) => ({
  market,
  instrument: `${market}USD`,
  file: '2025-10-10_gemini_1m.csv',
  symbol: `${market}USD`,
  source: 'Gemini',
  contract: 'spot',
  quote: 'USD',
  stepMs: MINUTE_MS,
  note,
});

const usdMargined = (market, file, stepMs, note) => ({
  market,
  instrument: `${market}USDT`,
  file,
  symbol: `${market}USDT`,
  source: 'Binance USD-M',
  contract: 'perpetual',
  quote: 'USDT',
  stepMs,
  note,
});

const hourly = (market) => ({
  market,
  instrument: `${market}USDT`,
  file: 'coarse_windows.csv',
  symbol: `${market}USDT_1h`,
  source: 'venue not recorded',
  contract: 'unrecorded',
  quote: 'USDT',
  stepMs: 60 * MINUTE_MS,
  note: 'Hourly bars: no finer record of this market was found. High and low are real, when in the hour they came is not known.',
});

/** Drop of the Binance USD-M perpetual from its close of 20:59 to its low of the hour from 21:00, by hourly candles. */
const spot = (drop) =>
  `Spot, which fell less than perpetuals: on Binance USD-M the hour from 21:00 went ${drop} % below the close before it.`;

const REPLAYS = [
  {
    name: '2025-10-10',
    title: '10 Oct 2025',
    summary: 'The liquidation wave of 10 October 2025, 20:00 to 24:00 UTC: bars of one minute, ETH of five.',
    start: '2025-10-10T20:00:00Z',
    end: '2025-10-11T00:00:00Z',
    markets: [
      {
        ...coinMargined('BTC'),
        kind: 'mark',
        note: 'Recorded without volume and finer than the price tick of the contract: by its figures the mark price, not trades.',
      },
      usdMargined(
        'ETH',
        '2025-10-10_binance-um_5m.csv',
        5 * MINUTE_MS,
        'Five-minute bars of the perpetual. Minute bars exist of a thin spot market only (Gemini), which did not fall below 3681 while the perpetual traded at 3400.',
      ),
      gemini('SOL', spot('28.24')),
      gemini('XRP', spot('52.76')),
      coinbase('DOGE', spot('61.71')),
      coinbase('ADA', spot('61.76')),
      coinMargined('AVAX'),
      coinbase('LINK', spot('58.18')),
      gemini('LTC', spot('57.54')),
      coinMargined('BCH'),
      coinMargined('AAVE'),
      coinMargined('UNI'),
      coinMargined('DOT'),
      coinMargined('ATOM'),
      coinMargined('ETC'),
      coinMargined('FIL'),
      coinMargined('TRX'),
      coinMargined('XLM'),
      coinMargined('WIF'),
      coinMargined('WLD'),
      coinbase('CRV', spot('69.68')),
      coinbase('ENA', spot('72.50')),
      coinbase('PEPE', spot('65.81')),
      coinbase('BONK', spot('75.70')),
      {
        ...usdMargined('POL', '2025-10-10_binance_1m.csv', MINUTE_MS),
        source: 'Binance',
        contract: 'unrecorded',
        note: 'Whether this is the spot market or the perpetual was not recorded.',
      },
      {
        ...usdMargined('SKY', '2025-10-10_binance_1m.csv', MINUTE_MS),
        source: 'Binance',
        contract: 'unrecorded',
        note: 'Whether this is the spot market or the perpetual was not recorded.',
      },
    ],
    sources: [
      'Binance COIN-M perpetuals, Coinbase and Gemini spot, Binance: one-minute candles, built from trade records in public repositories, among them aaronwu2017/TheGlory (no licence stated).',
      'Binance USD-M perpetual ETHUSDT: five-minute candles from a public repository of recorded klines.',
      'Drops of Binance USD-M perpetuals in the notes: hourly candles, computed.',
    ],
  },
  {
    name: '2026-02-05',
    title: '5–6 Feb 2026',
    summary:
      'The fall of 5 and 6 February 2026, 12:00 to 06:00 UTC: seven perpetuals in bars of one minute, BTC, ETH, XRP, DOGE and ADA in hourly bars.',
    start: '2026-02-05T12:00:00Z',
    end: '2026-02-06T06:00:00Z',
    markets: [
      ...['BTC', 'ETH', 'XRP', 'DOGE', 'ADA'].map(hourly),
      ...['AVAX', 'LINK', 'LTC', 'DOT', 'NEAR', 'FIL', 'ALGO'].map((market) =>
        usdMargined(market, '2026-02-05_binance-um_1m.csv', MINUTE_MS),
      ),
    ],
    sources: [
      'Binance USD-M perpetuals: one-minute klines from public repositories of recorded klines.',
      'BTC, ETH, XRP, DOGE, ADA against USDT: hourly klines from public repositories; the venue was not recorded.',
    ],
  },
];

/** Rows of one symbol of one file, as texts. */
const readBars = (directory, { file, symbol }) =>
  readFileSync(join(directory, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','))
    .filter((cells) => cells[1] === symbol)
    .map(([ts, , ...prices]) => ({ openMs: Date.parse(ts), prices: prices.slice(0, 4) }));

/** `1.287e-05` as digits and the power of ten below them: 1287, 8. */
const decompose = (text) => {
  const [, whole, fraction = '', exponent = '0'] = /^(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  return { digits: BigInt(whole + fraction), decimals: fraction.length - Number(exponent) };
};

const decimalsOf = (text) => {
  let { digits, decimals } = decompose(text);
  for (; decimals > 0 && digits % 10n === 0n; decimals--) digits /= 10n;
  return decimals;
};

const scale = (text, to) => {
  const { digits, decimals } = decompose(text);
  const scaled = decimals <= to ? digits * 10n ** BigInt(to - decimals) : digits / 10n ** BigInt(decimals - to);
  if (scaled > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`${text} has too many digits`);
  return Number(scaled);
};

const seriesOf = (directory, recipe, startMs, endMs) => {
  const { file: _file, symbol: _symbol, note, ...kept } = recipe;
  const bars = readBars(directory, recipe).filter(({ openMs }) => openMs >= startMs && openMs + recipe.stepMs <= endMs);
  if (bars.length === 0) throw new RangeError(`no bar of ${recipe.symbol} in ${recipe.file}`);
  const decimals = Math.max(0, ...bars.flatMap(({ prices }) => prices.map(decimalsOf)));
  const column = (i) => bars.map(({ prices }) => scale(prices[i], decimals));
  return {
    kind: 'last',
    ...kept,
    decimals,
    ...(note === undefined ? {} : { note }),
    at: bars.map(({ openMs }) => (openMs - startMs) / recipe.stepMs),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
  };
};

/** One line a market, so that a change of one shows as one. */
const write = (path, { markets, ...head }) => {
  const lines = JSON.stringify(head, null, 2).replace(/\n}$/, ',\n  "markets": [\n    ');
  writeFileSync(path, `${lines}${markets.map((market) => JSON.stringify(market)).join(',\n    ')}\n  ]\n}\n`);
};

const main = () => {
  const directory = resolve(process.argv[2] ?? join(ROOT, '../shared/real/prices'));
  const out = join(ROOT, 'public/replay');
  mkdirSync(out, { recursive: true });
  const entries = REPLAYS.map(({ name, title, summary, start, end, markets, sources }) => {
    const startMs = Date.parse(start);
    const endMs = Date.parse(end);
    const series = markets.map((recipe) => seriesOf(directory, recipe, startMs, endMs));
    const stepMs = Math.min(...series.map((one) => one.stepMs));
    write(join(out, `${name}.json`), {
      format: 'price-replay/1',
      name,
      title,
      summary,
      startMs,
      endMs,
      stepMs,
      sources,
      licence: LICENCE,
      markets: series,
    });
    return { name, title, summary, startMs, endMs, markets: series.map(({ market }) => market) };
  });
  writeFileSync(join(out, 'index.json'), `${JSON.stringify({ format: 'price-replay-index/1', replays: entries }, null, 2)}\n`);
};

main();
