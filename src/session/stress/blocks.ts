/** The desk's layout as pools side by side, block by block: read where it lies. */
import { BLOCK_GROUPS, BLOCK_PLACES, BLOCK_STARTS, type BlockKind } from '../../engine/kernel/layout.ts';
import type { PoolEntries } from '../../engine/stress-columns/pools.ts';
import type { DeskState } from '../desk/desk-state.ts';

/** Pools of one block: i-th of the block is at place `first` + i. */
export interface BlockView extends PoolEntries {
  readonly kind: BlockKind;
  readonly first: number;
  readonly count: number;
  /** Desk's unit per unit of the pools, now and by the asset's index; −1 where there is none. */
  readonly unitAsset: number;
}

/** Views of blocks, one at a time: the next one overwrites the last. */
export class BlockReader {
  private readonly start = new Uint32Array(BLOCK_PLACES);
  private readonly length = new Uint32Array(BLOCK_PLACES);

  read({ layout, blocks }: DeskState, block: number): BlockView {
    const { groupStart, constant, requirement, scale } = layout;
    const groups = layout.groups[block]!;
    const starts = block * BLOCK_STARTS;
    for (let g = 0; g < groups; g++) {
      const from = groupStart[starts + g]!;
      const width = groupStart[starts + g + 1]! - from;
      this.start[2 * g] = 2 * from;
      this.start[2 * g + 1] = 2 * from + 1;
      this.length[2 * g] = width;
      this.length[2 * g + 1] = width;
    }
    const first = block * BLOCK_GROUPS * 2;
    const end = first + BLOCK_PLACES;
    return {
      kind: layout.kind[block] as BlockKind,
      first,
      count: 2 * groups,
      unitAsset: blocks.unitAsset[block]!,
      start: this.start,
      length: this.length,
      stride: 2,
      weight: layout.weight,
      slot: layout.slot,
      constant: constant.subarray(first, end),
      requirement: requirement.subarray(first, end),
      scale: scale.subarray(first, end),
    };
  }
}
