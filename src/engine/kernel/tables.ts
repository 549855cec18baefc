/** What the kernels look up by slot: coefficients of the present prices, and the bounds that certificates need. */
import type { Arena } from './arena.ts';

/**
 * By slot. A slot is one row of one margin table of one instrument in one unit, or an asset. Refilled when prices move; the last
 * four only before certifying.
 */
export interface SlotTables {
  readonly capacity: number;
  /** Pairs: worth (price variable in the pool's unit, ≥ 0) and required (worth × rate with fees; signed for pure requirements). */
  readonly coefficient: Float64Array;
  /** 1 where the entry counts as notional, 0 where it is collateral or requirement alone. */
  readonly counted: Float64Array;
  /** Relative move of the price for a certified move of 1: the weight of this price among all. > 0. */
  readonly swing: Float64Array;
  /** Largest |required| of the row and its two neighbours: the slope of the requirement while neither reach is passed. */
  readonly requiredHigh: Float64Array;
  /** 1 ÷ |weight| at which the row above the next begins now (0 where there is none), and |weight| at which the row below ends. */
  readonly reachUp: Float64Array;
  readonly reachDown: Float64Array;
}

export const takeTables = (arena: Arena, capacity: number): SlotTables => ({
  capacity,
  coefficient: arena.take(Float64Array, 2 * capacity),
  counted: arena.take(Float64Array, capacity),
  swing: arena.take(Float64Array, capacity),
  requiredHigh: arena.take(Float64Array, capacity),
  reachUp: arena.take(Float64Array, capacity),
  reachDown: arena.take(Float64Array, capacity),
});
