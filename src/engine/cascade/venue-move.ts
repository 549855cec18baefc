/** One move of a venue's own procedure in a round of a cascade: orders at the round's average, or a takeover. Rule CA-17. */
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { carryOut } from '../closure/moves.ts';
import type { ClosureMove, ClosureOrder, ClosureProcedure, ClosureView } from '../closure/procedure.ts';
import { type ClosureFill, type ClosureInput, unitsOf } from '../closure/simulate.ts';
import { type Places, placesOf } from '../ledger/integers.ts';
import type { Item } from '../ledger/ledger.ts';
import { type Leg, type Pool, resolveAccount } from '../resolve.ts';
import { defaultUnits, type Units } from '../trade/units.ts';
import { volumeOf } from './marks.ts';
import type { Move } from './round.ts';
import { addTo, changedIntoUnit, fundOf, giveUp, holderOf, noteFund, type Run, resume, wait } from './run.ts';
import { type Judgement, openPool, type Standing } from './standing.ts';

const BANKRUPT: ClosureMove = { kind: 'takeover', by: 'insurance', why: 'everything is closed and money is missing' };

type ActiveMove = Exclude<ClosureMove, { kind: 'stop' }>;

/** The procedure's next move at the prices before the round, or nothing where the pool is safe or nothing more can be done. */
export function venueMove(
  run: Run,
  standing: Standing,
  pool: Pool,
  judgement: Judgement,
  turn: number,
  procedure: ClosureProcedure,
): Move | undefined {
  const isBankrupt = standing.isTouched && pool.kind !== 'lending' && pool.legs.length === 0 && judgement.equity.isNegative();
  if (!judgement.isBreached && !(isBankrupt && !judgement.equity.isZero())) return undefined;
  const { account } = standing.entrant;
  const places = placesOf(account, run.input.book, defaultUnits);
  const units = unitsOf(account, defaultUnits, places);
  const timeMs = turn * procedure.stepMs;
  const view: ClosureView = { ...judgement, pool, timeMs, lastPartialMs: standing.lastPartialMs, isUnfilled: standing.isUnfilled, units };
  const move = isBankrupt ? BANKRUPT : procedure.next(view);
  if (move.kind === 'stop') {
    wait(run, standing, standing.isUnfilled ? 'no-depth' : 'unsupported');
    return undefined;
  }
  return active(run, { standing, view, procedure, places, units }, move);
}

interface Play {
  readonly standing: Standing;
  readonly view: ClosureView;
  readonly procedure: ClosureProcedure;
  readonly places: Places;
  readonly units: Units;
}

type AverageOf = (market: string) => Decimal;

function active(run: Run, play: Play, move: ActiveMove): Move {
  const { standing } = play;
  let accepted = move;
  let isIdle = false;
  return {
    standing,
    get isIdle() {
      return isIdle;
    },
    volumesAt: (averageOf) => {
      accepted = within(accepted, play.view, averageOf);
      return volumesOf(run, accepted);
    },
    carryOut: (averageOf) => {
      isIdle = isEmpty(accepted);
      if (isIdle) waitOrGiveUp(run, standing);
      else perform(run, play, accepted, averageOf);
    },
    settle: () => {
      if (!isIdle) settleFund(run, standing);
    },
  };
}

const isEmpty = (move: ActiveMove): boolean =>
  (move.kind === 'orders' && move.orders.length === 0) || (move.kind === 'seizure' && move.seized.isZero());

function waitOrGiveUp(run: Run, standing: Standing): void {
  if (standing.isUnfilled) wait(run, standing, 'no-depth');
  else standing.isUnfilled = true;
}

/** The move without what does not fill at these averages: orders past their limit; a call that the sale of the collateral does not repay. */
function within(move: ActiveMove, view: ClosureView, averageOf: AverageOf): ActiveMove {
  if (move.kind === 'orders') {
    const orders = move.orders.filter((order) => fills(order, averageOf(order.leg.instrument.base)));
    return orders.length === move.orders.length ? move : { ...move, orders };
  }
  if (move.kind !== 'seizure' || move.seized.isZero()) return move;
  const price = (asset: string): Decimal => {
    const found = view.pool.collateral.find((item) => item.asset === asset)?.price;
    return found?.ok ? found.value : ZERO;
  };
  const proceeds = move.seized.times(price(move.collateral)).times(averageOf(move.collateral));
  return proceeds.lt(move.repaid.times(price(move.debt))) ? { ...move, seized: ZERO, repaid: ZERO, venueFee: ZERO } : move;
}

function fills({ leg, limit }: ClosureOrder, average: Decimal): boolean {
  if (!limit || !leg.mark.ok) return true;
  const price = leg.mark.value.times(average);
  return leg.side > 0 ? price.gte(limit) : price.lte(limit);
}

function volumesOf(run: Run, move: ActiveMove): { market: string; amount: Decimal }[] {
  if (move.kind === 'seizure' && !move.seized.isZero() && move.collateral !== run.unit)
    return [{ market: move.collateral, amount: move.seized }];
  if (move.kind !== 'orders') return [];
  return move.orders.map(({ leg, size }) => {
    const volume = volumeOf(leg, size.times(leg.side));
    return { market: leg.instrument.base, amount: volume.ok ? volume.value : ZERO };
  });
}

/** Carries the move out at the round's averages and books it: what the fund gets is settled after the round. */
function perform(run: Run, { standing, view, procedure, places, units }: Play, move: ActiveMove, averageOf: AverageOf): void {
  const { entrant } = standing;
  const fillPrice = (leg: Leg): Decimal => (leg.mark.ok ? leg.mark.value.times(averageOf(leg.instrument.base)) : ZERO);
  const input: ClosureInput = {
    account: entrant.account,
    book: run.input.book,
    rules: entrant.rules,
    procedure,
    pool: standing.id,
    timeMs: view.timeMs,
    units,
    fillPrice,
  };
  const done = carryOut(move, view, entrant.account, input, places);
  if (done.postings.length === 0) return void waitOrGiveUp(run, standing);
  run.book.post(done.postings, places, (party) => {
    if (party === 'account') return holderOf(standing, run.input);
    return party === 'insurance' ? fundOf(run, standing).holder : party;
  });
  if (move.kind === 'orders') for (const fill of done.fills) noteFill(run, view, fill);
  if (move.kind === 'seizure') sellSeized(run, view, move, averageOf);
  resume(run, standing);
  standing.isTouched = true;
  standing.isUnfilled = false;
  if (move.kind === 'orders' && move.isPartial) standing.lastPartialMs = view.timeMs;
  if (move.kind === 'takeover' || move.kind === 'write-off') standing.isDone = true;
  entrant.account = done.account;
  const pools = new Map(resolveAccount(done.account, run.input.book, entrant.rules).pools.map((pool) => [pool.id, pool]));
  for (const other of entrant.pools) {
    const pool = pools.get(other.id);
    other.pool = pool ? openPool(pool) : { ...other.pool, legs: [], collateral: [] };
    if (!pool) other.isDone = true;
  }
}

function noteFill(run: Run, view: ClosureView, { index, change, price }: ClosureFill): void {
  const leg = view.pool.legs.find((candidate) => candidate.index === index);
  if (!leg?.settlePrice.ok) return;
  const { contract, contractSize, settle } = leg.instrument;
  const units = change.times(contractSize);
  const value = contract === 'inverse' ? units.negated().div(price) : units.times(price);
  addTo(run.liquidityCash, settle, value);
  run.liquidatedNotional = run.liquidatedNotional.plus(value.abs().times(leg.settlePrice.value));
}

/** The liquidator sells what it seized: at the round's average, for the unit of account. */
function sellSeized(run: Run, view: ClosureView, move: Extract<ClosureMove, { kind: 'seizure' }>, averageOf: AverageOf): void {
  const price = view.pool.collateral.find((item) => item.asset === move.collateral)?.price;
  if (!price?.ok || move.collateral === run.unit) return;
  const item: Item = `cash:${move.collateral}`;
  const value = move.seized.times(price.value).times(averageOf(move.collateral) ?? ONE);
  run.book.move(item, 'liquidator', 'market', move.seized);
  run.book.move(`cash:${run.unit}`, 'market', 'liquidator', value);
  addTo(run.liquidityCash, run.unit, value.negated());
  run.liquidatedNotional = run.liquidatedNotional.plus(value);
}

/** Whatever the fund was paid or made to pay in this move, in the unit of account: each pool of a fund after the other. */
function settleFund(run: Run, standing: Standing): void {
  const fund = fundOf(run, standing);
  const before = fund.start.plus(fund.income).minus(fund.deficits);
  const now = changedIntoUnit(run, fund.holder, standing.entrant.account.venue);
  if (now === undefined) return void giveUp(run, standing, 'missing-mark');
  noteFund(fund, now.minus(before));
}
