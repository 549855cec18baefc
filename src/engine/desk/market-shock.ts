/**
 * The move of a market, or of all prices, that liquidates each pool (rule DS-10), for a whole book in Float64: twin of
 * `market-terms.ts` and of the uniform shock. Every price that moves is multiplied by t = 1 + s; health in t is followed from t = 1
 * outwards, from one edge of a margin tier to the next, until it changes sign. Where rounding could decide – health within the band
 * of zero now, at an edge or at a turning point, a notional on an edge – the pool is flagged, and the exact path decides.
 */

/**
 * Pools in their linear form, each in a unit of its own: health = constant − requirement + Σ weight·worth − Σ |weight|·required, worth
 * and required by slot. Entry k of pool i is element start[i] + k × stride, k < length[i].
 */
export interface PoolEntries {
  readonly start: Uint32Array;
  readonly length: Uint32Array;
  readonly stride: number;
  readonly weight: Float64Array;
  readonly slot: Uint16Array | Uint32Array;
  /** What no price moves; the deductions of the tiers in force are already off the requirement, here or in entries of their own. */
  readonly constant: Float64Array;
  readonly requirement: Float64Array;
  /** Upper bound of the magnitudes that went into these two. */
  readonly scale: Float64Array | Float32Array;
}

/** By slot: a row of a margin table of one instrument, or an asset. */
export interface SlotMoves {
  /** Pairs, pool's unit per unit of weight: worth, and required = worth × rate. */
  readonly coefficient: Float64Array;
  /** Power of t that worth is multiplied by, −1, 0, 1 or 2, and required: the same, or less where the requirement does not follow (MR-1). */
  readonly power: Int8Array;
  readonly requiredPower: Int8Array;
  /** Tiers that a leg on this slot can reach, as slots first ≤ slot < end; a single one where the tier does not follow the price. */
  readonly first: Uint32Array;
  readonly end: Uint32Array;
  /** Settle currency: lower edge of the tier, and its deduction. */
  readonly floor: Float64Array;
  readonly deduction: Float64Array;
  /** Notional per unit of weight in the settle currency, and its power of t: 1 linear, −1 inverse, 0 where it is held. */
  readonly own: Float64Array;
  readonly ownPower: Int8Array;
  /** Pool's unit per unit of the settle currency, and its power of t: 0 or 1. */
  readonly settle: Float64Array;
  readonly settlePower: Int8Array;
}

/** What `flag` says of a pool: nothing in it moves. */
export const UNTOUCHED = 0;
/** Shocks are as given: a number within `error` of the exact one, NaN where none within reach. */
export const SOLVED = 1;
/** Past its line now. */
export const PAST = 2;
/** Too close to call in Float64, or no closed form: the exact path decides. */
export const UNCERTAIN = 3;
/** Health is not known. */
export const UNKNOWN = 4;

export interface MarketShocks {
  /** Nearest fall in [−reach, 0) and rise in (0, rise] that liquidates; NaN where none. */
  readonly down: Float64Array;
  readonly up: Float64Array;
  /** Greatest absolute error of the two. */
  readonly error: Float64Array;
  readonly flag: Uint8Array;
}

/** Relative error granted to every sum: the band of the desk's states, a hundred times what Float64 was ever seen to lose. */
const TOLERANCE = 1e-12;
/** Place of t⁰ among the powers −1 … 2. */
const POWER_0 = 1;
/** Looked for a little beyond reach, so that what happens at its very end is seen. */
const BEYOND = 1 + 1e-6;

/** One pool as it is followed: health × tᵐ = a + b·t + c·t², m = `raise`. */
interface Walk {
  a: number;
  b: number;
  c: number;
  /** The same three where it starts. */
  a1: number;
  b1: number;
  c1: number;
  raise: number;
  /** Sums by power of t, −1 to 2. */
  readonly sums: Float64Array;
  /** Magnitude behind the health now. */
  scale: number;
  /** Legs with tiers that they can leave: how many, their entries, their slots now and where the walk has come to. */
  legs: number;
  readonly entry: Uint32Array;
  readonly slot1: Uint32Array;
  readonly slot: Uint32Array;
  /** Absolute error of the last move found. */
  error: number;
}

/** Which moves are looked for, by pool. */
export const BOTH_WAYS = 0;
export const FALL = 1;
export const RISE = 2;
/** Both, but the further of the two need not be found. */
export const NEARER = 3;

/**
 * Fills `out` for every pool that the mask lets through. 0 < reach < 1: moves beyond ±reach are not looked for; a rise may be looked for
 * further, up to `rise` > 0. `ways`: what is looked for in each pool, both ways where it is not given; NaN for what is not. Work: entries
 * × the tiers within reach.
 */
export function marketShocks(
  count: number,
  mask: Uint8Array,
  entries: PoolEntries,
  slots: SlotMoves,
  reach: number,
  out: MarketShocks,
  rise: number = reach,
  ways?: Uint8Array,
): void {
  const walk = newWalk(mostEntries(count, mask, entries));
  for (let pool = 0; pool < count; pool++) {
    if (mask[pool] === 0) continue;
    let flag = gather(pool, entries, slots, walk);
    let down = Number.NaN;
    let up = Number.NaN;
    let error = 0;
    if (flag === SOLVED) {
      const way = ways ? ways[pool] : BOTH_WAYS;
      // Where less is lost: a pool that gains by a rise is followed downwards first.
      const isDownFirst = way !== NEARER || walk.b1 + 2 * walk.c1 > 0;
      for (const isDown of isDownFirst ? [true, false] : [false, true]) {
        if (way === (isDown ? RISE : FALL)) continue;
        const nearer = way === NEARER ? Math.abs(isDown ? up : down) : Number.NaN;
        const furthest = isDown ? reach : rise;
        const limit = nearer < furthest ? nearer : furthest;
        const move = nearestMove(isDown ? -1 : 1, limit, entries, slots, walk) - 1;
        if (isDown) down = move;
        else up = move;
        error = Math.max(error, walk.error);
      }
      if (error === Number.POSITIVE_INFINITY) flag = UNCERTAIN;
    }
    const isSolved = flag === SOLVED;
    out.down[pool] = isSolved ? down : Number.NaN;
    out.up[pool] = isSolved ? up : Number.NaN;
    out.error[pool] = isSolved ? error : 0;
    out.flag[pool] = flag;
  }
}

function mostEntries(count: number, mask: Uint8Array, { length }: PoolEntries): number {
  let most = 0;
  for (let pool = 0; pool < count; pool++) if (mask[pool] !== 0) most = Math.max(most, length[pool]!);
  return most;
}

const newWalk = (capacity: number): Walk => ({
  a: 0,
  b: 0,
  c: 0,
  a1: 0,
  b1: 0,
  c1: 0,
  raise: 0,
  sums: new Float64Array(4),
  scale: 0,
  legs: 0,
  entry: new Uint32Array(capacity),
  slot1: new Uint32Array(capacity),
  slot: new Uint32Array(capacity),
  error: 0,
});

/** Sums the pool at t = 1 as a polynomial, lists its legs that can change tiers, and says whether there is something to follow. */
function gather(pool: number, entries: PoolEntries, slots: SlotMoves, walk: Walk): number {
  const { weight: weights, slot: slotOf, stride } = entries;
  const { coefficient, power, requiredPower, ownPower, first, end } = slots;
  const { sums } = walk;
  const start = entries.start[pool]!;
  const stop = start + entries.length[pool]! * stride;
  sums.fill(0);
  sums[POWER_0] = entries.constant[pool]! - entries.requirement[pool]!;
  walk.legs = 0;
  let turnover = 0;
  let powers = 1 << POWER_0;
  let isOnEdge = false;
  for (let at = start; at < stop; at += stride) {
    const weight = weights[at]!;
    if (weight === 0) continue;
    const slot = slotOf[at]!;
    const size = Math.abs(weight);
    const worth = coefficient[2 * slot]!;
    const required = coefficient[2 * slot + 1]!;
    const p = power[slot]! + POWER_0;
    const q = requiredPower[slot]! + POWER_0;
    turnover += size * (worth + Math.abs(required));
    sums[p]! += weight * worth;
    sums[q]! -= size * required;
    powers |= (1 << p) | (1 << q);
    if (ownPower[slot] === 0 || end[slot]! - first[slot]! < 2) continue;
    isOnEdge ||= isOnFloor(slot, size * slots.own[slot]!, slots);
    walk.entry[walk.legs] = at;
    walk.slot1[walk.legs++] = slot;
  }
  if (powers === 1 << POWER_0) return UNTOUCHED;
  // From t⁻¹ to t² there is no polynomial of degree ≤ 2.
  const hasForm = (powers & 0b1001) !== 0b1001;
  walk.raise = powers & 1;
  const lowest = POWER_0 - walk.raise;
  walk.a1 = sums[lowest]!;
  walk.b1 = sums[lowest + 1]!;
  walk.c1 = sums[lowest + 2]!;
  walk.scale = entries.scale[pool]! + 2 * turnover;
  restart(walk);
  const health = healthAt(1, walk);
  if (!(Math.abs(health) + walk.scale < Number.POSITIVE_INFINITY)) return UNKNOWN;
  if (!hasForm || Math.abs(health) <= bandAt(1, walk)) return UNCERTAIN;
  if (health < 0) return PAST;
  return isOnEdge ? UNCERTAIN : SOLVED;
}

/** Back to t = 1 and the tiers in force. */
function restart(walk: Walk): void {
  walk.a = walk.a1;
  walk.b = walk.b1;
  walk.c = walk.c1;
  for (let k = 0; k < walk.legs; k++) walk.slot[k] = walk.slot1[k]!;
}

/** Whether a notional is too near to an edge of its tier to say on which side of it it is. */
function isOnFloor(slot: number, notional: number, { first, end, floor }: SlotMoves): boolean {
  return (slot > first[slot]! && isNear(notional, floor[slot]!)) || (slot + 1 < end[slot]! && isNear(notional, floor[slot + 1]!));
}

const isNear = (value: number, edge: number): boolean => Math.abs(value - edge) <= TOLERANCE * edge;

/** Adds value × t^power, × tᵐ. */
function add(power: number, value: number, walk: Walk): void {
  const degree = power + walk.raise;
  if (degree === 0) walk.a += value;
  else if (degree === 1) walk.b += value;
  else walk.c += value;
}

/**
 * The nearest t beyond 1, downwards or upwards, at which health ends, within reach; NaN where none. Leaves the absolute error of t in
 * `walk.error`: 0 for NaN, infinite where rounding could decide whether there is one.
 */
function nearestMove(direction: number, reach: number, entries: PoolEntries, slots: SlotMoves, walk: Walk): number {
  restart(walk);
  const limit = 1 + direction * reach * BEYOND;
  let from = 1;
  for (;;) {
    const edge = nextEdge(direction, limit, entries, slots, walk);
    const root = rootBetween(from, edge, walk);
    if (walk.error !== 0 || edge === limit) return root;
    pass(edge, direction, entries, slots, walk);
    const health = healthAt(edge, walk);
    if (health <= bandAt(edge, walk)) {
      const isJump = health < -bandAt(edge, walk);
      walk.error = isJump ? TOLERANCE * edge : Number.POSITIVE_INFINITY;
      return isJump ? edge : Number.NaN;
    }
    from = edge;
  }
}

/** The t at which leg k leaves its tier in this direction: floor ÷ notional for a linear leg, notional ÷ floor for an inverse one. */
function edgeOf(k: number, direction: number, { weight }: PoolEntries, slots: SlotMoves, walk: Walk): number {
  const slot = walk.slot[k]!;
  const ownPower = slots.ownPower[slot]!;
  const grows = direction * ownPower > 0;
  if (grows ? slot + 1 >= slots.end[slot]! : slot <= slots.first[slot]!) return direction > 0 ? Number.POSITIVE_INFINITY : 0;
  const floor = slots.floor[grows ? slot + 1 : slot]!;
  const notional = Math.abs(weight[walk.entry[k]!]!) * slots.own[slot]!;
  return ownPower < 0 ? notional / floor : floor / notional;
}

function nextEdge(direction: number, limit: number, entries: PoolEntries, slots: SlotMoves, walk: Walk): number {
  let next = limit;
  for (let k = 0; k < walk.legs; k++) {
    const edge = edgeOf(k, direction, entries, slots, walk);
    next = direction > 0 ? Math.min(next, edge) : Math.max(next, edge);
  }
  return next;
}

/** Moves every leg whose tier ends at `edge` to the next one: other rate, other deduction. */
function pass(edge: number, direction: number, entries: PoolEntries, slots: SlotMoves, walk: Walk): void {
  const { coefficient, requiredPower, deduction, settle, settlePower, ownPower } = slots;
  for (let k = 0; k < walk.legs; k++) {
    if (edgeOf(k, direction, entries, slots, walk) !== edge) continue;
    const slot = walk.slot[k]!;
    const next = slot + direction * ownPower[slot]!;
    const size = Math.abs(entries.weight[walk.entry[k]!]!);
    add(requiredPower[slot]!, size * (coefficient[2 * slot + 1]! - coefficient[2 * next + 1]!), walk);
    add(settlePower[slot]!, (deduction[next]! - deduction[slot]!) * settle[slot]!, walk);
    walk.slot[k] = next;
  }
}

const healthAt = (t: number, walk: Walk): number => walk.a + t * (walk.b + t * walk.c);

/** Health × tᵐ is known to within this; no price part grows faster than t². */
function bandAt(t: number, { a, b, c, raise, scale }: Walk): number {
  const sums = Math.abs(a) + t * (Math.abs(b) + t * Math.abs(c));
  return TOLERANCE * (sums + scale * (t > 1 ? t * t : 1) * (raise === 0 ? 1 : t));
}

/**
 * The first root beyond `from`, where health is above zero, and up to `to`; NaN where health stays above zero, with `walk.error`
 * infinite where it comes within the band of zero at the end or at its turning point.
 */
function rootBetween(from: number, to: number, walk: Walk): number {
  walk.error = 0;
  let end = to;
  const turn = walk.c === 0 ? Number.NaN : -walk.b / (2 * walk.c);
  if (turn > Math.min(from, to) && turn < Math.max(from, to) && healthAt(turn, walk) <= bandAt(turn, walk)) end = turn;
  const health = healthAt(end, walk);
  const band = bandAt(end, walk);
  if (health > band) return Number.NaN;
  if (health >= -band) {
    walk.error = Number.POSITIVE_INFINITY;
    return Number.NaN;
  }
  const root = rootInside(Math.min(from, end), Math.max(from, end), walk);
  walk.error = bandAt(root, walk) / Math.abs(walk.b + 2 * walk.c * root) + TOLERANCE * root;
  return root;
}

/** The one root of a + b·t + c·t² between two t of opposite sign. */
function rootInside(low: number, high: number, { a, b, c }: Walk): number {
  let root = -a / b;
  if (c !== 0) {
    // The stable pair: never subtracts two nearly equal numbers.
    const q = -0.5 * (b + (b < 0 ? -1 : 1) * Math.sqrt(Math.max(0, b * b - 4 * a * c)));
    root = q / c;
    const other = a / q;
    if (!(root >= low && root <= high) && Math.abs(other - low) + Math.abs(other - high) < Math.abs(root - low) + Math.abs(root - high))
      root = other;
  }
  return Math.min(high, Math.max(low, root));
}
