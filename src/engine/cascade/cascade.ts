/** A cascade from its shock to the fixed point, exactly. Rules CA-1…CA-19 of docs/spec/cascade.md. Pure; the same input, the same answer. */
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { profitAt } from '../margin/leg.ts';
import type { Leg } from '../resolve.ts';
import { MONEY_PLACES } from './cash-book.ts';
import { takenFrom } from './deleveraging.ts';
import { marksOf, repricedPool, shockOf } from './marks.ts';
import { pricesOf, roundSteps } from './round.ts';
import { type FundState, fundNameOf, holderOf, openSteps, type Run } from './run.ts';
import { type Entrant, judge, openPool, type Standing } from './standing.ts';
import type { Cascade, CascadeAccountEnd, CascadeInput, FundFlow, Market, Winner } from './types.ts';

/** More turns than any procedure takes: whole pools close in at most as many rounds as there are pools. */
const TURNS_MAX = 10_000;

/**
 * Plays rounds until nobody is breached (CA-8), then settles what the funds owe (CA-13). The provider of liquidity takes the other side of
 * every forced trade and pays no part of a shortfall. Throws `RangeError` for accounts in several units of account and for a shock below
 * −1 or a depth below 0, which callers refuse with their own words.
 */
export function runCascade(input: CascadeInput): Cascade {
  const steps = cascadeSteps(input);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** How far a cascade is. */
export interface CascadeProgress {
  /** Rounds played, and accounts closed in them. */
  readonly rounds: number;
  readonly closed: number;
  /** Of the present round: share of the accounts that were judged. */
  readonly fraction: number;
}

/** `runCascade` in slices of a few dozen pools. */
export function* cascadeSteps(input: CascadeInput): Generator<CascadeProgress, Cascade> {
  for (const shocks of [input.shock, ...(input.venueShock?.values() ?? [])])
    for (const [market, shock] of shocks) if (shock.lt(-1)) throw new RangeError(`a shock below −1: ${market}`);
  const opening = openSteps(input);
  let opened = opening.next();
  for (; !opened.done; opened = opening.next()) yield { rounds: 0, closed: 0, fraction: 0 };
  const run = opened.value;
  let turn = 0;
  let isSettled = false;
  while (!isSettled && turn < TURNS_MAX) {
    const round = roundSteps(run, turn++);
    let step = round.next();
    for (; !step.done; step = round.next()) yield { rounds: run.trace.length, closed: run.closed.size, fraction: step.value };
    isSettled = !step.value;
    yield { rounds: run.trace.length, closed: run.closed.size, fraction: 1 };
  }
  const taken = new Map<string, Decimal>();
  const funds = [...run.funds].map(([name, fund]) => settleFund(run, name, fund, taken));
  const total = (of: (flow: FundFlow) => Decimal): Decimal => funds.reduce((sum, flow) => sum.plus(of(flow)), ZERO);
  return {
    rounds: run.trace.length,
    end: isSettled ? 'settled' : 'cut-off',
    startPrices: new Map(run.quotes.map(({ market, price }) => [market, price])),
    prices: pricesOf(run),
    marks: marksOf(input.book, run.factorsOn),
    closed: [...run.closed],
    liquidatedNotional: run.liquidatedNotional,
    deficits: total((flow) => flow.deficits),
    insuranceFundEnd: total((flow) => flow.end),
    socialised: total((flow) => flow.socialised),
    uncovered: total((flow) => flow.uncovered),
    multiplier: multipliers(run),
    trace: run.trace,
    funds,
    liquidity: { cash: run.liquidityCash, volume: run.sold },
    accounts: run.entrants.map((entrant) => accountEnd(run, entrant, taken)),
    unjudged: [...run.unjudged.values()],
  };
}

/** CA-6: ln(end ÷ start) ÷ ln(1 + shock) of every market that was shocked and has a price above zero. */
function multipliers(run: Run): ReadonlyMap<Market, Decimal> {
  const found = new Map<Market, Decimal>();
  for (const { market, venue, price } of run.quotes) {
    const shock = shockOf(run.input, venue ?? '', market);
    const end = price.times(run.factorsOn(venue ?? '')(market));
    if (!shock.isZero() && end.gt(0)) found.set(market, end.div(price).ln().div(ONE.plus(shock).ln()));
  }
  return found;
}

/** CA-13…CA-15: what the fund owes is taken from winners that still hold positions; what nobody gives is uncovered. */
function settleFund(run: Run, name: string, fund: FundState, taken: Map<string, Decimal>): FundFlow {
  const cash = `cash:${run.unit}` as const;
  const shortfall = run.book.amountOf(fund.holder, cash).negated();
  const takers: { account: string; taken: Decimal }[] = [];
  if (shortfall.gt(0)) {
    const candidates = run.entrants.flatMap((entrant) =>
      fundNameOf(run.input, entrant.account.venue) === name ? winnerOf(run, entrant) : [],
    );
    const shares = takenFrom(
      candidates.map(({ winner }) => winner),
      shortfall,
      run.input.deleveraging,
    );
    // Rounded as a running sum, so that the parts are whole units and sum to the shortfall.
    let [sum, booked] = [ZERO, ZERO];
    candidates.forEach(({ winner, gains }, i) => {
      sum = sum.plus(shares[i] as Decimal);
      const given = sum.toDecimalPlaces(MONEY_PLACES).minus(booked);
      booked = booked.plus(given);
      if (given.isZero()) return;
      take(run, fund, gains, given);
      takers.push({ account: winner.account, taken: given });
      taken.set(winner.account, given);
    });
  }
  const left = run.book.amountOf(fund.holder, cash);
  const uncovered = left.isNegative() ? run.book.move(cash, 'uncovered', fund.holder, left.negated()) : ZERO;
  return {
    fund: name,
    start: fund.start,
    end: run.book.amountOf(fund.holder, cash),
    deficits: fund.deficits,
    income: fund.income,
    socialised: takers.reduce((sum, { taken: given }) => sum.plus(given), ZERO),
    uncovered,
    takers,
  };
}

interface Gain {
  readonly standing: Standing;
  readonly profit: Decimal;
}

/** `amount` from the account's pools, the largest profit first; from the last of them what rounding leaves. */
function take(run: Run, fund: FundState, gains: readonly Gain[], amount: Decimal): void {
  let left = amount;
  gains.forEach(({ standing, profit }, i) => {
    const isLast = !(gains[i + 1]?.profit.gt(0) ?? false);
    const part = isLast ? left : Decimal.min(left, profit.toDecimalPlaces(MONEY_PLACES));
    if (part.lte(0)) return;
    run.book.move(`cash:${run.unit}`, holderOf(standing, run.input), fund.holder, part);
    left = left.minus(part);
  });
}

/** The account as a winner: profit since the start, over the positions that it still holds (CA-14). */
function winnerOf(run: Run, entrant: Entrant): { winner: Winner; gains: Gain[] }[] {
  const { account, rules, pools } = entrant;
  const sums = { profit: ZERO, unrealizedPnl: ZERO, startNotional: ZERO, entryNotional: ZERO, notional: ZERO, equity: ZERO };
  const gains: Gain[] = [];
  for (const standing of pools) {
    const start = openPool(standing.pool);
    if (standing.isDone || start.legs.length === 0) continue;
    const now = repricedPool(start, run.unit, run.factorsOn(account.venue));
    const judgement = judge(now, rules);
    if (!judgement.ok) continue;
    let profit = ZERO;
    now.legs.forEach((leg, i) => {
      const part = partOf(leg, start.legs[i] as Leg);
      profit = profit.plus(part.profit);
      for (const key of ['unrealizedPnl', 'startNotional', 'entryNotional', 'notional'] as const) sums[key] = sums[key].plus(part[key]);
    });
    sums.profit = sums.profit.plus(profit);
    sums.equity = sums.equity.plus(judgement.value.equity);
    gains.push({ standing, profit });
  }
  if (sums.profit.lte(0)) return [];
  gains.sort((a, b) => b.profit.comparedTo(a.profit));
  return [{ winner: { account: account.id, venue: account.venue, ...sums }, gains }];
}

/** One position's part of the winner's figures, unit of account at present prices. */
function partOf(leg: Leg, start: Leg) {
  if (!leg.v.ok || !start.v.ok || !leg.settlePrice.ok) throw new RangeError(`no price for ${leg.instrument.id}`);
  const settle = leg.settlePrice.value;
  const size = leg.delta.abs().times(settle);
  return {
    profit: leg.delta.times(leg.v.value.minus(start.v.value)).times(settle),
    unrealizedPnl: profitAt(leg, leg.v.value).times(settle),
    startNotional: size.times(start.v.value),
    entryNotional: size.times(leg.entryV),
    notional: size.times(leg.v.value),
  };
}

function accountEnd(run: Run, entrant: Entrant, taken: ReadonlyMap<string, Decimal>): CascadeAccountEnd {
  const cash = new Map<string, Decimal>();
  const holders = new Set(entrant.pools.map((standing) => holderOf(standing, run.input)));
  for (const holder of holders)
    for (const [item, amount] of run.book.holdings(holder)) if (item.startsWith('cash:')) add(cash, item.slice('cash:'.length), amount);
  for (const standing of entrant.pools)
    if (!(standing.isDone && run.input.procedure === 'full' && !run.unjudged.has(`${entrant.account.id}/${standing.id}`)))
      for (const leg of openPool(standing.pool).legs) add(cash, leg.instrument.settle, leg.delta.times(leg.entryV).negated());
  const { id, venue } = entrant.account;
  return { account: id, venue, isClosed: run.closed.has(id), cash, taken: taken.get(id) ?? ZERO };
}

const add = (cash: Map<string, Decimal>, asset: string, amount: Decimal): void => {
  cash.set(asset, (cash.get(asset) ?? ZERO).plus(amount));
};
