/** One round: who is breached, what they trade, one average for all of them, the price after. Rules CA-8…CA-13 of docs/spec/cascade.md. */
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { averageOf, isFillable } from './depth.ts';
import { type FactorOf, factorsOf, repricedPool } from './marks.ts';
import { giveUp, type Run } from './run.ts';
import { judge, openPool, type Standing } from './standing.ts';
import type { CascadeRound, Market } from './types.ts';
import { venueMove } from './venue-move.ts';
import { wholeMove } from './whole.ts';

/** What one pool does in a round. */
export interface Move {
  readonly standing: Standing;
  /** Nothing of it can be carried out this time: the pool is asked again in the next round. */
  readonly isIdle: boolean;
  /** Base units it trades, + sold, when the round fills at these averages; only ever less than before for averages met again. */
  readonly volumesAt: (averageOf: (market: Market) => Decimal) => readonly { readonly market: Market; readonly amount: Decimal }[];
  /** Trades, at the prices before the round × these averages. */
  readonly carryOut: (averageOf: (market: Market) => Decimal) => void;
  /** What follows at the prices after the round. */
  readonly settle: () => void;
}

/** Pools that are judged in one slice. */
const POOLS_PER_SLICE = 64;

/**
 * Plays a round, in slices: each gives the share of the pools that were judged. False where nothing happened and nothing will. `turn` counts
 * from 0, rounds in which nothing filled included.
 */
export function* roundSteps(run: Run, turn: number): Generator<number, boolean> {
  const before = totals(run);
  const moves = yield* movesOf(run, turn);
  if (moves.length === 0) return false;
  const { standing: filled, averages, volumes } = clear(run, moves);
  const average = (market: Market): Decimal => averages.get(market) ?? ONE;
  const vwap = pricesOf(run, average);
  for (const move of filled) move.carryOut(average);
  const sold = new Map(run.sold);
  for (const [market, volume] of volumes) sold.set(market, (sold.get(market) ?? ZERO).plus(volume));
  run.sold = sold;
  run.factorsOn = factorsOf(run.input, run.input.depth, sold);
  for (const move of filled) move.settle();
  const acted = filled.filter((move) => !move.isIdle);
  const closed = [...new Set(acted.map((move) => move.standing.entrant.account.id))];
  if (closed.length > 0) {
    for (const id of closed) run.closed.add(id);
    run.trace.push(traced(run, closed, vwap, volumes, before));
  }
  for (const [item, sum] of run.book.sums()) if (sum !== 0n) throw new RangeError(`${item} sums to ${sum}, not to zero`);
  return true;
}

function* movesOf(run: Run, turn: number): Generator<number, Move[]> {
  const moves: Move[] = [];
  let judged = 0;
  for (const [at, { account, rules, pools }] of run.entrants.entries()) {
    const factorOf = run.factorsOn(account.venue);
    for (const standing of pools) {
      if (standing.isDone || standing.stuckAt === run.trace.length) continue;
      if (++judged % POOLS_PER_SLICE === 0) yield at / run.entrants.length;
      const pool = openPool(repricedPool(standing.pool, run.unit, factorOf));
      const judgement = judge(pool, rules);
      if (!judgement.ok) {
        giveUp(run, standing, judgement.reason, judgement.subject);
        continue;
      }
      const move =
        run.input.procedure === 'full'
          ? judgement.value.isBreached && wholeMove(run, standing, pool)
          : venueMove(run, standing, pool, judgement.value, turn, run.input.procedure(account.venue));
      if (move) moves.push(move);
    }
  }
  return moves;
}

interface Clearing {
  readonly standing: readonly Move[];
  readonly averages: ReadonlyMap<Market, Decimal>;
  readonly volumes: ReadonlyMap<Market, Decimal>;
}

/**
 * The averages at which what is traded is just what fills there (CA-10): orders outside their limits fall away and the rest is averaged
 * anew, until none falls away. Pools that trade in a market which cannot take the volume are given up (CA-4).
 */
function clear(run: Run, moves: readonly Move[]): Clearing {
  let standing = moves;
  let averages: ReadonlyMap<Market, Decimal> = new Map();
  for (;;) {
    const volumes = new Map<Market, Decimal>();
    const markets = new Map<Move, Set<Market>>();
    for (const move of standing) {
      const met = new Set<Market>();
      for (const { market, amount } of move.volumesAt((name) => averages.get(name) ?? ONE)) {
        volumes.set(market, (volumes.get(market) ?? ZERO).plus(amount));
        met.add(market);
      }
      markets.set(move, met);
    }
    const full = new Set([...volumes.keys()].filter((market) => !canTake(run, market, volumes.get(market) as Decimal)));
    if (full.size > 0) {
      const left = standing.filter((move) => ![...(markets.get(move) ?? [])].some((market) => full.has(market)));
      for (const move of standing) if (!left.includes(move)) giveUp(run, move.standing, 'no-depth', [...full][0]);
      standing = left;
      averages = new Map();
      continue;
    }
    const next = new Map([...volumes].map(([market, volume]) => [market, averageOf(volume, run.input.depth.get(market))]));
    if (isSame(averages, next)) return { standing, averages, volumes };
    averages = next;
  }
}

function canTake(run: Run, market: Market, volume: Decimal): boolean {
  const depth = run.input.depth.get(market);
  if (depth === undefined) return true;
  return depth.gt(0) && isFillable((run.sold.get(market) ?? ZERO).plus(volume), depth);
}

const isSame = (a: ReadonlyMap<Market, Decimal>, b: ReadonlyMap<Market, Decimal>): boolean =>
  a.size === b.size && [...b].every(([market, value]) => a.get(market)?.eq(value));

/** Price by market at the run's factors × `scale`. */
export function pricesOf(run: Run, scale: (market: Market) => Decimal = () => ONE): ReadonlyMap<Market, Decimal> {
  const common: FactorOf = run.factorsOn('');
  return new Map(
    run.quotes.map(({ market, venue, price }) => {
      const factorOf = venue === undefined ? common : run.factorsOn(venue);
      return [market, price.times(factorOf(market)).times(scale(market))];
    }),
  );
}

interface Totals {
  readonly notional: Decimal;
  readonly deficits: Decimal;
  readonly income: Decimal;
}

function totals(run: Run): Totals {
  const funds = [...run.funds.values()];
  return {
    notional: run.liquidatedNotional,
    deficits: Decimal.sum(0, ...funds.map(({ deficits }) => deficits)),
    income: Decimal.sum(0, ...funds.map(({ income }) => income)),
  };
}

function traced(run: Run, closed: readonly string[], vwap: CascadeRound['vwap'], sold: CascadeRound['sold'], before: Totals): CascadeRound {
  const after = totals(run);
  return {
    round: run.trace.length + 1,
    closed,
    prices: pricesOf(run),
    vwap,
    sold,
    notional: after.notional.minus(before.notional),
    deficits: after.deficits.minus(before.deficits),
    income: after.income.minus(before.income),
    funds: Decimal.sum(0, ...[...run.funds.values()].map(({ holder }) => run.book.amountOf(holder, `cash:${run.unit}`))),
  };
}
