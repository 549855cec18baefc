/**
 * Certified skipping (rules DK-12…DK-15): how far prices may move before any state of a pool can change.
 *
 * The radius r of a pool promises: while |Δf ÷ f| ≤ r · swing for the price variable f of every entry, no threshold function
 * F = θ · under − over, and not the equity, changes its sign. F is continuous and piecewise linear in every f; its slope is bounded by
 * θ Σ |value| · swing + Σ |weight| · requiredHigh · swing as long as no leg leaves its row and the two beside it, so
 *
 *   r = min( (|F| − 2 band) ÷ slope over all thresholds, (1 − reach) ÷ swing, 0.5 ÷ swing ) · (1 − 1e-9)
 *
 * where `reach` is how far the closest leg has come towards leaving those rows (1 is there). Tables that jump count no neighbours.
 */

import { BLOCK_GROUPS, BLOCK_STARTS, type BlockKind, type Layout, LENDING, PLAIN } from './layout.ts';
import { BAND, MARGIN_CALL, MOVE_MAX, RADIUS_MIN, RADIUS_SHARE, WARNING, WATCH } from './limits.ts';
import type { SlotTables } from './tables.ts';

const margin = (distance: number, band: number, slope: number): number =>
  slope === 0 ? Number.POSITIVE_INFINITY : (Math.abs(distance) - band) / slope;

/** Radius of a pool with the given constants and `width` entries from `first` in steps of `stride`; Infinity where no price matters. */
export function radiusOf(
  layout: Pick<Layout, 'weight' | 'slot'>,
  tables: SlotTables,
  kind: BlockKind,
  constant: number,
  requirement: number,
  scale: number,
  first: number,
  stride: number,
  width: number,
): number {
  const { weight, slot } = layout;
  const { coefficient, counted, swing, requiredHigh, reachUp, reachDown } = tables;
  let e = constant;
  let m = requirement;
  let n = 0;
  let g = 0;
  let all = 0;
  let pull = 0;
  let push = 0;
  let reach = 0;
  let most = 0;
  for (let k = 0, i = first; k < width; k++, i += stride) {
    const w = weight[i]!;
    const s = slot[i]!;
    if (w === 0) continue;
    const size = Math.abs(w);
    const value = w * coefficient[2 * s]!;
    const needs = size * coefficient[2 * s + 1]!;
    const moves = swing[s]!;
    const gross = Math.abs(value);
    const held = kind === PLAIN ? gross : gross * counted[s]!;
    e += value;
    m += needs;
    n += held;
    g += gross;
    all += gross * moves;
    if (kind === LENDING) {
      pull += (held - needs) * moves;
      push += Math.abs(held - value) * moves;
    } else push += size * requiredHigh[s]! * moves;
    const up = size * reachUp[s]!;
    const down = reachDown[s]! / size;
    if (up > reach) reach = up;
    if (down > reach) reach = down;
    if (moves > most) most = moves;
  }
  // No price matters, or what is not known stays so.
  if (most === 0 || Number.isNaN(e)) return Number.POSITIVE_INFINITY;
  if (kind !== LENDING) pull = all;
  const band = 2 * BAND * (scale + 2 * g);
  const over = kind === LENDING ? n - e : m;
  const under = kind === LENDING ? n - m : e;
  let r = margin(e, band, all);
  if (!Number.isNaN(over)) {
    r = Math.min(r, margin(WATCH * under - over, band, WATCH * pull + push));
    r = Math.min(r, margin(WARNING * under - over, band, WARNING * pull + push));
    r = Math.min(r, margin(MARGIN_CALL * under - over, band, MARGIN_CALL * pull + push));
    r = Math.min(r, margin(under - over, band, pull + push));
  }
  r = Math.min(r, Math.min(1 - reach, MOVE_MAX) / most) * RADIUS_SHARE;
  return r < RADIUS_MIN ? 0 : r;
}

/** Writes the radius of every pool of a block into `layout.radius` and returns the smallest, unrounded. */
export function certify(layout: Layout, tables: SlotTables, block: number, groups: number): number {
  const { constant, requirement, scale, groupStart, radius } = layout;
  const kind = layout.kind[block] as BlockKind;
  const firstPlace = block * BLOCK_GROUPS * 2;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 2 * groups; i++) {
    const g = block * BLOCK_STARTS + (i >> 1);
    const p = firstPlace + i;
    const from = groupStart[g]!;
    const first = 2 * from + (p & 1);
    const r = radiusOf(layout, tables, kind, constant[p]!, requirement[p]!, scale[p]!, first, 2, groupStart[g + 1]! - from);
    radius[p] = r;
    least = Math.min(least, r);
  }
  return least;
}
