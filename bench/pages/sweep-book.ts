/**
 * The book of the sweep bench: accounts of 1 + Poisson(4) positions over 200 instruments of uneven popularity, each with five to
 * ten margin tiers; equity lognormal about 5,000, leverage lognormal about 4. The same for the same seed. Kept as columns, from
 * which both the kernels' layout and the plain objects are made.
 */

export const INSTRUMENTS = 200;
export const TIERS = 10;

export interface Tier {
  /** Notional from which it applies. */
  readonly floor: number;
  readonly rate: number;
  /** Subtracted, so that the requirement has no step. */
  readonly deduction: number;
}

export interface SweepBook {
  readonly accounts: number;
  readonly price: Float64Array;
  readonly tiers: readonly (readonly Tier[])[];
  readonly cash: Float64Array;
  /** First position of every account, and the end of the last. */
  readonly start: Uint32Array;
  readonly instrument: Uint8Array;
  readonly size: Float64Array;
  readonly entry: Float64Array;
}

export function makeBook(accounts: number, seed: number): SweepBook {
  const random = uniform(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const start = new Uint32Array(accounts + 1);
  for (let a = 0; a < accounts; a++) start[a + 1] = start[a]! + 1 + poisson(4, random);
  const positions = start[accounts]!;
  const price = Float64Array.from({ length: INSTRUMENTS }, () => Math.exp(6 * random() - 1));
  const book: SweepBook = {
    accounts,
    price,
    tiers: Array.from({ length: INSTRUMENTS }, () => makeTiers(random)),
    cash: new Float64Array(accounts),
    start,
    instrument: new Uint8Array(positions),
    size: new Float64Array(positions),
    entry: new Float64Array(positions),
  };
  for (let a = 0; a < accounts; a++) {
    book.cash[a] = 5_000 * Math.exp(2 * normal());
    const each = (book.cash[a]! * 4 * Math.exp(0.9 * normal())) / (start[a + 1]! - start[a]!);
    for (let i = start[a]!; i < start[a + 1]!; i++) {
      const instrument = Math.floor(INSTRUMENTS * random() ** 4);
      book.instrument[i] = instrument;
      book.entry[i] = price[instrument]! * Math.exp(0.02 * normal());
      book.size[i] = ((random() < 0.55 ? 1 : -1) * each) / price[instrument]!;
    }
  }
  return book;
}

function makeTiers(random: () => number): Tier[] {
  const tiers: Tier[] = [{ floor: 0, rate: 0.004, deduction: 0 }];
  const count = 5 + Math.floor(6 * random());
  for (let i = 1; i < Math.min(count, TIERS); i++) {
    const last = tiers[i - 1]!;
    const floor = 50_000 * 4 ** (i - 1);
    const rate = last.rate * 1.5;
    tiers.push({ floor, rate, deduction: last.deduction + floor * (rate - last.rate) });
  }
  return tiers;
}

export const tierOf = (tiers: readonly Tier[], notional: number): number => {
  let at = 0;
  while (at + 1 < tiers.length && notional >= tiers[at + 1]!.floor) at++;
  return at;
};

function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

/** Mulberry32: 0 ≤ x < 1. */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
