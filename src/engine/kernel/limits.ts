/** Thresholds and margins that the kernels, plain and compiled, share. assembly/kernel.ts states the same numbers. */

/** Margin ratios at which a pool leaves a state; those of policy/risk-state.ts (kernel.test.ts compares). */
export const WATCH = 0.3;
export const WARNING = 0.5;
export const MARGIN_CALL = 0.8;

/**
 * Half-width of the band around a threshold, relative to scale + 2 Σ |weight · worth|: inside it the exact path decides (DK-9).
 * The kernel's own error is at most (n + 12) · 2⁻⁵³ of the same sum for a pool of n entries, so the band holds it for
 * n ≤ `ENTRIES_MAX`; a pool with more has no linear form.
 */
export const BAND = 1e-12;
export const ENTRIES_MAX = 4096;

/** Certified radii below this are worth nothing beside the rounding of prices, and are none. */
export const RADIUS_MIN = 1e-9;
/** Safety factor of a radius against the rounding of its own computation. */
export const RADIUS_SHARE = 1 - 1e-9;
/** No certificate reaches further than prices moving by half: the band is certified for twice the notional. */
export const MOVE_MAX = 0.5;
