/** The largest eigenvalue, by magnitude, of a small square matrix, and its vectors. Rule ST-8. */

/** Squarings: the power is 2⁴⁰, so that what is left of the other eigenvalues, and the error of the radius, are below 1e-11. */
const SQUARINGS = 40;
const NOTHING = 1e-140;
/** Entries of two powers of norm 1 that are one. */
const ALIKE = 1e-13;

/**
 * Spectral radius by Gelfand's formula, lim ‖Mᵏ‖^(1/k), k = 2^i, each square divided by its own norm: holds for any real matrix, also
 * where the largest eigenvalues are a complex pair or of opposite sign. Where one eigenvalue is left alone a power is the one before but for
 * its sign, and every further square has the same norm: that ends it, after some seven squares of a matrix with one large eigenvalue. Relative
 * error about n · 1e-12. `matrix` row by row.
 */
export function spectralRadius(whole: Float64Array, size: number): number {
  const live = liveOf(whole, size);
  const n = live.length;
  const matrix = partOf(whole, size, live);
  let power = Float64Array.from(matrix);
  let log = 0;
  for (let i = 0; i <= SQUARINGS; i++) {
    const norm = normOf(power);
    if (norm === 0) return 0;
    log += Math.log(norm) / 2 ** i;
    for (let k = 0; k < power.length; k++) {
      const share = power[k]! / norm;
      // What is so small adds nothing, and arithmetic on the smallest doubles takes a hundred times as long.
      power[k] = Math.abs(share) < NOTHING ? 0 : share;
    }
    if (i === SQUARINGS) break;
    const next = product(power, power, n);
    const square = normOf(next);
    // All squares to come are as large as this one: their shares of the logarithm sum to that of the last.
    if (square > 0 && isSame(power, next, square)) return Math.exp(log + Math.log(square) / 2 ** i);
    power = next;
  }
  return Math.exp(log);
}

/** Whether the square, divided by its norm, is the power but for the sign. */
function isSame(power: Float64Array, square: Float64Array, norm: number): boolean {
  let most = 0;
  for (let k = 0; k < power.length; k++) if (Math.abs(power[k]!) > Math.abs(power[most]!)) most = k;
  const sign = power[most]! * square[most]! < 0 ? -norm : norm;
  for (let k = 0; k < power.length; k++) if (Math.abs(square[k]! / sign - power[k]!) > ALIKE) return false;
  return true;
}

/** Rows that have an entry, by row or by column: the others add no eigenvalue but zero. */
function liveOf(matrix: Float64Array, n: number): number[] {
  return Array.from({ length: n }, (_, i) => i).filter((i) => {
    for (let j = 0; j < n; j++) if (matrix[i * n + j] !== 0 || matrix[j * n + i] !== 0) return true;
    return false;
  });
}

function partOf(matrix: Float64Array, n: number, live: readonly number[]): Float64Array {
  const part = new Float64Array(live.length ** 2);
  live.forEach((row, i) => {
    for (let j = 0; j < live.length; j++) part[i * live.length + j] = matrix[row * n + live[j]!]!;
  });
  return part;
}

function normOf(matrix: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < matrix.length; k++) sum += matrix[k]! * matrix[k]!;
  return Math.sqrt(sum);
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array<ArrayBuffer> {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let k = 0; k < n; k++) {
      const value = a[row + k]!;
      if (value === 0) continue;
      const from = k * n;
      for (let j = 0; j < n; j++) c[row + j] = c[row + j]! + value * b[from + j]!;
    }
  }
  return c;
}

export interface Perron {
  readonly radius: number;
  /** Right and left vectors, each summing to 1; undefined where there are none without a negative part (gains of both signs). */
  readonly right: Float64Array | undefined;
  readonly left: Float64Array | undefined;
}

const STEPS = 2_000;
const SETTLED = 1e-14;

/** Radius and Perron vectors, by iteration on M + ‖M‖/n · I, which no sign can make circle. */
export function perron(matrix: Float64Array, n: number): Perron {
  const radius = spectralRadius(matrix, n);
  const none = { radius, right: undefined, left: undefined };
  if (radius === 0) return none;
  const transposed = Float64Array.from(matrix, (_, k) => matrix[(k % n) * n + Math.floor(k / n)]!);
  const right = dominant(matrix, n, radius);
  const left = dominant(transposed, n, radius);
  return right && left ? { radius, right, left } : none;
}

function dominant(matrix: Float64Array, n: number, radius: number): Float64Array | undefined {
  let vector = new Float64Array(n).fill(1 / n);
  for (let step = 0; step < STEPS; step++) {
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = radius * vector[i]!;
      for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * vector[j]!;
      next[i] = sum;
    }
    const total = next.reduce((a, b) => a + b, 0);
    if (!(Math.abs(total) > 0)) return undefined;
    let change = 0;
    for (let i = 0; i < n; i++) {
      next[i]! /= total;
      change = Math.max(change, Math.abs(next[i]! - vector[i]!));
    }
    vector = next;
    if (change < SETTLED) break;
  }
  const isShare = vector.every((value) => value >= -1e-8);
  return isShare && isEigenvector(matrix, n, radius, vector) ? vector.map((value) => Math.max(0, value)) : undefined;
}

function isEigenvector(matrix: Float64Array, n: number, radius: number, vector: Float64Array): boolean {
  const size = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return vector.every((value, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * vector[j]!;
    return Math.abs(sum - radius * value) <= 1e-6 * radius * size;
  });
}
