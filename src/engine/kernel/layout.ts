/**
 * How pools lie for the kernels (rules DK-5…DK-8 of docs/spec/desk.md).
 *
 * A pool holds one place. Two places make a group, the two lanes of a vector; 512 groups make a block. The entries of a group lie
 * side by side, lane by lane, padded to the wider of the two: entry k of lane l is element 2k + l. An entry is a weight (signed
 * units) and a slot, which names its row in the tables of tables.ts. In the pool's own unit:
 *
 *   equity      = constant    + Σ weight · worth[slot]
 *   requirement = requirement + Σ |weight| · required[slot]
 *   notional    =               Σ |weight · worth[slot]| · counted[slot]
 */
import type { Arena } from './arena.ts';

/** Pools of a block and its groups. */
export const BLOCK_PLACES = 1024;
export const BLOCK_GROUPS = 512;
/** Entries of `groupStart` for one block: where each group begins, and where the last one ends. */
export const BLOCK_STARTS = BLOCK_GROUPS + 1;

/**
 * What a block holds. `PLAIN`: perpetual pools in one currency, every entry counts as notional. `GENERAL`: perpetual pools with
 * entries that are collateral or requirement alone, or with something unknown. `LENDING`: the ratio is debt ÷ risk-adjusted collateral.
 */
export const PLAIN = 0;
export const GENERAL = 1;
export const LENDING = 2;
export type BlockKind = typeof PLAIN | typeof GENERAL | typeof LENDING;

/** In `Layout.pool` where nobody lives. */
export const NO_POOL = 0xffff_ffff;

export interface Layout {
  readonly blockCapacity: number;
  readonly entryCapacity: number;
  /** By place. What the pool has without any price, summed exactly and rounded once; NaN where equity is not known. */
  readonly constant: Float64Array;
  /** Requirement without any price, less the deductions of the rows in force; NaN where the requirement is not known. */
  readonly requirement: Float64Array;
  /** Upper bound of the magnitudes that went into the two constants: the part of the error band that no price moves. */
  readonly scale: Float32Array;
  /** Code of the pool's state (columns.ts). */
  readonly state: Uint8Array;
  readonly pool: Uint32Array;
  /** Certified radius when last computed, for sorting; the block's own least radius decides. */
  readonly radius: Float32Array;
  /** By block, `BLOCK_STARTS` each: first entry pair of every group. */
  readonly groupStart: Uint32Array;
  readonly kind: Uint8Array;
  /** Groups of the block that may hold a pool. */
  readonly groups: Uint32Array;
  /** By entry. */
  readonly weight: Float64Array;
  readonly slot: Uint16Array | Uint32Array;
}

/** Takes a layout from `arena`; `entryCapacity` counts pairs, `slotBytes` is 2 for up to 65,536 slots and 4 beyond. */
export function takeLayout(arena: Arena, blockCapacity: number, entryCapacity: number, slotBytes: 2 | 4): Layout {
  const places = blockCapacity * BLOCK_PLACES;
  return {
    blockCapacity,
    entryCapacity,
    constant: arena.take(Float64Array, places),
    requirement: arena.take(Float64Array, places),
    scale: arena.take(Float32Array, places),
    state: arena.take(Uint8Array, places),
    pool: arena.take(Uint32Array, places),
    radius: arena.take(Float32Array, places),
    groupStart: arena.take(Uint32Array, blockCapacity * BLOCK_STARTS),
    kind: arena.take(Uint8Array, blockCapacity),
    groups: arena.take(Uint32Array, blockCapacity),
    weight: arena.take(Float64Array, entryCapacity * 2),
    slot: slotBytes === 2 ? arena.take(Uint16Array, entryCapacity * 2) : arena.take(Uint32Array, entryCapacity * 2),
  };
}

/** Index of the pool's first entry in `weight` and `slot`; its others follow at steps of 2. */
export const firstEntry = (layout: Layout, place: number): number => {
  const block = Math.floor(place / BLOCK_PLACES);
  return 2 * layout.groupStart[block * BLOCK_STARTS + ((place % BLOCK_PLACES) >> 1)]! + (place & 1);
};

/** Entries that the place has room for. */
export const widthOf = (layout: Layout, place: number): number => {
  const at = Math.floor(place / BLOCK_PLACES) * BLOCK_STARTS + ((place % BLOCK_PLACES) >> 1);
  return layout.groupStart[at + 1]! - layout.groupStart[at]!;
};
