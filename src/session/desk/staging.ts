/**
 * The first half of building a desk: every account of a flat book as pools of entries, in the book's order. Accounts whose form follows
 * from the columns alone are staged without a Decimal; all others through the engine's own resolution (rule DK-22).
 */
import type { Account, Position } from '../../domain/book.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import { PLAIN } from '../../engine/kernel/layout.ts';
import { ENTRIES_MAX } from '../../engine/kernel/limits.ts';
import { resolveAccount } from '../../engine/resolve.ts';
import type { VenueRules } from '../../engine/rules.ts';
import { IS_ISOLATED } from './desk-state.ts';
import { type FlatBook, ISOLATED } from './flat-book.ts';
import { constantLadder, jumps, type Ladder, type Ladders, legLadder } from './ladders.ts';
import { deductionScale, feeRateOf, type NoForm, type PoolForm, poolForm } from './pool-form.ts';
import { bookAtPrices, type PriceBoard } from './price-board.ts';

/** Pools in the order of the book, one row a pool, entries end to end. Arrays are longer than what is used. */
export interface Staging {
  poolCount: number;
  entryCount: number;
  account: Uint32Array;
  kind: Uint8Array;
  flags: Uint8Array;
  unitAsset: Int32Array;
  constant: Float64Array;
  /** Before deductions. */
  required: Float64Array;
  scale: Float32Array;
  first: Uint32Array;
  weight: Float64Array;
  slot: Uint32Array;
  /** By position of the flat book: its pool. */
  poolOfPosition: Uint32Array;
  /** By account: how many pools. */
  readonly poolsOf: Uint32Array;
  readonly exact: Map<number, NoForm>;
  readonly waits: { readonly account: number; readonly waitsFor: PoolForm['waitsFor'] }[];
}

/**
 * Accounts as columns, wherever they lie: a flat book's, in its order, or a running desk's, by row. Instruments and assets are the
 * board's indices.
 */
export interface AccountSource {
  readonly venues: readonly string[];
  readonly venueOf: (account: number) => number;
  /** What is not said by the columns. */
  readonly specialOf: (account: number) => Account | undefined;
  readonly accountOf: (account: number) => Account;
  readonly balanceStart: Uint32Array;
  readonly balanceEnd: Uint32Array;
  readonly balanceAsset: Uint32Array;
  readonly balanceAmount: Float64Array;
  readonly positionStart: Uint32Array;
  readonly positionEnd: Uint32Array;
  readonly instrument: Uint32Array;
  readonly size: Float64Array;
  readonly entryPrice: Float64Array;
  /** CROSS or ISOLATED. */
  readonly mode: Uint8Array;
  /** NaN where none is chosen. */
  readonly leverageOf: (position: number) => number;
  /** NaN where there is none. */
  readonly marginOf: (position: number) => number;
}

export interface StagingContext {
  readonly board: PriceBoard;
  readonly ladders: Ladders;
  readonly rulesOf: (venue: string) => VenueRules;
  /** Ways of the venues met so far; emptied when an instrument gets its first price. */
  readonly quick: Map<string, QuickVenue>;
}

/** Accounts staged before the rest of the program gets its turn. */
const ACCOUNTS_PER_STEP = 8_192;

/** Stages every account of a flat book, step by step. */
export function* stageAll(context: StagingContext, flat: FlatBook, source: AccountSource): Generator<void, Staging> {
  const staging = emptyStaging(flat);
  for (let account = 0; account < flat.count; account++) {
    stageAccount(context, staging, source, account);
    if ((account + 1) % ACCOUNTS_PER_STEP === 0) yield;
  }
  return staging;
}

/** Appends the pools of one account. */
export function stageAccount(context: StagingContext, staging: Staging, source: AccountSource, account: number): void {
  const venueIndex = source.venueOf(account);
  const venue = source.venues[venueIndex]!;
  const special = source.specialOf(account);
  if (!special) {
    let quick = context.quick.get(venue);
    if (!quick) {
      quick = quickVenue(context, venue, venueIndex);
      context.quick.set(venue, quick);
    }
    if (quick(staging, source, account)) return;
  }
  stageResolved(context, staging, account, source.positionStart[account]!, venueIndex, special ?? source.accountOf(account));
}

/** Index in the board of every asset of the flat book. */
export const assetsAt = (flat: FlatBook, board: PriceBoard): Uint32Array =>
  Uint32Array.from(flat.assets, (symbol) => board.assetIndex.get(symbol)!);

/** `column` through a table; itself where the table changes nothing. */
export function translated(column: Uint32Array, at: Uint32Array): Uint32Array {
  if (at.every((to, from) => to === from)) return column;
  const result = new Uint32Array(column.length);
  for (let i = 0; i < column.length; i++) result[i] = at[column[i]!]!;
  return result;
}

/** The columns of a flat book. */
export function sourceOf(flat: FlatBook, board: PriceBoard): AccountSource {
  const instrumentAt = Uint32Array.from(flat.instruments, (id) => board.instrumentIndex.get(id)!);
  const assetAt = assetsAt(flat, board);
  const { positionLeverage, positionMargin } = flat;
  return {
    venues: flat.venues,
    venueOf: (account) => flat.venue[account]!,
    specialOf: (account) => flat.special.get(account),
    accountOf: (account) => flatAccount(flat, account),
    balanceStart: flat.balanceStart,
    balanceEnd: flat.balanceStart.subarray(1),
    balanceAsset: translated(flat.balanceAsset, assetAt),
    balanceAmount: flat.balanceAmount,
    positionStart: flat.positionStart,
    positionEnd: flat.positionStart.subarray(1),
    instrument: translated(flat.positionInstrument, instrumentAt),
    size: flat.positionSize,
    entryPrice: flat.positionEntry,
    mode: flat.positionMode,
    leverageOf: (p) => positionLeverage[p]!,
    marginOf: positionMargin.length > 0 ? (p) => positionMargin[p]! : () => Number.NaN,
  };
}

function emptyStaging(flat: FlatBook): Staging {
  let isolated = 0;
  for (let p = 0; p < flat.positionStart[flat.count]!; p++) isolated += flat.positionMode[p]!;
  return createStaging(flat.count, flat.count + isolated + ENTRIES_MAX + 2, flat.positionStart[flat.count]!);
}

/** Room for so many accounts, pools and positions; pools and entries grow. */
export function createStaging(accounts: number, pools: number, positions: number): Staging {
  return {
    poolCount: 0,
    entryCount: 0,
    account: new Uint32Array(pools),
    kind: new Uint8Array(pools),
    flags: new Uint8Array(pools),
    unitAsset: new Int32Array(pools),
    constant: new Float64Array(pools),
    required: new Float64Array(pools),
    scale: new Float32Array(pools),
    first: new Uint32Array(pools + 1),
    weight: new Float64Array(positions + 16),
    slot: new Uint32Array(positions + 16),
    poolOfPosition: new Uint32Array(positions),
    poolsOf: new Uint32Array(accounts),
    exact: new Map(),
    waits: [],
  };
}

/** Empties a staging for one account of `positions` positions. */
export function clearStaging(staging: Staging, positions: number): void {
  staging.poolCount = 0;
  staging.entryCount = 0;
  staging.exact.clear();
  staging.waits.length = 0;
  if (staging.poolOfPosition.length < positions) staging.poolOfPosition = new Uint32Array(2 * positions);
}

const longer = <T extends Float64Array | Float32Array | Uint32Array | Int32Array | Uint8Array>(array: T): T => {
  const next = new (array.constructor as new (length: number) => T)(array.length * 2);
  next.set(array);
  return next;
};

function makeRoom(staging: Staging, pools: number, entries: number): void {
  while (staging.poolCount + pools >= staging.account.length) {
    for (const name of ['account', 'kind', 'flags', 'unitAsset', 'constant', 'required', 'scale', 'first'] as const) {
      (staging as Record<typeof name, unknown>)[name] = longer(staging[name]);
    }
  }
  while (staging.entryCount + entries > staging.weight.length) {
    staging.weight = longer(staging.weight);
    staging.slot = longer(staging.slot);
  }
}

/** The account that the columns say. */
export function flatAccount(flat: FlatBook, account: number): Account {
  const label = flat.labelOf?.(account);
  const range = (start: Uint32Array): number[] =>
    Array.from({ length: start[account + 1]! - start[account]! }, (_, i) => start[account]! + i);
  const optional = (name: string, value: number | undefined): object =>
    value === undefined || Number.isNaN(value) ? {} : { [name]: new Decimal(value) };
  return {
    id: flat.idOf(account),
    venue: flat.venues[flat.venue[account]!]!,
    ...(label === undefined ? {} : { label }),
    balances: range(flat.balanceStart).map((b) => ({
      asset: flat.assets[flat.balanceAsset[b]!]!,
      amount: new Decimal(flat.balanceAmount[b]!),
      ...(flat.derived?.[account] === 1 ? { derived: true } : {}),
    })),
    positions: range(flat.positionStart).map(
      (p): Position => ({
        instrument: flat.instruments[flat.positionInstrument[p]!]!,
        size: new Decimal(flat.positionSize[p]!),
        entryPrice: new Decimal(flat.positionEntry[p]!),
        marginMode: flat.positionMode[p] === ISOLATED ? 'isolated' : 'cross',
        ...optional('isolatedMargin', flat.positionMargin[p]),
        ...optional('leverage', flat.positionLeverage[p]),
      }),
    ),
  };
}

/** Stages an account through the engine's resolution: any venue, anything a book can say. */
function stageResolved(
  { board, ladders, rulesOf }: StagingContext,
  staging: Staging,
  index: number,
  firstPosition: number,
  venue: number,
  account: Account,
): void {
  const rules = rulesOf(account.venue);
  const resolved = resolveAccount(account, bookAtPrices(board, account), rules);
  const form = { ladders, board, rules, venue, unit: resolved.unit };
  staging.poolsOf[index] = resolved.pools.length;
  for (const pool of resolved.pools) {
    stageForm(staging, index, poolForm(pool, form), pool.kind === 'isolated');
    for (const leg of pool.legs) staging.poolOfPosition[firstPosition + leg.index] = staging.poolCount - 1;
  }
}

/** Appends one pool as its form says. */
export function stageForm(staging: Staging, account: number, form: PoolForm, isIsolated: boolean): void {
  makeRoom(staging, 1, form.entries.length);
  const pool = staging.poolCount++;
  staging.account[pool] = account;
  staging.kind[pool] = form.kind;
  staging.flags[pool] = isIsolated ? IS_ISOLATED : 0;
  staging.unitAsset[pool] = form.unitAsset;
  staging.constant[pool] = form.constant;
  staging.required[pool] = form.required;
  staging.scale[pool] = scaleUp(form.scale);
  if (form.exact) staging.exact.set(pool, form.exact);
  if (form.waitsFor.instruments.length + form.waitsFor.assets.length > 0) staging.waits.push({ account, waitsFor: form.waitsFor });
  for (const { ladder, row, weight } of form.entries) {
    staging.weight[staging.entryCount] = weight;
    staging.slot[staging.entryCount++] = ladder.slotBase + row;
  }
  staging.first[pool + 1] = staging.entryCount;
}

/** As a single, never less: bounds may only grow by rounding. */
export const scaleUp = (scale: number): number => Math.fround(scale * (1 + 2 ** -22));

/** Kinds of legs by number, as columns: what stands for a leg of an instrument in some mode, on some side, at some leverage. */
interface QuickLegs {
  /** Number of the kind of leg p, from 1; 0 where its form needs more than columns say. */
  readonly kindOf: (source: AccountSource, p: number) => number;
  readonly settle: Int32Array;
  readonly contractSize: Float64Array;
  readonly isInverse: Uint8Array;
  readonly isFixed: Uint8Array;
  readonly slotBase: Uint32Array;
  readonly scale: Float64Array;
  /** 1 where the requirement is that of the entry value: a constant. */
  readonly isAtEntry: Uint8Array;
  /** Rows end to end: those of kind k begin at floorStart[k]. Rates with fees. */
  readonly floorStart: Uint32Array;
  readonly rowCount: Uint32Array;
  readonly floor: Float64Array;
  readonly rate: Float64Array;
  readonly deduction: Float64Array;
}

/** A ladder and the rows that its legs stand in: its own, or where the requirement is a constant, those of the entry value. */
interface QuickLadder {
  readonly ladder: Ladder;
  readonly rows: Pick<Ladder, 'floor' | 'rate' | 'deduction' | 'rowCount'>;
  readonly isAtEntry: boolean;
}

/** Stages an account from its columns alone and says so, or leaves the staging as it was. */
type QuickVenue = (staging: Staging, source: AccountSource, account: number) => boolean;

/** Kinds of legs that one venue is given columns for; more go the long way. */
const KINDS_MAX = 16_384;
const FLOORS_MAX = 1 << 18;

function quickLegs(context: StagingContext, venue: string, venueIndex: number): QuickLegs {
  const { board, rulesOf } = context;
  const rules = rulesOf(venue);
  // Legs are alike by instrument, mode and side; and by leverage where the fee looks at it. In `table`: 0 not asked yet, −1 none.
  const byLeverage = Uint8Array.from(
    board.instruments.flatMap(({ contract }) =>
      (['cross', 'isolated'] as const).map((mode) => Number(rules.positionRules(contract, mode).fee === 'taker-at-bankruptcy-value')),
    ),
  );
  const table = new Int32Array(4 * board.instruments.length);
  const others: Map<number, number>[] = [];
  // Nearly all legs of an instrument choose the leverage that the one before chose.
  const lastLeverage = new Float64Array(table.length);
  const lastKind = new Int32Array(table.length).fill(-1);
  let used = 0;
  let floorUsed = 0;
  const add = (source: AccountSource, p: number): number => {
    const found = quickLadder(context, venue, venueIndex, source, p);
    if (!found || used + 1 >= KINDS_MAX || floorUsed + found.rows.rowCount > FLOORS_MAX) return 0;
    const { ladder, rows } = found;
    const kind = ++used;
    quick.settle[kind] = board.assetIndex.get(board.instruments[ladder.instrument]!.settle)!;
    quick.contractSize[kind] = ladder.contractSize;
    quick.isInverse[kind] = ladder.direction < 0 ? 1 : 0;
    quick.isFixed[kind] = Number(ladder.isFixed);
    quick.slotBase[kind] = ladder.slotBase;
    quick.scale[kind] = deductionScale(ladder);
    quick.isAtEntry[kind] = Number(found.isAtEntry);
    quick.floorStart[kind] = floorUsed;
    quick.rowCount[kind] = rows.rowCount;
    for (const name of ['floor', 'rate', 'deduction'] as const) quick[name].set(rows[name], floorUsed);
    floorUsed += rows.rowCount;
    return kind;
  };
  const kindOf = (source: AccountSource, p: number): number => {
    const instrument = source.instrument[p]!;
    const mode = source.mode[p]!;
    const key = (2 * instrument + mode) * 2 + (source.size[p]! < 0 ? 1 : 0);
    const known = table[key]!;
    if (known !== 0) return known > 0 ? known : 0;
    if (byLeverage[2 * instrument + mode] === 1) {
      const leverage = source.leverageOf(p);
      if (lastKind[key]! >= 0 && lastLeverage[key] === leverage) return lastKind[key]!;
      others[key] ??= new Map();
      const found = others[key].get(leverage) ?? add(source, p);
      others[key].set(leverage, found);
      lastLeverage[key] = leverage;
      lastKind[key] = found;
      return found;
    }
    const found = add(source, p);
    table[key] = found === 0 ? -1 : found;
    return found;
  };
  const quick: QuickLegs = {
    kindOf,
    settle: new Int32Array(KINDS_MAX),
    contractSize: new Float64Array(KINDS_MAX),
    isInverse: new Uint8Array(KINDS_MAX),
    isFixed: new Uint8Array(KINDS_MAX),
    slotBase: new Uint32Array(KINDS_MAX),
    scale: new Float64Array(KINDS_MAX),
    isAtEntry: new Uint8Array(KINDS_MAX),
    floorStart: new Uint32Array(KINDS_MAX),
    rowCount: new Uint32Array(KINDS_MAX),
    floor: new Float64Array(FLOORS_MAX),
    rate: new Float64Array(FLOORS_MAX),
    deduction: new Float64Array(FLOORS_MAX),
  };
  return quick;
}

/** The ladder of a leg whose form follows from columns; undefined for something unknown, and for fees that are not a rate. */
function quickLadder(
  { board, ladders, rulesOf }: StagingContext,
  venue: string,
  venueIndex: number,
  source: AccountSource,
  p: number,
): QuickLadder | undefined {
  const leverage = source.leverageOf(p);
  const position: Position = {
    instrument: board.instruments[source.instrument[p]!]!.id,
    size: new Decimal(Math.sign(source.size[p]!)),
    entryPrice: ONE,
    marginMode: source.mode[p] === ISOLATED ? 'isolated' : 'cross',
    ...(Number.isNaN(leverage) ? {} : { leverage: new Decimal(leverage) }),
  };
  const account: Account = { id: '', venue, balances: [], positions: [position] };
  const leg = resolveAccount(account, bookAtPrices(board, account), rulesOf(venue)).pools.flatMap((pool) => pool.legs)[0];
  if (!leg?.v.ok || !leg.settlePrice.ok || !leg.table.ok) return undefined;
  const table = leg.table.value;
  if (leg.rules.fee === 'taker-at-bankruptcy-price' || table.join === 'slope') return undefined;
  if (table.measure === 'size' && table.tiers.length > 1) return undefined;
  const index = board.instrumentIndex.get(leg.instrument.id)!;
  const fee = feeRateOf(leg);
  if (leg.rules.basis !== 'entry') {
    const ladder = legLadder(ladders, venueIndex, leg.instrument, index, table, fee, -1);
    return { ladder, rows: ladder, isAtEntry: false };
  }
  // Where the requirement jumps at a floor only exact numbers can tell the row.
  if (jumps(table)) return undefined;
  const rows = {
    rowCount: table.tiers.length,
    floor: Float64Array.from(table.tiers, ({ floor }) => floor.toNumber()),
    rate: Float64Array.from(table.tiers, ({ rate }) => rate.plus(fee).toNumber()),
    deduction: Float64Array.from(table.tiers, ({ deduction }) => deduction.toNumber()),
  };
  return { ladder: constantLadder(ladders, venueIndex, leg.instrument, index, -1), rows, isAtEntry: true };
}

/** The short way of one venue: accounts with one currency, known prices and tables, and requirements that follow the price or the entry value. */
function quickVenue(context: StagingContext, venue: string, venueIndex: number): QuickVenue {
  const { board } = context;
  const rules = context.rulesOf(venue);
  const quick = quickLegs(context, venue, venueIndex);
  const { settle, contractSize, isInverse, isFixed, isAtEntry, slotBase, scale: legScale, floorStart, rowCount, floor } = quick;
  const unit = board.book.unit ?? 'USD';
  // By asset: what a positive balance counts.
  const factor = Float64Array.from(board.assets, (symbol) => (board.book.assets.get(symbol)?.collateralFactor ?? ONE).toNumber());
  const unitAssetOf = (asset: number): number => (asset >= 0 && !Number.isNaN(board.price[asset]!) ? asset : -1);

  const rowOf = (kind: number, value: number): number => {
    const first = floorStart[kind]!;
    const last = first + rowCount[kind]! - 1;
    let at = first;
    while (at < last && value >= floor[at + 1]!) at++;
    return at - first;
  };

  /** Enters the leg at position p; returns what it cost in v: weight × entry value. */
  const putLeg = (staging: Staging, source: AccountSource, pool: number, p: number, kind: number): number => {
    const units = source.size[p]! * contractSize[kind]!;
    const mark = board.mark[source.instrument[p]!]!;
    let row = 0;
    if (isFixed[kind] === 0) {
      row = rowOf(kind, Math.abs(units) * (isInverse[kind] === 1 ? 1 / mark : mark));
    }
    const weight = isInverse[kind] === 1 ? -units : units;
    staging.weight[staging.entryCount] = weight;
    staging.slot[staging.entryCount++] = slotBase[kind]! + row;
    staging.poolOfPosition[p] = pool;
    return isInverse[kind] === 1 ? weight / source.entryPrice[p]! : weight * source.entryPrice[p]!;
  };

  /** What a leg requires that cost so much, where that is a constant: adds it and its magnitudes to the pool. */
  const putConstant = (staging: Staging, pool: number, kind: number, spent: number): number => {
    const value = Math.abs(spent);
    const at = floorStart[kind]! + rowOf(kind, value);
    const [own, deduction] = [value * quick.rate[at]!, quick.deduction[at]!];
    staging.required[pool]! += own - deduction;
    return Math.abs(own) + Math.abs(deduction);
  };

  /** Stages the cross pool; how many positions are isolated, or −1 where something is not quick. */
  const stageCross = (staging: Staging, source: AccountSource, account: number): number => {
    const pool = openPool(staging, account, 0, -1);
    let asset = -1;
    let constant = 0;
    let scale = 0;
    let isolatedCount = 0;
    for (let b = source.balanceStart[account]!; b < source.balanceEnd[account]!; b++) {
      if (asset >= 0 && source.balanceAsset[b]! !== asset) return -1;
      asset = source.balanceAsset[b]!;
      const amount = source.balanceAmount[b]!;
      constant += amount > 0 ? amount * factor[asset]! : amount;
      scale += Math.abs(amount);
    }
    const end = source.positionEnd[account]!;
    for (let p = source.positionStart[account]!; p < end; p++) {
      const kind = quick.kindOf(source, p);
      if (kind === 0) return -1;
      if (source.mode[p] === ISOLATED) {
        isolatedCount++;
        continue;
      }
      if (asset >= 0 && settle[kind] !== asset) return -1;
      asset = settle[kind]!;
      const spent = putLeg(staging, source, pool, p, kind);
      constant -= spent;
      scale += Math.abs(spent) + legScale[kind]!;
      if (isAtEntry[kind] === 1) scale += putConstant(staging, pool, kind, spent);
    }
    staging.unitAsset[pool] = unitAssetOf(asset);
    if (asset >= 0 && staging.unitAsset[pool] === -1 && board.assets[asset] !== unit) return -1;
    closePool(staging, pool, constant, scale);
    return isolatedCount;
  };

  const stageIsolated = (staging: Staging, source: AccountSource, account: number, p: number): void => {
    const kind = quick.kindOf(source, p);
    const pool = openPool(staging, account, IS_ISOLATED, unitAssetOf(settle[kind]!));
    const margin = source.marginOf(p);
    const held = Number.isNaN(margin) ? 0 : margin;
    const spent = putLeg(staging, source, pool, p, kind);
    const fixed = isAtEntry[kind] === 1 ? putConstant(staging, pool, kind, spent) : 0;
    closePool(staging, pool, held - spent, Math.abs(held) + Math.abs(spent) + legScale[kind]! + fixed);
  };

  return (staging, source, account) => {
    if (rules.kind !== 'perpetual') return false;
    const count = source.positionEnd[account]! - source.positionStart[account]!;
    if (count > ENTRIES_MAX) return false;
    makeRoom(staging, 1 + count, count);
    const { poolCount, entryCount } = staging;
    const isolatedCount = stageCross(staging, source, account);
    if (isolatedCount < 0) {
      staging.poolCount = poolCount;
      staging.entryCount = entryCount;
      return false;
    }
    staging.poolsOf[account] = 1 + isolatedCount;
    if (isolatedCount === 0) return true;
    for (let p = source.positionStart[account]!; p < source.positionEnd[account]!; p++)
      if (source.mode[p] === ISOLATED) stageIsolated(staging, source, account, p);
    return true;
  };
}

function openPool(staging: Staging, account: number, flags: number, unitAsset: number): number {
  const pool = staging.poolCount++;
  staging.account[pool] = account;
  staging.kind[pool] = PLAIN;
  staging.flags[pool] = flags;
  staging.unitAsset[pool] = unitAsset;
  staging.required[pool] = 0;
  return pool;
}

function closePool(staging: Staging, pool: number, constant: number, scale: number): void {
  staging.constant[pool] = constant;
  staging.scale[pool] = scaleUp(scale);
  staging.first[pool + 1] = staging.entryCount;
}
