/**
 * What a scenario makes of every slot of a book in columns (rule ST-3): where a leg's search for its tier begins, and what the tiers say
 * at the scenario's prices. The columns themselves are only read: their slots and deductions stay those of the present prices.
 */

/** Fields of a row of `StressSlots.table`: one cache line. */
export const GAIN = 0;
export const WORTH = 1;
export const REQUIRED = 2;
export const OWN = 3;
export const FLOOR = 4;
export const UPPER = 5;
export const DEDUCTION = 6;
export const SETTLE = 7;
export const FIELDS = 8;

/**
 * By scenario slot, `FIELDS` doubles each: equity per unit of weight (worth less funding), worth and required per unit of |weight|,
 * notional per unit of |weight| in the settle currency, the notional at which the row begins and that at which the next one does (0 and
 * Infinity where it does not follow the price), its deduction in the settle currency, and the pool's unit per unit of that currency.
 * Rows of one table lie together by rising floor. The first `live` slots are the columns' own.
 */
export interface StressSlots {
  readonly live: number;
  readonly table: Float64Array;
  /** By live slot: the scenario slot where the search begins. */
  readonly base: Uint32Array;
  /** By live slot: the deduction that is in the pool's requirement now, settle currency. */
  readonly deducted: Float64Array;
  /** By live slot: 1 where an entry counts as notional. */
  readonly counted: Float64Array;
  /** By scenario slot: 1 where the requirement jumps at the table's floors. */
  readonly stepped: Uint8Array;
  readonly hasSteps: boolean;
}

/** Room for `live` slots and `more` rows of tables that are tried out. */
export const createSlots = (live: number, more: number): { -readonly [K in keyof StressSlots]: StressSlots[K] } => ({
  live,
  table: new Float64Array((live + more) * FIELDS),
  base: Uint32Array.from({ length: live }, (_, slot) => slot),
  deducted: new Float64Array(live),
  counted: new Float64Array(live),
  stepped: new Uint8Array(live + more),
  hasSteps: false,
});

/**
 * Whose price each scenario slot follows: the market of the contract, its power (1; −1 for an inverse one), and the market of the asset it
 * settles in or is. −1: nobody's.
 */
export interface SlotMarkets {
  readonly own: Int32Array;
  readonly power: Int8Array;
  readonly asset: Int32Array;
  /** 1 where an entry is a position, 2 where it is an asset that a closed loan trades. */
  readonly trades: Uint8Array;
  /** Largest maintenance rate of the slot's table × the worth of a unit: no move makes the requirement steeper. Infinite where it jumps. */
  readonly steepest: Float64Array;
}

export const createSlotMarkets = (slots: number): SlotMarkets => ({
  own: new Int32Array(slots).fill(-1),
  power: new Int8Array(slots).fill(1),
  asset: new Int32Array(slots).fill(-1),
  trades: new Uint8Array(slots),
  steepest: new Float64Array(slots),
});
