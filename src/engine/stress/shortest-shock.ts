/** The shortest shock of an account: the nearest point of its pools' lines, all markets moving at once. Rules DI-1…DI-6 of docs/spec/distance.md. */
import { none, type Outcome, some } from '../../domain/outcome.ts';
import { isLendingLiquidatable, sumLending } from '../lending/lending.ts';
import { isLiquidatable, sumPool } from '../margin/pool.ts';
import { type Pool, resolveAccount } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import { type Covariance, covarianceOf } from './covariance.ts';
import { nearestOfSurface } from './facets.ts';
import { backOf, dot, type Point, zOf } from './nearest.ts';
import { type Surface, surfaceOf } from './surface.ts';
import type { Market, ShockSpace, ShortestShock, ShortestShockOf } from './types.ts';

/** DI-1: the shortest shock of an account, of its nearest pool. What it throws and why it has no number is said at `ShortestShockOf`. */
export const shortestShock: ShortestShockOf = (account, book, rules, model) => {
  const covariance = covarianceOf(model);
  const resolved = resolveAccount(account, book, rules);
  return nearestOf(resolved.pools.map((pool) => poolShock(pool, rules, covariance, model.space, resolved.unit)));
};

/** DI-1: the least of several. What is not known, or past its line, is said before any number; `never` counts only beside nothing else. */
export function nearestOf(shocks: readonly Outcome<ShortestShock>[]): Outcome<ShortestShock> {
  let nearest: Outcome<ShortestShock> = none('no-position');
  for (const shock of shocks) {
    if (!shock.ok && shock.reason !== 'never' && shock.reason !== 'no-position') return shock;
    if (shock.ok ? !nearest.ok || shock.value.distance < nearest.value.distance : !nearest.ok && shock.reason === 'never') nearest = shock;
  }
  return nearest;
}

/** DI-1 to DI-6 of one pool. */
export function poolShock(pool: Pool, rules: VenueRules, covariance: Covariance, space: ShockSpace, unit: string): Outcome<ShortestShock> {
  const surface = poolSurface(pool, rules, covariance.markets, unit);
  if (!surface.ok) return surface;
  if (surface.value.excess.isZero()) return some(atLine(surface.value, covariance, space, pool.id));
  const nearest = nearestOfSurface(surface.value, covariance, space);
  return nearest ? some(shockOf(nearest.point, nearest.atLeast, surface.value, covariance, space, pool.id)) : none('never');
}

/** The surface of a pool that is open and not past its line, judged exactly and with the venue's boundary. */
export function poolSurface(pool: Pool, rules: VenueRules, markets: readonly Market[], unit: string): Outcome<Surface> {
  const sums = sumPool(pool);
  const lending = pool.kind === 'lending' ? sumLending(pool) : undefined;
  if (lending ? lending.debt.ok && lending.debt.value.isZero() : pool.legs.length === 0 && pool.maintenanceMarginOther.isZero())
    return none(lending ? 'no-debt' : 'no-position');
  const surface = surfaceOf(pool, sums, new Map(markets.map((market, i) => [market, i])), unit);
  if (!surface.ok) return surface;
  const isPast = lending ? isLendingLiquidatable(lending, rules) : isLiquidatable(pool, sums, rules);
  if (!isPast.ok) return isPast;
  return isPast.value || (surface.value.excess.isNegative() && !surface.value.excess.isZero()) ? none('already') : surface;
}

const atLine = (surface: Surface, covariance: Covariance, space: ShockSpace, pool: string): ShortestShock => {
  const z = covariance.markets.map(() => 0);
  const gradient = z.map((_, market) => sensitivityOf(surface, market));
  return shockOf({ u: backOf(covariance, z), z, distance: 0, gradient }, 0, surface, covariance, space, pool);
};

/** ∂M/∂X of one market in the present tiers: money per relative move of 1. */
export function sensitivityOf({ constant, legs }: Surface, market: number): number {
  let sum = 0;
  for (const { coefficient, powers } of [...constant, ...legs.flatMap((leg) => leg.pieces[leg.now]!)])
    for (const one of powers) if (one.market === market) sum += coefficient * one.power;
  return sum;
}

/** The shock and the shares at a point: share k = wₖ(Σw)ₖ ÷ w'Σw, w = ∂M/∂z there. */
function shockOf(point: Point, atLeast: number, surface: Surface, covariance: Covariance, space: ShockSpace, pool: string): ShortestShock {
  const spread = backOf(covariance, point.gradient);
  const variance = dot(spread, spread);
  const covaried = zOf(covariance, spread);
  const touched = touchedBy(surface);
  const shock = new Map<Market, number>();
  const share = new Map<Market, number>();
  covariance.markets.forEach((market, i) => {
    if (!touched.has(i)) return;
    shock.set(market, space === 'log' ? Math.expm1(point.z[i]!) : point.z[i]!);
    share.set(market, variance > 0 ? (point.gradient[i]! * covaried[i]!) / variance : 0);
  });
  const lost = covariance.sigma.reduce((sum, sigma, i) => sum + (sigma ** 2 / 2) * point.gradient[i]!, 0);
  const drift = space === 'log' && variance > 0 ? lost / Math.sqrt(variance) : 0;
  return { distance: point.distance, atLeast, shock, share, drift, pool };
}

function touchedBy({ constant, legs }: Surface): Set<number> {
  const touched = new Set<number>();
  for (const { powers } of [...constant, ...legs.flatMap((leg) => leg.pieces.flat())]) for (const { market } of powers) touched.add(market);
  return touched;
}
