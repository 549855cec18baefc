/**
 * The largest gain of a feedback matrix, and in which shape it grows. In floating point: analysis, not money. Rules CA-21…CA-23 of
 * docs/spec/cascade.md.
 */
import { none, type Outcome, some } from '../../domain/outcome.ts';

export type Matrix = readonly (readonly number[])[];

export interface Perron {
  /** Spectral radius: largest modulus of an eigenvalue. */
  readonly radius: number;
  /** Non-negative, sum 1; absent where no such vector exists (nothing feeds back, or gains of both signs). */
  readonly right: readonly number[] | undefined;
  readonly left: readonly number[] | undefined;
}

/** 2^−60 of the logarithm of the constant is all that is left of it. */
const SQUARINGS = 60;
/** How well M v = R v must hold, against R. */
const RESIDUAL_MAX = 1e-8;

/**
 * Spectral radius R and Perron vectors (CA-21). R = lim ‖Mⁿ‖^(1/n) (Gelfand) by squaring, after scaling by a power of two: exactly
 * halved where every entry is. The right vector is the one of (M + R·1)ⁿ, whose largest eigenvalue stands alone also where M's do not;
 * which prices fall together; the left one of the transpose: whose fall is most dangerous.
 */
export function perron(matrix: Matrix): Perron {
  const largest = Math.max(0, ...matrix.flatMap((row) => row.map(Math.abs)));
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return { radius: 0, right: undefined, left: undefined };
  const scale = 2 ** Math.floor(Math.log2(largest));
  const scaled = matrix.map((row) => row.map((value) => value / scale));
  const radius = gelfand(scaled);
  if (!(radius > 0)) return { radius: 0, right: undefined, left: undefined };
  const shifted = scaled.map((row, i) => row.map((value, j) => (i === j ? value + radius : value)));
  const projector = powered(shifted);
  const right = vectorOf(scaled, radius, sumsOf(projector));
  const left = vectorOf(transposed(scaled), radius, sumsOf(transposed(projector)));
  return { radius: radius * scale, right, left };
}

/** R alone. */
export const spectralRadius = (matrix: Matrix): number => perron(matrix).radius;

function gelfand(matrix: Matrix): number {
  let power = matrix;
  let logarithm = 0;
  for (let k = 0; k < SQUARINGS; k++) {
    const size = norm(power);
    // A power that vanishes: every eigenvalue is zero.
    if (!(size > Number.MIN_VALUE)) return 0;
    logarithm += Math.log(size) / 2 ** k;
    power = product(divided(power, size), divided(power, size));
  }
  const radius = Math.exp(logarithm);
  // What is left of a matrix whose powers vanish is rounding: it has no largest gain.
  return radius > norm(matrix) * Number.EPSILON * matrix.length ? radius : 0;
}

function powered(matrix: Matrix): Matrix {
  let power = matrix;
  for (let k = 0; k < SQUARINGS; k++) {
    const even = divided(power, norm(power));
    power = product(even, even);
  }
  return power;
}

/** The vector scaled to sum 1, where it is non-negative and M v = R v. */
function vectorOf(matrix: Matrix, radius: number, found: readonly number[]): readonly number[] | undefined {
  const total = found.reduce((sum, value) => sum + value, 0);
  const vector = found.map((value) => value / total);
  const isRight = matrix.every((row, i) => Math.abs(dot(row, vector) - radius * (vector[i] as number)) <= RESIDUAL_MAX * radius);
  return isRight && vector.every((value) => value >= -RESIDUAL_MAX) ? vector.map((value) => Math.max(0, value)) : undefined;
}

/**
 * What a shock comes to with its feedback, to first order (CA-22): (1 − G)⁻¹ s, both in log price. `never` where R ≥ 1: nothing stops it.
 */
export function amplified(matrix: Matrix, shock: readonly number[]): Outcome<readonly number[]> {
  if (spectralRadius(matrix) >= 1) return none('never');
  const rows = matrix.map((row, i) => [...row.map((value, j) => (i === j ? 1 : 0) - value), shock[i] as number]);
  const count = rows.length;
  for (let k = 0; k < count; k++) {
    let pivot = k;
    for (let i = k + 1; i < count; i++) if (Math.abs(at(rows, i, k)) > Math.abs(at(rows, pivot, k))) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot] as number[], rows[k] as number[]];
    for (let i = 0; i < count; i++) {
      if (i === k) continue;
      const share = at(rows, i, k) / at(rows, k, k);
      for (let j = k; j <= count; j++) (rows[i] as number[])[j] = at(rows, i, j) - share * at(rows, k, j);
    }
  }
  return some(rows.map((_, i) => at(rows, i, count) / at(rows, i, i)));
}

const at = (rows: Matrix, i: number, j: number): number => (rows[i] as readonly number[])[j] as number;
const norm = (matrix: Matrix): number => Math.max(...matrix.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)));
const divided = (matrix: Matrix, by: number): Matrix => matrix.map((row) => row.map((value) => value / by));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
const sumsOf = (matrix: Matrix): number[] => matrix.map((row) => row.reduce((sum, value) => sum + value, 0));
const transposed = (matrix: Matrix): Matrix => matrix.map((_, j) => matrix.map((row) => row[j] as number));

function product(a: Matrix, b: Matrix): Matrix {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}
