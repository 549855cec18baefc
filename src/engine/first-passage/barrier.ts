/**
 * First passage of a price to a barrier under geometric Brownian motion, exact (rules FP-1 to FP-6 of docs/spec/first-passage.md).
 * The reference, and the lower line: it understates what fat tails do (`touch-law.ts`).
 *
 * Symbols: b = ln(barrier ÷ spot), σ per √time, μ drift of the price and T in that same time, ν = μ − σ²/2 drift of its logarithm.
 * Source: reflection principle; Haug, The Complete Guide to Option Pricing Formulas (1998), p. 95.
 */
import { densityTail, expTimesNormal, NORMAL_UPPER_QUARTILE, normalProbability } from './normal.ts';

export interface Passage {
  /** b, log of barrier ÷ spot: below 0 for a fall, above for a rise. */
  readonly logDistance: number;
  /** σ ≥ 0, fraction per √time. */
  readonly volatility: number;
  /** ν, drift of the log price per time. Of a price that drifts at μ: `logDrift`. */
  readonly logDrift: number;
  /** T ≥ 0, in the time of σ and ν. */
  readonly time: number;
}

/** ν = μ − σ²/2. */
export const logDrift = (drift: number, volatility: number): number => drift - (volatility * volatility) / 2;

/** −ζ(½) ÷ √(2π): Broadie, Glasserman, Kou (1997). */
export const MONITORING_SHIFT = 0.5825971579390107;

/**
 * FP-1: P(touched by T) is, for b < 0, Φ((b − νT) ÷ σ√T) + e^(2νb ÷ σ²) · Φ((b + νT) ÷ σ√T); upward by symmetry. 1 at the
 * barrier (b = 0). The second term is e^(−z²/2) times a tail that does not underflow, z the first argument, so that nothing overflows. σ = 0 or T = 0: certain where the drift alone
 * reaches it, else 0.
 */
export function touchProbability({ logDistance, volatility, logDrift: nu, time }: Passage): number {
  if (logDistance === 0) return 1;
  const b = -Math.abs(logDistance);
  const drift = logDistance < 0 ? nu : -nu;
  const spread = volatility * Math.sqrt(time);
  if (!(spread > 0)) return drift * time <= b ? 1 : 0;
  const beyond = (b - drift * time) / spread;
  const reflected = (b + drift * time) / spread;
  const second = reflected < 0 ? densityTail(beyond, reflected) : expTimesNormal((2 * drift * b) / (volatility * volatility), reflected);
  return Math.min(normalProbability(beyond) + second, 1);
}

/** FP-2: P(beyond the barrier at T), whatever happened before: Φ((b − νT) ÷ σ√T) for b < 0. Never above `touchProbability`. */
export function terminalProbability({ logDistance, volatility, logDrift: nu, time }: Passage): number {
  const b = -Math.abs(logDistance);
  const drift = logDistance < 0 ? nu : -nu;
  const spread = volatility * Math.sqrt(time);
  if (!(spread > 0)) return drift * time <= b ? 1 : 0;
  return normalProbability((b - drift * time) / spread);
}

/** FP-3: median time to the barrier without log drift, (|b| ÷ (Φ⁻¹(¾) σ))²: time of σ. The mean is infinite. */
export const medianTouchTime = (logDistance: number, volatility: number): number =>
  (logDistance / (NORMAL_UPPER_QUARTILE * volatility)) ** 2;

/** FP-3: mean time, b ÷ ν, where the drift leads to the barrier; undefined where it is infinite: show the median there. */
export const meanTouchTime = (logDistance: number, nu: number): number | undefined =>
  logDistance === 0 ? 0 : logDistance / nu > 0 && Number.isFinite(logDistance / nu) ? logDistance / nu : undefined;

/**
 * FP-4: b as it must be taken when the price is looked at only every `interval`: moved away from the spot by 0.5826 σ√interval.
 * Then `touchProbability` is that of being seen at or beyond the barrier. Good while the interval is short against T.
 */
export const monitoredLogDistance = (logDistance: number, volatility: number, interval: number): number =>
  logDistance + Math.sign(logDistance) * MONITORING_SHIFT * volatility * Math.sqrt(interval);

/** Above this σ²T ÷ L² the sine series converges fastest, below it the images do. */
const SERIES_FROM = 0.1;
const SERIES_TERMS = 40;
const IMAGES = 4;

export interface Corridor extends Omit<Passage, 'logDistance'> {
  /** ln(lower ÷ spot) < 0. */
  readonly lower: number;
  /** ln(upper ÷ spot) > 0. */
  readonly upper: number;
}

/**
 * FP-5: P(either barrier touched by T). 1 − Σ of the sine series of the killed density, or of its images when σ√T is short against
 * the corridor. Kept between the larger and the sum of the single probabilities, where it must lie; at the sum where a drift that dwarfs σ
 * leaves the series no number.
 */
export function exitProbability(corridor: Corridor): number {
  const { lower, upper, volatility, time } = corridor;
  if (lower >= 0 || upper <= 0) return 1;
  const down = touchProbability({ ...corridor, logDistance: lower });
  const up = touchProbability({ ...corridor, logDistance: upper });
  if (!(volatility * time > 0)) return Math.max(down, up);
  const spread = (volatility * volatility * time) / (upper - lower) ** 2;
  const survival = spread > SERIES_FROM ? survivalBySines(corridor) : survivalByImages(corridor);
  const exit = Number.isFinite(survival) ? 1 - survival : down + up;
  return Math.min(Math.max(exit, down, up), down + up, 1);
}

function survivalBySines({ lower, upper, volatility, logDrift: nu, time }: Corridor): number {
  const width = upper - lower;
  const variance = volatility * volatility;
  const k = nu / variance;
  let sum = 0;
  for (let n = 1; n <= SERIES_TERMS; n++) {
    const w = (n * Math.PI) / width;
    const decay = ((k * nu + w * w * variance) * time) / 2;
    // e^(ka) w (1 − (−1)ⁿ e^(kL)) ÷ (k² + w²), with the decay inside the exponents.
    const ends = Math.exp(k * lower - decay) - (n % 2 === 0 ? 1 : -1) * Math.exp(k * upper - decay);
    sum += (Math.sin(-w * lower) * w * ends) / (k * k + w * w);
  }
  return (2 / width) * sum;
}

function survivalByImages({ lower, upper, volatility, logDrift: nu, time }: Corridor): number {
  const width = upper - lower;
  const spread = volatility * Math.sqrt(time);
  const k = nu / (volatility * volatility);
  const inside = (source: number): number => {
    const centre = source + nu * time;
    return expTimesNormal(k * source, (upper - centre) / spread) - expTimesNormal(k * source, (lower - centre) / spread);
  };
  let sum = 0;
  for (let m = -IMAGES; m <= IMAGES; m++) sum += inside(2 * m * width) - inside(2 * lower + 2 * m * width);
  return sum;
}
