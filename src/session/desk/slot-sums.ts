/**
 * What the system holds, by slot (rule DK-18): Σ weight, Σ |weight| and how many, kept as legs come, go and change their row. Totals
 * follow from prices alone, whatever the number of accounts. Sums are compensated (Neumaier), so that years of changes do not drift.
 */
import type { Ladder, LadderColumns, LadderRole } from './ladders.ts';

/** A running sum and the part that its rounding lost. */
export interface SlotSums {
  readonly net: Float64Array;
  readonly netLost: Float64Array;
  readonly gross: Float64Array;
  readonly grossLost: Float64Array;
  readonly count: Int32Array;
  /** By ladder: 1 until its rows are added up for the first time. */
  readonly isStale: Uint8Array;
  readonly ladders: LadderSums;
  /** By venue and unit: Σ constant, Σ requirement before deductions. */
  readonly constants: Map<number, UnitConstants>;
}

/** By ladder: its rows added up, so that a total looks at a ladder once; each sum with what its rounding lost. */
export interface LadderSums {
  readonly net: Float64Array;
  readonly netLost: Float64Array;
  readonly gross: Float64Array;
  readonly grossLost: Float64Array;
  /** Σ gross · rate. */
  readonly required: Float64Array;
  readonly requiredLost: Float64Array;
  readonly deducted: Float64Array;
  readonly deductedLost: Float64Array;
  readonly count: Int32Array;
  /** What the ladder is, as numbers: index into ROLES, indices of venue, instrument (−1), asset (−1), driver; sign of its weights. */
  readonly role: Uint8Array;
  readonly venue: Uint8Array;
  readonly instrument: Int32Array;
  readonly asset: Int32Array;
  readonly driver: Int32Array;
  readonly direction: Int8Array;
}

export interface UnitConstants {
  readonly venue: number;
  readonly unitAsset: number;
  readonly constant: Float64Array;
  readonly required: Float64Array;
  count: number;
  /** Pools of which the constant is not known. */
  unknown: number;
}

export const createSlotSums = (slots: number): SlotSums => ({
  net: new Float64Array(slots),
  netLost: new Float64Array(slots),
  gross: new Float64Array(slots),
  grossLost: new Float64Array(slots),
  count: new Int32Array(slots),
  isStale: new Uint8Array(slots).fill(1),
  ladders: {
    net: new Float64Array(slots),
    netLost: new Float64Array(slots),
    gross: new Float64Array(slots),
    grossLost: new Float64Array(slots),
    required: new Float64Array(slots),
    requiredLost: new Float64Array(slots),
    deducted: new Float64Array(slots),
    deductedLost: new Float64Array(slots),
    count: new Int32Array(slots),
    role: new Uint8Array(slots),
    venue: new Uint8Array(slots),
    instrument: new Int32Array(slots),
    asset: new Int32Array(slots),
    driver: new Int32Array(slots),
    direction: new Int8Array(slots),
  },
  constants: new Map(),
});

/** Adds an entry to a slot (`sign` 1) or takes it away (−1). */
export function countEntry({ net, netLost, gross, grossLost, count }: SlotSums, slot: number, weight: number, sign: 1 | -1): void {
  const value = sign * weight;
  const before = net[slot]!;
  const after = before + value;
  netLost[slot]! += Math.abs(before) >= Math.abs(value) ? before - after + value : value - after + before;
  net[slot] = after;
  const size = sign * Math.abs(weight);
  const all = gross[slot]! + size;
  grossLost[slot]! += Math.abs(gross[slot]!) >= Math.abs(size) ? gross[slot]! - all + size : size - all + gross[slot]!;
  gross[slot] = all;
  count[slot]! += sign;
}

const ROLES: readonly LadderRole[] = ['leg', 'lent', 'equity', 'plus', 'minus'];
export const LEG = 0;
export const EQUITY = 2;
export const PLUS = 3;
/** A deduction in another asset: counted with its leg's row instead. */
export const MINUS = 4;

/** Adds up the rows of a ladder that is new, and says what it is. */
export function sumLadder(sums: SlotSums, ladder: Ladder): void {
  const { id, slotBase, rowCount, rate, deduction } = ladder;
  const { ladders } = sums;
  for (const sum of [ladders.net, ladders.gross, ladders.required, ladders.deducted]) sum[id] = 0;
  for (const lost of [ladders.netLost, ladders.grossLost, ladders.requiredLost, ladders.deductedLost]) lost[id] = 0;
  ladders.count[id] = 0;
  for (let row = 0, s = slotBase; row < rowCount; row++, s++) {
    const gross = sums.gross[s]! + sums.grossLost[s]!;
    addTo(ladders.net, ladders.netLost, id, sums.net[s]! + sums.netLost[s]!);
    addTo(ladders.gross, ladders.grossLost, id, gross);
    addTo(ladders.required, ladders.requiredLost, id, gross * rate[row]!);
    addTo(ladders.deducted, ladders.deductedLost, id, sums.count[s]! * deduction[row]!);
    ladders.count[id]! += sums.count[s]!;
  }
  ladders.role[id] = ROLES.indexOf(ladder.role);
  ladders.venue[id] = ladder.venue;
  ladders.instrument[id] = ladder.instrument;
  ladders.asset[id] = ladder.asset;
  ladders.driver[id] = ladder.driver;
  ladders.direction[id] = ladder.direction;
  sums.isStale[id] = 0;
}

function addTo(sum: Float64Array, lost: Float64Array, at: number, value: number): void {
  const before = sum[at]!;
  const after = before + value;
  lost[at]! += Math.abs(before) >= Math.abs(value) ? before - after + value : value - after + before;
  sum[at] = after;
}

/** Counts an entry that came (`sign` 1) or went (−1), in its slot and its ladder. */
export function countChange(sums: SlotSums, columns: LadderColumns, ladder: number, slot: number, weight: number, sign: 1 | -1): void {
  countEntry(sums, slot, weight, sign);
  if (sums.isStale[ladder] === 1) return;
  const { ladders } = sums;
  const gross = sign * Math.abs(weight);
  addTo(ladders.net, ladders.netLost, ladder, sign * weight);
  addTo(ladders.gross, ladders.grossLost, ladder, gross);
  addTo(ladders.required, ladders.requiredLost, ladder, gross * columns.rate[slot]!);
  addTo(ladders.deducted, ladders.deductedLost, ladder, sign * columns.deduction[slot]!);
  ladders.count[ladder]! += sign;
}

/** Counts an entry that moved from one row of its ladder to another: what it requires changes, what it is does not. */
export function countMove(sums: SlotSums, columns: LadderColumns, ladder: number, from: number, to: number, weight: number): void {
  countEntry(sums, from, weight, -1);
  countEntry(sums, to, weight, 1);
  if (sums.isStale[ladder] === 1) return;
  const { ladders } = sums;
  addTo(ladders.required, ladders.requiredLost, ladder, Math.abs(weight) * (columns.rate[to]! - columns.rate[from]!));
  addTo(ladders.deducted, ladders.deductedLost, ladder, columns.deduction[to]! - columns.deduction[from]!);
}

/** Adds a pool's constants, or takes them away. Unknown ones are left out, and a pool whose equity is not known altogether. */
export function countConstants(sums: SlotSums, venue: number, unitAsset: number, constant: number, required: number, sign: 1 | -1): void {
  const key = 65_536 * venue + unitAsset;
  let unit = sums.constants.get(key);
  if (!unit) {
    unit = { venue, unitAsset, constant: new Float64Array(2), required: new Float64Array(2), count: 0, unknown: 0 };
    sums.constants.set(key, unit);
  }
  unit.count += sign;
  if (Number.isNaN(constant)) {
    unit.unknown += sign;
    return;
  }
  addPair(unit.constant, sign * constant);
  if (!Number.isNaN(required)) addPair(unit.required, sign * required);
}

function addPair(pair: Float64Array, value: number): void {
  const before = pair[0]!;
  const after = before + value;
  pair[1]! += Math.abs(before) >= Math.abs(value) ? before - after + value : value - after + before;
  pair[0] = after;
}
