/**
 * Price paths for a Monte Carlo. Rules LR-1, LR-2 of docs/spec/liquidations-at-risk.md. Path i of a seed depends on the seed and i alone, so that
 * it is the same whoever draws it, in whatever order. Doubles.
 *
 * `exogenous`: r = √(vΔ)·(Lε) − ½vΔ + max(J, ln 0.05), v = 0.95·σ²·e^(h − ½V), h an Ornstein–Uhlenbeck process (half-life 18 h, V = 0.5) begun in
 * its stationary law, J common jumps whose intensity 0.06 a day each jump raises (n = 0.25, half-life 1.5 h). The slow factor of volatility is
 * what the σ that is given already knows. Meant to be run through a cascade, which adds the wicks.
 * `touch`: driftless, one volatility factor a path, √(3 ÷ χ²₃) ÷ 1.37: a price watched all along touches −dσ within a day with the probability
 * of the touch law, 2·T₃(−1.37d). Meant to be judged as it is. Rises are as fat as falls.
 */
import { type Draw, normalsFrom, uniformStream } from '../../domain/random.ts';
import { DOWNWARD } from '../first-passage/touch-law.ts';
import { type Covariance, covarianceOf } from './covariance.ts';
import type { Market, ShockModel } from './types.ts';

export type PathLaw = 'exogenous' | 'touch';

export interface PathModel {
  readonly covariance: Covariance;
  /** L of the covariance as one array: the rows one after another, each up to its last entry that is not 0; `ends` says where each ends. */
  readonly factor: Float64Array;
  readonly ends: Uint32Array;
  /** Independent sources. */
  readonly sources: number;
  /** Log-move of each market per log-move of a common jump downward. */
  readonly jumpBetas: readonly number[];
  readonly law: PathLaw;
  readonly days: number;
  /** Looked at so often, evenly; touches between two looks are missed. */
  readonly steps: number;
}

const DIFFUSION_SHARE = 0.95;
const FAST = { variance: 0.5, halfLifeDays: 0.75, commonShare: 0.75, returnCorrelation: -0.1 };
const JUMP = { perDay: 0.06, branching: 0.25, halfLifeDays: 1.5 / 24, up: 0.45, meanUp: 0.02, meanDown: 0.026, upBeta: 0.8 };
const RESPONSE = { spread: 0.35, mean: -0.061 };
const FLOOR = Math.log(0.05);
/** β of a jump of the fitted markets; any other is as wide as the widest. */
const JUMP_BETAS: Readonly<Record<string, number>> = { BTC: 1, ETH: 1.3, SOL: 1.6, BNB: 1.2, XRP: 1.5, DOGE: 1.7 };
const OTHER_JUMP_BETA = 1.7;

/** Throws `InputError` as `shortestShock` does, `RangeError` for a span or a number of steps that is none. */
export function pathModel(model: ShockModel, law: PathLaw, days: number, steps: number, volatility = 1): PathModel {
  if (!(days > 0 && Number.isFinite(days) && Number.isSafeInteger(steps) && steps > 0))
    throw new RangeError(`no path of ${days} days in ${steps} steps`);
  const sigma = new Map([...model.sigma].map(([market, value]) => [market, value * volatility]));
  const covariance = covarianceOf({ ...model, sigma });
  const jumpBetas = covariance.markets.map((market, i) => (covariance.sigma[i] === 0 ? 0 : (ownBeta(market) ?? OTHER_JUMP_BETA)));
  return { covariance, ...flatFactor(covariance), jumpBetas, law, days, steps };
}

function flatFactor({ factor }: Covariance): Pick<PathModel, 'factor' | 'ends' | 'sources'> {
  const rows = factor.map((row) => row.slice(0, row.findLastIndex((value) => value !== 0) + 1));
  let end = 0;
  return {
    factor: Float64Array.from(rows.flat()),
    ends: Uint32Array.from(rows, (row) => {
      end += row.length;
      return end;
    }),
    sources: factor[0]?.length ?? 0,
  };
}

const ownBeta = (market: Market): number | undefined => (Object.hasOwn(JUMP_BETAS, market) ? JUMP_BETAS[market] : undefined);

/** LR-1: log(price ÷ price now), row by row: step × markets + market. Each step after the one before; the start is not in it. */
export function drawPath(model: PathModel, seed: number, index: number): Float64Array {
  const uniform = uniformStream(seed, `stress/path/${index}`);
  const normal = normalsFrom(uniform);
  return model.law === 'touch' ? touchPath(model, normal) : exogenousPath(model, uniform, normal);
}

function correlated({ factor, ends, sources }: PathModel, normal: Draw, into: Shocks): void {
  const { u, shocks } = into;
  for (let k = 0; k < sources; k++) u[k] = normal();
  let at = 0;
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i]!;
    let sum = 0;
    for (let k = 0; at < end; k++, at++) sum += factor[at]! * u[k]!;
    shocks[i] = sum;
  }
}

/** What a step draws: independent normals, and what they make of each market. */
interface Shocks {
  readonly u: Float64Array;
  readonly shocks: Float64Array;
}

const shocksOf = ({ sources, ends }: PathModel): Shocks => ({ u: new Float64Array(sources), shocks: new Float64Array(ends.length) });

function touchPath(model: PathModel, normal: Draw): Float64Array {
  const { covariance, days, steps } = model;
  const count = covariance.markets.length;
  const path = new Float64Array(steps * count);
  let chi = 0;
  for (let n = 0; n < DOWNWARD.degrees; n++) chi += normal() ** 2;
  const scale = (Math.sqrt(DOWNWARD.degrees / chi) / DOWNWARD.scale) * Math.sqrt(days / steps);
  const drawn = shocksOf(model);
  const { shocks } = drawn;
  for (let step = 0; step < steps; step++) {
    correlated(model, normal, drawn);
    for (let i = 0; i < count; i++) path[step * count + i] = (step === 0 ? 0 : path[(step - 1) * count + i]!) + scale * shocks[i]!;
  }
  return path;
}

function exogenousPath(model: PathModel, uniform: Draw, normal: Draw): Float64Array {
  const { covariance, days, steps, jumpBetas } = model;
  const count = covariance.markets.length;
  const step = days / steps;
  const path = new Float64Array(steps * count);
  const drawn = shocksOf(model);
  const { shocks } = drawn;
  const h = new Float64Array(count);
  const jumped = new Float64Array(count);
  const keep = 2 ** (-step / FAST.halfLifeDays);
  const moveVolatility = (a: number, spread: number): void => {
    const rest = Math.sqrt(1 - FAST.returnCorrelation ** 2);
    const common = normal() * Math.sqrt(FAST.commonShare);
    for (let i = 0; i < count; i++) {
      const sigma = covariance.sigma[i]!;
      const own = common + Math.sqrt(1 - FAST.commonShare) * normal();
      h[i] = a * h[i]! + spread * (FAST.returnCorrelation * (sigma > 0 ? shocks[i]! / sigma : 0) + rest * own);
    }
  };
  moveVolatility(0, Math.sqrt(FAST.variance));
  let excess = 0;
  for (let n = 0; n < steps; n++) {
    correlated(model, normal, drawn);
    excess = addJumps(model, step, excess, uniform, normal, jumped);
    for (let i = 0; i < count; i++) {
      const share = DIFFUSION_SHARE * Math.exp(h[i]! - FAST.variance / 2) * step;
      const variance = covariance.sigma[i]! ** 2 * share;
      const before = n === 0 ? 0 : path[(n - 1) * count + i]!;
      path[n * count + i] = before + shocks[i]! * Math.sqrt(share) - variance / 2 + Math.max(jumped[i]! * jumpBetas[i]!, FLOOR);
    }
    moveVolatility(keep, Math.sqrt(FAST.variance * (1 - keep * keep)));
  }
  return path;
}

/** Jumps of one step, before betas; at most one each time the intensity is looked at. Returns what they leave of excitation, per day. */
function addJumps({ jumpBetas }: PathModel, step: number, excess: number, uniform: Draw, normal: Draw, jumped: Float64Array): number {
  const decay = Math.LN2 / JUMP.halfLifeDays;
  let [left, intensity] = [step, excess];
  jumped.fill(0);
  for (;;) {
    const wait = -Math.log(uniform()) / (JUMP.perDay + intensity);
    if (wait >= left) return intensity * Math.exp(-decay * left);
    left -= wait;
    const before = JUMP.perDay + intensity;
    intensity *= Math.exp(-decay * wait);
    // Thinning: the bound held at the last event, the intensity has fallen since.
    if (uniform() * before > JUMP.perDay + intensity) continue;
    intensity += JUMP.branching * decay;
    const isUp = uniform() < JUMP.up;
    const size = -Math.log(uniform()) * (isUp ? JUMP.meanUp * JUMP.upBeta : -JUMP.meanDown);
    for (let i = 0; i < jumpBetas.length; i++) jumped[i]! += size * Math.exp(RESPONSE.spread * normal() + RESPONSE.mean);
  }
}
