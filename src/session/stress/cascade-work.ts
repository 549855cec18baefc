/**
 * The answer to `stress-cascade`: which engine plays it, and what is told of it. Rules ST-7, ST-13, ST-14. What the columns can do they do
 * where many accounts are open; a few, and everything else, go through the exact engine, whose ledger sums to zero.
 */
import { InputError } from '../../domain/fault.ts';
import { type Decimal, ONE } from '../../domain/units.ts';
import { cascadeSteps } from '../../engine/cascade/cascade.ts';
import type { Cascade, CascadeRound } from '../../engine/cascade/types.ts';
import type { DeskState } from '../desk/desk-state.ts';
import type { OpenDesk } from '../desk/opened.ts';
import { CascadeEngine, type DeskCascade } from './cascade.ts';
import { type CascadeCommand, exactInput, isMixedBook } from './exact-cascade.ts';
import { depthsOf } from './feedback.ts';
import {
  STRESS_LISTED_MAX,
  STRESS_TAKERS_MAX,
  type StressAccountName,
  type StressCascade,
  type StressDepth,
  type StressFrame,
  type StressRound,
} from './messages.ts';
import { readScenario, type Scenario } from './scenario.ts';
import { marketsOf } from './stress-slots.ts';

/** Up to so many accounts the exact engine plays what the columns could. */
export const EXACT_AT_ONCE = 1_000;
/** Accounts that all rounds together list. */
const LISTED_IN_ALL = 20_000;

type Work = Generator<StressFrame | undefined, void>;

export function* cascadeWork(command: CascadeCommand, { kernel, sequence }: OpenDesk): Work {
  const scenario = readScenario(command.scenario, kernel.board);
  checkDepth(command.depth);
  yield undefined;
  if (kernel.columns.count <= EXACT_AT_ONCE || !isForColumns(command)) yield* exact(command, scenario, kernel, sequence);
  else yield yield* columnar(command, scenario, kernel, sequence);
}

/** What the columns play: pools whole, leftovers kept, one fund, pro rata or none (ST-7). */
const isForColumns = ({ procedure, leftovers, funds, deleveraging }: CascadeCommand): boolean =>
  procedure === 'full' && leftovers === 'keep' && funds.kind === 'one' && (deleveraging === 'pro-rata' || deleveraging === 'none');

/** A book that takes nothing has no price to close at (CA-4): refused rather than played as if nobody could be liquidated. */
function checkDepth({ perCent, otherwise }: StressDepth): void {
  const empty = Object.keys(perCent).filter((market) => perCent[market] === 0);
  if (otherwise === 0) empty.push('every other market');
  if (empty.length === 0) return;
  throw new InputError(
    empty.map((market) => ({
      pointer: '/depth',
      message: `a depth of zero gives no price to close at: ${market} needs a depth above zero, or none at all for an infinitely deep book`,
    })),
  );
}

function* exact(command: CascadeCommand, scenario: Scenario, desk: DeskState, bookSequence: number): Work {
  const input = yield* exactInput(desk, scenario, command);
  const isMixed = isMixedBook(input.book);
  const { requestId } = command;
  yield { kind: 'stress-progress', requestId, of: 'stress-cascade', fraction: 0, rounds: 0, closed: 0 };
  const steps = cascadeSteps(input);
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    const { fraction, rounds, closed } = step.value;
    yield { kind: 'stress-progress', requestId, of: 'stress-cascade', fraction, rounds, closed };
  }
  yield exactFrame(command, bookSequence, step.value, desk, isMixed, input.shock);
}

const number = (value: Decimal | undefined): number => value?.toNumber() ?? Number.NaN;

function exactFrame(
  { requestId }: CascadeCommand,
  bookSequence: number,
  played: Cascade,
  desk: DeskState,
  isMixed: boolean,
  shock: ReadonlyMap<string, Decimal>,
): StressCascade {
  const markets = [...played.startPrices.keys()];
  const rows = rowsById(desk);
  const name = (id: string): StressAccountName => nameAt(desk, rows.get(id)!);
  const takers = played.funds.flatMap(({ takers: given }) => given);
  takers.sort((a, b) => b.taken.comparedTo(a.taken));
  const byMarket = (values: ReadonlyMap<string, Decimal>): Float64Array =>
    Float64Array.from(markets, (market) => number(values.get(market)));
  const start = byMarket(played.startPrices);
  const listing = new Listing();
  return {
    kind: 'stress-cascade',
    requestId,
    bookSequence,
    markets,
    rounds: played.trace.map((round) => exactRound(round, byMarket, listing.take(round.closed).map(name))),
    start,
    shocked: Float64Array.from(markets, (market) => number(played.startPrices.get(market)?.times(ONE.plus(shock.get(market) ?? 0)))),
    end: byMarket(played.prices),
    multiplier: byMarket(played.multiplier),
    closedRows: Uint32Array.from(played.closed, (id) => rows.get(id)!),
    closedNotional: number(played.liquidatedNotional),
    deficits: number(played.deficits),
    income: played.funds.reduce((sum, { income }) => sum + number(income), 0),
    fundStart: played.funds.reduce((sum, fund) => sum + number(fund.start), 0),
    fundEnd: number(played.insuranceFundEnd),
    socialised: number(played.socialised),
    uncovered: number(played.uncovered),
    funds: played.funds.map((flow) => ({
      fund: flow.fund === 'all' ? '' : flow.fund,
      start: number(flow.start),
      end: number(flow.end),
      deficits: number(flow.deficits),
      income: number(flow.income),
      socialised: number(flow.socialised),
      uncovered: number(flow.uncovered),
    })),
    takers: takers.slice(0, STRESS_TAKERS_MAX).map(({ account, taken }) => ({ ...name(account), taken: number(taken) })),
    takerCount: takers.length,
    engine: 'exact',
    isSettled: played.end === 'settled',
    isMixed,
    aside: played.unjudged.length,
    asideReasons: counted(played.unjudged.map(({ reason }) => reason)),
  };
}

const exactRound = (
  { closed, prices, notional, deficits, income, funds }: CascadeRound,
  byMarket: (values: ReadonlyMap<string, Decimal>) => Float64Array,
  listed: readonly StressAccountName[],
): StressRound => ({
  closed: closed.length,
  listed,
  notional: number(notional),
  price: byMarket(prices),
  deficits: number(deficits),
  income: number(income),
  fund: number(funds),
});

/** The first of each round, and no more than so many in all. */
class Listing {
  private left = LISTED_IN_ALL;

  take<T>(all: readonly T[]): readonly T[] {
    const taken = all.slice(0, Math.min(STRESS_LISTED_MAX, this.left));
    this.left -= taken.length;
    return taken;
  }
}

function rowsById({ store, columns }: DeskState): Map<string, number> {
  const rows = new Map<string, number>();
  for (let row = 0; row < columns.count; row++) rows.set(store.names.idOf(columns.accounts.source[row]!), row);
  return rows;
}

function nameAt({ store, columns }: DeskState, row: number): StressAccountName {
  const source = columns.accounts.source[row]!;
  return { id: store.names.idOf(source), label: store.names.labelOf(source) ?? '', venue: store.venues[columns.accounts.venue[row]!]! };
}

function counted(reasons: readonly string[]): { reason: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}

/** Pools and prices are those of the first slice. */
function* columnar(
  command: CascadeCommand,
  scenario: Scenario,
  desk: DeskState,
  bookSequence: number,
): Generator<StressFrame, StressCascade> {
  const fund = command.funds.kind === 'one' ? command.funds.amount : 0;
  const steps = new CascadeEngine(desk).steps({
    scenario,
    depth: depthsOf(desk.board, marketsOf(desk), command.depth),
    fund,
    hasDeleveraging: command.deleveraging === 'pro-rata',
  });
  let step = steps.next();
  for (; !step.done; step = steps.next())
    yield { kind: 'stress-progress', requestId: command.requestId, of: 'stress-cascade', ...step.value };
  const played = step.value;
  const { markets, start, shocked, end, notional, deficits: byRound, fundEnd, socialised, uncovered, isMixed, aside } = played;
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const rowOf = (pool: number): number => desk.pools.row[pool]!;
  const deficits = sum(byRound);
  const takers = takersOf(desk, played);
  return {
    kind: 'stress-cascade',
    requestId: command.requestId,
    bookSequence,
    markets,
    rounds: roundsOf(desk, played, fund),
    start,
    shocked,
    end,
    multiplier: start.map((price, m) => multiplierOf(price, shocked[m]!, end[m]!)),
    closedRows: Uint32Array.from(new Set(played.closedPools.flat().map(rowOf))),
    closedNotional: sum(notional),
    deficits,
    income: 0,
    fundStart: fund,
    fundEnd,
    socialised,
    uncovered,
    funds: [{ fund: '', start: fund, end: fundEnd, deficits, income: 0, socialised, uncovered }],
    takers: takers.first,
    takerCount: takers.count,
    engine: 'columns',
    isSettled: !played.columns.isCutOff,
    isMixed,
    aside,
    asideReasons: [],
  };
}

/** CA-6 */
const multiplierOf = (start: number, shocked: number, end: number): number =>
  shocked === start || !(end > 0) ? Number.NaN : Math.log(end / start) / Math.log(shocked / start);

function roundsOf(desk: DeskState, { columns, closedPools, notional, deficits, shocked }: DeskCascade, fund: number): StressRound[] {
  const listing = new Listing();
  let left = fund;
  return columns.rounds.map(({ after }, r) => {
    const rows = [...new Set(closedPools[r]!.map((pool) => desk.pools.row[pool]!))];
    left -= deficits[r]!;
    return {
      closed: rows.length,
      listed: listing.take(rows).map((row) => nameAt(desk, row)),
      notional: notional[r]!,
      price: shocked.map((price, m) => price * after[m]!),
      deficits: deficits[r]!,
      income: 0,
      fund: left,
    };
  });
}

/** Pro rata: the same share of every profit. */
function takersOf(
  desk: DeskState,
  { profits, socialised }: DeskCascade,
): { first: (StressAccountName & { taken: number })[]; count: number } {
  if (!profits || socialised <= 0) return { first: [], count: 0 };
  const rows: number[] = [];
  let total = 0;
  profits.forEach((profit, row) => {
    if (!(profit > 0)) return;
    rows.push(row);
    total += profit;
  });
  rows.sort((a, b) => profits[b]! - profits[a]! || a - b);
  const first = rows.slice(0, STRESS_TAKERS_MAX).map((row) => ({ ...nameAt(desk, row), taken: (profits[row]! * socialised) / total }));
  return { first, count: rows.length };
}
