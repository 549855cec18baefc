/** Real price history at a chosen speed (rules FD-20 to FD-24). */

import { freshnessLimits } from '../domain/freshness.ts';
import type { Feed } from './feed.ts';
import { createPlayback, type FrameSource, type PlaybackOptions } from './playback.ts';
import type { ReplayData, ReplaySeries } from './replay-format.ts';
import type { RawTick } from './well-formed.ts';

/** Where in a bar its four prices are told (FD-23): 0, ⅓, ⅔ of it, and its last millisecond. */
const TOLD_PER_BAR = 4;

/** Offset into the bar of the `place`-th of its prices, ms, rounded down. */
const offsetMs = (place: number, stepMs: number): number => (place === TOLD_PER_BAR - 1 ? stepMs - 1 : Math.floor((place * stepMs) / 3));

/** Integer × 10^−decimals as plain decimal text without trailing zeros, exact. */
export const scaledText = (integer: number, decimals: number): string => {
  const digits = String(integer).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return fraction === '' ? whole : `${whole}.${fraction}`;
};

/** The prices of bar `i` in the order that makes the way from open to close shortest (FD-23): if it fell high, low, else low, high. */
const told = ({ open, high, low, close }: ReplaySeries, i: number, place: number): number => {
  if (place === 0) return open[i]!;
  if (place === TOLD_PER_BAR - 1) return close[i]!;
  const isHighFirst = close[i]! < open[i]!;
  return isHighFirst === (place === 1) ? high[i]! : low[i]!;
};

/** A series as a list of its tellings: telling n is price n mod 4 of bar n ÷ 4. */
interface Tellings {
  readonly count: number;
  readonly timeMs: (n: number) => number;
  readonly tick: (n: number) => RawTick;
}

const tellingsOf = (series: ReplaySeries, startMs: number): Tellings => {
  const { market, kind, stepMs, decimals, at } = series;
  const timeMs = (n: number): number => startMs + at[Math.floor(n / TOLD_PER_BAR)]! * stepMs + offsetMs(n % TOLD_PER_BAR, stepMs);
  return {
    count: at.length * TOLD_PER_BAR,
    timeMs,
    tick: (n) => ({
      market,
      kind,
      venueTimeMs: timeMs(n),
      price: scaledText(told(series, Math.floor(n / TOLD_PER_BAR), n % TOLD_PER_BAR), decimals),
    }),
  };
};

/** How many of `count` items, in order of `timeOf`, lie at or before `timeMs`. */
const countUpTo = (count: number, timeOf: (n: number) => number, timeMs: number): number => {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeOf(middle) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Every instant at which some market is told something, increasing, without repetition. */
const instantsOf = (all: readonly Tellings[]): Float64Array => {
  const times = new Set<number>();
  for (const { count, timeMs } of all) for (let n = 0; n < count; n++) times.add(timeMs(n));
  return Float64Array.from(times).sort();
};

const createSource = (data: ReplayData): FrameSource => {
  const all = data.markets.map((series) => tellingsOf(series, data.startMs));
  const instants = instantsOf(all);
  const instantAt = (n: number): number => instants[n]!;
  const next = all.map(() => 0);
  let nextInstant = 0;

  return {
    nextTimeMs: () => (nextInstant < instants.length ? instantAt(nextInstant) : undefined),
    take: () => {
      const timeMs = instantAt(nextInstant++);
      const ticks: RawTick[] = [];
      all.forEach((tellings, i) => {
        const n = next[i]!;
        if (n < tellings.count && tellings.timeMs(n) === timeMs) {
          ticks.push(tellings.tick(n));
          next[i] = n + 1;
        }
      });
      return ticks;
    },
    seek: (timeMs) => {
      nextInstant = countUpTo(instants.length, instantAt, timeMs);
      const ticks: RawTick[] = [];
      all.forEach((tellings, i) => {
        next[i] = countUpTo(tellings.count, tellings.timeMs, timeMs);
        if (next[i]! > 0) ticks.push(tellings.tick(next[i]! - 1));
      });
      return ticks;
    },
    timeFrom: (timeMs, count) => {
      const after = countUpTo(instants.length, instantAt, timeMs);
      const isAtInstant = after > 0 && instantAt(after - 1) === timeMs;
      const target = count > 0 ? after + count - 1 : after + count - (isAtInstant ? 1 : 0);
      return target >= 0 && target < instants.length ? instantAt(target) : undefined;
    },
  };
};

/** Longest wait between two tellings of a market that trades in every bar. */
const cadenceOf = (stepMs: number): number => Math.ceil(stepMs / 3);

/** A replay of `data`, at its start. Throws RangeError for a speed outside 0 to 600. */
export const createReplay = (data: ReplayData, options: PlaybackOptions = {}): Feed =>
  createPlayback(
    {
      kind: 'replay',
      name: `Replay ${data.title}`,
      markets: data.markets.map(({ market, kind, stepMs, source, instrument, note }) => ({
        market,
        kind,
        cadenceMs: cadenceOf(stepMs),
        source: `${source} ${instrument}`,
        ...(note === undefined ? {} : { note }),
      })),
      cadenceMs: cadenceOf(data.stepMs),
      freshness: freshnessLimits(cadenceOf(data.stepMs)),
      startMs: data.startMs,
      endMs: data.endMs,
      isSeekable: true,
    },
    createSource(data),
    options,
  );
