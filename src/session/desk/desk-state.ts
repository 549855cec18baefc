/** Everything a desk holds: one mutable record, because a million rows are changed where they lie. Functions beside it do the work. */
import type { DeskColumns } from '../../engine/kernel/columns.ts';
import type { Kernel } from '../../engine/kernel/kernel.ts';
import type { Layout } from '../../engine/kernel/layout.ts';
import type { SlotTables } from '../../engine/kernel/tables.ts';
import type { VenueRules } from '../../engine/rules.ts';
import type { AccountStore } from './account-store.ts';
import type { Guard } from './board.ts';
import type { LadderColumns, Ladders } from './ladders.ts';
import type { NoForm } from './pool-form.ts';
import type { PriceBoard } from './price-board.ts';
import type { References } from './references.ts';
import type { Resort } from './resort.ts';
import type { RowOrder } from './row-order.ts';
import type { SlotSums } from './slot-sums.ts';
import type { Staging, StagingContext } from './staging.ts';
import type { DeskTotals } from './totals.ts';

/** Ends a chain of pools, and stands for "no place". */
export const NONE = 0xffff_ffff;

/** Bits of `Pools.flags`. `IS_WHOLE`: it alone makes its account's figures; `IS_BESIDE`: isolated, beside a pool that does make them. */
export const IS_ISOLATED = 1;
export const IS_WHOLE = 2;
export const IS_BESIDE = 4;

/** One row a pool; pools of an account form a chain in the order in which the engine resolves them. */
export interface Pools {
  readonly capacity: number;
  readonly row: Uint32Array;
  readonly next: Uint32Array;
  /** Place in the layout; `NONE` for a pool without linear form. */
  place: Uint32Array;
  readonly entryCount: Uint32Array;
  readonly flags: Uint8Array;
  /** State of a pool without a place. */
  readonly code: Uint8Array;
  /** Requirement before deductions, of the few pools that have one. */
  readonly required: Map<number, number>;
  used: number;
  readonly free: number[];
}

/** Marks the pools of one account, from its first, by whether they make its figures (PF-9: isolated ones stay out). */
export function markFigures({ next, flags }: Pools, first: number): void {
  let counting = 0;
  for (let pool = first; pool !== NONE; pool = next[pool]!) if ((flags[pool]! & IS_ISOLATED) === 0) counting++;
  for (let pool = first; pool !== NONE; pool = next[pool]!) {
    if ((flags[pool]! & IS_ISOLATED) === 0) flags[pool] = counting === 1 ? IS_WHOLE : 0;
    else flags[pool] = counting > 0 ? IS_ISOLATED | IS_BESIDE : IS_ISOLATED;
  }
}

/** What the desk knows of every block beside the layout. */
export interface Blocks {
  /** Least certified radius, −1 where none: swept at every tick. */
  readonly least: Float64Array;
  readonly reference: Int32Array;
  /** 1 where prices were further away than the certificate allows when last looked: the states may be others than at its reference. */
  readonly isOutside: Uint8Array;
  /** Asset that amounts are counted in, −1 for the unit of account. */
  readonly unitAsset: Int32Array;
  /** First row, where places and rows run in step and no account has another pool; −1 otherwise. */
  readonly firstRow: Int32Array;
  /** 1 where accounts have several pools. */
  readonly isCompound: Uint8Array;
  /** Tick from which it may be certified again, and how long the wait is. */
  readonly certifyFrom: Float64Array;
  readonly certifyWait: Float64Array;
  readonly certifiedAt: Float64Array;
  /** How often it was swept since the hottest blocks last changed places. */
  readonly sweeps: Uint32Array;
  used: number;
}

/** A pool that goes the exact path. */
export interface ExactPool {
  readonly pool: number;
  readonly why: NoForm;
}

export interface DeskState {
  /** What tells other threads that rows are being written. */
  guard: Guard;
  readonly board: PriceBoard;
  readonly rulesOf: (venue: string) => VenueRules;
  readonly ladders: Ladders;
  readonly staging: StagingContext;
  /** Where the one account that changes is staged. */
  readonly rowStaging: Staging;
  /** Drivers that have a value; those beyond came with an update. */
  knownDrivers: number;
  readonly tables: SlotTables;
  readonly ladderColumns: LadderColumns;
  /** Values of the drivers now, and how much each moves for a certified move of 1. */
  readonly factor: Float64Array;
  swing: Float64Array;
  readonly kernel: Kernel;
  layout: Layout;
  /** Room for the next order of the blocks; swapped with `layout` when it is whole. */
  spare: Layout;
  /** Next unused pair of entries of `layout`. */
  entryUsed: number;
  readonly columns: DeskColumns;
  /** The six columns that the kernel writes, end to end: each begins `figureStride` elements after the one before. */
  readonly figures: Float64Array;
  readonly figureStride: number;
  readonly store: AccountStore;
  readonly pools: Pools;
  /** By row: its first pool. */
  readonly firstPool: Uint32Array;
  /** By leg: its pool. */
  readonly legPool: Uint32Array;
  blocks: Blocks;
  /** Free places by kind of block and width. */
  freePlaces: Map<string, number[]>;
  readonly references: References;
  readonly order: RowOrder;
  /** By leg: 1 where it waits to be sorted into its ladder's order. */
  readonly isLoose: Uint8Array;
  readonly sums: SlotSums;
  readonly totals: DeskTotals;
  /** By instrument: the asset it settles in. */
  readonly settleAsset: Int32Array;
  readonly exactPools: Map<number, ExactPool>;
  /** Their figures when last looked at, in the account's unit: equity, notional, requirement; NaN where not known. */
  readonly exactFigures: Map<number, readonly [number, number, number]>;
  /** Rows whose form waits for a first price. */
  readonly waiting: { readonly instruments: Map<number, Set<number>>; readonly assets: Map<number, Set<number>> };
  /** By stepped ladder: pools with a leg so close to a floor that only the exact path can tell its row. */
  readonly edgePools: Map<number, Set<number>>;
  readonly hits: Uint32Array;
  /** By row: the tick at which its change was noted, so that a row is told once. */
  readonly changedAt: Uint32Array;
  changeCount: number;
  readonly scratch: Float64Array;
  tickCount: number;
  /** Whether the bounds that certificates need are those of the present prices. */
  areBoundsFresh: boolean;
  /** Blocks being put into a new order in the background. */
  resort: Resort | undefined;
  /** By pool: how its copy in that order differs from it (resort.ts). */
  readonly copyMarks: Uint8Array;
  /** Smoothed share of blocks that ticks sweep, and the tick at which the order was last renewed. */
  wear: number;
  resortedAt: number;
  /** Tick at which the hottest blocks last changed places, and blocks swept since. */
  sortedLocallyAt: number;
  sweptSince: number;
  /** By driver: smoothed square of its relative moves; ticks that went into it. */
  readonly variance: Float64Array;
  observedTicks: number;
  readonly swingOf: ((market: string) => number) | undefined;
  /** Instruments (and assets, as −1 − index) whose price changed since the columns were last brought up to date. */
  readonly changedInstruments: Set<number>;
  /** Whether the figures in the columns are those of some past prices that only `changedInstruments` have left. */
  areColumnsCurrent: boolean;
  readonly counters: DeskCounters;
}

/** What a desk did, for tests and benches. */
export interface DeskCounters {
  blocksSwept: number;
  blocksCertified: number;
  rowsMoved: number;
  exactDecisions: number;
}
