/** How old the price of a market is, by both clocks (rules ST-1 to ST-3 of docs/spec/staleness.md). */
import { type Freshness, type FreshnessLimits, freshness, worseOf } from '../../domain/freshness.ts';

/** The newest price of one market, and how old its feed lets it become. */
export interface MarketClock {
  readonly market: string;
  /** By the venue's clock; absent where no price has come. */
  readonly venueTimeMs?: number;
  /** By ours. */
  readonly arrivalTimeMs?: number;
  readonly limits: FreshnessLimits;
  /** A playback's prices age by its own clock alone: it can be paused, and the machine can sleep (FD-9). */
  readonly isPlayback?: boolean;
}

/** The present by both clocks. */
export interface Present {
  /** What "now" is for prices: the feed's clock. */
  readonly venueMs: number;
  /** A reading of the clock by which arrivals are stamped. */
  readonly ownMs: number;
}

export interface MarketAge {
  readonly market: string;
  /** Since the venue made the price; NaN where none has come. Below 0: the venue's clock runs ahead. */
  readonly venueAgeMs: number;
  /** Since it came here; NaN likewise. Below 0: our clock was set back. */
  readonly arrivalAgeMs: number;
  /** The size of the age that is judged, the greater of two; ∞ where it is not known. */
  readonly ageMs: number;
  /** ST-2: the worse of what the two ages are. */
  readonly freshness: Freshness;
}

const sizeOf = (ageMs: number): number => (Number.isNaN(ageMs) ? Number.POSITIVE_INFINITY : Math.abs(ageMs));

/** ST-1, ST-2: both ages at the present. */
export function marketAge({ market, venueTimeMs, arrivalTimeMs, limits, isPlayback = false }: MarketClock, now: Present): MarketAge {
  const venueAgeMs = now.venueMs - (venueTimeMs ?? Number.NaN);
  const arrivalAgeMs = now.ownMs - (arrivalTimeMs ?? Number.NaN);
  const judged = isPlayback ? [sizeOf(venueAgeMs)] : [sizeOf(venueAgeMs), sizeOf(arrivalAgeMs)];
  return {
    market,
    venueAgeMs,
    arrivalAgeMs,
    ageMs: Math.max(...judged),
    freshness: judged.map((age) => freshness(age, limits)).reduce(worseOf),
  };
}

/** ST-3: the age a derived number carries, that of its oldest input; undefined of none. */
export function oldestOf(ages: readonly MarketAge[]): MarketAge | undefined {
  return ages.reduce<MarketAge | undefined>((oldest, age) => (oldest && oldest.ageMs >= age.ageMs ? oldest : age), undefined);
}

/** ST-3: the worst freshness of the inputs; of none, live: nothing can be old. */
export const worstFreshness = (classes: readonly Freshness[]): Freshness => classes.reduce(worseOf, 'live');
