/**
 * First passage with jumps of double-exponential size, by the inverse of its Laplace transform (rule FP-14): a cross-check of the touch
 * law, not what is shown. Source: Kou and Wang, First passage times of a jump diffusion process (2003); inversion by Gaver and Stehfest.
 */
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { touchProbability } from './barrier.ts';

export interface JumpDiffusion {
  /** ln(barrier ÷ spot), not 0. */
  readonly logDistance: number;
  readonly time: number;
  /** σ of the part without jumps, per √time. */
  readonly volatility: number;
  /** Drift of the log price between jumps, per time. */
  readonly logDrift: number;
  /** Jumps per time. */
  readonly intensity: number;
  readonly upProbability: number;
  /** Means of the sizes, log price: 1 ÷ η. */
  readonly meanUp: number;
  readonly meanDown: number;
}

/** Terms of the inversion: forty digits carry the cancellation of twenty-four. */
const TERMS = 24;
const HALF = TERMS / 2;
const LN_2 = new Decimal(2).ln();
const BISECTIONS = 45;
const NEWTON_STEPS = 2;

const factorial = (n: number): Decimal => {
  let product = ONE;
  for (let i = 2; i <= n; i++) product = product.times(i);
  return product;
};

/** Stehfest's weights Vₖ, k from 1. */
const WEIGHTS: readonly Decimal[] = Array.from({ length: TERMS }, (_, index) => {
  const k = index + 1;
  let sum = ZERO;
  for (let j = Math.floor((k + 1) / 2); j <= Math.min(k, HALF); j++) {
    const below = [HALF - j, j, j - 1, k - j, 2 * j - k].reduce((product, n) => product.times(factorial(n)), ONE);
    sum = sum.plus(
      new Decimal(j)
        .pow(HALF)
        .times(factorial(2 * j))
        .div(below),
    );
  }
  return (k + HALF) % 2 === 0 ? sum : sum.negated();
});

/** The process as it looks when the barrier lies above. */
interface Upward {
  readonly distance: Decimal;
  readonly drift: Decimal;
  readonly halfVariance: Decimal;
  readonly intensity: Decimal;
  readonly up: Decimal;
  readonly down: Decimal;
  readonly rateUp: Decimal;
  readonly rateDown: Decimal;
}

function upward(jump: JumpDiffusion): Upward {
  const isUp = jump.logDistance > 0;
  const up = isUp ? jump.upProbability : 1 - jump.upProbability;
  return {
    distance: new Decimal(jump.logDistance).abs(),
    drift: new Decimal(isUp ? jump.logDrift : -jump.logDrift),
    halfVariance: new Decimal(jump.volatility).pow(2).div(2),
    intensity: new Decimal(jump.intensity),
    up: new Decimal(up),
    down: ONE.minus(up),
    rateUp: ONE.div(isUp ? jump.meanUp : jump.meanDown),
    rateDown: ONE.div(isUp ? jump.meanDown : jump.meanUp),
  };
}

/** G(x) = μx + ½σ²x² + λ(p η₁ ÷ (η₁ − x) + q η₂ ÷ (η₂ + x) − 1), and its slope. */
function exponent(p: Upward, x: Decimal): { value: Decimal; slope: Decimal } {
  const above = p.rateUp.minus(x);
  const below = p.rateDown.plus(x);
  const ups = p.up.times(p.rateUp).div(above);
  const downs = p.down.times(p.rateDown).div(below);
  return {
    value: p.drift
      .times(x)
      .plus(p.halfVariance.times(x).times(x))
      .plus(p.intensity.times(ups.plus(downs).minus(1))),
    slope: p.drift.plus(p.halfVariance.times(x).times(2)).plus(p.intensity.times(ups.div(above).minus(downs.div(below)))),
  };
}

/** The root of G(x) = α between `low` and `high`, where G rises through it. */
function root(p: Upward, alpha: Decimal, low: Decimal, high: Decimal): Decimal {
  let left = low;
  let right = high;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = left.plus(right).div(2);
    if (exponent(p, middle).value.lt(alpha)) left = middle;
    else right = middle;
  }
  let x = left.plus(right).div(2);
  for (let i = 0; i < NEWTON_STEPS; i++) {
    const { value, slope } = exponent(p, x);
    x = x.minus(value.minus(alpha).div(slope));
  }
  return x;
}

/** ∫ e^(−αt) P(touched by t) dt. */
function transform(p: Upward, alpha: Decimal): Decimal {
  const first = root(p, alpha, ZERO, p.rateUp);
  let far = p.rateUp.times(2);
  while (exponent(p, far).value.lt(alpha)) far = far.times(2);
  const second = root(p, alpha, p.rateUp, far);
  const gap = second.minus(first);
  const nearer = p.rateUp.minus(first).div(p.rateUp).times(second.div(gap)).times(p.distance.times(first).negated().exp());
  const further = second.minus(p.rateUp).div(p.rateUp).times(first.div(gap)).times(p.distance.times(second).negated().exp());
  return nearer.plus(further).div(alpha);
}

/**
 * FP-14: P(touched by T) of the jump diffusion; with intensity 0 that of `touchProbability`. σ > 0, T > 0, means > 0, 0 < up < 1. Float in and
 * out, forty digits between; good to 1e-8 where the intensity is not vanishing.
 */
export function jumpTouchProbability(jump: JumpDiffusion): number {
  if (jump.intensity === 0) return touchProbability(jump);
  const process = upward(jump);
  const rate = LN_2.div(jump.time);
  const sum = WEIGHTS.reduce((total, weight, index) => total.plus(weight.times(transform(process, rate.times(index + 1)))), ZERO);
  return sum.times(rate).toNumber();
}
