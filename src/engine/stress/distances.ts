/**
 * Three distances side by side: each market alone, all together by beta, and the shortest shock; in per cent, σ and 24-hour probability.
 * Rule DI-9 of docs/spec/distance.md.
 */
import type { Account, Book } from '../../domain/book.ts';
import { map, none, type Outcome, some } from '../../domain/outcome.ts';
import { touchProbability } from '../first-passage/barrier.ts';
import { DOWNWARD, touchProbability24h, UPWARD } from '../first-passage/touch-law.ts';
import { type Pool, resolveAccount } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import { type Covariance, covarianceOf } from './covariance.ts';
import { moveToLine } from './ray.ts';
import { nearestOf, poolShock, poolSurface } from './shortest-shock.ts';
import type { Surface } from './surface.ts';
import type { Market, ShockModel, ShortestShock } from './types.ts';

/** A move that reaches the line. */
export interface Reach {
  /** Relative move of the market, or of the reference. */
  readonly move: number;
  /** |ln(1 + move)| ÷ σ of a day; ∞ where σ is 0. */
  readonly sigmas: number;
  /** The touch law at that distance, of its direction. */
  readonly probability24h: number;
}

export interface SidedReach {
  readonly fall: Outcome<Reach>;
  readonly rise: Outcome<Reach>;
}

export interface Distances {
  readonly pool: string;
  /** Every market of the model that the pool depends on, the others standing still. */
  readonly alone: readonly (SidedReach & { readonly market: Market })[];
  /** All markets, each by its beta times the move of the reference. */
  readonly together: SidedReach & { readonly reference: Market };
  readonly shortest: Outcome<ShortestShock & { readonly probability24h: number }>;
}

export interface DistanceModel extends ShockModel {
  /** The market whose move is named when all move: one of σ. */
  readonly reference: Market;
  /** By market; 0 of a market that is not named. */
  readonly betas: ReadonlyMap<Market, number>;
}

/** DI-9: the three distances of every pool of an account. Throws as `shortestShock` does. */
export function distancesOf(account: Account, book: Book, rules: VenueRules, model: DistanceModel): Distances[] {
  const covariance = covarianceOf(model);
  const { pools, unit } = resolveAccount(account, book, rules);
  return pools.map((pool) => poolDistances(pool, rules, covariance, model, unit));
}

/** DI-9 of one pool; `covariance` is the model's. */
export function poolDistances(pool: Pool, rules: VenueRules, covariance: Covariance, model: DistanceModel, unit: string): Distances {
  const surface = poolSurface(pool, rules, covariance.markets, unit);
  const shortest = poolShock(pool, rules, covariance, model.space, unit);
  return {
    pool: pool.id,
    alone: surface.ok ? aloneOf(surface.value, covariance) : [],
    together: { reference: model.reference, ...togetherOf(surface, covariance, model) },
    shortest: map(shortest, (shock) => ({ ...shock, probability24h: probabilityOf(shock) })),
  };
}

/** DI-9: the account's shortest: of its nearest pool. */
export const nearestPool = (distances: readonly Distances[]): Outcome<ShortestShock> =>
  nearestOf(distances.map(({ shortest }) => shortest));

function aloneOf(surface: Surface, { markets, sigma }: Covariance): (SidedReach & { market: Market })[] {
  const depends = new Set<number>();
  for (const { powers } of [...surface.constant, ...surface.legs.flatMap((leg) => leg.pieces.flat())])
    for (const { market } of powers) depends.add(market);
  return [...depends]
    .sort((a, b) => a - b)
    .map((market) => {
      const betas = markets.map((_, i) => (i === market ? 1 : 0));
      return { market: markets[market]!, ...bothSides(surface, betas, sigma[market]!) };
    });
}

function togetherOf(surface: Outcome<Surface>, { markets, sigma }: Covariance, model: DistanceModel): SidedReach {
  if (!surface.ok) return { fall: surface, rise: surface };
  const at = markets.indexOf(model.reference);
  const betas = markets.map((market) => model.betas.get(market) ?? 0);
  if (at < 0) return { fall: none('missing-mark', model.reference), rise: none('missing-mark', model.reference) };
  return bothSides(surface.value, betas, sigma[at]!);
}

const bothSides = (surface: Surface, betas: readonly number[], sigma: number): SidedReach => ({
  fall: map(moveToLine(surface, betas, 'fall'), (move) => reachOf(move, sigma)),
  rise: map(moveToLine(surface, betas, 'rise'), (move) => reachOf(move, sigma)),
});

function reachOf(move: number, sigma: number): Reach {
  const distance = Math.abs(Math.log1p(move));
  const sigmas = distance === 0 ? 0 : distance / sigma;
  return { move, sigmas, probability24h: touchProbability24h(sigmas, move > 0 ? UPWARD : DOWNWARD) };
}

/**
 * DI-9: probability that the line is touched within `days` if log prices were normal: the shortest shock as a barrier in one dimension, at its
 * distance, with its drift. First order, and without fat tails: over days, where the touch law was not fitted; a lower line within one.
 */
export const normalTouchProbability = ({ distance, drift }: ShortestShock, days: number): number =>
  touchProbability({ logDistance: -distance, volatility: 1, logDrift: -drift, time: days });

/** The touch law at the shortest shock; the thinner upward one only where every price would rise. */
function probabilityOf({ distance, shock }: ShortestShock): number {
  const moves = [...shock.values()].filter((move) => move !== 0);
  return touchProbability24h(distance, moves.length > 0 && moves.every((move) => move > 0) ? UPWARD : DOWNWARD);
}

/** DI-9: betas of all markets of a model to its reference, ρ·σ ÷ σ of the reference; `missing-mark` where the reference has no σ. */
export function modelBetas(model: ShockModel, reference: Market): Outcome<ReadonlyMap<Market, number>> {
  const base = model.sigma.get(reference);
  if (base === undefined || !(base > 0)) return none('missing-mark', reference);
  const rho = new Map<Market, number>([[reference, 1]]);
  for (const [a, b, value] of model.correlation) {
    if (a === reference) rho.set(b, value);
    if (b === reference) rho.set(a, value);
  }
  return some(new Map([...model.sigma].map(([market, sigma]) => [market, ((rho.get(market) ?? 0) * sigma) / base])));
}
