/**
 * The liquidation ladder of the open book, and who stands on a rung of it: every pool placed from its linear form, the uncertain ones by
 * the exact engine (DS-10…DS-13). In slices; prices are those of the moment it began. Rules DM-14, DM-19.
 */
import { Decimal } from '../../domain/units.ts';
import { exactRungs } from '../../engine/desk/exact-rung.ts';
import { addLegs, countPools, emptyLadder, type Ladder, NOT_WITHIN_REACH, placeOnRungs, UNDECIDED } from '../../engine/desk/ladder.ts';
import { type MarketShocks, marketShocks, type SlotMoves } from '../../engine/desk/market-shock.ts';
import type { MarketMove } from '../../engine/desk/market-terms.ts';
import { firstEntry } from '../../engine/kernel/layout.ts';
import { sumPool } from '../../engine/margin/pool.ts';
import { resolveAccount } from '../../engine/resolve.ts';
import { accountAndBook } from './desk-engine.ts';
import { type DeskState, NONE } from './desk-state.ts';
import type { DeskLadder, DeskRung } from './messages.ts';
import type { Job } from './names.ts';
import { everything, marketOnly, slotMoves } from './slot-moves.ts';

/** Pools, and legs, of one slice. */
const POOLS_PER_SLICE = 16_384;
const LEGS_PER_SLICE = 1_000_000;
/** Pools that the exact engine places in one slice. */
const EXACT_PER_SLICE = 20;

/** A question: moves of one market, or of all, in steps. */
interface Question {
  readonly market: string;
  readonly step: number;
  readonly rungs: number;
}

/** The rung of every pool, falling and rising; `alive` is 1 for pools that exist. */
interface Placed {
  readonly count: number;
  readonly alive: Uint8Array;
  readonly down: Int16Array;
  readonly up: Int16Array;
}

/** The slots at this moment: coefficients that later ticks do not touch. */
const momentOf = (desk: DeskState, market: string): SlotMoves => {
  const moves = slotMoves(desk, market === '' ? everything(desk) : marketOnly(desk, market));
  return { ...moves, coefficient: moves.coefficient.slice() };
};

/** Places every pool on its rungs; `questions` share the work of finding what closes it. */
function* placePools(desk: DeskState, questions: readonly Question[]): Job<Placed[]> {
  const { pools } = desk;
  const { market } = questions[0]!;
  const moves = momentOf(desk, market);
  const count = pools.used;
  const placed = questions.map(
    (): Placed => ({ count, alive: new Uint8Array(count), down: new Int16Array(count), up: new Int16Array(count) }),
  );
  const uncertain = new Set<number>();
  const slice = new Slice();
  for (let from = 0; from < count; from += POOLS_PER_SLICE) {
    slice.gather(desk, from, Math.min(from + POOLS_PER_SLICE, count), uncertain);
    const reach = Math.max(...questions.map(({ step, rungs }) => step * rungs));
    slice.solve(moves, reach);
    for (const [q, question] of questions.entries()) slice.place(question, placed[q]!, uncertain);
    yield;
  }
  let done = 0;
  for (const pool of uncertain) {
    placeExactly(desk, pool, questions, placed);
    if (++done % EXACT_PER_SLICE === 0) yield;
  }
  return placed;
}

/** Some consecutive pools side by side, and what closes them. */
class Slice {
  private count = 0;
  private readonly pool = new Uint32Array(POOLS_PER_SLICE);
  private readonly start = new Uint32Array(POOLS_PER_SLICE);
  private readonly length = new Uint32Array(POOLS_PER_SLICE);
  private readonly constant = new Float64Array(POOLS_PER_SLICE);
  private readonly requirement = new Float64Array(POOLS_PER_SLICE);
  private readonly scale = new Float64Array(POOLS_PER_SLICE);
  private readonly everyone = new Uint8Array(POOLS_PER_SLICE).fill(1);
  private readonly rung = new Int16Array(POOLS_PER_SLICE);
  private readonly near = new Uint32Array(POOLS_PER_SLICE);
  private weight: Float64Array = new Float64Array(0);
  private slot: Uint16Array | Uint32Array = new Uint16Array(0);
  private readonly shocks: MarketShocks = {
    down: new Float64Array(POOLS_PER_SLICE),
    up: new Float64Array(POOLS_PER_SLICE),
    error: new Float64Array(POOLS_PER_SLICE),
    flag: new Uint8Array(POOLS_PER_SLICE),
  };

  /** Pools without a place go the exact way. */
  gather({ pools, layout, exactPools }: DeskState, from: number, to: number, uncertain: Set<number>): void {
    this.count = 0;
    this.weight = layout.weight;
    this.slot = layout.slot;
    for (let pool = from; pool < to; pool++) {
      const place = pools.place[pool]!;
      if (place === NONE) {
        if (exactPools.has(pool)) uncertain.add(pool);
        continue;
      }
      const at = this.count++;
      this.pool[at] = pool;
      this.start[at] = firstEntry(layout, place);
      this.length[at] = pools.entryCount[pool]!;
      this.constant[at] = layout.constant[place]!;
      this.requirement[at] = layout.requirement[place]!;
      this.scale[at] = layout.scale[place]!;
    }
  }

  solve(moves: SlotMoves, reach: number): void {
    const { start, length, weight, slot, constant, requirement, scale } = this;
    const entries = { start, length, stride: 2, weight, slot, constant, requirement, scale };
    marketShocks(this.count, this.everyone, entries, moves, Math.min(reach, FALL_MAX), this.shocks, reach);
  }

  place({ step, rungs }: Question, { alive, down, up }: Placed, uncertain: Set<number>): void {
    const { shocks, count, pool, rung, near, everyone } = this;
    for (const [sign, shock, to] of [[-1, shocks.down, down] as const, [1, shocks.up, up] as const]) {
      const listed = placeOnRungs(count, everyone, shock, shocks.error, shocks.flag, sign, step, rungs, rung, near);
      for (let i = 0; i < count; i++) {
        alive[pool[i]!] = 1;
        to[pool[i]!] = rung[i]!;
      }
      for (let i = 0; i < listed; i++) uncertain.add(pool[near[i]!]!);
    }
  }
}

/** Nothing falls to zero. */
const FALL_MAX = 0.999_999;

/** A pool that only the exact path can place, on its rungs of every question. */
function placeExactly(desk: DeskState, pool: number, questions: readonly Question[], placed: readonly Placed[]): void {
  const row = desk.pools.row[pool]!;
  const { account, book } = accountAndBook(desk, row);
  const rules = desk.rulesOf(account.venue);
  let ordinal = 0;
  for (let other = desk.firstPool[row]!; other !== pool && other !== NONE; other = desk.pools.next[other]!) ordinal++;
  const resolved = resolveAccount(account, book, rules).pools[ordinal];
  questions.forEach(({ market, step, rungs }, q) => {
    const { alive, down, up } = placed[q]!;
    alive[pool] = 1;
    const found = resolved && exactRungs(resolved, sumPool(resolved), rules, moveOf(desk, market), new Decimal(step), rungs);
    down[pool] = found?.ok ? found.value.down : UNDECIDED;
    up[pool] = found?.ok ? found.value.up : UNDECIDED;
  });
}

const moveOf = ({ board }: DeskState, market: string): MarketMove | undefined =>
  market === ''
    ? undefined
    : {
        movesInstrument: (id) => board.instruments[board.instrumentIndex.get(id)!]?.base === market,
        movesAsset: (asset) => asset === market,
      };

/** What a move of `market` ('' moves all) closes, rung by rung. `worth`: desk's unit per unit of size, by instrument. */
export function* ladderOf(desk: DeskState, worth: Float64Array, market: string, step: number, rungs: number): Job<DeskLadder> {
  const [placed] = yield* placePools(desk, [{ market, step, rungs }]);
  const ladder = emptyLadder(rungs);
  const { count, alive, down, up } = placed!;
  countPools(count, alive, down, up, ladder);
  yield;
  yield* addPositions(desk, worth, market, placed!, ladder);
  yield* addLent(desk, market, placed!, ladder);
  return messageOf(market, step, ladder);
}

function* addPositions(desk: DeskState, worth: Float64Array, market: string, placed: Placed, ladder: Ladder): Job<undefined> {
  const { legs } = desk.columns;
  const { count, alive, down, up } = placed;
  const isChosen = Uint8Array.from(desk.board.instruments, ({ base }) => (market === '' || base === market ? 1 : 0));
  for (let from = 0; from < desk.store.legUsed; from += LEGS_PER_SLICE) {
    const to = Math.min(from + LEGS_PER_SLICE, desk.store.legUsed);
    const pool = desk.legPool.subarray(from, to);
    addLegs(
      count,
      alive,
      down,
      up,
      to - from,
      pool,
      legs.instrument.subarray(from, to),
      legs.size.subarray(from, to),
      worth,
      isChosen,
      ladder,
    );
    yield;
  }
  return undefined;
}

/** Collateral of lending pools: what a liquidation of one puts up for sale. */
function* addLent(desk: DeskState, market: string, placed: Placed, ladder: Ladder): Job<undefined> {
  const { store, board, columns, firstPool } = desk;
  const isLending = store.venues.map((venue) => desk.rulesOf(venue).kind === 'lending');
  if (!isLending.includes(true)) return undefined;
  const [pool, asset, amount]: number[][] = [[], [], []];
  for (let row = 0; row < columns.count; row++) {
    if (!isLending[columns.accounts.venue[row]!] || firstPool[row] === NONE) continue;
    for (let b = store.balanceStart[row]!; b < store.balanceEnd[row]!; b++) {
      if (!(store.balanceAmount[b]! > 0)) continue;
      pool!.push(firstPool[row]!);
      asset!.push(store.balanceAsset[b]!);
      amount!.push(store.balanceAmount[b]!);
    }
    if ((row + 1) % LEGS_PER_SLICE === 0) yield;
  }
  const isChosen = Uint8Array.from(board.assets, (symbol) => (market === '' || symbol === market ? 1 : 0));
  const { count, alive, down, up } = placed;
  const columnsOf = [Uint32Array.from(pool!), Uint32Array.from(asset!), Float64Array.from(amount!)] as const;
  addLegs(count, alive, down, up, pool!.length, ...columnsOf, board.price, isChosen, ladder);
  return undefined;
}

/** Rungs in the order of the message: falls from the present outwards, then rises. */
function messageOf(market: string, step: number, ladder: Ladder): DeskLadder {
  const { rungs } = ladder;
  const places = Array.from({ length: 2 * rungs }, (_, i) => (i < rungs ? rungs - i - 1 : i + 1));
  const column = (values: Float64Array): Float64Array => Float64Array.from(places, (at) => values[at]!);
  return {
    market,
    step,
    // The nearest double of the decimal, not the sum of steps.
    move: Float64Array.from(places, (at) => Number(((at - rungs) * step).toPrecision(12))),
    long: column(ladder.long),
    short: column(ladder.short),
    otherLong: column(ladder.otherLong),
    otherShort: column(ladder.otherShort),
    pools: column(ladder.pools),
    alreadyLong: ladder.long[rungs]! + ladder.otherLong[rungs]!,
    alreadyShort: ladder.short[rungs]! + ladder.otherShort[rungs]!,
    alreadyPools: ladder.pools[rungs]!,
    undecidedPools: ladder.undecided,
    undecidedNotional: ladder.undecidedNotional,
  };
}

/** By source: 1 for the accounts of which the rung closes a pool: the move `upTo` does, the move `after` does not yet. */
export function* closedBy(desk: DeskState, sources: number, { market, after, upTo }: DeskRung): Job<Uint8Array> {
  const closed = new Uint8Array(sources);
  const questions = [upTo, after].filter((move) => move !== 0).map((move): Question => ({ market, step: Math.abs(move), rungs: 1 }));
  if (questions.length === 0) return closed;
  const [far, near] = yield* placePools(desk, questions);
  const direction = upTo < 0 ? 'down' : 'up';
  const { source } = desk.columns.accounts;
  for (let pool = 0; pool < far!.count; pool++) {
    const isClosed = far!.alive[pool] === 1 && far![direction][pool] === 1;
    const isEarlier = near !== undefined && near[direction][pool] !== NOT_WITHIN_REACH;
    if (isClosed && !isEarlier) closed[source[desk.pools.row[pool]!]!] = 1;
  }
  return closed;
}
