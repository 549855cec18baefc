/** Common jumps of all markets: when they come and how far each market goes (rule FD-17). */

import { type Draw, normalsFrom } from '../domain/random.ts';
import { JUMPS } from './price-model-parameters.ts';

const DECAY_PER_DAY = (Math.LN2 * 24) / JUMPS.halfLifeHours;

export interface Jumps {
  /**
   * Moves to `days` since the start and returns, per market, the sum of the log-jumps since the last call.
   * The array is reused by the next call. Days must not decrease.
   */
  readonly advanceTo: (days: number) => Float64Array;
  /** Jumps since the start. */
  readonly count: () => number;
}

/**
 * Waiting times of a Hawkes process with intensity λ(t) = λ0 + Σ n·κ·e^(−κ(t − tᵢ)), κ = ln 2 ÷ half-life, drawn exactly:
 * no time step enters. Dassios and Zhao, "Exact simulation of Hawkes process with exponentially decaying intensity" (2013).
 * Returns a function that gives the next event, in days since the start.
 */
const hawkesTimes = (baseIntensity: number, uniform: Draw): (() => number) => {
  let timeDays = -JUMPS.warmUpHours / 24;
  let excess = 0;
  return () => {
    const uniformOfExcess = uniform();
    const waitOfBase = -Math.log(uniform()) / baseIntensity;
    const remaining = excess > 0 ? 1 + (DECAY_PER_DAY * Math.log(uniformOfExcess)) / excess : 0;
    const waitOfExcess = remaining > 0 ? -Math.log(remaining) / DECAY_PER_DAY : Number.POSITIVE_INFINITY;
    const wait = Math.min(waitOfBase, waitOfExcess);
    timeDays += wait;
    excess = excess * Math.exp(-DECAY_PER_DAY * wait) + JUMPS.branchingRatio * DECAY_PER_DAY;
    return timeDays;
  };
};

/**
 * Log-jump of market i: Jᵢ = βᵢ·J·e^(0.35·ξᵢ − 0.061), J = −Exp(2.6 %) with probability 0.55, else +Exp(2.0 %) with β × 0.8.
 * `streamOf` gives the uniform stream of a purpose; each market responds by a stream of its own.
 */
export const createJumps = (
  markets: readonly { readonly market: string; readonly jumpBeta: number }[],
  intensityFactor: number,
  streamOf: (purpose: string) => Draw,
): Jumps => {
  const nextTime = hawkesTimes(JUMPS.baseIntensity * intensityFactor, streamOf('jump/time'));
  const size = streamOf('jump/size');
  const responses = markets.map(({ market }) => normalsFrom(streamOf(`jump/response/${market}`)));
  const sums = new Float64Array(markets.length);
  let count = 0;
  let nextDays = nextTime();
  while (nextDays <= 0) nextDays = nextTime();

  const addJump = (): void => {
    count++;
    const isUp = size() < JUMPS.upProbability;
    const exponential = -Math.log(size());
    const common = isUp ? JUMPS.meanUp * JUMPS.upBetaFactor * exponential : -JUMPS.meanDown * exponential;
    for (let i = 0; i < sums.length; i++) {
      const response = Math.exp(JUMPS.responseSpread * responses[i]!() + JUMPS.responseMean);
      sums[i] = sums[i]! + markets[i]!.jumpBeta * common * response;
    }
  };

  return {
    advanceTo: (days) => {
      sums.fill(0);
      for (; nextDays <= days; nextDays = nextTime()) addJump();
      return sums;
    },
    count: () => count,
  };
};
