/**
 * What the system holds, by slot (rule DK-18): Σ weight, Σ |weight| and how many, kept as legs come, go and change their row. Totals
 * follow from prices alone, whatever the number of accounts. Sums are compensated (Neumaier), so that years of changes do not drift.
 */

/** A running sum and the part that its rounding lost. */
export interface SlotSums {
  readonly net: Float64Array;
  readonly netLost: Float64Array;
  readonly gross: Float64Array;
  readonly grossLost: Float64Array;
  readonly count: Int32Array;
  /** By venue and unit: Σ constant, Σ requirement before deductions. */
  readonly constants: Map<string, UnitConstants>;
}

export interface UnitConstants {
  readonly venue: number;
  readonly unitAsset: number;
  readonly constant: Float64Array;
  readonly required: Float64Array;
  count: number;
}

export const createSlotSums = (slots: number): SlotSums => ({
  net: new Float64Array(slots),
  netLost: new Float64Array(slots),
  gross: new Float64Array(slots),
  grossLost: new Float64Array(slots),
  count: new Int32Array(slots),
  constants: new Map(),
});

function addTo(sum: Float64Array, lost: Float64Array, at: number, value: number): void {
  const before = sum[at]!;
  const after = before + value;
  lost[at]! += Math.abs(before) >= Math.abs(value) ? before - after + value : value - after + before;
  sum[at] = after;
}

/** Adds an entry to a slot (`sign` 1) or takes it away (−1). */
export function countEntry(sums: SlotSums, slot: number, weight: number, sign: 1 | -1): void {
  addTo(sums.net, sums.netLost, slot, sign * weight);
  addTo(sums.gross, sums.grossLost, slot, sign * Math.abs(weight));
  sums.count[slot]! += sign;
}

/** Adds a pool's constants, or takes them away. Unknown ones are left out. */
export function countConstants(sums: SlotSums, venue: number, unitAsset: number, constant: number, required: number, sign: 1 | -1): void {
  const key = `${venue} ${unitAsset}`;
  let unit = sums.constants.get(key);
  if (!unit) {
    unit = { venue, unitAsset, constant: new Float64Array(2), required: new Float64Array(2), count: 0 };
    sums.constants.set(key, unit);
  }
  unit.count += sign;
  if (!Number.isNaN(constant)) addPair(unit.constant, sign * constant);
  if (!Number.isNaN(required)) addPair(unit.required, sign * required);
}

function addPair(pair: Float64Array, value: number): void {
  const before = pair[0]!;
  const after = before + value;
  pair[1]! += Math.abs(before) >= Math.abs(value) ? before - after + value : value - after + before;
  pair[0] = after;
}
