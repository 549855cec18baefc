/**
 * `price-replay/1`: the price history of some hours, as the app ships it in `public/replay/` (rules FD-20 to FD-22).
 * A file is checked in full before a figure of it is used.
 */
import * as v from 'valibot';
import { type Fault, InputError, pointerSegment } from '../domain/fault.ts';
import { LosslessNumber, readJson } from '../wire/json.ts';
import { check } from '../wire/schema.ts';

const REPLAY_FORMAT = 'price-replay/1';
const REPLAY_INDEX_FORMAT = 'price-replay-index/1';

/** Bars of one market, column by column; a price is its integer × 10^−decimals, in `quote` per `market`. */
export interface ReplaySeries {
  readonly market: string;
  /** The venue's name of what was traded. */
  readonly instrument: string;
  readonly source: string;
  readonly contract: 'perpetual' | 'spot' | 'unrecorded';
  readonly quote: string;
  readonly kind: 'mark' | 'index' | 'last';
  /** Length of a bar, ms. */
  readonly stepMs: number;
  readonly decimals: number;
  /** Bar i opens at startMs + at[i] × stepMs. Increasing; a number left out is a bar without a trade. */
  readonly at: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly note?: string | undefined;
}

export interface ReplayData {
  readonly format: typeof REPLAY_FORMAT;
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** Open of the first bar and end of the last, ms since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  /** Length of the shortest bar, ms. */
  readonly stepMs: number;
  readonly markets: readonly ReplaySeries[];
  readonly sources: readonly string[];
  readonly licence: string;
}

export interface ReplayEntry {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly markets: readonly string[];
}

const TEXT_MAX = 2_000;
const MARKETS_MAX = 1_000;
const SPAN_MS_MAX = 366 * 86_400_000;
const DECIMALS_MAX = 18;
/** A bar is told at four instants, which must differ. */
const BAR_MS_MIN = 1_000;

const text = () =>
  v.pipe(v.string('expected text'), v.minLength(1, 'must not be empty'), v.maxLength(TEXT_MAX, `longer than ${TEXT_MAX} characters`));
/** Names go into file names and links. */
const name = () => v.pipe(v.string('expected text'), v.regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, 'expected letters, digits and hyphens'));
const market = () => v.pipe(v.string('expected text'), v.regex(/^[A-Za-z0-9.:_-]{1,64}$/, 'expected the name of a market'));

/** A whole number that JSON wrote plainly and a double holds exactly. */
const whole = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.instance(LosslessNumber, 'expected a number'),
    v.transform((input) => (/^-?\d{1,16}$/.test(input.value) ? Number(input.value) : Number.NaN)),
    v.check((value) => Number.isSafeInteger(value) && value >= min && value <= max, `expected a whole number from ${min} to ${max}`),
  );

const column = (min: number) => v.pipe(v.array(whole(min), 'expected an array'), v.minLength(1, 'must not be empty'));

const seriesSchema = v.strictObject({
  market: market(),
  instrument: text(),
  source: text(),
  contract: v.picklist(['perpetual', 'spot', 'unrecorded'], 'expected perpetual, spot or unrecorded'),
  quote: text(),
  kind: v.picklist(['mark', 'index', 'last'], 'expected mark, index or last'),
  stepMs: whole(BAR_MS_MIN),
  decimals: whole(0, DECIMALS_MAX),
  at: column(0),
  open: column(1),
  high: column(1),
  low: column(1),
  close: column(1),
  note: v.optional(text()),
});

const replaySchema = v.strictObject({
  format: v.literal(REPLAY_FORMAT, `expected "${REPLAY_FORMAT}"`),
  name: name(),
  title: text(),
  summary: text(),
  startMs: whole(0),
  endMs: whole(0),
  stepMs: whole(BAR_MS_MIN),
  markets: v.pipe(
    v.array(seriesSchema, 'expected an array'),
    v.minLength(1, 'must not be empty'),
    v.maxLength(MARKETS_MAX, 'too many markets'),
  ),
  sources: v.pipe(v.array(text(), 'expected an array'), v.minLength(1, 'must not be empty')),
  licence: text(),
});

const indexSchema = v.strictObject({
  format: v.literal(REPLAY_INDEX_FORMAT, `expected "${REPLAY_INDEX_FORMAT}"`),
  replays: v.array(
    v.strictObject({
      name: name(),
      title: text(),
      summary: text(),
      startMs: whole(0),
      endMs: whole(0),
      markets: v.array(market(), 'expected an array'),
    }),
    'expected an array',
  ),
});

/** First fault of a series' columns against each other and against the span of the file. */
const seriesFault = (series: ReplaySeries, span: { readonly startMs: number; readonly endMs: number }): Fault | undefined => {
  const { at, open, high, low, close, stepMs } = series;
  for (const key of ['open', 'high', 'low', 'close'] as const) {
    if (series[key].length !== at.length)
      return { pointer: `/${key}`, message: `has ${series[key].length} bars where "at" has ${at.length}` };
  }
  for (let i = 0; i < at.length; i++) {
    if (i > 0 && at[i]! <= at[i - 1]!) return { pointer: `/at/${i}`, message: 'bars must follow one another in time' };
    if (span.startMs + (at[i]! + 1) * stepMs > span.endMs) return { pointer: `/at/${i}`, message: 'the bar ends after the replay' };
    if (low[i]! > Math.min(open[i]!, close[i]!)) return { pointer: `/low/${i}`, message: 'above the open or the close' };
    if (high[i]! < Math.max(open[i]!, close[i]!)) return { pointer: `/high/${i}`, message: 'below the open or the close' };
  }
  return undefined;
};

const faultsOf = (data: ReplayData): Fault[] => {
  const faults: Fault[] = [];
  const spanMs = data.endMs - data.startMs;
  if (!(spanMs > 0 && spanMs <= SPAN_MS_MAX)) return [{ pointer: '/endMs', message: 'must lie after startMs, by a year at most' }];
  const seen = new Set<string>();
  data.markets.forEach((series, i) => {
    const base = `/markets${pointerSegment(i)}`;
    if (seen.has(series.market)) faults.push({ pointer: `${base}/market`, message: `${series.market} stands here twice` });
    seen.add(series.market);
    const fault = seriesFault(series, data);
    if (fault) faults.push({ pointer: base + fault.pointer, message: fault.message });
  });
  const shortest = Math.min(...data.markets.map(({ stepMs }) => stepMs));
  if (data.stepMs !== shortest) faults.push({ pointer: '/stepMs', message: `must be the shortest bar, ${shortest}` });
  return faults;
};

/** Reads a replay file. Throws `InputError` with a pointer for what is wrong; nothing of a faulty file is used. */
export const parseReplay = (source: string): ReplayData => {
  const data: ReplayData = check(replaySchema, readJson(source));
  const faults = faultsOf(data);
  if (faults.length > 0) throw new InputError(faults);
  return data;
};

/** Reads `index.json`, the list of the replays that a site ships. Throws `InputError`. */
export const parseReplayIndex = (source: string): readonly ReplayEntry[] => check(indexSchema, readJson(source)).replays;
