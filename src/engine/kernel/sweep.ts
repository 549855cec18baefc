/**
 * The plain twin of the compiled sweep: the readable reference, and the fallback where WebAssembly is not to be had. Same order of
 * operations as assembly/kernel.ts, so that both give the same bits. Error of every sum: ≤ (n + 12)·2⁻⁵³ of
 * scale + Σ |weight · worth| (DK-9), n the entries of the pool.
 */

import { BLOCK_GROUPS, BLOCK_STARTS, type BlockKind, type Layout, LENDING, PLAIN } from './layout.ts';
import { BAND, MARGIN_CALL, WARNING, WATCH } from './limits.ts';
import type { SlotTables } from './tables.ts';

/** Sums of one pool, in its own unit. */
export interface Sums {
  equity: number;
  requirement: number;
  notional: number;
  /** Σ |weight · worth|, collateral included: what the band is measured by. */
  turnover: number;
}

/** Sums `width` entries from `first` in steps of `stride`. */
export function sumEntries(
  layout: Pick<Layout, 'weight' | 'slot'>,
  tables: SlotTables,
  first: number,
  stride: number,
  width: number,
  into: Sums,
): void {
  const { weight, slot } = layout;
  const { coefficient, counted } = tables;
  let { equity, requirement } = into;
  let notional = 0;
  let turnover = 0;
  for (let k = 0, i = first; k < width; k++, i += stride) {
    const w = weight[i]!;
    const s = slot[i]!;
    const value = w * coefficient[2 * s]!;
    const size = Math.abs(value);
    equity += value;
    requirement += Math.abs(w) * coefficient[2 * s + 1]!;
    notional += size * counted[s]!;
    turnover += size;
  }
  into.equity = equity;
  into.requirement = requirement;
  into.notional = notional;
  into.turnover = turnover;
}

/** The same where every entry counts and lies two apart: one load less. */
function sumPlain(layout: Layout, tables: SlotTables, first: number, width: number, into: Sums): void {
  const { weight, slot } = layout;
  const { coefficient } = tables;
  let { equity, requirement } = into;
  let notional = 0;
  const end = first + 2 * width;
  for (let i = first; i < end; i += 2) {
    const w = weight[i]!;
    const s = 2 * slot[i]!;
    const value = w * coefficient[s]!;
    equity += value;
    requirement += Math.abs(w) * coefficient[s + 1]!;
    notional += Math.abs(value);
  }
  into.equity = equity;
  into.requirement = requirement;
  into.notional = notional;
  into.turnover = notional;
}

const scratch: Sums = { equity: 0, requirement: 0, notional: 0, turnover: 0 };

/** Sums the pool at a place whose group's entry pairs are [from, to). The result is overwritten by the next call. */
export function sumPlace(layout: Layout, tables: SlotTables, place: number, from: number, to: number, kind: BlockKind): Sums {
  scratch.equity = layout.constant[place]!;
  scratch.requirement = layout.requirement[place]!;
  const first = 2 * from + (place & 1);
  if (kind === PLAIN) sumPlain(layout, tables, first, to - from, scratch);
  else sumEntries(layout, tables, first, 2, to - from, scratch);
  return scratch;
}

/**
 * Debt ÷ risk-adjusted collateral, requirement ÷ equity; NaN where the denominator is not above zero. Lending: 0 without debt.
 */
export function ratioOf(kind: BlockKind, equity: number, notional: number, requirement: number): number {
  if (kind !== LENDING) return equity > 0 ? requirement / equity : Number.NaN;
  const debt = notional - equity;
  const adjusted = notional - requirement;
  if (debt === 0) return 0;
  return adjusted > 0 ? debt / adjusted : Number.NaN;
}

/** Columns of a block in which every entry counts: both pools of a group in one loop, everything in local variables. */
function sweepPlainColumns(
  layout: Layout,
  tables: SlotTables,
  block: number,
  groups: number,
  rate: number,
  out: Float64Array,
  at: number,
  stride: number,
): void {
  const { weight, slot, groupStart, constant, requirement } = layout;
  const { coefficient } = tables;
  const starts = block * BLOCK_STARTS;
  let place = block * BLOCK_GROUPS * 2;
  let i = 2 * groupStart[starts]!;
  for (let g = 1, o = at; g <= groups; g++, o += 2, place += 2) {
    const end = 2 * groupStart[starts + g]!;
    let e0 = constant[place]!;
    let e1 = constant[place + 1]!;
    let m0 = requirement[place]!;
    let m1 = requirement[place + 1]!;
    let n0 = 0;
    let n1 = 0;
    for (; i < end; i += 2) {
      const w0 = weight[i]!;
      const w1 = weight[i + 1]!;
      const s0 = 2 * slot[i]!;
      const s1 = 2 * slot[i + 1]!;
      const v0 = w0 * coefficient[s0]!;
      const v1 = w1 * coefficient[s1]!;
      e0 += v0;
      e1 += v1;
      m0 += Math.abs(w0) * coefficient[s0 + 1]!;
      m1 += Math.abs(w1) * coefficient[s1 + 1]!;
      n0 += Math.abs(v0);
      n1 += Math.abs(v1);
    }
    const equity0 = e0 * rate;
    const equity1 = e1 * rate;
    const notional0 = n0 * rate;
    const notional1 = n1 * rate;
    out[o] = equity0;
    out[o + 1] = equity1;
    out[o + stride] = notional0;
    out[o + stride + 1] = notional1;
    out[o + 2 * stride] = m0 * rate;
    out[o + 2 * stride + 1] = m1 * rate;
    out[o + 3 * stride] = equity0 > 0 ? notional0 / equity0 : Number.NaN;
    out[o + 3 * stride + 1] = equity1 > 0 ? notional1 / equity1 : Number.NaN;
    out[o + 4 * stride] = e0 > 0 ? m0 / e0 : Number.NaN;
    out[o + 4 * stride + 1] = e1 > 0 ? m1 / e1 : Number.NaN;
    out[o + 5 * stride] = (e0 - m0) * rate;
    out[o + 5 * stride + 1] = (e1 - m1) * rate;
  }
}

/**
 * Six columns of the first `groups` groups of a block, place by place: equity, notional, requirement, leverage (notional ÷ equity,
 * of the columns' own figures), ratio, excess (equity − requirement); amounts times `rate`. Column c begins at element `at + c · stride` of `out`.
 */
export function sweepColumns(
  layout: Layout,
  tables: SlotTables,
  block: number,
  groups: number,
  rate: number,
  out: Float64Array,
  at: number,
  stride: number,
): void {
  const kind = layout.kind[block] as BlockKind;
  if (kind === PLAIN) {
    sweepPlainColumns(layout, tables, block, groups, rate, out, at, stride);
    return;
  }
  const firstPlace = block * BLOCK_GROUPS * 2;
  const starts = block * BLOCK_STARTS;
  const { groupStart } = layout;
  for (let i = 0; i < 2 * groups; i++) {
    const g = starts + (i >> 1);
    const { equity, notional, requirement } = sumPlace(layout, tables, firstPlace + i, groupStart[g]!, groupStart[g + 1]!, kind);
    const o = at + i;
    const equityOut = equity * rate;
    const notionalOut = notional * rate;
    out[o] = equityOut;
    out[o + stride] = notionalOut;
    out[o + 2 * stride] = requirement * rate;
    out[o + 3 * stride] = equityOut > 0 ? notionalOut / equityOut : Number.NaN;
    out[o + 4 * stride] = ratioOf(kind, equity, notional, requirement);
    out[o + 5 * stride] = (equity - requirement) * rate;
  }
}

/** In a hit: the float figures lie within the band of a threshold, the exact path decides. */
export const NEAR = 0x100;

/**
 * Code of the state (columns.ts) from the sums of one pool, with `NEAR` where a threshold lies within the band. Rules RS-1…RS-3:
 * equity < 0 bankrupt; requirement > equity liquidation (equality, where venues differ, is always near); then the ratio.
 */
export function codeOf(kind: BlockKind, { equity, requirement, notional, turnover }: Sums, scale: number): number {
  const over = kind === LENDING ? notional - equity : requirement;
  const under = kind === LENDING ? notional - requirement : equity;
  const watch = WATCH * under - over;
  const warning = WARNING * under - over;
  const marginCall = MARGIN_CALL * under - over;
  const excess = under - over;
  let code = 0;
  if (over > 0) code = Number(watch <= 0) + Number(warning <= 0) + Number(marginCall <= 0) + Number(excess < 0);
  if (Number.isNaN(excess)) code = 7;
  if (equity < 0) code = 5;
  const width = BAND * (scale + 2 * turnover);
  const isNear =
    Math.abs(equity) < width ||
    Math.abs(watch) < width ||
    Math.abs(warning) < width ||
    Math.abs(marginCall) < width ||
    Math.abs(excess) < width;
  return isNear ? code | NEAR : code;
}

/**
 * Writes a hit, place and code, for every pool of the block whose code differs from `layout.state` or is near; returns how many.
 * `state` itself is left to the caller, who asks the exact path about the near ones.
 */
export function sweepStates(layout: Layout, tables: SlotTables, block: number, groups: number, hits: Uint32Array): number {
  const kind = layout.kind[block] as BlockKind;
  const firstPlace = block * BLOCK_GROUPS * 2;
  const starts = block * BLOCK_STARTS;
  const { groupStart, state, scale } = layout;
  let count = 0;
  for (let i = 0; i < 2 * groups; i++) {
    const g = starts + (i >> 1);
    const place = firstPlace + i;
    const code = codeOf(kind, sumPlace(layout, tables, place, groupStart[g]!, groupStart[g + 1]!, kind), scale[place]!);
    if (code === state[place]) continue;
    hits[2 * count] = place;
    hits[2 * count + 1] = code;
    count++;
  }
  return count;
}
