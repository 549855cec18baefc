/** How old the price of a market is, by both clocks (rules ST-1 to ST-3 of docs/spec/staleness.md). */
import { type Freshness, type FreshnessLimits, freshness, freshnessLimits, worseOf } from '../../domain/freshness.ts';

/** The newest price of one market, and how often its feed speaks. */
export interface MarketClock {
  readonly market: string;
  /** By the venue's clock; absent where no price has come. */
  readonly venueTimeMs?: number;
  /** By ours. */
  readonly arrivalTimeMs?: number;
  readonly cadenceMs: number;
  /** Of the feed; absent: those of its cadence. */
  readonly limits?: FreshnessLimits;
}

export interface MarketAge {
  readonly market: string;
  /** Since the venue made the price; NaN where none has come. Below 0: the venue's clock runs ahead. */
  readonly venueAgeMs: number;
  /** Since it came here; NaN likewise. */
  readonly arrivalAgeMs: number;
  /** The greater of the two, at least 0; ∞ where no price has come. */
  readonly ageMs: number;
  /** ST-2: the worse of what the two ages are. */
  readonly freshness: Freshness;
}

/** ST-1, ST-2: both ages at `nowMs`, a reading of our clock. */
export function marketAge(clock: MarketClock, nowMs: number): MarketAge {
  const limits = clock.limits ?? freshnessLimits(clock.cadenceMs);
  const venueAgeMs = nowMs - (clock.venueTimeMs ?? Number.NaN);
  const arrivalAgeMs = nowMs - (clock.arrivalTimeMs ?? Number.NaN);
  const isKnown = !Number.isNaN(venueAgeMs) && !Number.isNaN(arrivalAgeMs);
  return {
    market: clock.market,
    venueAgeMs,
    arrivalAgeMs,
    ageMs: isKnown ? Math.max(0, venueAgeMs, arrivalAgeMs) : Number.POSITIVE_INFINITY,
    freshness: worseOf(freshness(venueAgeMs, limits), freshness(arrivalAgeMs, limits)),
  };
}

/** ST-3: the age a derived number carries, that of its oldest input; undefined of none. */
export function oldestOf(ages: readonly MarketAge[]): MarketAge | undefined {
  return ages.reduce<MarketAge | undefined>((oldest, age) => (oldest && oldest.ageMs >= age.ageMs ? oldest : age), undefined);
}

/** ST-3: the worst freshness of the inputs; of none, live: nothing can be old. */
export const worstFreshness = (ages: readonly MarketAge[]): Freshness =>
  ages.reduce<Freshness>((worst, { freshness: next }) => worseOf(worst, next), 'live');
