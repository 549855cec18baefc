/** The feedback matrix of the open desk, its radius, who carries it and what would lower it. Rules ST-8, ST-9. */
import { type Decimal, ONE } from '../../domain/units.ts';
import { repricedPool } from '../../engine/cascade/marks.ts';
import { judge, openPool } from '../../engine/cascade/standing.ts';
import { closingVolumes } from '../../engine/cascade/whole.ts';
import { BLOCK_PLACES, NO_POOL } from '../../engine/kernel/layout.ts';
import { resolveAccount } from '../../engine/resolve.ts';
import {
  addForced,
  emptyForced,
  FeedbackWalker,
  type ForcedList,
  feedbackMatrix,
  scaleRows,
} from '../../engine/stress-columns/feedback.ts';
import { perron, spectralRadius } from '../../engine/stress-columns/spectral.ts';
import { accountAt } from '../desk/account-store.ts';
import { type DeskState, NONE } from '../desk/desk-state.ts';
import type { Job } from '../desk/names.ts';
import { bookAtPrices, exactMarkOf, exactPriceOf, type PriceBoard } from '../desk/price-board.ts';
import { BlockReader } from './blocks.ts';
import type { StressCarrier, StressDepth } from './messages.ts';
import { NOTHING_MOVES, scenarioPrices } from './scenario.ts';
import { stressForm } from './stress-slots.ts';

const BLOCKS_PER_SLICE = 32;
const EXACT_PER_SLICE = 4;
const CARRIERS = 10;

/** Price of a market now: that of its first instrument with a mark, else of the asset (CA-6). */
export function priceOfMarket(board: PriceBoard, market: string): Decimal | undefined {
  for (let i = 0; i < board.instruments.length; i++) {
    if (board.instruments[i]!.base !== market) continue;
    const mark = exactMarkOf(board, i);
    if (mark) return mark;
  }
  const asset = board.assetIndex.get(market);
  return asset === undefined ? undefined : exactPriceOf(board, asset);
}

/** δ by market, base units per unit of log price (CA-2); Infinity where nothing moves it. */
export function depthsOf(board: PriceBoard, markets: readonly string[], { perCent, otherwise, multiplier }: StressDepth): Float64Array {
  return Float64Array.from(markets, (market) => {
    const dollars = Object.hasOwn(perCent, market) ? perCent[market]! : otherwise;
    const price = priceOfMarket(board, market)?.toNumber();
    if (dollars === null || price === undefined) return Number.POSITIVE_INFINITY;
    return (dollars * multiplier) / price / -Math.log1p(-0.01);
  });
}

export interface DeskFeedback {
  readonly markets: readonly string[];
  readonly forced: ForcedList;
  readonly depth: Float64Array;
  readonly fall: number;
  readonly matrix: Float64Array;
  readonly radius: number;
  readonly right: Float64Array | undefined;
  readonly left: Float64Array | undefined;
  /** Pools of which nothing can be said. */
  readonly unknown: number;
  /** Pools that the exact path decided. */
  readonly exact: number;
}

/** G, R and the Perron vectors at present prices. */
export function* feedbackOf(desk: DeskState, depths: StressDepth, fall: number): Job<DeskFeedback> {
  const prices = scenarioPrices(desk.board, NOTHING_MOVES);
  const { slots, slotMarkets, markets } = stressForm(desk, prices);
  const depth = depthsOf(desk.board, markets, depths);
  const walker = new FeedbackWalker(slots, slotMarkets, markets.length, fall);
  const reader = new BlockReader();
  const forced = emptyForced();
  const { layout } = desk;
  for (let block = 0; block < desk.blocks.used; block++) {
    const view = reader.read(desk, block);
    const poolOf = (i: number): number => {
      const pool = layout.pool[view.first + i]!;
      return pool === NO_POOL ? -1 : pool;
    };
    walker.add(view, view.count, poolOf, forced);
    if ((block + 1) % BLOCKS_PER_SLICE === 0) yield;
  }
  const unsure = new Map<number, Set<number>>();
  for (const { pool, column } of walker.near) unsure.set(pool, (unsure.get(pool) ?? new Set()).add(column));
  const every = new Set(markets.map((_, i) => i));
  for (const pool of desk.exactPools.keys()) unsure.set(pool, every);
  let unknown = walker.unknown;
  let done = 0;
  for (const [pool, columns] of unsure) {
    // Near now: whether it is forced by what it does not hold rests on the exact path too.
    if (!exactForced(desk, prices.now, pool, columns, columns.has(-1), markets, fall, forced)) unknown++;
    if (++done % EXACT_PER_SLICE === 0) yield;
  }
  const matrix = feedbackMatrix(forced, markets.length, depth, fall);
  const { radius, right, left } = perron(matrix, markets.length);
  return { markets, forced, depth, fall, matrix, radius, right, left, unknown, exact: unsure.size };
}

/** What the exact engine says of one pool and these falls; false where something of it is not known. */
function exactForced(
  desk: DeskState,
  now: PriceBoard,
  pool: number,
  columns: ReadonlySet<number>,
  isNearNow: boolean,
  markets: readonly string[],
  fall: number,
  into: ForcedList,
): boolean {
  const row = desk.pools.row[pool]!;
  let ordinal = 0;
  for (let other = desk.firstPool[row]!; other !== pool && other !== NONE; other = desk.pools.next[other]!) ordinal++;
  const account = accountAt(desk.store, row);
  const rules = desk.rulesOf(account.venue);
  const book = bookAtPrices(now, account);
  const unit = account.unit ?? book.unit ?? 'USD';
  const start = resolveAccount(account, book, rules).pools[ordinal]!;
  const held = new Set([
    ...start.legs.flatMap(({ instrument }) => [instrument.base, instrument.settle]),
    ...start.collateral.map(({ asset }) => asset),
  ]);
  const number = new Map(markets.map((market, i) => [market, i] as const));
  for (let column = 0; column < markets.length; column++) {
    const market = markets[column]!;
    if (!columns.has(column) && !(isNearNow && !held.has(market))) continue;
    const factor = (name: string): Decimal => (name === market ? ONE.minus(fall) : ONE);
    const moved = openPool(held.has(market) ? repricedPool(start, unit, factor) : start);
    const judgement = judge(moved, rules);
    if (!judgement.ok) return false;
    if (!judgement.value.isBreached) continue;
    const volumes = closingVolumes(moved, unit);
    if (!volumes.ok) return false;
    for (const { market: name, amount } of volumes.value) {
      const at = number.get(name);
      if (at === undefined) continue;
      into.market.push(at);
      into.amount.push(amount.toNumber());
    }
    into.pool.push(pool);
    into.column.push(column);
    into.missing.push(judgement.value.requirement.minus(judgement.value.equity).toNumber());
    into.start.push(into.market.length);
  }
  return true;
}

/** One account's part of the loop. */
interface Part {
  readonly row: number;
  readonly forced: number[];
  /** left′ C right ÷ left′ right. */
  score: number;
  /** Dollars that keep every pool of it out of every fall that is counted. */
  topUp: number;
}

export interface Lever {
  readonly reached: number;
  readonly dollars: number;
  readonly rows: readonly { readonly row: number; readonly lowers: number; readonly topUp: number }[];
  readonly reduction: number;
}

/** The parts of all accounts that are forced, the heaviest first; ties by row. */
function partsOf(desk: DeskState, { forced, markets, depth, fall, right, left }: DeskFeedback): Part[] {
  const logFall = -Math.log1p(-fall);
  const overlap = right && left ? right.reduce((sum, value, i) => sum + value * left[i]!, 0) : 0;
  const parts = new Map<number, Part>();
  const worst = new Map<number, number>();
  for (let f = 0; f < forced.pool.length; f++) {
    const pool = forced.pool[f]!;
    const row = desk.pools.row[pool]!;
    let part = parts.get(row);
    if (!part) {
      part = { row, forced: [], score: 0, topUp: 0 };
      parts.set(row, part);
    }
    part.forced.push(f);
    const missing = forced.missing[f]! * unitOf(desk, pool);
    const before = worst.get(pool) ?? 0;
    if (missing > before) {
      part.topUp += missing - before;
      worst.set(pool, missing);
    }
    for (let v = forced.start[f]!; v < forced.start[f + 1]!; v++) {
      const i = forced.market[v]!;
      const gain = forced.amount[v]! / (depth[i]! * logFall);
      part.score += overlap > 0 ? (gain * left![i]! * right![forced.column[f]!]!) / overlap : Math.abs(gain) / markets.length;
    }
  }
  return [...parts.values()].sort((a, b) => b.score - a.score || a.row - b.row);
}

function unitOf(desk: DeskState, pool: number): number {
  const place = desk.pools.place[pool]!;
  const asset = place === NONE ? -1 : desk.blocks.unitAsset[Math.floor(place / BLOCK_PLACES)]!;
  return (asset < 0 ? 1 : desk.board.price[asset]!) * desk.columns.accounts.unitRate[desk.pools.row[pool]!]!;
}

/** Forced volumes, unscaled: what parts are taken from. */
function volumesOf({ forced, markets }: DeskFeedback): Float64Array {
  const volumes = new Float64Array(markets.length ** 2);
  for (let f = 0; f < forced.pool.length; f++) addForced(volumes, forced, f, markets.length, 1);
  return volumes;
}

function radiusWithout(feedback: DeskFeedback, volumes: Float64Array, parts: readonly Part[]): number {
  const n = feedback.markets.length;
  const matrix = volumes.slice();
  for (const { forced } of parts) for (const f of forced) addForced(matrix, feedback.forced, f, n, -1);
  scaleRows(matrix, n, feedback.depth, feedback.fall);
  return spectralRadius(matrix, n);
}

/** The ten accounts that carry most of R, each with what R loses without it (CA-24), and the lever. */
export function* carriersOf(
  desk: DeskState,
  feedback: DeskFeedback,
  target: number,
): Job<{ carriers: StressCarrier[]; lever: Lever | null }> {
  const parts = partsOf(desk, feedback);
  const volumes = volumesOf(feedback);
  yield;
  const carriers: StressCarrier[] = [];
  for (const part of parts.slice(0, CARRIERS)) {
    const lowers = feedback.radius - radiusWithout(feedback, volumes, [part]);
    carriers.push({ ...named(desk, part.row), lowers, topUp: part.topUp });
    yield;
  }
  carriers.sort((a, b) => b.lowers - a.lowers);
  return { carriers, lever: yield* leverOf(desk, feedback, target, parts, volumes) };
}

const named = ({ store, columns }: DeskState, row: number): { id: string; label: string } => {
  const source = columns.accounts.source[row]!;
  return { id: store.names.idOf(source), label: store.names.labelOf(source) ?? '' };
};

/**
 * The fewest dollars of top-up that bring R to the target, greedily: accounts by score a dollar, the shortest list of the first k that
 * reaches it. Null where R is there already, or no top-up reaches it.
 */
function* leverOf(
  desk: DeskState,
  feedback: DeskFeedback,
  target: number,
  parts: readonly Part[],
  volumes: Float64Array,
): Job<Lever | null> {
  if (feedback.radius < target) return null;
  const ranked = parts.filter(({ score }) => score > 0).sort((a, b) => b.score / b.topUp - a.score / a.topUp || a.row - b.row);
  let [low, high] = [0, ranked.length];
  if (radiusWithout(feedback, volumes, ranked) >= target) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (radiusWithout(feedback, volumes, ranked.slice(0, middle)) < target) high = middle;
    else low = middle;
    yield;
  }
  const chosen = ranked.slice(0, high);
  const { grossNotional, unitRate } = desk.columns.accounts;
  return {
    reached: radiusWithout(feedback, volumes, chosen),
    dollars: chosen.reduce((sum, { topUp }) => sum + topUp, 0),
    rows: chosen.map(({ row, score, topUp }) => ({ row, lowers: score, topUp })),
    reduction: chosen.reduce((sum, { row }) => sum + grossNotional[row]! * unitRate[row]!, 0),
  };
}
