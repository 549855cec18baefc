/** The normal distribution to the last digits of a double, also far out, where e^huge × Φ(−huge) is an ordinary number. */

const SQRT_2 = Math.SQRT2;
const SQRT_PI = Math.sqrt(Math.PI);
/** From here on the continued fraction converges within `FRACTION_TERMS`; below it the series does. */
const FRACTION_FROM = 2;
const FRACTION_TERMS = 80;
const SERIES_TERMS = 60;

/** erf by its series of positive terms, (2 ÷ √π) e^(−x²) Σ 2ⁿ x^(2n+1) ÷ (2n + 1)!!, |x| < 2. */
const erfSeries = (x: number): number => {
  let term = x;
  let sum = x;
  for (let n = 1; n < SERIES_TERMS; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / SQRT_PI) * Math.exp(-x * x) * sum;
};

/** e^(x²) erfc(x), x ≥ 2, by the continued fraction 1 ÷ (x + ½ ÷ (x + 1 ÷ (x + 1½ ÷ …))) ÷ √π, from its end. */
const scaledErfcFraction = (x: number): number => {
  let tail = x;
  for (let k = FRACTION_TERMS; k > 0; k--) tail = x + k / 2 / tail;
  return 1 / (tail * SQRT_PI);
};

/** e^(x²) erfc(x) for x ≥ 0: falls from 1 like 1 ÷ (x√π) and never underflows. */
const scaledErfc = (x: number): number => (x < FRACTION_FROM ? Math.exp(x * x) * (1 - erfSeries(x)) : scaledErfcFraction(x));

/** Φ(x): probability that a standard normal is at most x. 0 and 1 at −∞ and ∞. */
export const normalProbability = (x: number): number => {
  const y = Math.abs(x) / SQRT_2;
  const tail = y < FRACTION_FROM ? (1 - erfSeries(y)) / 2 : (Math.exp(-y * y) * scaledErfcFraction(y)) / 2;
  return x < 0 ? tail : 1 - tail;
};

/** e^a · Φ(x) without overflow: where x < 0 it is ½ e^(a − x²/2) · e^(x²/2) erfc(−x ÷ √2). */
export const expTimesNormal = (a: number, x: number): number =>
  x < 0 ? (Math.exp(a - (x * x) / 2) * scaledErfc(-x / SQRT_2)) / 2 : Math.exp(a) * normalProbability(x);

/** e^(−z²/2) · e^(x²/2) Φ(x) for x < 0: the part of Φ(x) beside its exponential, under another one. */
export const densityTail = (z: number, x: number): number => (Math.exp((-z * z) / 2) * scaledErfc(-x / SQRT_2)) / 2;

/** Φ⁻¹(¾): the driftless path has touched b by the time T with probability ½ when |b| = this × σ√T. */
export const NORMAL_UPPER_QUARTILE = 0.6744897501960817;
