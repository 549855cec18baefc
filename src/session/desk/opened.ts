/**
 * An open desk: the kernel's columns with everything that stands beside them. Opened once from a flat book, in slices; changed in place
 * from then on. Rules DM-3…DM-10.
 */
import type { Account } from '../../domain/book.ts';
import { NOT_YET } from '../../engine/kernel/columns.ts';
import type { VenueRules } from '../../engine/rules.ts';
import { venues as registry } from '../../venues/registry.ts';
import type { StaleLimits } from '../inputs.ts';
import type { LivePrices } from '../prices.ts';
import type { SourceView } from '../protocol.ts';
import { type Board, type BoardPlace, createBoard, whileWriting } from './board.ts';
import type { DeskOptions as KernelOptions } from './build.ts';
import { deskSteps } from './desk-engine.ts';
import type { DeskState as KernelDesk } from './desk-state.ts';
import type { FlatBook } from './flat-book.ts';
import { Full } from './free-place.ts';
import type { KeySource, ReadyKeys } from './keys.ts';
import { createDeskPrices, type DeskPrices, isSameStale, priceChanges, type StaleSets, writeAges } from './live-prices.ts';
import type { DeskBook, FileContent } from './messages.ts';
import { updateAccount } from './mutate.ts';
import { gatherNames, type Job, slices } from './names.ts';
import { type Groups, groupsOf } from './panels.ts';
import type { PriceBoard } from './price-board.ts';
import { type QueryNames, type QueryScratch, queryScratch } from './query.ts';
import { idAt, labelAt, type StringsPlace, type StringTable } from './strings.ts';
import { totals } from './totals.ts';

export interface OpenDesk {
  readonly sequence: number;
  readonly name: string;
  readonly kernel: KernelDesk;
  readonly strings: StringTable;
  readonly stringsPlace: StringsPlace;
  readonly board: Board;
  readonly boardPlace: BoardPlace;
  readonly prices: DeskPrices;
  /** Assets of each set that accounts hold; `board.assetSet` says which. */
  readonly assetSets: (readonly number[])[];
  readonly groups: Groups;
  readonly names: QueryNames;
  readonly venueRank: Float64Array;
  readonly scratch: QueryScratch;
  /** Every account counts in the desk's unit. */
  isOneUnit: boolean;
  stale: StaleSets;
  overAgeCount: number;
  /** Counts up with every account that changes. */
  changeCount: number;
  /** By source; null until the table was first sorted by id. */
  accountRank: Float64Array | null;
  /** See `KeySource`: of the query in force. */
  readonly ready: Map<string, ReadyKeys>;
}

/** Where memory comes from, and what computes in it. */
export interface DeskMemory {
  /** Page and worker see the same memory. */
  readonly isShared: boolean;
  readonly allocate: (bytes: number) => ArrayBufferLike;
  /** Absent: the plain kernel. */
  readonly kernelHost?: KernelOptions['host'];
  /** Keeps a part of a file outside the engine's memory. Absent: it is kept as bytes. */
  readonly keep?: (bytes: ArrayBuffer) => FileContent;
}

/** The rules of a venue of the registry. Throws for a book that its reader should have refused. */
export function rulesOfVenue(id: string): VenueRules {
  const venue = Object.hasOwn(registry, id) ? registry[id] : undefined;
  if (!venue) throw new Error(`account on unknown venue ${id}: the book was not read through its reader`);
  return venue.rules;
}

/** Accounts of one slice. */
const ACCOUNTS_PER_SLICE = 131_072;

/** Builds the desk of `flat`; `sequence` numbers it among all that were opened. */
export function* openFlat(flat: FlatBook, name: string, sequence: number, memory: DeskMemory): Job<OpenDesk> {
  const { table: strings, place: stringsPlace } = yield* gatherNames(flat, memory.allocate);
  const named: FlatBook = { ...flat, idOf: (i) => idAt(strings, i), labelOf: (i) => labelAt(strings, i) || undefined };
  yield;
  const steps = deskSteps(named, {
    rulesOf: rulesOfVenue,
    allocate: memory.allocate,
    ...(memory.kernelHost ? { host: memory.kernelHost } : {}),
  });
  const kernel = yield* slices(steps);
  yield;
  const prices = createDeskPrices(kernel.board, rulesOfVenue);
  const { columns } = kernel;
  const { shock, nearest, initialMargin, nearestLeg, biggestLeg } = columns.accounts;
  for (const figure of [shock, nearest, initialMargin]) figure.fill(Number.NaN);
  for (const leg of [nearestLeg, biggestLeg]) leg.fill(NOT_YET);
  yield;
  const { assetSets, setOf } = yield* setsOfAssets(flat, kernel);
  const { board, place: boardPlace } = createBoard(
    { instrumentCount: kernel.board.instruments.length, setCount: assetSets.length + SPARE_SETS, rowCapacity: columns.accountCapacity },
    memory.allocate,
  );
  board.assetSet.set(setOf);
  kernel.guard = board.guard;
  const venues = kernel.store.venues;
  const byName = [...venues.keys()].sort((a, b) => (rulesOfVenue(venues[a]!).name < rulesOfVenue(venues[b]!).name ? -1 : 1));
  const venueRank = new Float64Array(256);
  byName.forEach((code, rank) => {
    venueRank[code] = rank;
  });
  const open: OpenDesk = {
    sequence,
    name,
    kernel,
    strings,
    stringsPlace,
    board,
    boardPlace,
    prices,
    assetSets,
    groups: groupsOf(kernel.board.instruments, venues),
    names: { venues, markets: kernel.board.instruments.map(({ base }) => base) },
    venueRank,
    scratch: queryScratch(columns.accountCapacity),
    isOneUnit: columns.accounts.unitRate.subarray(0, columns.count).every((rate) => rate === 1),
    stale: { instruments: new Uint8Array(kernel.board.instruments.length), sets: new Uint8Array(assetSets.length), isAny: false },
    overAgeCount: 0,
    changeCount: 0,
    accountRank: null,
    ready: new Map(),
  };
  return open;
}

/** The distinct sets of assets that accounts hold, and by source which is whose. Balances of zero rest on no price. */
function* setsOfAssets(flat: FlatBook, { store }: KernelDesk): Job<{ assetSets: number[][]; setOf: Uint32Array }> {
  const assetSets: number[][] = [[]];
  const known = new Map<string, number>([['', 0]]);
  const ofOne = new Int32Array(store.assets.length).fill(-1);
  const setOf = new Uint32Array(flat.count);
  const setAt = (assets: number[]): number => {
    const key = assets.join(' ');
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, assetSets.length);
    return assetSets.push(assets) - 1;
  };
  // A store that is new holds the balances in the order of the flat book.
  for (let account = 0; account < flat.count; account++) {
    const from = flat.balanceStart[account]!;
    const to = flat.balanceStart[account + 1]!;
    if (to - from === 1 && store.balanceAmount[from] !== 0) {
      const asset = store.balanceAsset[from]!;
      if (ofOne[asset] === -1) ofOne[asset] = setAt([asset]);
      setOf[account] = ofOne[asset]!;
    } else {
      const held = new Set<number>();
      for (let b = from; b < to; b++) if (store.balanceAmount[b] !== 0) held.add(store.balanceAsset[b]!);
      setOf[account] = setAt([...held].sort((a, b) => a - b));
    }
    if ((account + 1) % ACCOUNTS_PER_SLICE === 0) yield;
  }
  return { assetSets, setOf };
}

/** Sets that may be added to those an opening finds: accounts that come to hold other assets. */
const SPARE_SETS = 64;

/** Puts `account` into `row`; false where there is no room for it, or it names what the desk has no table of. */
export function changeAccount(open: OpenDesk, row: number, account: Account): boolean {
  const { kernel, board, assetSets, boardPlace } = open;
  const { store } = kernel;
  const isKnown =
    account.balances.every(({ asset }) => store.assetIndex.has(asset)) &&
    account.positions.every(({ instrument }) => store.instrumentIndex.has(instrument));
  if (!isKnown) return false;
  const held = account.balances.flatMap(({ asset, amount }) => (amount.isZero() ? [] : [store.assetIndex.get(asset)!]));
  const key = [...new Set(held)].sort((a, b) => a - b);
  let set = assetSets.findIndex((known) => known.join(' ') === key.join(' '));
  if (set < 0) set = assetSets.push(key) - 1;
  if (set >= boardPlace.setCount) return false;
  try {
    whileWriting(board.guard, () => updateAccount(kernel, row, account));
  } catch (error) {
    if (error instanceof Full) return false;
    throw error;
  }
  open.changeCount++;
  board.assetSet[kernel.columns.accounts.source[row]!] = set;
  open.isOneUnit &&= kernel.columns.accounts.unitRate[row] === 1;
  return true;
}

/** What rows, keys and panels are read from. */
export const keySource = (open: OpenDesk, clockMs: number): KeySource => ({
  columns: open.kernel.columns,
  poolRow: open.kernel.pools.row,
  strings: open.strings,
  board: open.board,
  clockMs,
  isOneUnit: open.isOneUnit,
  hasOverAge: open.overAgeCount > 0,
  venueRank: open.venueRank,
  accountRank: open.accountRank,
  ready: open.ready,
});

/** Worth of a unit of size of every instrument, in the desk's unit; NaN where a price is missing. */
export function worthOf({ mark, price, instruments, assetIndex, book }: PriceBoard): Float64Array {
  const unit = book.unit ?? 'USD';
  return Float64Array.from(instruments, ({ contract, contractSize, settle }, i) => {
    const settlePrice = price[assetIndex.get(settle)!]!;
    const inSettle = contractSize.toNumber() * (contract === 'inverse' ? 1 / mark[i]! : mark[i]!);
    return inSettle * (Number.isNaN(settlePrice) && settle === unit ? 1 : settlePrice);
  });
}

/** Writes ages and says whether other rows are over age than before: then `markOverAge` is due. */
export function updateAges(open: OpenDesk, source: SourceView, limits: StaleLimits): boolean {
  const next = writeAges(open.prices, open.board, open.assetSets, source, limits);
  const isOther = !isSameStale(next, open.stale);
  open.stale = next;
  return isOther;
}

/** Marks the accounts that rest on a price which is too old; `overAgeCount` says how many. */
export function* markOverAge(open: OpenDesk): Job<undefined> {
  const { columns } = open.kernel;
  const { source, legStart, legEnd } = columns.accounts;
  const { overAge, assetSet } = open.board;
  const { stale } = open;
  let count = 0;
  for (let row = 0; row < columns.count; row++) {
    let isOld = stale.isAny ? stale.sets[assetSet[source[row]!]!]! : 0;
    if (stale.isAny)
      for (let leg = legStart[row]!; leg < legEnd[row]! && isOld === 0; leg++) isOld = stale.instruments[columns.legs.instrument[leg]!]!;
    overAge[source[row]!] = isOld;
    count += isOld;
    if ((row + 1) % ACCOUNTS_PER_SLICE === 0) yield;
  }
  open.overAgeCount = count;
  return undefined;
}

/** The feed's prices as changes of the board's; see live-prices.ts. */
export const changesOf = (open: OpenDesk, live: LivePrices): ReturnType<typeof priceChanges> => priceChanges(open.prices, live);

/** What the page is told of the book once. */
export function bookView(open: OpenDesk, isShared: boolean): DeskBook {
  const { kernel, stringsPlace, boardPlace } = open;
  const { columns } = kernel;
  const { instruments, book } = kernel.board;
  const { venues } = kernel.store;
  return {
    bookSequence: open.sequence,
    name: open.name,
    asOf: book.asOf,
    unit: book.unit ?? 'USD',
    count: columns.count,
    venues: [...venues],
    venueNames: venues.map((id) => rulesOfVenue(id).name),
    markets: marketsBySize(open),
    instruments: {
      count: instruments.length,
      id: instruments.map(({ id }) => id),
      market: instruments.map(({ base }) => base),
      venue: instruments.map(({ venue }) => venue),
    },
    shared: isShared
      ? {
          columns: {
            buffer: columns.accounts.equity.buffer as SharedArrayBuffer,
            byteOffset: columns.accounts.equity.byteOffset,
            accountCapacity: columns.accountCapacity,
            legCapacity: columns.legCapacity,
          },
          strings: { ...stringsPlace, buffer: stringsPlace.buffer as SharedArrayBuffer },
          board: { ...boardPlace, buffer: boardPlace.buffer as SharedArrayBuffer },
        }
      : null,
  };
}

/** Markets by falling notional, long and short together, at the present prices. */
function marketsBySize({ kernel, groups }: OpenDesk): string[] {
  const notional = new Float64Array(groups.markets.length);
  const { longNotional, shortNotional } = totals(kernel);
  for (let i = 0; i < kernel.board.instruments.length; i++) {
    const value = longNotional[i]! + shortNotional[i]!;
    if (value > 0) notional[groups.marketOf[i]!]! += value;
  }
  return [...groups.markets.keys()].sort((a, b) => notional[b]! - notional[a]! || a - b).map((i) => groups.markets[i]!);
}
