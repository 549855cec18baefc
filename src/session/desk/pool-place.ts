/** Reading and writing the pool at a place of the layout. */
import { BLOCK_PLACES, type BlockKind, firstEntry, type Layout, NO_POOL, PLAIN, widthOf } from '../../engine/kernel/layout.ts';
import type { DeskState } from './desk-state.ts';

/** Leaves the place as padding: worth nothing, always healthy, never near anything. */
export function vacate(layout: Layout, place: number): void {
  layout.pool[place] = NO_POOL;
  layout.constant[place] = 0;
  layout.requirement[place] = 0;
  layout.scale[place] = 0;
  layout.state[place] = 0;
  layout.radius[place] = Number.POSITIVE_INFINITY;
  padEntries(layout, place, 0);
}

/** Padding from the k-th entry on: weight 0 on slot 0. */
export function padEntries(layout: Layout, place: number, from: number): void {
  const first = firstEntry(layout, place);
  const width = widthOf(layout, place);
  for (let k = from; k < width; k++) {
    layout.weight[first + 2 * k] = 0;
    layout.slot[first + 2 * k] = 0;
  }
}

export const blockOf = (place: number): number => Math.floor(place / BLOCK_PLACES);

export const kindOf = (layout: Layout, place: number): BlockKind => layout.kind[blockOf(place)] as BlockKind;

/** Entry of `leg` in the layout. Legs of a pool are its first entries, in the account's order. */
export function entryOfLeg(desk: DeskState, leg: number): number {
  const { accounts } = desk.columns;
  const pool = desk.legPool[leg]!;
  const row = desk.pools.row[pool]!;
  let ordinal = 0;
  for (let other = accounts.legStart[row]!; other < leg; other++) if (desk.legPool[other] === pool) ordinal++;
  return firstEntry(desk.layout, desk.pools.place[pool]!) + 2 * ordinal;
}

/**
 * Writes what the pool requires without prices: its base less the deductions of the rows its legs stand in, in entry order, so that
 * the bits are those of a desk built anew. Deductions in another asset are the weight of that asset's entry.
 */
export function settleDeductions(desk: DeskState, layout: Layout, place: number): void {
  const { pools } = desk;
  const { deduction } = desk.ladderColumns;
  const pool = layout.pool[place]!;
  const first = firstEntry(layout, place);
  const end = first + 2 * pools.entryCount[pool]!;
  let sum = 0;
  if (kindOf(layout, place) === PLAIN) for (let i = first; i < end; i += 2) sum += deduction[layout.slot[i]!]!;
  else sum = settleOthers(desk, layout, first, end);
  layout.requirement[place] = (pools.required.get(pool) ?? 0) - sum;
}

/** Writes the entries that are deductions in an asset; returns the sum of those in the pool's own unit. */
function settleOthers({ ladders, ladderColumns }: DeskState, layout: Layout, first: number, end: number): number {
  const others = new Map<number, number>();
  let sum = 0;
  for (let i = first; i < end; i += 2) {
    const slot = layout.slot[i]!;
    const { role, asset } = ladders.all[ladders.ladderOfSlot[slot]!]!;
    if (role === 'minus') layout.weight[i] = others.get(asset) ?? 0;
    else if (role === 'leg' && asset < 0) sum += ladderColumns.deduction[slot]!;
    else if (role === 'leg') others.set(asset, (others.get(asset) ?? 0) + ladderColumns.deduction[slot]!);
  }
  return sum;
}
