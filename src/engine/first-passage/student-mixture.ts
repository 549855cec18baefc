/** First passage when the day's volatility itself is drawn: a check of how much fat tails add (rule FP-13). */
import { logDrift, type Passage, touchProbability } from './barrier.ts';

/** ln w from −30 to 8 in steps of 1/32: the weights beyond are below 1e-17 for 3 degrees and more. */
const FROM = -30;
const TO = 8;
const STEPS_PER_UNIT = 32;

/**
 * E over W ~ χ²(degrees) of P(touched by T) at volatility σ√((degrees − 2) ÷ W): returns are Student's with standard deviation σ. Drift μ of
 * the price is kept, so the log drift moves with W. Trapezoids in ln w, which converge as fast as the integrand is smooth.
 * `degrees` > 2.
 */
export function studentTouchProbability(
  { logDistance, volatility, time }: Omit<Passage, 'logDrift'>,
  drift: number,
  degrees: number,
): number {
  let weights = 0;
  let sum = 0;
  for (let i = FROM * STEPS_PER_UNIT; i <= TO * STEPS_PER_UNIT; i++) {
    const logW = i / STEPS_PER_UNIT;
    const w = Math.exp(logW);
    const weight = Math.exp((degrees / 2) * logW - w / 2);
    const scaled = volatility * Math.sqrt((degrees - 2) / w);
    weights += weight;
    sum += weight * touchProbability({ logDistance, volatility: scaled, logDrift: logDrift(drift, scaled), time });
  }
  return sum / weights;
}
