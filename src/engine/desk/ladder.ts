/**
 * The liquidation ladder (rules DS-11…DS-13): what a move of a market, or of all, closes, rung by rung of one step each, from the
 * pools themselves and not from open interest. First every pool is put on a rung of the fall and one of the rise; those that Float64
 * cannot place are listed for the exact path (`exact-rung.ts`); then the legs of the placed pools are added up.
 */
import { PAST, SOLVED, UNCERTAIN, UNTOUCHED } from './market-shock.ts';

/** Rungs of a pool, beside 1 … rungs: a move of rung × step closes it, one of (rung − 1) × step does not. */
export const NOT_WITHIN_REACH = 0;
/** Closed by no further move: it is past its line now. */
export const PAST_NOW = -1;
/** Not known, or not yet decided by the exact path. */
export const UNDECIDED = -2;

/** Beyond the error of a shock, rounding of an edge and of its comparison. */
const EDGE = 4 * Number.EPSILON;

/**
 * Writes the rung of every pool that the mask lets through, for falls (`sign` −1: shocks in (−1, 0]) or rises (+1), and lists in `near`
 * the pools that only the exact path can place: flagged UNCERTAIN, or with a shock within `error` of a rung's edge. They are UNDECIDED
 * until then. Returns how many there are. `step` is a fraction of the price, 0.01 for a per cent. Shocks of the other sign are none.
 */
export function placeOnRungs(
  count: number,
  mask: Uint8Array,
  shock: Float64Array,
  error: Float64Array,
  flag: Uint8Array,
  sign: number,
  step: number,
  rungs: number,
  rung: Int16Array,
  near: Uint32Array,
): number {
  let listed = 0;
  for (let row = 0; row < count; row++) {
    if (mask[row] === 0) continue;
    const status = flag[row]!;
    if (status !== SOLVED) {
      rung[row] = status === UNTOUCHED ? NOT_WITHIN_REACH : status === PAST ? PAST_NOW : UNDECIDED;
      if (status === UNCERTAIN) near[listed++] = row;
      continue;
    }
    const size = sign * shock[row]!;
    const band = error[row]! + EDGE;
    if (!(size >= -band)) {
      rung[row] = NOT_WITHIN_REACH;
      continue;
    }
    const above = Math.ceil(size / step);
    const isNearEdge = size - (above - 1) * step <= band || above * step - size <= band;
    if (isNearEdge && above <= rungs + 1) {
      rung[row] = UNDECIDED;
      near[listed++] = row;
    } else rung[row] = above <= rungs ? above : NOT_WITHIN_REACH;
  }
  return listed;
}

/** Notional by rung: entry `rungs` is what is past its line now, `rungs` − k the k-th rung down, `rungs` + k the k-th up. */
export interface Ladder {
  readonly rungs: number;
  /** Pools by rung. */
  readonly pools: Float64Array;
  /** Notional at the present mark of long and of short legs, desk's unit: of the chosen market, and of the others that close with them. */
  readonly long: Float64Array;
  readonly short: Float64Array;
  readonly otherLong: Float64Array;
  readonly otherShort: Float64Array;
  /** Pools that no move within reach closes, downwards and upwards. */
  beyondDown: number;
  beyondUp: number;
  /** Pools that could not be placed, and what they carry as far as prices are known. */
  undecided: number;
  undecidedNotional: number;
}

export const emptyLadder = (rungs: number): Ladder => {
  const column = (): Float64Array => new Float64Array(2 * rungs + 1);
  return {
    rungs,
    pools: column(),
    long: column(),
    short: column(),
    otherLong: column(),
    otherShort: column(),
    beyondDown: 0,
    beyondUp: 0,
    undecided: 0,
    undecidedNotional: 0,
  };
};

/**
 * Clears the ladder and counts every pool that the mask lets through on its rungs. Falls and rises are two questions: a pool that both
 * close is on a rung of each. A pool undecided in either is undecided.
 */
export function countPools(count: number, mask: Uint8Array, down: Int16Array, up: Int16Array, ladder: Ladder): void {
  for (const column of [ladder.pools, ladder.long, ladder.short, ladder.otherLong, ladder.otherShort]) column.fill(0);
  ladder.beyondDown = 0;
  ladder.beyondUp = 0;
  ladder.undecided = 0;
  ladder.undecidedNotional = 0;
  const { rungs, pools } = ladder;
  for (let pool = 0; pool < count; pool++) {
    if (mask[pool] === 0) continue;
    const fall = down[pool]!;
    const rise = up[pool]!;
    if (fall === UNDECIDED || rise === UNDECIDED) ladder.undecided++;
    else if (fall === PAST_NOW || rise === PAST_NOW) pools[rungs]! += 1;
    else {
      if (fall === NOT_WITHIN_REACH) ladder.beyondDown++;
      else pools[rungs - fall]! += 1;
      if (rise === NOT_WITHIN_REACH) ladder.beyondUp++;
      else pools[rungs + rise]! += 1;
    }
  }
}

/**
 * Adds legs 0 … legCount − 1 to the rungs of their pools, all legs of a pool, since it closes as a whole. Legs of no pool (`legPool` ≥
 * `count`) and of pools that the mask hides are passed over. `value` is the desk's unit per unit of size of each instrument (≥ 0; NaN
 * where its price is not known: such a leg adds nothing), `isChosen` 1 for the instruments of the market. Amounts of assets are added
 * the same way by a second call, with assets for instruments. Error of a sum of n terms: n × 2⁻⁵³ of it.
 */
export function addLegs(
  count: number,
  mask: Uint8Array,
  down: Int16Array,
  up: Int16Array,
  legCount: number,
  legPool: Uint32Array,
  legInstrument: Uint32Array,
  legSize: Float64Array,
  value: Float64Array,
  isChosen: Uint8Array,
  ladder: Ladder,
): void {
  const { rungs } = ladder;
  for (let leg = 0; leg < legCount; leg++) {
    const pool = legPool[leg]!;
    if (pool >= count || mask[pool] === 0) continue;
    const fall = down[pool]!;
    const rise = up[pool]!;
    if (fall === NOT_WITHIN_REACH && rise === NOT_WITHIN_REACH) continue;
    const instrument = legInstrument[leg]!;
    const notional = legSize[leg]! * value[instrument]!;
    if (!(notional !== 0 && Math.abs(notional) < Number.POSITIVE_INFINITY)) continue;
    const chosen = isChosen[instrument]!;
    if (fall === UNDECIDED || rise === UNDECIDED) ladder.undecidedNotional += Math.abs(notional);
    else if (fall === PAST_NOW || rise === PAST_NOW) addNotional(rungs, notional, chosen, ladder);
    else {
      if (fall !== NOT_WITHIN_REACH) addNotional(rungs - fall, notional, chosen, ladder);
      if (rise !== NOT_WITHIN_REACH) addNotional(rungs + rise, notional, chosen, ladder);
    }
  }
}

function addNotional(at: number, notional: number, chosen: number, { long, short, otherLong, otherShort }: Ladder): void {
  if (notional > 0) {
    if (chosen !== 0) long[at]! += notional;
    else otherLong[at]! += notional;
  } else if (chosen !== 0) short[at]! -= notional;
  else otherShort[at]! -= notional;
}
