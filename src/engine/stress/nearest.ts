/**
 * The nearest point of the surface G(u) = 0 to the origin, by the improved iteration of Hasofer, Lind, Rackwitz and Fiessler (Zhang and Der
 * Kiureghian 1995): z = L·u, u standard normal, so that |u| is the distance in σ. Rule DI-4 of docs/spec/distance.md. Doubles.
 */
import type { Covariance } from './covariance.ts';
import type { Monomial } from './surface.ts';
import type { ShockSpace } from './types.ts';

/** A sum of monomials and what is affine in z beside it: Σ slopes·z. */
export interface Facet {
  readonly monomials: readonly Monomial[];
  readonly slopes?: readonly number[];
  readonly offset?: number;
}

/** z of one market held at a value. */
export interface Pin {
  readonly market: number;
  readonly z: number;
}

export interface Point {
  readonly u: readonly number[];
  readonly z: readonly number[];
  readonly distance: number;
  /** ∂G/∂z. */
  readonly gradient: readonly number[];
}

const ITERATIONS = 300;
const HALVINGS = 60;
const STEP_END = 1e-14;
/** |G| of this share of the scale counts as reached. */
const REACHED = 1e-11;
/** Steps shorter than this of |u| are taken whole. */
const POLISH_FROM = 1e-3;
/** A step of this share of |u| moves |u|² by less than its last digits. */
const FLAT = 1e-7;

export const dot = (a: readonly number[], b: readonly number[]): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};
export const zOf = ({ factor }: Covariance, u: readonly number[]): number[] => factor.map((row) => dot(row, u));
/** Lᵀ·w. */
export const backOf = ({ factor }: Covariance, w: readonly number[]): number[] =>
  (factor[0] ?? []).map((_, column) => {
    let sum = 0;
    for (let i = 0; i < factor.length; i++) sum += factor[i]![column]! * w[i]!;
    return sum;
  });

/** X of a move z: e^z or 1 + z. */
export const multipleOf = (space: ShockSpace, z: number): number => (space === 'log' ? Math.exp(z) : 1 + z);
/** z of X. */
export const moveTo = (space: ShockSpace, multiple: number): number => (space === 'log' ? Math.log(multiple) : multiple - 1);

const productOf = (coefficient: number, powers: Monomial['powers'], z: readonly number[], space: ShockSpace): number => {
  let term = coefficient;
  for (const { market, power } of powers) if (power !== 0) term *= multipleOf(space, z[market]!) ** power;
  return term;
};

/** G and ∂G/∂z at z. */
export function evaluateFacet(facet: Facet, z: readonly number[], space: ShockSpace): { value: number; gradient: number[] } {
  const gradient = facet.slopes ? [...facet.slopes] : z.map(() => 0);
  let value = (facet.offset ?? 0) + (facet.slopes ? dot(facet.slopes, z) : 0);
  for (const { coefficient, powers } of facet.monomials) {
    value += productOf(coefficient, powers, z, space);
    for (const one of powers) {
      // d(X^p) ÷ dz: p·X^p in log space, p·X^(p − 1) in simple space, where X may be 0.
      const rest = space === 'log' ? powers : powers.map((other) => (other === one ? { ...one, power: one.power - 1 } : other));
      gradient[one.market]! += productOf(coefficient * one.power, rest, z, space);
    }
  }
  return { value, gradient };
}

/**
 * The nearest u with G = 0 (and the pins met) that the iteration reaches from `start`, or undefined. In simple space a price that would
 * fall below zero is held at zero. `scale` > 0 is the size of G.
 */
export function nearestFrom(
  facet: Facet,
  covariance: Covariance,
  space: ShockSpace,
  scale: number,
  pins: readonly Pin[] = [],
  start?: readonly number[],
): Point | undefined {
  let held = pins;
  for (let round = 0; round <= covariance.markets.length; round++) {
    const found = iterate(facet, covariance, space, scale, held, start);
    if (!found || space === 'log') return found;
    const below = found.z.findIndex((z, market) => z < -1 - 1e-12 && !held.some((pin) => pin.market === market));
    if (below < 0) return found.z.every((z) => z >= -1 - 1e-9) ? found : undefined;
    held = [...held, { market: below, z: -1 }];
  }
  return undefined;
}

function iterate(
  facet: Facet,
  covariance: Covariance,
  space: ShockSpace,
  scale: number,
  pins: readonly Pin[],
  start: readonly number[] | undefined,
): Point | undefined {
  const width = covariance.factor[0]?.length ?? 0;
  let u: readonly number[] = start ?? new Array<number>(width).fill(0);
  if (pins.length > 0) {
    const on = leastNorm(
      pins.map(({ market }) => covariance.factor[market]!),
      pins.map(({ z }) => z),
    );
    if (!on) return undefined;
    u = start && pins.every(({ market, z }) => Math.abs(dot(covariance.factor[market]!, start) - z) < 1e-9) ? start : on;
  }
  const at = (point: readonly number[]) => {
    const z = zOf(covariance, point);
    const { value, gradient } = evaluateFacet(facet, z, space);
    return { z, value: value / scale, gradient, slope: backOf(covariance, gradient).map((g) => g / scale) };
  };
  const targetOf = (from: readonly number[], here: Evaluated): number[] | undefined =>
    leastNorm(
      [...pins.map(({ market }) => covariance.factor[market]!), here.slope],
      [...pins.map(({ z }) => z), dot(here.slope, from) - here.value],
    );
  let here = at(u);
  for (let i = 0; i < ITERATIONS; i++) {
    const target = targetOf(u, here);
    if (!target) return undefined;
    const step = target.map((value, k) => value - u[k]!);
    const size = Math.sqrt(dot(step, step));
    const norm = Math.sqrt(dot(u, u));
    if (size <= POLISH_FROM * (1 + norm) && Math.abs(here.value) <= POLISH_FROM) {
      const point = polished(u, size, at, targetOf);
      if (point) return point;
    }
    const steep = Math.sqrt(dot(here.slope, here.slope));
    const weight = 2 * Math.max(Math.sqrt(dot(target, target)) / steep, norm / steep) + 10;
    const merit = dot(u, u) / 2 + weight * Math.abs(here.value);
    let moved = false;
    for (let h = 0, share = 1; h < HALVINGS; h++, share /= 2) {
      const next = u.map((value, k) => value + share * step[k]!);
      const there = at(next);
      if (!(dot(next, next) / 2 + weight * Math.abs(there.value) < merit)) continue;
      u = next;
      here = there;
      moved = true;
      break;
    }
    if (!moved)
      return Math.abs(here.value) <= REACHED && size <= FLAT * (1 + norm)
        ? { u, z: here.z, distance: norm, gradient: here.gradient }
        : undefined;
  }
  return undefined;
}

interface Evaluated {
  readonly z: readonly number[];
  readonly value: number;
  readonly gradient: readonly number[];
  readonly slope: readonly number[];
}

/**
 * Whole steps near the end, where the merit is flat to the last digits and tells nothing: as long as each is shorter than the one before.
 * Undefined where they do not lead to the surface.
 */
function polished(
  from: readonly number[],
  firstSize: number,
  at: (u: readonly number[]) => Evaluated,
  targetOf: (u: readonly number[], here: Evaluated) => number[] | undefined,
): Point | undefined {
  let u = from;
  let here = at(u);
  let size = firstSize;
  for (let i = 0; i < ITERATIONS && size > STEP_END * (1 + Math.sqrt(dot(u, u))); i++) {
    const target = targetOf(u, here);
    if (!target) return undefined;
    const step = Math.sqrt(target.reduce((sum, value, k) => sum + (value - u[k]!) ** 2, 0));
    if (i > 0 && step >= size) break;
    u = target;
    here = at(u);
    size = step;
  }
  const norm = Math.sqrt(dot(u, u));
  if (!(Math.abs(here.value) <= REACHED && size <= FLAT * (1 + norm))) return undefined;
  return { u, z: here.z, distance: norm, gradient: here.gradient };
}

/** The u of least norm with rows·u = values; undefined where there is none. Elimination with a row that repeats others left out. */
export function leastNorm(rows: readonly (readonly number[])[], values: readonly number[]): number[] | undefined {
  const basis: { row: number[]; value: number }[] = [];
  for (const [i, given] of rows.entries()) {
    const row = [...given];
    let value = values[i]!;
    const size = Math.sqrt(dot(given, given));
    for (const one of basis) {
      const along = dot(row, one.row);
      for (let k = 0; k < row.length; k++) row[k]! -= along * one.row[k]!;
      value -= along * one.value;
    }
    const rest = Math.sqrt(dot(row, row));
    if (!(rest > 1e-10 * size)) {
      if (!(Math.abs(value) <= 1e-9 * Math.max(1, Math.abs(values[i]!)))) return undefined;
      continue;
    }
    basis.push({ row: row.map((entry) => entry / rest), value: value / rest });
  }
  const width = rows[0]?.length ?? 0;
  const result = new Array<number>(width).fill(0);
  for (const { row, value } of basis) for (let k = 0; k < width; k++) result[k]! += value * row[k]!;
  return result;
}
