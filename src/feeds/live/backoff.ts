/** How long a lost connection waits before it is tried again (PS-4). */

/** First wait at most, ms; it doubles up to the most. */
const FIRST_MS = 500;
const MOST_MS = 30_000;

/**
 * Full jitter: uniform between 0 and min(30 s, 0.5 s × 2^attempt), so that many pages cut at once do not come back at once. Endless. `random` in [0, 1);
 * attempt from 0. Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
 */
export const backoffMs = (attempt: number, random: number): number => random * Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
