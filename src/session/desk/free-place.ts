/** Vacant places, and new blocks of them. */
import { BLOCK_GROUPS, BLOCK_PLACES, BLOCK_STARTS } from '../../engine/kernel/layout.ts';
import { givePlace } from './build.ts';
import type { DeskState } from './desk-state.ts';
import { classKey } from './placing.ts';
import { vacate } from './pool-place.ts';

/** There is no room left for what was to be entered: the desk must be built anew. Nothing of it is lost. */
export class Full extends Error {}

/** Free places wider than what is looked for by more are left to others. */
const SLACK = 8;

/** A vacant place of the class with room for `count` entries, taken out of the lists. */
export function freePlace(desk: DeskState, kind: number, unitAsset: number, isCompound: boolean, count: number): number {
  const key = classKey(kind, unitAsset, isCompound);
  for (let width = Math.max(1, count); width <= count + SLACK; width++) {
    const list = desk.freePlaces.get(`${key} ${width}`);
    const found = list?.pop();
    if (found !== undefined) return found;
  }
  openBlock(desk, kind, unitAsset, isCompound, Math.max(4, 2 ** Math.ceil(Math.log2(Math.max(1, count)))));
  return freePlace(desk, kind, unitAsset, isCompound, Math.max(1, count));
}

/** A new block of `width` entries a group, all of it free. */
function openBlock(desk: DeskState, kind: number, unitAsset: number, isCompound: boolean, width: number): void {
  const { layout, blocks } = desk;
  const groups = Math.min(BLOCK_GROUPS, Math.floor((layout.entryCapacity - desk.entryUsed) / width));
  if (blocks.used >= layout.blockCapacity || groups < 1) throw new Full('no block is left');
  const block = blocks.used++;
  layout.kind[block] = kind;
  layout.groups[block] = 0;
  blocks.unitAsset[block] = unitAsset;
  blocks.isCompound[block] = Number(isCompound);
  blocks.firstRow[block] = -1;
  blocks.least[block] = -1;
  blocks.reference[block] = -1;
  for (let g = 0; g <= BLOCK_GROUPS; g++) layout.groupStart[block * BLOCK_STARTS + g] = desk.entryUsed + width * Math.min(g, groups);
  desk.entryUsed += groups * width;
  // Pushed last to first, so that the first place is taken first.
  for (let i = BLOCK_PLACES - 1; i >= 0; i--) {
    const at = block * BLOCK_PLACES + i;
    vacate(layout, at);
    givePlace(desk, at);
  }
}
