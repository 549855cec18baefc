/**
 * Seeded randomness (rule FD-14): SplitMix64 spreads a seed, sfc32 runs a stream, Box–Muller makes normals.
 * Every purpose has a stream of its own, so that drawing more for one never moves another.
 *
 * Sources: SplitMix64 as in Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014); sfc32 as in
 * PractRand (Doty-Humphrey); Box and Muller (1958). Integers are exact everywhere; `Math.log`, `cos` and `sin` may differ
 * in the last place between JavaScript engines.
 */

const MASK_64 = (1n << 64n) - 1n;
const UINT32_SHARE = 2 ** -32;
const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;

/** Draws one number; what it means is said where it is made. */
export type Draw = () => number;

/** SplitMix64 from `seed` (taken modulo 2⁶⁴): unsigned 64-bit integers. */
export const splitMix64 = (seed: bigint): (() => bigint) => {
  let state = seed & MASK_64;
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & MASK_64;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
    return z ^ (z >> 31n);
  };
};

/** Words drawn ahead at once. */
const BATCH = 256;

/**
 * sfc32 from four 32-bit words (a, b, c and the counter): unsigned 32-bit integers. No warm-up: seed it well. Drawn ahead in one loop, so
 * that millions cost no more than their arithmetic.
 */
export const sfc32 = (a: number, b: number, c: number, counter: number): Draw => {
  const state = Int32Array.of(a, b, c, counter);
  const ahead = new Uint32Array(BATCH);
  let at = BATCH;
  return () => {
    if (at === BATCH) {
      drawAhead(state, ahead);
      at = 0;
    }
    return ahead[at++] as number;
  };
};

const drawAhead = (state: Int32Array, ahead: Uint32Array): void => {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let counter = state[3] as number;
  for (let i = 0; i < BATCH; i++) {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    ahead[i] = sum;
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = counter;
};

/** FNV-1a over the UTF-16 code units of `text`, 64 bit: tells purposes apart. */
const hashOf = (text: string): bigint => {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) hash = ((hash ^ BigInt(text.charCodeAt(i))) * FNV_PRIME) & MASK_64;
  return hash;
};

/**
 * The stream of one purpose under one seed: uniform on (0, 1), both ends excluded, (u + ½) / 2³².
 * Seed: any safe integer. Throws RangeError otherwise.
 */
export const uniformStream = (seed: number, purpose: string): Draw => {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed is a whole number within ±2^53, found ${seed}`);
  const words = splitMix64(splitMix64(BigInt(seed))() ^ hashOf(purpose));
  const first = words();
  const second = words();
  const word = (pair: bigint, shift: bigint): number => Number((pair >> shift) & 0xffffffffn) | 0;
  const next = sfc32(word(first, 0n), word(first, 32n), word(second, 0n), word(second, 32n));
  return () => (next() + 0.5) * UINT32_SHARE;
};

/** Standard normals from a uniform stream, by Box–Muller; two uniforms make two normals, the cosine first. */
export const normalsFrom = (uniform: Draw): Draw => {
  const spare = new Float64Array(1);
  let hasSpare = false;
  return () => {
    if (hasSpare) {
      hasSpare = false;
      return spare[0] as number;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare[0] = radius * Math.sin(angle);
    hasSpare = true;
    return radius * Math.cos(angle);
  };
};
