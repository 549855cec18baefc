/** Pools in their linear form at a scenario's prices: sums and codes of state. Rules ST-3, ST-4. */
import { type BlockKind, LENDING } from '../kernel/layout.ts';
import { BAND, MARGIN_CALL, WARNING, WATCH } from '../kernel/limits.ts';
import { NEAR, type Sums } from '../kernel/sweep.ts';
import { DEDUCTION, FIELDS, FLOOR, GAIN, OWN, REQUIRED, SETTLE, type StressSlots, UPPER, WORTH } from './slots.ts';

/** Pools side by side; entry k of pool i is element start[i] + k × stride, k < length[i]. Weight 0 is padding. */
export interface PoolEntries {
  readonly start: Uint32Array;
  readonly length: Uint32Array;
  readonly stride: number;
  readonly weight: Float64Array;
  readonly slot: Uint16Array | Uint32Array;
  readonly constant: Float64Array;
  readonly requirement: Float64Array;
  readonly scale: Float64Array | Float32Array;
}

/** A notional this close to a floor, relatively, stands on it (DK-11). */
const ON_FLOOR = 1e-12;

/** Sums of one pool, and whether a leg stands on a floor at which its requirement jumps. */
export interface PoolSums extends Sums {
  isOnStep: boolean;
}

export const noSums = (): PoolSums => ({ equity: 0, requirement: 0, notional: 0, turnover: 0, isOnStep: false });

/**
 * Sums pool i at the scenario's prices into `sums`, in the pool's unit. Every leg is looked for in its table from the row it stands in
 * now; the deductions of a row that it leaves are put back. `turnover` holds these too, so that the band of DK-9 holds the rounding.
 */
export function sumPool(entries: PoolEntries, i: number, slots: StressSlots, sums: PoolSums): void {
  const { weight, slot, stride } = entries;
  const { table, base, deducted, counted, stepped, hasSteps } = slots;
  let equity = entries.constant[i]!;
  let requirement = entries.requirement[i]!;
  let notional = 0;
  let turnover = 0;
  let isOnStep = false;
  const first = entries.start[i]!;
  const end = first + entries.length[i]! * stride;
  for (let at = first; at < end; at += stride) {
    const w = weight[at]!;
    if (w === 0) continue;
    const s = slot[at]!;
    const from = base[s]! * FIELDS;
    const size = Math.abs(w);
    let b = from;
    const own = size * table[b + OWN]!;
    while (own >= table[b + UPPER]!) b += FIELDS;
    while (own < table[b + FLOOR]!) b -= FIELDS;
    const worth = size * table[b + WORTH]!;
    equity += w * table[b + GAIN]!;
    requirement += size * table[b + REQUIRED]!;
    notional += worth * counted[s]!;
    turnover += worth;
    if (b !== s * FIELDS) {
      const settle = table[b + SETTLE]!;
      requirement += (deducted[s]! - table[b + DEDUCTION]!) * settle;
      turnover += (Math.abs(deducted[s]!) + Math.abs(table[b + DEDUCTION]!)) * settle;
    }
    if (hasSteps && stepped[b / FIELDS] === 1) isOnStep ||= isNear(own, table[b + FLOOR]!) || isNear(own, table[b + UPPER]!);
  }
  sums.equity = equity;
  sums.requirement = requirement;
  sums.notional = notional;
  sums.turnover = turnover;
  sums.isOnStep = isOnStep;
}

const isNear = (value: number, edge: number): boolean =>
  edge > 0 && edge < Number.POSITIVE_INFINITY && Math.abs(value - edge) <= ON_FLOOR * edge;

/** Sums of pools side by side: see `PoolSums`. */
export interface SumColumns {
  readonly equity: Float64Array;
  readonly requirement: Float64Array;
  readonly notional: Float64Array;
  readonly turnover: Float64Array;
  readonly isOnStep: Uint8Array;
}

export const sumColumns = (capacity: number): SumColumns => ({
  equity: new Float64Array(capacity),
  requirement: new Float64Array(capacity),
  notional: new Float64Array(capacity),
  turnover: new Float64Array(capacity),
  isOnStep: new Uint8Array(capacity),
});

/** `sumPool` of the first `count` pools, bit for bit. */
export function sumPools(entries: PoolEntries, count: number, slots: StressSlots, out: SumColumns): void {
  const { weight, slot, stride, start, length } = entries;
  const { table, base, deducted, counted, stepped, hasSteps } = slots;
  for (let i = 0; i < count; i++) {
    let equity = entries.constant[i]!;
    let requirement = entries.requirement[i]!;
    let notional = 0;
    let turnover = 0;
    let isOnStep = 0;
    const end = start[i]! + length[i]! * stride;
    for (let at = start[i]!; at < end; at += stride) {
      const w = weight[at]!;
      if (w === 0) continue;
      const s = slot[at]!;
      const size = Math.abs(w);
      let b = base[s]! * FIELDS;
      const own = size * table[b + OWN]!;
      while (own >= table[b + UPPER]!) b += FIELDS;
      while (own < table[b + FLOOR]!) b -= FIELDS;
      const worth = size * table[b + WORTH]!;
      equity += w * table[b + GAIN]!;
      requirement += size * table[b + REQUIRED]!;
      notional += worth * counted[s]!;
      turnover += worth;
      if (b !== s * FIELDS) {
        const settle = table[b + SETTLE]!;
        const left = deducted[s]!;
        const taken = table[b + DEDUCTION]!;
        requirement += (left - taken) * settle;
        turnover += (Math.abs(left) + Math.abs(taken)) * settle;
      }
      if (hasSteps && stepped[b / FIELDS] === 1 && (isNear(own, table[b + FLOOR]!) || isNear(own, table[b + UPPER]!))) isOnStep = 1;
    }
    out.equity[i] = equity;
    out.requirement[i] = requirement;
    out.notional[i] = notional;
    out.turnover[i] = turnover;
    out.isOnStep[i] = isOnStep;
  }
}

/** `codeOf` of the kernel, with `NEAR` also for a leg on a step; numbers as arguments, because a million objects cost more than the work. */
export function stressCode(
  kind: BlockKind,
  equity: number,
  requirement: number,
  notional: number,
  turnover: number,
  scale: number,
  isOnStep: boolean,
): number {
  const over = kind === LENDING ? notional - equity : requirement;
  const under = kind === LENDING ? notional - requirement : equity;
  const watch = WATCH * under - over;
  const warning = WARNING * under - over;
  const marginCall = MARGIN_CALL * under - over;
  const excess = under - over;
  const width = BAND * (scale + 2 * turnover);
  const isNearLine =
    Math.abs(equity) < width ||
    Math.abs(watch) < width ||
    Math.abs(warning) < width ||
    Math.abs(marginCall) < width ||
    Math.abs(excess) < width;
  let code = 0;
  if (equity < 0) code = 5;
  else if (Number.isNaN(excess)) code = 7;
  else if (over > 0) {
    if (excess < 0) code = 4;
    else if (marginCall <= 0) code = 3;
    else if (warning <= 0) code = 2;
    else if (watch <= 0) code = 1;
  }
  return isNearLine || isOnStep ? code | NEAR : code;
}
