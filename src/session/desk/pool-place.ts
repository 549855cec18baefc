/** Reading and writing the pool at a place of the layout. */
import { BLOCK_PLACES, type BlockKind, firstEntry, type Layout, NO_POOL, widthOf } from '../../engine/kernel/layout.ts';
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
  const pool = layout.pool[place]!;
  const first = firstEntry(layout, place);
  const count = desk.pools.entryCount[pool]!;
  const { ladders } = desk;
  let deduction = 0;
  let others: Map<number, number> | undefined;
  for (let k = 0; k < count; k++) {
    const slot = layout.slot[first + 2 * k]!;
    const ladder = ladders.all[ladders.ladderOfSlot[slot]!]!;
    if (ladder.role === 'leg') {
      const own = ladder.deduction[slot - ladder.slotBase]!;
      if (own === 0) continue;
      if (ladder.asset < 0) deduction += own;
      else {
        others ??= new Map();
        others.set(ladder.asset, (others.get(ladder.asset) ?? 0) + own);
      }
    } else if (ladder.role === 'minus') layout.weight[first + 2 * k] = others?.get(ladder.asset) ?? 0;
  }
  layout.requirement[place] = (desk.pools.required.get(pool) ?? 0) - deduction;
}
