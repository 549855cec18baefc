/** How old is too old (rules FD-8 and FD-9). */

/** The classes of age, from the best to the worst. */
export const FRESHNESS_ORDER = ['live', 'delayed', 'stale', 'lost'] as const;
export type Freshness = (typeof FRESHNESS_ORDER)[number];

/** The worse of two. */
export const worseOf = (a: Freshness, b: Freshness): Freshness => (FRESHNESS_ORDER.indexOf(a) >= FRESHNESS_ORDER.indexOf(b) ? a : b);

/** An age below `liveMs` is live, below `delayedMs` delayed, below `staleMs` stale, anything else lost. */
export interface FreshnessLimits {
  readonly liveMs: number;
  readonly delayedMs: number;
  readonly staleMs: number;
}

/** For a feed that speaks once a second or more often. */
const FRESHNESS_LIMITS: FreshnessLimits = { liveMs: 2_000, delayedMs: 10_000, staleMs: 60_000 };

const REFERENCE_CADENCE_MS = 1_000;

/** The limits of a feed or a market that speaks every `cadenceMs`: those of one second, scaled up, never down. */
export const freshnessLimits = (cadenceMs: number): FreshnessLimits => {
  const scale = Math.max(1, cadenceMs / REFERENCE_CADENCE_MS);
  return {
    liveMs: FRESHNESS_LIMITS.liveMs * scale,
    delayedMs: FRESHNESS_LIMITS.delayedMs * scale,
    staleMs: FRESHNESS_LIMITS.staleMs * scale,
  };
};

/**
 * The class of an age in ms. A negative age (a venue's clock that runs ahead) is live; an age that is not a number is lost,
 * for nothing is known of it.
 */
export const freshness = (ageMs: number, limits: FreshnessLimits): Freshness => {
  if (ageMs < limits.liveMs) return 'live';
  if (ageMs < limits.delayedMs) return 'delayed';
  return ageMs < limits.staleMs ? 'stale' : 'lost';
};
