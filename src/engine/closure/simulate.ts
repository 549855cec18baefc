/**
 * A venue's closure of one pool, played at held prices: move after move until the pool is safe, empty, taken over or bankrupt. Nothing
 * is sent anywhere. Deterministic: prices and time are arguments. Rules CL-1…CL-10 of docs/spec/closure.md.
 */
import type { Account, Book } from '../../domain/book.ts';
import type { Reason } from '../../domain/outcome.ts';
import { Decimal } from '../../domain/units.ts';
import { openingPostings, type Places, placesOf } from '../ledger/integers.ts';
import { EMPTY_LEDGER, type Ledger, type Posting, post } from '../ledger/ledger.ts';
import { isLendingLiquidatable, sumLending } from '../lending/lending.ts';
import { collateralValue, isLiquidatable, sumPool } from '../margin/pool.ts';
import { type Leg, type Pool, resolveAccount } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import type { Units } from '../trade/units.ts';
import { carryOut } from './moves.ts';
import type { ClosureMove, ClosureProcedure, ClosureView } from './procedure.ts';

/** Price at which a market order for `size` (> 0) fills; `side` is what is traded: 1 buys, −1 sells. */
export type FillPrice = (leg: Leg, side: 1 | -1, size: Decimal) => Decimal;

/** Every market order at the mark. */
export const atMark: FillPrice = (leg) => {
  if (!leg.mark.ok) throw new RangeError(`no mark for ${leg.instrument.id}`);
  return leg.mark.value;
};

export interface ClosureInput {
  readonly account: Account;
  readonly book: Book;
  readonly rules: VenueRules;
  readonly procedure: ClosureProcedure;
  readonly pool: string;
  readonly timeMs: number;
  readonly lastPartialMs?: number;
  readonly units: Units;
  readonly fillPrice: FillPrice;
}

export interface ClosureFill {
  readonly instrument: string;
  readonly index: number;
  /** Signed change of the size: against the position. */
  readonly change: Decimal;
  readonly price: Decimal;
  /** Settlement asset. */
  readonly realized: Decimal;
  readonly fee: Decimal;
  /** Received (> 0) or paid (< 0) by the insurance fund beside the fee. */
  readonly insurance: Decimal;
}

export interface ClosureStep {
  readonly timeMs: number;
  readonly move: ClosureMove['kind'];
  readonly why: string;
  readonly fills: readonly ClosureFill[];
  readonly postings: readonly Posting[];
  /** The account after the step. */
  readonly account: Account;
}

export type ClosureEnd =
  /** The venue would not touch it. */
  | 'not-liquidatable'
  /** Something is left, and it is safe. */
  | 'healthy'
  /** Everything is closed, nothing is owed. */
  | 'empty'
  /** With money left in it, which the taker keeps. */
  | 'taken-over'
  /** Everything is closed or taken over and somebody else bore what was missing. */
  | 'bankrupt'
  /** The procedure can do no more at these prices. */
  | 'stopped'
  /** Something it depends on is not known. */
  | 'unknown';

export interface Closure {
  readonly steps: readonly ClosureStep[];
  readonly end: ClosureEnd;
  /** With `unknown`. */
  readonly reason?: Reason;
  /** With `stopped`: what the procedure says. */
  readonly why?: string;
  readonly account: Account;
  readonly ledger: Ledger;
  readonly places: Places;
}

/** More moves than any procedure makes; beyond them it is `stopped`. */
const MOVES_MAX = 2_000;

/** Plays the procedure (CL-1). Throws `RangeError` only for a procedure whose orders are not within the position. */
export function simulateClosure(given: ClosureInput): Closure {
  const places = placesOf(given.account, given.book, given.units);
  const input = { ...given, units: unitsOf(given.account, given.units, places) };
  let state: State = {
    account: input.account,
    ledger: post(EMPTY_LEDGER, openingPostings(input.account, input.book, places)),
    timeMs: input.timeMs,
    lastPartialMs: input.lastPartialMs,
    isUnfilled: false,
  };
  const steps: ClosureStep[] = [];
  const close = (end: ClosureEnd, more: Pick<Closure, 'reason' | 'why'> = {}): Closure => ({
    steps,
    end,
    ...more,
    account: state.account,
    ledger: state.ledger,
    places,
  });
  // The pool keeps its name while its positions keep their places: closed ones stay until the end.
  while (steps.length < MOVES_MAX) {
    const verdict = judge(state, input);
    if ('end' in verdict) return close(steps.length === 0 && verdict.end === 'healthy' ? 'not-liquidatable' : verdict.end, verdict.more);
    const move = verdict.bankrupt ? BANKRUPT : input.procedure.next(verdict.view);
    if (move.kind === 'stop') return close('stopped', { why: move.why });
    const done = carryOut(move, verdict.view, state.account, input, places);
    if (done.postings.length === 0) {
      if (state.isUnfilled) return close('stopped', { why: UNFILLED });
      state = { ...state, timeMs: state.timeMs + input.procedure.stepMs, isUnfilled: true };
      continue;
    }
    steps.push({ timeMs: state.timeMs, move: move.kind, why: move.why, ...done });
    state = {
      account: done.account,
      ledger: post(state.ledger, done.postings),
      timeMs: state.timeMs + input.procedure.stepMs,
      lastPartialMs: move.kind === 'orders' && move.isPartial ? state.timeMs : state.lastPartialMs,
      isUnfilled: false,
    };
    if (move.kind === 'takeover') return close(verdict.view.equity.lt(0) ? 'bankrupt' : 'taken-over');
    if (move.kind === 'write-off') return close('bankrupt');
    if (move.kind === 'absorption' && done.postings.some(({ party }) => party === 'insurance')) return close('bankrupt');
  }
  return close('stopped', { why: 'too many moves' });
}

/** The units of the whole closure: lots as they are for the sizes held at its start; assets as fine as the account's own amounts in lending. */
export function unitsOf(account: Account, units: Units, places: Places): Units {
  const sizes = new Map(account.positions.map(({ instrument, size }) => [instrument, size]));
  const isLending = account.positions.length === 0;
  return {
    lotOf: (instrument, size) => units.lotOf(instrument, sizes.get(instrument.id) ?? size),
    unitOf: (asset) => (isLending ? new Decimal(10).pow(-(places.get(`cash:${asset}`) ?? 0)) : units.unitOf(asset)),
  };
}

const UNFILLED = 'the order finds no fill within its limit';
const BANKRUPT: ClosureMove = { kind: 'takeover', by: 'insurance', why: 'everything is closed and money is missing' };

interface State {
  readonly account: Account;
  readonly ledger: Ledger;
  readonly timeMs: number;
  readonly lastPartialMs: number | undefined;
  readonly isUnfilled: boolean;
}

type Verdict =
  | { readonly end: ClosureEnd; readonly more?: Pick<Closure, 'reason' | 'why'> }
  | { readonly view: ClosureView; readonly bankrupt: boolean };

function judge(state: State, input: ClosureInput): Verdict {
  const pool = resolveAccount(state.account, input.book, input.rules).pools.find(({ id }) => id === input.pool);
  if (!pool) return { end: 'empty' };
  return pool.kind === 'lending' ? judgeLending(pool, state, input) : judgePerpetual(withoutClosed(pool), state, input);
}

/** The pool without the positions that are closed already. */
const withoutClosed = (pool: Pool): Pool => ({ ...pool, legs: pool.legs.filter((leg) => !leg.position.size.isZero()) });

function judgePerpetual(pool: Pool, state: State, { rules, units }: ClosureInput): Verdict {
  const sums = sumPool(pool);
  const { equity, maintenanceMargin, liquidationFees } = sums;
  const verdict = isLiquidatable(pool, sums, rules);
  for (const figure of [equity, maintenanceMargin, liquidationFees, verdict]) if (!figure.ok) return { end: 'unknown', more: figure };
  if (!equity.ok || !maintenanceMargin.ok || !liquidationFees.ok || !verdict.ok) return { end: 'unknown' };
  const requirement = maintenanceMargin.value.plus(liquidationFees.value);
  const { timeMs, lastPartialMs, isUnfilled } = state;
  const view: ClosureView = { pool, sums, equity: equity.value, requirement, timeMs, lastPartialMs, isUnfilled, units };
  if (pool.legs.length === 0 && pool.maintenanceMarginOther.isZero()) {
    const isShort = pool.collateral.some((item) => item.amount.isNegative());
    const owed = pool.collateral.map(collateralValue).some((value) => !value.ok);
    if (owed && isShort) return { end: 'unknown' };
    return equity.value.isNegative() && !equity.value.isZero() ? { view, bankrupt: true } : { end: 'empty' };
  }
  if (pool.legs.length === 0) return { end: 'stopped', more: { why: 'only holdings that are not listed are left' } };
  return verdict.value ? { view, bankrupt: false } : { end: 'healthy' };
}

function judgeLending(pool: Pool, state: State, { rules, units }: ClosureInput): Verdict {
  const lending = sumLending(pool);
  const verdict = isLendingLiquidatable(lending, rules);
  if (!verdict.ok) return { end: 'unknown', more: verdict };
  if (!lending.riskAdjusted.ok || !lending.debt.ok) return { end: 'unknown' };
  if (!verdict.value) return { end: lending.debt.value.isZero() ? 'empty' : 'healthy' };
  const { timeMs, lastPartialMs, isUnfilled } = state;
  const view: ClosureView = {
    pool,
    isUnfilled,
    sums: sumPool({ ...pool, collateral: [] }),
    equity: lending.riskAdjusted.value,
    requirement: lending.debt.value,
    timeMs,
    lastPartialMs,
    units,
  };
  return { view, bankrupt: false };
}
