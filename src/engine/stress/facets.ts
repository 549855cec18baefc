/**
 * Which tiers can hold where the line is nearest, and the nearest point over all of them. Rules DI-4 to DI-6 of docs/spec/distance.md.
 *
 * Where every requirement is the largest of its tiers' pieces, M is the least of its facets (one a combination of tiers), so that the
 * nearest point of M = 0 is the nearest over all facets. No market moves further than the distance found so far times its σ: tiers that no
 * such move reaches are left out, the others are gone through one and all. Tiers that step are held at their edges besides.
 */

import { isConvex, provenDistance } from './bound.ts';
import type { Covariance } from './covariance.ts';
import { dot, evaluateFacet, type Facet, leastNorm, moveTo, multipleOf, nearestFrom, type Pin, type Point, zOf } from './nearest.ts';
import type { Monomial, Surface, TieredLeg } from './surface.ts';
import type { ShockSpace } from './types.ts';

/** More combinations than this are not gone through; the answer then has a lower bound and no proof. */
const FACETS_MAX = 256;
const REACH = 40;
const RAY_STEPS = 200;
/** Boxes of the proof, of all facets together. */
const BOXES_MAX = 1000;
/** Of the sum of all terms without their signs: what rounding may leave of a perfect hedge. */
const ROUNDING = 1e-13;

export interface Nearest {
  readonly point: Point;
  readonly atLeast: number;
}

interface Search {
  readonly surface: Surface;
  readonly covariance: Covariance;
  readonly space: ShockSpace;
  readonly scale: number;
}

/** One tier of a leg, free or held where its notional meets a floor. */
interface Choice {
  readonly tier: number;
  readonly pin?: Pin;
  /** Multiples of its price that the market can reach. */
  readonly range?: readonly [number, number];
}

/** The nearest point of M = 0; undefined where no move of the markets reaches it. M(0) > 0. */
export function nearestOfSurface(surface: Surface, covariance: Covariance, space: ShockSpace): Nearest | undefined {
  const search: Search = { surface, covariance, space, scale: surface.excess.toNumber() };
  let best = startingPoint(search);
  const choices = choicesWithin(search, best?.distance);
  const isComplete = choices.reduce((product, list) => product * list.length, 1) <= FACETS_MAX;
  const facets: { facet: Facet; pins: readonly Pin[] }[] = [];
  for (const combination of isComplete ? allOf(choices) : neighboursOf(search, choices, best)) {
    const pins = mergePins(combination);
    if (!pins) continue;
    const facet = facetOf(surface, combination);
    facets.push({ facet, pins });
    best = nearer(best, solve(search, facet, combination, pins, best));
  }
  if (!best) return undefined;
  const { distance } = best;
  const relaxed = isComplete ? undefined : relaxedFacet(search, choices);
  const judged = isComplete ? facets : relaxed ? [{ facet: relaxed, pins: [] }] : undefined;
  const boxes = { left: BOXES_MAX };
  const bound = judged?.reduce(
    (least, one) => Math.min(least, provenDistance(one.facet, one.pins, covariance, space, search.scale, distance, boxes)),
    distance,
  );
  return { point: best, atLeast: bound ?? 0 };
}

/** Where there are too many combinations: those that differ in one leg from the one that holds at the point found. */
function* neighboursOf({ surface, space }: Search, choices: readonly (readonly Choice[])[], found: Point | undefined): Generator<Choice[]> {
  const z = found?.z;
  const at = surface.legs.map((leg): Choice => ({ tier: z ? tierAtMove(leg, z, space) : leg.now }));
  yield at;
  for (const [i, list] of choices.entries()) for (const choice of list) yield at.map((held, k) => (k === i ? choice : held));
}

/**
 * A facet that lies nowhere beyond M while no market leaves its reach: each requirement is replaced by its chord, which a convex function does
 * not exceed. Undefined where a requirement is not the largest of its pieces, or not affine in its own price.
 */
function relaxedFacet({ surface }: Search, choices: readonly (readonly Choice[])[]): Facet | undefined {
  const monomials = [...surface.constant];
  for (const [i, leg] of surface.legs.entries()) {
    const tiers = choices[i]!.map(({ tier }) => tier);
    const [first, last] = [leg.pieces[Math.min(...tiers)]!, leg.pieces[Math.max(...tiers)]!];
    if (first === last) {
      monomials.push(...first);
      continue;
    }
    const [low, high] = choices[i]![0]!.range ?? [0, 0];
    const lines = [first, last].map((piece) => lineOf(piece, leg.market));
    const [from, to] = lines;
    if (!leg.isLargest || leg.power !== 1 || !from || !to || !(high > low)) return undefined;
    const [atLow, atHigh] = [from.slope * low + from.constant, to.slope * high + to.constant];
    const slope = (atHigh - atLow) / (high - low);
    monomials.push({ coefficient: slope, powers: [{ market: leg.market, power: 1 }] }, { coefficient: atLow - slope * low, powers: [] });
  }
  return { monomials };
}

function lineOf(piece: readonly Monomial[], market: number): { slope: number; constant: number } | undefined {
  let [slope, constant] = [0, 0];
  for (const { coefficient, powers } of piece) {
    if (powers.length === 0) constant += coefficient;
    else if (powers.length === 1 && powers[0]!.market === market && powers[0]!.power === 1) slope += coefficient;
    else return undefined;
  }
  return { slope, constant };
}

const nearer = (a: Point | undefined, b: Point | undefined): Point | undefined => (!a ? b : !b ? a : b.distance < a.distance ? b : a);

const facetOf = ({ constant, legs }: Surface, combination: readonly Choice[]): Facet => ({
  monomials: [...constant, ...legs.flatMap((leg, i) => leg.pieces[combination[i]!.tier]!)],
});

/** The tier of a leg at z, floor included in its own row. */
function tierAtMove(leg: TieredLeg, z: readonly number[], space: ShockSpace): number {
  const notional = leg.market < 0 ? leg.notional : leg.notional * multipleOf(space, z[leg.market]!) ** leg.power;
  let tier = leg.floors.length - 1;
  while (tier > 0 && notional < leg.floors[tier]!) tier--;
  return tier;
}

const sumOf = (monomials: readonly Monomial[], multiples: readonly number[], isGross = false): number => {
  let sum = 0;
  for (const { coefficient, powers } of monomials) {
    let term = isGross ? Math.abs(coefficient) : coefficient;
    for (const { market, power } of powers) term *= power === 1 ? multiples[market]! : multiples[market]! ** power;
    sum += term;
  }
  return sum;
};

/**
 * M at z in the tiers that hold there: the least piece where that is the requirement, which no rounding at a floor can upset. A leg that `held`
 * pins at an edge stands on the side of it that is named there.
 */
function excessAt({ constant, legs }: Surface, z: readonly number[], space: ShockSpace, held?: readonly Choice[]): number {
  const multiples = z.map((value) => multipleOf(space, value));
  let value = sumOf(constant, multiples);
  for (const [i, leg] of legs.entries()) {
    const choice = held?.[i];
    value += leg.isLargest
      ? Math.min(...leg.pieces.map((piece) => sumOf(piece, multiples)))
      : sumOf(leg.pieces[choice?.pin ? choice.tier : tierAtMove(leg, z, space)]!, multiples);
  }
  return value;
}

/** Σ of all terms without their signs. */
function grossAt({ constant, legs }: Surface, z: readonly number[], space: ShockSpace): number {
  const multiples = z.map((value) => multipleOf(space, value));
  return legs.reduce((sum, leg) => sum + sumOf(leg.pieces[leg.now]!, multiples, true), sumOf(constant, multiples, true));
}

/** A point of M = 0 to begin with: on the rays of every market and of the present facet, then refined in the tiers found there. */
function startingPoint(search: Search): Point | undefined {
  const { surface, covariance, space } = search;
  let best: Point | undefined;
  for (const u of directions(search)) {
    const on = onRay(search, u);
    if (!on || (best && best.distance <= on.distance)) continue;
    best = on;
  }
  for (let round = 0; best && round < surface.legs.length + 2; round++) {
    const z: readonly number[] = best.z;
    const facet = facetOf(
      surface,
      surface.legs.map((leg) => ({ tier: tierAtMove(leg, z, space) })),
    );
    const next = nearestFrom(facet, covariance, space, search.scale, [], best.u);
    if (!next || next.distance >= best.distance || !isReached(search, next)) break;
    best = next;
  }
  return best;
}

const isReached = ({ surface, space, scale }: Search, { z }: Point, held?: readonly Choice[]): boolean =>
  excessAt(surface, z, space, held) <= 1e-9 * scale;

/** Unit vectors of u: each market's own ± and the steepest descent of the present facet. */
function directions({ surface, covariance, space }: Search): number[][] {
  const now = facetOf(
    surface,
    surface.legs.map(({ now: tier }) => ({ tier })),
  );
  const { gradient } = evaluateFacet(
    now,
    covariance.markets.map(() => 0),
    space,
  );
  const width = covariance.factor[0]?.length ?? 0;
  const steepest = Array.from({ length: width }, (_, k) => -covariance.factor.reduce((sum, row, i) => sum + row[k]! * gradient[i]!, 0));
  const common = Array.from({ length: width }, (_, k) => covariance.factor.reduce((sum, row) => sum + row[k]!, 0));
  const own = Array.from({ length: width }, (_, k) => Array.from({ length: width }, (__, j) => (j === k ? 1 : 0)));
  const both = [...covariance.factor.map((row) => [...row]), ...own, common].flatMap((row) => [row, row.map((value) => -value)]);
  return [steepest, ...both].flatMap((row) => {
    const norm = Math.sqrt(dot(row, row));
    return norm > 0 ? [row.map((value) => value / norm)] : [];
  });
}

/** The first point of M ≤ 0 on a ray, by steps and bisection. */
function onRay(search: Search, direction: readonly number[]): Point | undefined {
  const { surface, covariance, space } = search;
  const along = zOf(covariance, direction);
  const most = Math.max(...along.map(Math.abs));
  if (!(most > 0)) return undefined;
  const least = Math.min(...along);
  const end = space === 'log' ? REACH / most : least < 0 ? Math.min(REACH / most, -1 / least) : REACH / most;
  const valueAt = (t: number): number =>
    excessAt(
      surface,
      along.map((value) => Math.max(t * value, space === 'log' ? -Infinity : -1)),
      space,
    );
  const sizeAt = (t: number): number =>
    grossAt(
      surface,
      zOf(
        covariance,
        direction.map((value) => value * t),
      ),
      space,
    );
  let below = 0;
  for (let i = 1; i <= RAY_STEPS; i++) {
    const t = end * (i / RAY_STEPS) ** 2;
    if (!(valueAt(t) < -ROUNDING * sizeAt(t))) {
      below = t;
      continue;
    }
    let above = t;
    for (let n = 0; n < 200 && above - below > 1e-15 * above; n++) {
      const middle = (below + above) / 2;
      if (valueAt(middle) <= 0) above = middle;
      else below = middle;
    }
    const u = direction.map((value) => value * above);
    const z = zOf(covariance, u);
    const tiers = surface.legs.map((leg) => ({ tier: tierAtMove(leg, z, space) }));
    return { u, z, distance: above, gradient: evaluateFacet(facetOf(surface, tiers), z, space).gradient };
  }
  return undefined;
}

/** Tiers of each leg that a move of at most `distance` σ of its market reaches, and the edges of those that step. */
function choicesWithin({ surface, covariance, space }: Search, distance: number | undefined): Choice[][] {
  return surface.legs.map((leg) => {
    const sigma = leg.market < 0 ? 0 : Math.sqrt(dot(covariance.factor[leg.market]!, covariance.factor[leg.market]!));
    if (!(sigma > 0)) return [{ tier: leg.now }];
    const reach = distance === undefined ? Number.POSITIVE_INFINITY : distance * sigma * (1 + 1e-9);
    const fallen = space === 'log' ? Math.exp(-reach) : Math.max(0, 1 - reach);
    const risen = multipleOf(space, reach);
    const [low, high] = leg.power === 1 ? [leg.notional * fallen, leg.notional * risen] : [leg.notional / risen, leg.notional / fallen];
    const choices: Choice[] = [];
    leg.floors.forEach((floor, tier) => {
      if (floor > high || (leg.floors[tier + 1] ?? Number.POSITIVE_INFINITY) < low) return;
      choices.push({ tier, range: [fallen, risen] });
      if (leg.isLargest) return;
      for (const edge of [floor, leg.floors[tier + 1]])
        if (edge !== undefined && edge > 0 && edge >= low && edge <= high)
          choices.push({ tier, pin: { market: leg.market, z: moveTo(space, (edge / leg.notional) ** leg.power) } });
    });
    return choices;
  });
}

/** Every way to choose one of each list. */
function* allOf(lists: readonly (readonly Choice[])[], at = 0): Generator<Choice[]> {
  if (at === lists.length) {
    yield [];
    return;
  }
  for (const rest of allOf(lists, at + 1)) for (const choice of lists[at]!) yield [choice, ...rest];
}

/** The pins of a combination, one a market; undefined where two hold one market at two places. */
function mergePins(combination: readonly Choice[]): Pin[] | undefined {
  const pins = new Map<number, Pin>();
  for (const { pin } of combination) {
    if (!pin) continue;
    const known = pins.get(pin.market);
    if (known && Math.abs(known.z - pin.z) > 1e-12) return undefined;
    pins.set(pin.market, pin);
  }
  return [...pins.values()];
}

/** The nearest point of one facet, from the origin and from every ray; where it is held at an edge, also the edge itself. */
function solve(
  search: Search,
  facet: Facet,
  combination: readonly Choice[],
  pins: readonly Pin[],
  found: Point | undefined,
): Point | undefined {
  const { surface, covariance, space, scale } = search;
  const below = found?.distance;
  const starts = found ? [found.u] : directions(search);
  const isAllLargest = surface.legs.every((leg) => leg.isLargest);
  const counts = (point: Point | undefined): Point | undefined =>
    point && (below === undefined || point.distance < below) && (isAllLargest || isReached(search, point, combination)) ? point : undefined;
  let best = counts(nearestFrom(facet, covariance, space, scale, pins));
  if (!isConvex(facet, covariance, space))
    for (const start of starts) best = nearer(best, counts(nearestFrom(facet, covariance, space, scale, pins, start)));
  if (pins.length === 0) return best;
  const u = leastNorm(
    pins.map(({ market }) => covariance.factor[market]!),
    pins.map(({ z }) => z),
  );
  if (!u) return best;
  const z = zOf(covariance, u);
  const { value, gradient } = evaluateFacet(facet, z, space);
  return value <= 1e-11 * scale ? nearer(best, counts({ u, z, distance: Math.sqrt(dot(u, u)), gradient })) : best;
}
