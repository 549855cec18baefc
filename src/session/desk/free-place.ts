/** Vacant places, and new blocks of them. */
import { BLOCK_GROUPS, BLOCK_PLACES, BLOCK_STARTS } from '../../engine/kernel/layout.ts';
import { givePlace } from './build.ts';
import type { DeskState } from './desk-state.ts';
import { classKey } from './placing.ts';
import { vacate } from './pool-place.ts';

/** There is no room left: the desk must be built anew from `flatOf`. Nothing that it holds is lost. */
export class Full extends Error {
  /** Whether the account that had no room is held all the same and will be in the new desk; otherwise enter it there. */
  readonly isEntered: boolean;
  constructor(what: string, isEntered: boolean) {
    super(`no ${what} is left`);
    this.name = 'Full';
    this.isEntered = isEntered;
  }
}

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

/** Pairs of entries of a new block, about: wide ones have fewer groups. */
export const NEW_BLOCK_PAIRS = 2048;

/** A new block of `width` entries a group, all of it free. */
function openBlock(desk: DeskState, kind: number, unitAsset: number, isCompound: boolean, width: number): void {
  const { layout, blocks } = desk;
  const wanted = Math.min(BLOCK_GROUPS, Math.max(1, Math.floor(NEW_BLOCK_PAIRS / width)));
  const groups = Math.min(wanted, Math.floor((layout.entryCapacity - desk.entryUsed) / width));
  if (blocks.used >= layout.blockCapacity || groups < 1) throw new Full('block', true);
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
