/** Building a desk from a flat book: stage, place, write. Rules DK-5…DK-8, DK-22. */

import { type Arena, createArena } from '../../engine/kernel/arena.ts';
import { columnsBytes, type DeskColumns, viewColumns } from '../../engine/kernel/columns.ts';
import {
  bytesOfBase64,
  compiledKernel,
  KERNEL_MEMORY_BASE,
  type Kernel,
  type KernelHost,
  plainKernel,
} from '../../engine/kernel/kernel.ts';
import { KERNEL_BYTES, KERNEL_BYTES_SHARED } from '../../engine/kernel/kernel-bytes.ts';
import { BLOCK_PLACES, firstEntry, GENERAL, type Layout, NO_POOL, takeLayout, widthOf } from '../../engine/kernel/layout.ts';
import { type SlotTables, takeTables } from '../../engine/kernel/tables.ts';
import type { VenueRules } from '../../engine/rules.ts';
import { type AccountStore, createMargins, namesOf, setMargin, settingOf } from './account-store.ts';
import { createGuard } from './board.ts';
import { type Blocks, type DeskState, IS_WHOLE, markFigures, NONE, type Pools } from './desk-state.ts';
import type { FlatBook } from './flat-book.ts';
import { NEW_BLOCK_PAIRS } from './free-place.ts';
import { adoptLadder, createLadderColumns, createLadders, driverValue, fillBounds, fillCoefficients, type Ladders } from './ladders.ts';
import { atOnce, classKey, type PlacedBlock, type Placing, placePools, stagedRadii, startGroups } from './placing.ts';
import { blockOf, settleDeductions, vacate } from './pool-place.ts';
import { createPriceBoard, type PriceBoard } from './price-board.ts';
import { createReferences } from './references.ts';
import { keyOfSize, ladderLegs } from './row-order.ts';
import { countConstants, countEntry, createSlotSums } from './slot-sums.ts';
import {
  type AccountSource,
  assetsAt,
  createStaging,
  flatAccount,
  type Staging,
  type StagingContext,
  sourceOf,
  stageAll,
  translated,
} from './staging.ts';
import { createTotals } from './totals.ts';

export interface DeskOptions {
  readonly rulesOf: (venue: string) => VenueRules;
  /** Absent: the plain kernel, in a buffer of `allocate`. */
  readonly host?: KernelHost;
  readonly allocate?: (bytes: number) => ArrayBufferLike;
  /** Share of room kept for accounts, legs and entries to come; default 0.1. */
  readonly headroom?: number;
  /** How much each market is expected to move beside the others (any unit); 1 where not given. Any choice is correct, a good one is fast. */
  readonly swingOf?: (market: string) => number;
}

/** Free blocks at least, whatever the headroom. */
const SPARE_BLOCKS = 64;

interface Plan {
  readonly accounts: number;
  readonly legs: number;
  readonly pools: number;
  readonly blocks: number;
  readonly entries: number;
  readonly slots: number;
}

/** Builds the desk of `flat` in one go; see `buildSteps`. */
export const buildDesk = (flat: FlatBook, options: DeskOptions): DeskState => atOnce(buildSteps(flat, options));

/** Builds the desk of `flat` step by step, some ten milliseconds each, so that others get their turn in between. */
export function* buildSteps(flat: FlatBook, options: DeskOptions): Generator<void, DeskState> {
  const board = createPriceBoard(flat.book, flat.assets);
  const ladders = createLadders();
  const context: StagingContext = { board, ladders, rulesOf: options.rulesOf, quick: new Map() };
  const source = sourceOf(flat, board);
  yield;
  const staging = yield* stageAll(context, flat, source);
  const tables = draftTables(ladders, board, options);
  const placing = yield* place(staging, tables, ladders);
  const plan = planOf(flat, staging, placing, ladders, options.headroom ?? 0.1);
  const desk = allocate(plan, flat, context, options);
  fillAll(desk);
  yield* fillRows(desk, flat, source, staging, placing);
  yield* fillPlaces(desk, staging, placing);
  yield* fillSums(desk, staging);
  yield* fillOrder(desk, staging);
  return desk;
}

/** Accounts, pools, legs or blocks of one step. */
const ACCOUNTS_PER_STEP = 131_072;
const LEGS_PER_STEP = 524_288;
const BLOCKS_PER_STEP = 64;

/** Tables of the present prices for staged pools, outside the desk's memory. */
function draftTables(ladders: Ladders, board: PriceBoard, options: DeskOptions): SlotTables {
  const tables = takeTables(createArena(new ArrayBuffer(tablesBytes(ladders.slotCount)), 0), ladders.slotCount);
  const columns = createLadderColumns(ladders.slotCount);
  const factor = Float64Array.from(ladders.drivers, (driver) => driverValue(driver, board));
  const swing = swings(ladders, board, options);
  for (const ladder of ladders.all) {
    adoptLadder(columns, ladder, tables);
    fillCoefficients(columns, ladder.id, factor[ladder.driver]!, tables);
    fillBounds(columns, ladder.id, factor[ladder.driver]!, factor[ladder.ownDriver]!, swing[ladder.driver]!, tables);
  }
  return tables;
}

function tablesBytes(slots: number): number {
  const arena = createArena(undefined, 0);
  takeTables(arena, slots);
  return arena.end();
}

/** Swing of every driver: that of its market; 0 for one that follows nothing. A product moves as its parts together. */
export function swings(ladders: Ladders, board: PriceBoard, { swingOf = () => 1 }: Pick<DeskOptions, 'swingOf'>): Float64Array {
  return Float64Array.from(ladders.drivers, ({ instrument, asset }) => {
    const own = instrument < 0 ? 0 : swingOf(board.instruments[instrument]!.base);
    return own + (asset < 0 ? 0 : swingOf(board.assets[asset]!));
  });
}

/** What a leg in each slot takes off its pool's requirement; deductions in another asset are entries of their own. */
function deductionOfSlot(ladders: Ladders): Float64Array {
  const deduction = new Float64Array(ladders.slotCount);
  for (const { role, asset, slotBase, deduction: rows } of ladders.all) if (role === 'leg' && asset < 0) deduction.set(rows, slotBase);
  return deduction;
}

/** Kind of block, unit and shape of account as one number. */
function classNumber(staging: Staging, pool: number): number {
  const isCompound = staging.poolsOf[staging.account[pool]!]! > 1;
  return (staging.unitAsset[pool]! + 1) * 8 + staging.kind[pool]! * 2 + Number(isCompound);
}

function* place(staging: Staging, tables: SlotTables, ladders: Ladders): Generator<void, Placing> {
  const numbers = new Set<number>();
  for (let pool = 0; pool < staging.poolCount; pool++) numbers.add(classNumber(staging, pool));
  yield;
  // Accounts of one pool come before compounds, so that rows and places run in step for as long as they can.
  const ordered = [...numbers].sort((a, b) => (a & 1) - (b & 1) || a - b);
  const classes = ordered.map(
    (n): PlacedBlock => ({ kind: ((n >> 1) & 3) as PlacedBlock['kind'], unitAsset: Math.floor(n / 8) - 1, isCompound: (n & 1) === 1 }),
  );
  const classOfNumber = new Map(ordered.map((n, c) => [n, c] as const));
  const classOf = new Uint16Array(staging.poolCount);
  for (let pool = 0; pool < staging.poolCount; pool++) classOf[pool] = classOfNumber.get(classNumber(staging, pool))!;
  const radius = yield* stagedRadii(staging, tables, deductionOfSlot(ladders));
  const width = (pool: number): number => staging.first[pool + 1]! - staging.first[pool]!;
  return yield* placePools({ poolCount: staging.poolCount, radius, width, classOf, classes });
}

function planOf(flat: FlatBook, staging: Staging, placing: Placing, ladders: Ladders, headroom: number): Plan {
  const grown = (used: number, least: number): number => used + Math.max(least, Math.ceil(used * headroom));
  return {
    accounts: grown(flat.count, 64),
    legs: grown(flat.positionStart[flat.count]!, 512),
    pools: grown(staging.poolCount, 64),
    blocks: grown(placing.blocks.length, SPARE_BLOCKS),
    entries: grown(placing.entryPairs, SPARE_BLOCKS * NEW_BLOCK_PAIRS),
    slots: grown(ladders.slotCount, 1024),
  };
}

/** Everything that the kernel or another thread looks at, in one buffer; the rest beside it. */
function allocate(plan: Plan, flat: FlatBook, staging: StagingContext, options: DeskOptions): DeskState {
  const { board, ladders } = staging;
  const { host } = options;
  const bytes = cut(createArena(undefined, KERNEL_MEMORY_BASE), undefined, plan).bytes;
  const memory = host?.createMemory(bytes);
  const buffer = memory?.buffer ?? options.allocate?.(bytes) ?? new ArrayBuffer(bytes);
  const { columns, layout, spare, tables, hits, scratch } = cut(createArena(buffer, KERNEL_MEMORY_BASE), buffer, plan);
  const module = host && bytesOfBase64(host.isShared ? KERNEL_BYTES_SHARED : KERNEL_BYTES);
  const kernel: Kernel = host && memory && module ? compiledKernel(host.instantiate(module, memory)) : plainKernel();
  kernel.bind(layout, tables);
  const drivers = plan.slots;
  const factor = new Float64Array(drivers);
  const swing = new Float64Array(drivers);
  swing.set(swings(ladders, board, options));
  return {
    guard: createGuard(plan.accounts),
    board,
    rulesOf: options.rulesOf,
    ladders,
    staging,
    rowStaging: createStaging(1, 8, 0),
    knownDrivers: ladders.drivers.length,
    tables,
    ladderColumns: createLadderColumns(plan.slots),
    factor,
    swing,
    kernel,
    layout,
    spare,
    entryUsed: 0,
    columns,
    ...figuresOf(columns),
    store: storeOf(flat, columns, board),
    pools: poolsOf(plan.pools),
    firstPool: new Uint32Array(plan.accounts).fill(NONE),
    legPool: columns.legs.pool,
    blocks: blocksOf(plan.blocks),
    freePlaces: new Map(),
    references: createReferences(),
    order: [],
    isLoose: new Uint8Array(plan.legs),
    sums: createSlotSums(plan.slots),
    totals: createTotals(board.instruments.length),
    settleAsset: Int32Array.from(board.instruments, ({ settle }) => board.assetIndex.get(settle)!),
    exactPools: new Map(),
    exactFigures: new Map(),
    waiting: { instruments: new Map(), assets: new Map() },
    edgePools: new Map(),
    hits,
    changedAt: new Uint32Array(plan.accounts),
    changeCount: 0,
    scratch,
    tickCount: 0,
    areBoundsFresh: false,
    resort: undefined,
    copyMarks: new Uint8Array(plan.pools),
    wear: 0,
    resortedAt: 0,
    sortedLocallyAt: 0,
    sweptSince: 0,
    variance: new Float64Array(drivers),
    observedTicks: 0,
    swingOf: options.swingOf,
    changedInstruments: new Set(),
    areColumnsCurrent: false,
    counters: { blocksSwept: 0, blocksCertified: 0, rowsMoved: 0, exactDecisions: 0 },
  };
}

function figuresOf({ accounts }: DeskColumns): Pick<DeskState, 'figures' | 'figureStride'> {
  const figureStride = (accounts.grossNotional.byteOffset - accounts.equity.byteOffset) / 8;
  return { figures: new Float64Array(accounts.equity.buffer, accounts.equity.byteOffset, 6 * figureStride), figureStride };
}

function cut(arena: Arena, buffer: ArrayBufferLike | undefined, plan: Plan) {
  const slotBytes = plan.slots <= 65_536 ? 2 : 4;
  const columnsAt = arena.end();
  arena.take(Uint8Array, columnsBytes(plan.accounts, plan.legs));
  const layout = takeLayout(arena, plan.blocks, plan.entries, slotBytes);
  const spare = takeLayout(arena, plan.blocks, plan.entries, slotBytes);
  const tables = takeTables(arena, plan.slots);
  const hits = arena.take(Uint32Array, 2 * BLOCK_PLACES);
  const scratch = arena.take(Float64Array, 6 * BLOCK_PLACES);
  const place = { byteOffset: columnsAt, accountCapacity: plan.accounts, legCapacity: plan.legs };
  const columns = viewColumns(
    buffer ? { buffer, ...place } : { buffer: new ArrayBuffer(0), byteOffset: 0, accountCapacity: 0, legCapacity: 0 },
  );
  return { columns, layout, spare, tables, hits, scratch, bytes: arena.end() };
}

function poolsOf(capacity: number): Pools {
  return {
    capacity,
    row: new Uint32Array(capacity),
    next: new Uint32Array(capacity).fill(NONE),
    place: new Uint32Array(capacity).fill(NONE),
    entryCount: new Uint32Array(capacity),
    flags: new Uint8Array(capacity),
    code: new Uint8Array(capacity),
    required: new Map(),
    used: 0,
    free: [],
  };
}

export function blocksOf(capacity: number): Blocks {
  return {
    least: new Float64Array(capacity).fill(-1),
    reference: new Int32Array(capacity).fill(-1),
    isOutside: new Uint8Array(capacity),
    unitAsset: new Int32Array(capacity).fill(-1),
    firstRow: new Int32Array(capacity).fill(-1),
    isCompound: new Uint8Array(capacity),
    certifyFrom: new Float64Array(capacity).fill(Number.POSITIVE_INFINITY),
    certifyWait: new Float64Array(capacity),
    certifiedAt: new Float64Array(capacity),
    sweeps: new Uint32Array(capacity),
    used: 0,
  };
}

function storeOf(flat: FlatBook, columns: DeskColumns, board: PriceBoard): AccountStore {
  const { accountCapacity, legCapacity } = columns;
  return {
    columns,
    venues: [...flat.venues],
    instruments: board.instruments.map(({ id }) => id),
    instrumentIndex: board.instrumentIndex,
    assets: board.assets,
    assetIndex: board.assetIndex,
    settings: [],
    settingByKey: new Map(),
    legSetting: new Uint16Array(legCapacity),
    margins: createMargins(legCapacity),
    balanceStart: new Uint32Array(accountCapacity),
    balanceEnd: new Uint32Array(accountCapacity),
    balanceAsset: translated(flat.balanceAsset, assetsAt(flat, board)).slice(),
    balanceAmount: flat.balanceAmount.slice(),
    balanceUsed: flat.balanceAmount.length,
    legUsed: 0,
    freeLegs: new Map(),
    freeBalances: new Map(),
    derived: flat.derived?.slice() ?? new Uint8Array(0),
    special: new Map(),
    names: namesOf(flat),
  };
}

/** Coefficients of every slot at the board's prices. */
function fillAll(desk: DeskState): void {
  const { ladders, ladderColumns, tables, factor, board } = desk;
  ladders.drivers.forEach((driver, d) => {
    factor[d] = driverValue(driver, board);
  });
  for (const ladder of ladders.all) {
    adoptLadder(ladderColumns, ladder, tables);
    fillCoefficients(ladderColumns, ladder.id, factor[ladder.driver]!, tables);
  }
}

/** Rows in the order of places, then the accounts that have several pools or none with a place. */
function* fillRows(desk: DeskState, flat: FlatBook, source: AccountSource, staging: Staging, placing: Placing): Generator<void, void> {
  const { columns, store, pools, firstPool } = desk;
  const rowOf = new Uint32Array(flat.count).fill(NONE);
  let next = 0;
  placing.blocks.forEach(({ isCompound }, b) => {
    if (isCompound) return;
    for (let i = b * BLOCK_PLACES; i < (b + 1) * BLOCK_PLACES; i++) {
      const pool = placing.order[i]!;
      if (pool !== NO_POOL) rowOf[staging.account[pool]!] = next++;
    }
  });
  yield;
  for (let account = 0; account < flat.count; account++) if (rowOf[account] === NONE) rowOf[account] = next++;
  columns.count = flat.count;
  pools.used = staging.poolCount;
  for (let pool = staging.poolCount - 1; pool >= 0; pool--) {
    const account = staging.account[pool]!;
    const row = rowOf[account]!;
    const isAlone = staging.poolsOf[account] === 1;
    pools.row[pool] = row;
    pools.next[pool] = isAlone ? NONE : firstPool[row]!;
    firstPool[row] = pool;
    pools.flags[pool] = isAlone && staging.flags[pool] === 0 ? IS_WHOLE : staging.flags[pool]!;
    pools.entryCount[pool] = staging.first[pool + 1]! - staging.first[pool]!;
    if (staging.required[pool] !== 0) pools.required.set(pool, staging.required[pool]!);
    if (pool % ACCOUNTS_PER_STEP === 0) yield;
  }
  // Accounts of one pool are marked above.
  for (let account = 0; account < flat.count; account++)
    if (staging.poolsOf[account] !== 1) markFigures(pools, firstPool[rowOf[account]!]!);
  yield;
  for (const [pool, why] of staging.exact) desk.exactPools.set(pool, { pool, why });
  for (const { account, waitsFor } of staging.waits) noteWaiting(desk, rowOf[account]!, waitsFor);
  yield* fillAccounts(desk, flat, rowOf);
  yield* fillLegs(desk, flat, source, staging);
  for (const [account, special] of flat.special) store.special.set(account, special);
}

/** Remembers that the row's form changes with the first price of what it waits for. */
export function noteWaiting(desk: DeskState, row: number, waitsFor: { instruments: readonly number[]; assets: readonly number[] }): void {
  const note = (map: Map<number, Set<number>>, subject: number): void => {
    const rows = map.get(subject) ?? new Set<number>();
    rows.add(row);
    map.set(subject, rows);
  };
  for (const subject of waitsFor.instruments) note(desk.waiting.instruments, subject);
  for (const subject of waitsFor.assets) note(desk.waiting.assets, subject);
}

function* fillAccounts(desk: DeskState, flat: FlatBook, rowOf: Uint32Array): Generator<void, void> {
  const { store } = desk;
  const { accounts } = desk.columns;
  for (let account = 0; account < flat.count; account++) {
    const row = rowOf[account]!;
    accounts.source[row] = account;
    accounts.venue[row] = flat.venue[account]!;
    accounts.unitRate[row] = 1;
    accounts.legStart[row] = flat.positionStart[account]!;
    accounts.legEnd[row] = flat.positionStart[account + 1]!;
    store.balanceStart[row] = flat.balanceStart[account]!;
    store.balanceEnd[row] = flat.balanceStart[account + 1]!;
    if ((account + 1) % ACCOUNTS_PER_STEP === 0) yield;
  }
  for (const [account, { unit }] of flat.special) if (unit !== undefined) accounts.unitRate[rowOf[account]!] = unitRateOf(desk.board, unit);
}

/** Units of the desk's account per unit of `unit`; NaN where the book prices no such thing. */
export function unitRateOf(board: PriceBoard, unit: string): number {
  if (unit === (board.book.unit ?? 'USD')) return 1;
  return board.price[board.assetIndex.get(unit) ?? -1] ?? Number.NaN;
}

function* fillLegs(desk: DeskState, flat: FlatBook, source: AccountSource, staging: Staging): Generator<void, void> {
  const { store, legPool } = desk;
  const { legs } = desk.columns;
  const count = flat.positionStart[flat.count]!;
  store.legUsed = count;
  legs.size.set(flat.positionSize.subarray(0, count));
  legs.entryPrice.set(flat.positionEntry.subarray(0, count));
  legs.instrument.set(source.instrument.subarray(0, count));
  legPool.set(staging.poolOfPosition);
  legPool.fill(NONE, count);
  const { positionMargin } = flat;
  const settings = settingTable(store);
  for (let account = 0; account < flat.count; account++) {
    for (let leg = flat.positionStart[account]!; leg < flat.positionStart[account + 1]!; leg++) {
      const setting = settings(flat.positionMode[leg]!, flat.positionLeverage[leg]!);
      if (setting === undefined) store.special.set(account, flat.special.get(account) ?? flatAccount(flat, account));
      else store.legSetting[leg] = setting;
      if (leg < positionMargin.length && !Number.isNaN(positionMargin[leg]!)) setMargin(store.margins, leg, positionMargin[leg]!);
    }
    if ((account + 1) % ACCOUNTS_PER_STEP === 0) yield;
  }
}

const WHOLE_LEVERAGES = 1024;

/** settingOf with a table for whole leverages, which nearly all are. */
function settingTable(store: AccountStore): (mode: number, leverage: number) => number | undefined {
  const whole = new Int32Array(2 * WHOLE_LEVERAGES).fill(-1);
  const none = [settingOf(store, 0, Number.NaN), settingOf(store, 1, Number.NaN)];
  return (mode, leverage) => {
    if (Number.isNaN(leverage)) return none[mode];
    if (!(leverage >= 0 && leverage < WHOLE_LEVERAGES && Number.isInteger(leverage))) return settingOf(store, mode, leverage);
    const at = 2 * leverage + mode;
    if (whole[at]! < 0) whole[at] = settingOf(store, mode, leverage) ?? -1;
    return whole[at]! < 0 ? undefined : whole[at];
  };
}

/** Writes every pool to its place, block by block. The desk's memory is new: what is not written is 0. */
function* fillPlaces(desk: DeskState, staging: Staging, placing: Placing): Generator<void, void> {
  const { layout, blocks } = desk;
  const deduction = deductionOfSlot(desk.ladders);
  const first = new Uint32Array(BLOCK_PLACES);
  const count = new Uint32Array(BLOCK_PLACES);
  let at = 0;
  for (let b = 0; b < placing.blocks.length; b++) {
    const placed = placing.blocks[b]!;
    const places = placing.order.subarray(b * BLOCK_PLACES, (b + 1) * BLOCK_PLACES);
    layout.kind[b] = placed.kind;
    blocks.unitAsset[b] = placed.unitAsset;
    blocks.isCompound[b] = Number(placed.isCompound);
    const used = fillConstants(desk, staging, b * BLOCK_PLACES, places, first, count);
    at = startGroups(layout, b, places, (_, i) => count[i]!, at);
    fillEntries(desk, staging, deduction, b * BLOCK_PLACES, first.subarray(0, used), count);
    for (let i = 0; i < BLOCK_PLACES; i++) if (places[i] === NO_POOL) vacate(layout, b * BLOCK_PLACES + i);
    if (placed.kind === GENERAL)
      for (let i = 0; i < BLOCK_PLACES; i++) if (places[i] !== NO_POOL) settleDeductions(desk, layout, b * BLOCK_PLACES + i);
    noteBlock(desk, b);
    if ((b + 1) % BLOCKS_PER_STEP === 0) yield;
  }
  blocks.used = placing.blocks.length;
  desk.entryUsed = at;
}

/**
 * What the pools of a block have without entries, and where their entries stand in the staging; returns how many pools there are, vacant
 * places being the last. Pools of a block lie anywhere in the staging: column by column, many of them are fetched at once.
 */
function fillConstants(
  { layout, pools }: DeskState,
  staging: Staging,
  from: number,
  places: Uint32Array,
  first: Uint32Array,
  count: Uint32Array,
): number {
  const vacant = places.indexOf(NO_POOL);
  const used = vacant < 0 ? places.length : vacant;
  for (let i = 0; i < used; i++) first[i] = staging.first[places[i]!]!;
  for (let i = 0; i < used; i++) count[i] = staging.first[places[i]! + 1]! - first[i]!;
  for (let i = 0; i < used; i++) layout.constant[from + i] = staging.constant[places[i]!]!;
  for (let i = 0; i < used; i++) layout.requirement[from + i] = staging.required[places[i]!]!;
  for (let i = 0; i < used; i++) layout.scale[from + i] = staging.scale[places[i]!]!;
  for (let i = 0; i < used; i++) pools.place[places[i]!] = from + i;
  layout.pool.set(places, from);
  return used;
}

/** Entries of the pools of a block, and what their rows take off the requirement. */
function fillEntries(
  { layout }: DeskState,
  staging: Staging,
  deduction: Float64Array,
  from: number,
  first: Uint32Array,
  count: Uint32Array,
): void {
  const { weight, slot } = layout;
  for (let i = 0; i < first.length; i++) {
    const begin = first[i]!;
    const end = begin + count[i]!;
    let to = firstEntry(layout, from + i);
    let sum = 0;
    for (let e = begin; e < end; e++, to += 2) {
      const s = staging.slot[e]!;
      weight[to] = staging.weight[e]!;
      slot[to] = s;
      sum += deduction[s]!;
    }
    layout.requirement[from + i]! -= sum;
  }
}

/** Counts every entry and every constant. */
function* fillSums(desk: DeskState, staging: Staging): Generator<void, void> {
  const { sums, pools, blocks } = desk;
  for (let i = 0; i < staging.entryCount; i++) {
    countEntry(sums, staging.slot[i]!, staging.weight[i]!, 1);
    if ((i + 1) % LEGS_PER_STEP === 0) yield;
  }
  for (let pool = 0; pool < staging.poolCount; pool++) {
    const place = pools.place[pool]!;
    if (place === NONE) continue;
    const venue = desk.columns.accounts.venue[pools.row[pool]!]!;
    countConstants(sums, venue, blocks.unitAsset[blockOf(place)]!, staging.constant[pool]!, staging.required[pool]!, 1);
    if ((pool + 1) % ACCOUNTS_PER_STEP === 0) yield;
  }
}

/** Finds whether places and rows of a block run in step, and which of its places are free. */
function noteBlock(desk: DeskState, block: number): void {
  const { layout, pools, blocks } = desk;
  blocks.firstRow[block] = blocks.isCompound[block] === 1 ? -1 : firstRowOf(layout, pools, block);
  for (let place = block * BLOCK_PLACES; place < (block + 1) * BLOCK_PLACES; place++)
    if (layout.pool[place] === NO_POOL) givePlace(desk, place);
}

/** Row of the block's first place, where those of all others follow one by one; else −1. */
export function firstRowOf(layout: Layout, pools: Pools, block: number): number {
  const first = block * BLOCK_PLACES;
  const end = first + 2 * layout.groups[block]!;
  if (end === first || layout.pool[first] === NO_POOL) return -1;
  const row = pools.row[layout.pool[first]!]!;
  for (let place = first; place < end; place++) {
    const pool = layout.pool[place]!;
    if (pool === NO_POOL || pools.row[pool] !== row + (place - first)) return -1;
  }
  return row;
}

/** Enters a vacant place into the lists of free ones. */
export function givePlace(desk: DeskState, place: number): void {
  const block = blockOf(place);
  const width = widthOf(desk.layout, place);
  if (width === 0) return;
  const key = `${classKey(desk.layout.kind[block]!, desk.blocks.unitAsset[block]!, desk.blocks.isCompound[block] === 1)} ${width}`;
  const list = desk.freePlaces.get(key) ?? [];
  list.push(place);
  desk.freePlaces.set(key, list);
}

/** Sorts every ladder's legs. */
function* fillOrder(desk: DeskState, staging: Staging): Generator<void, void> {
  const { ladders, factor, order } = desk;
  const { legs } = desk.columns;
  const ladderOfLeg = laddersOfLegs(desk, staging);
  yield;
  const start = new Uint32Array(ladders.all.length + 1);
  for (let leg = 0; leg < ladderOfLeg.length; leg++) if (ladderOfLeg[leg] !== NONE) start[ladderOfLeg[leg]! + 1]!++;
  for (let l = 0; l < ladders.all.length; l++) start[l + 1]! += start[l]!;
  const lists = new Uint32Array(start[ladders.all.length]!);
  const keys = new Uint32Array(lists.length);
  const next = start.slice();
  for (let leg = 0; leg < ladderOfLeg.length; leg++) {
    const ladder = ladderOfLeg[leg]!;
    if (ladder === NONE) continue;
    const at = next[ladder]!++;
    lists[at] = leg;
    keys[at] = keyOfSize(legs.size[leg]!);
    if ((leg + 1) % LEGS_PER_STEP === 0) yield;
  }
  for (const ladder of ladders.all) {
    if (ladder.role !== 'leg') continue;
    const [from, to] = [start[ladder.id]!, start[ladder.id + 1]!];
    order[ladder.id] = ladderLegs(
      lists.slice(from, to),
      keys.subarray(from, to),
      ladder,
      desk.ladderColumns,
      legs,
      factor[ladder.ownDriver]!,
      desk.isLoose,
    );
    if (to - from > ACCOUNTS_PER_STEP) yield;
  }
}

/** By leg: its ladder. Legs of a pool are its first entries, in order. */
function laddersOfLegs(desk: DeskState, staging: Staging): Uint32Array {
  const { ladders, store, legPool } = desk;
  const result = new Uint32Array(store.legUsed).fill(NONE);
  const ladderOfSlot = Uint32Array.from(ladders.ladderOfSlot, (ladder) => (ladder < 0 ? NONE : ladder));
  const cursor = staging.first.slice(0, staging.poolCount);
  for (let leg = 0; leg < store.legUsed; leg++) {
    const pool = legPool[leg]!;
    if (cursor[pool]! < staging.first[pool + 1]!) result[leg] = ladderOfSlot[staging.slot[cursor[pool]!++]!]!;
  }
  return result;
}
