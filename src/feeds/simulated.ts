/** A seeded price stream that behaves as crypto markets do (rules FD-13 to FD-19). */

import { underlyingOf } from '../domain/asset-forms.ts';
import { freshnessLimits } from '../domain/freshness.ts';
import type { Feed } from './feed.ts';
import { fundingRate } from './funding.ts';
import { createPlayback, type FrameSource, type PlaybackOptions } from './playback.ts';
import { createPriceModel, type PriceModel } from './price-model.ts';
import { MARKETS, REGIMES, type Regime } from './price-model-parameters.ts';
import { isPriceText, type RawTick } from './well-formed.ts';

export interface SimulatedOptions extends PlaybackOptions {
  readonly seed: number;
  readonly regime: Regime;
  /** Time between two prices of the feed's clock, whole ms above 0. */
  readonly stepMs: number;
  /** First instant of the feed's clock, whole ms since the epoch. It moves times, never prices. */
  readonly startMs: number;
  /**
   * Start prices by market, decimal text. Of the ten markets of the model they replace the model's own, and paths keep their shape; any
   * other with a price above zero joins them (FD-26, FD-28).
   */
  readonly startPrices?: Readonly<Record<string, string>>;
}

/** FD-25 at a premium of zero: the stream has none. */
const FUNDING = { rate: String(fundingRate(0)), intervalMs: 8 * 3_600_000 } as const;

const SIGNIFICANT_DIGITS = 6;
/** No seek simulates more steps of the ten markets than this at once; of more markets, so many fewer. */
const SEEK_STEPS_MAX = 5_000_000;

/**
 * Decimal text of a price, six significant digits, to nearest, never in exponent form (FD-19): the resolution of the
 * price ticks of venues (BTC 0.1, ETH 0.01).
 */
export const priceText = (price: number): string => {
  const decimals = SIGNIFICANT_DIGITS - 1 - Math.floor(Math.log10(price));
  return price.toFixed(Math.min(Math.max(decimals, 0), 100));
};

/** Markets with their start prices: the ten, then the others that have one, by name. */
const startPricesOf = (given: Readonly<Record<string, string>>): { readonly market: string; readonly price: number }[] => {
  const known = new Set(MARKETS.map(({ market }) => market));
  const others = Object.keys(given).filter((market) => !known.has(market) && isPriceText(given[market]!));
  return [
    ...MARKETS.map(({ market, startPrice }) => {
      const text = Object.hasOwn(given, market) ? given[market] : startPrice;
      if (!isPriceText(text)) throw new RangeError(`start price of ${market} must be a decimal above zero, found ${text}`);
      return { market, price: Number(text) };
    }),
    ...others.sort().map((market) => ({ market, price: Number(given[market]) })),
  ];
};

/** Frame k holds the price of every market at start + k·step; frame 0 the start prices. */
const createSource = ({ seed, regime, stepMs, startMs }: SimulatedOptions, starts: ReturnType<typeof startPricesOf>): FrameSource => {
  const known = MARKETS.map(({ market }) => market);
  // FD-28: a form of another market takes that market's return, whether or not the market itself has a price here.
  const moving = starts.map(({ market }, i) => (i < known.length ? market : underlyingOf(market)));
  const others = [...new Set(moving.slice(known.length))].filter((market) => !known.includes(market)).sort();
  const returnAt = moving.map((market) => [...known, ...others].indexOf(market));
  const stepsMax = Math.floor((SEEK_STEPS_MAX * known.length) / (known.length + others.length));
  let model: PriceModel = createPriceModel(seed, regime, stepMs, others);
  let nextFrame = 0;

  /** Funding does not change: it is told with the first prices, and again where the clock is set. */
  const ticksNow = (timeMs: number, isFirst: boolean): RawTick[] =>
    starts.map(({ market, price }, i) => ({
      market,
      kind: 'mark',
      venueTimeMs: timeMs,
      price: priceText(price * Math.exp(model.logReturns[returnAt[i]!]!)),
      ...(isFirst ? { funding: FUNDING } : {}),
    }));

  /** Leaves the model at frame `nextFrame` − 1. */
  const moveOn = (): void => {
    if (nextFrame > 0) model.step();
    nextFrame++;
  };

  return {
    nextTimeMs: () => startMs + nextFrame * stepMs,
    take: () => {
      moveOn();
      return ticksNow(startMs + (nextFrame - 1) * stepMs, nextFrame === 1);
    },
    seek: (timeMs) => {
      const frame = Math.floor((timeMs - startMs) / stepMs);
      const stepCount = frame < nextFrame - 1 ? frame : frame - nextFrame + 1;
      if (stepCount > stepsMax) throw new RangeError(`too far: ${stepCount} steps of ${stepMs} ms, at most ${stepsMax}`);
      if (frame < nextFrame - 1) {
        model = createPriceModel(seed, regime, stepMs, others);
        nextFrame = 0;
      }
      while (nextFrame <= frame) moveOn();
      return ticksNow(startMs + frame * stepMs, true);
    },
    timeFrom: (timeMs, count) => {
      const position = (timeMs - startMs) / stepMs;
      const frame = count > 0 ? Math.floor(position) + count : Math.ceil(position) + count;
      return frame < 0 ? undefined : startMs + frame * stepMs;
    },
  };
};

/**
 * A simulated feed: same seed, regime and step give the same prices, however the caller chops time.
 * Throws RangeError for a seed that is not a safe integer, a step that is not a whole number above 0, or a bad start price.
 */
export const createSimulated = (options: SimulatedOptions): Feed => {
  const { seed, regime, stepMs, startMs } = options;
  if (!Object.hasOwn(REGIMES, regime)) throw new RangeError(`no such regime: ${regime}`);
  if (!Number.isSafeInteger(startMs)) throw new RangeError(`a start time is a whole number of milliseconds, found ${startMs}`);
  const starts = startPricesOf(options.startPrices ?? {});
  const source = createSource(options, starts);
  return createPlayback(
    {
      kind: 'simulated',
      name: `Simulated ${seed}`,
      markets: starts.map(({ market }) => ({ market, kind: 'mark', cadenceMs: stepMs, source: `simulated, seed ${seed}, ${regime}` })),
      cadenceMs: stepMs,
      freshness: freshnessLimits(stepMs),
      startMs,
      isSeekable: true,
    },
    source,
    options,
  );
};
