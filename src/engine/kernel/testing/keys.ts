/** Seeded key columns of every awkward kind, for the tests of selection and order. */

/** mulberry32: uniform on [0, 1). */
export function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SPECIAL = [
  Number.NaN,
  0,
  -0,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  2 ** -1022,
  -(2 ** -1022),
  1e-310,
  -1e-310,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  1,
  -1,
  1 + 2 ** -52,
  1 - 2 ** -53,
];

/** How a column is made; each draws from its own stream. */
export const KEY_KINDS = {
  wide: (u) => (u() < 0.5 ? -1 : 1) * Math.exp((u() - 0.5) * 60),
  positive: (u) => Math.exp((u() + u() + u() + u() - 2) * 3),
  codes: (u) => Math.floor(u() * u() * 8),
  special: (u) => SPECIAL[Math.floor(u() * SPECIAL.length)] as number,
  mixed: (u) => (u() < 0.3 ? (SPECIAL[Math.floor(u() * SPECIAL.length)] as number) : Math.round((u() - 0.5) * 400) / 8),
  'same high word': (u) => 1 + Math.floor(u() * 4000) * 2 ** -50,
  'last bits': (u) => 1 + Math.floor(u() * 16) * 2 ** -52,
  denormal: (u) => (u() < 0.5 ? -1 : 1) * Math.floor(u() * 3000) * Number.MIN_VALUE,
  'one value': () => 7.5,
  'no number': () => Number.NaN,
  'mostly none': (u) => (u() < 0.9 ? Number.NaN : u()),
} satisfies Record<string, (u: () => number) => number>;

export type KeyKind = keyof typeof KEY_KINDS;

/** A column of `count` keys of one kind. */
export function keyColumn(kind: KeyKind, count: number, u: () => number): Float64Array {
  const make: (u: () => number) => number = KEY_KINDS[kind];
  return Float64Array.from({ length: count }, () => make(u));
}
