/**
 * How often a price really touches a level d standard deviations away within 24 hours (rules FP-7 to FP-9 of
 * docs/spec/first-passage.md): the probability shown to users.
 *
 *   downward: P = 2·T₃(−1.37 d)     upward: P = 2·T₅(−1.149 d)     d = |ln(price ÷ level)| ÷ σ₂₄ₕ
 *
 * σ₂₄ₕ is the running volatility known at the start (`volatility/stream.ts`). Fitted to 34,040 overlapping windows of 24 hours of
 * BTC, ETH and SOL, 2021 to March 2026: how many had a low (high) at or beyond the level. Windows overlap and crises cluster: beyond
 * 6σ about ten events speak. Not fitted below 4 hours.
 */

export interface TouchLaw {
  /** Degrees of freedom of Student's T: 3 or 5, which have a closed form. */
  readonly degrees: 3 | 5;
  /** k: T is taken at −k·d. */
  readonly scale: number;
}

export const DOWNWARD: TouchLaw = { degrees: 3, scale: 1.37 };
export const UPWARD: TouchLaw = { degrees: 5, scale: 1.149 };

/** Below this √ν ÷ x the closed form cancels and its series is taken. */
const SERIES_BELOW = 0.1;
const SERIES_TERMS = 9;

/**
 * P(T > x) of Student's T with 3 or 5 degrees of freedom, x ≥ 0. With u = √ν ÷ x:
 * ν = 3: (atan u − u ÷ (1 + u²)) ÷ π; ν = 5: that − ⅔u³ ÷ (1 + u²)² ÷ π.
 */
export function studentTail(degrees: TouchLaw['degrees'], x: number): number {
  const u = Math.sqrt(degrees) / x;
  if (u < SERIES_BELOW) return tailSeries(degrees, u) / Math.PI;
  if (u === Number.POSITIVE_INFINITY) return 0.5;
  const common = Math.atan(u) - u / (1 + u * u);
  return (degrees === 3 ? common : common - ((2 / 3) * u ** 3) / (1 + u * u) ** 2) / Math.PI;
}

/** Σ ±u^(2n+1) · 2n ÷ (2n + 1), less ⅔n of the same power when ν = 5. */
function tailSeries(degrees: TouchLaw['degrees'], u: number): number {
  let power = u;
  let sum = 0;
  for (let n = 1; n <= SERIES_TERMS; n++) {
    power *= -u * u;
    sum -= power * ((2 * n) / (2 * n + 1) - (degrees === 5 ? (2 / 3) * n : 0));
  }
  return sum;
}

/** FP-7: P(touched within 24 hours) at `distance` d in σ₂₄ₕ. 1 at d ≤ 0: the level is reached. NaN where d is no number. */
export const touchProbability24h = (distance: number, law: TouchLaw = DOWNWARD): number =>
  distance <= 0 ? 1 : 2 * studentTail(law.degrees, law.scale * distance);

const BISECTIONS = 200;

/** FP-8: the distance d at which the law says `probability`, 0 < P ≤ 1; ∞ at 0 and below. By bisection, to the last digits. */
export function touchDistance(probability: number, law: TouchLaw = DOWNWARD): number {
  if (probability >= 1) return 0;
  if (!(probability > 0)) return Number.POSITIVE_INFINITY;
  let low = 0;
  let high = 1;
  while (touchProbability24h(high, law) > probability) high *= 2;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (touchProbability24h(middle, law) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** FP-9: d of one price: |ln(price ÷ level)| ÷ σ₂₄ₕ, signed: below 0 once the price is past the level. `side` +1: the danger is a fall. */
export const sigmaDistance = (price: number, level: number, dailyVolatility: number, side: 1 | -1): number =>
  (side * Math.log(price / level)) / dailyVolatility;
