/** Simulated closures of a watched account (rules CL-17…CL-21 of docs/spec/closure.md). Nothing is ever sent to a venue. */
import type { Account, Book } from '../../domain/book.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { atMark, type Closure, type ClosureStep, simulateClosure } from '../../engine/closure/simulate.ts';
import { riskOf, settled } from '../../engine/cure/outcome.ts';
import type { Places } from '../../engine/ledger/integers.ts';
import { type Item, type Ledger, sumsOf } from '../../engine/ledger/ledger.ts';
import { movedBook } from '../../engine/moved-book.ts';
import { resolveAccount } from '../../engine/resolve.ts';
import { defaultUnits } from '../../engine/trade/units.ts';
import { decimalText } from '../../formats/assessment-json.ts';
import { venues } from '../../venues/registry.ts';
import { sceneOf } from './cure-aim.ts';
import type { ClosureStepView, ClosureView, HoldingView } from './cure-messages.ts';
import type { LookedAt } from './look.ts';

export interface Closed {
  readonly view: ClosureView;
  /** Closed positions still in their place with size 0. */
  readonly inPlace: Account;
  /** As it is read and written: closed positions gone. */
  readonly account: Account;
  /** When a part of a position was closed last; undefined where none was. */
  readonly lastPartialMs: number | undefined;
}

interface ClosureAsk {
  readonly account: Account;
  readonly book: Book;
  readonly pool: string;
  readonly timeMs: number;
  readonly lastPartialMs?: number | undefined;
  readonly move?: Decimal;
}

function venueOf({ venue }: Account) {
  const found = venues[venue];
  if (!found) throw new Error(`account on unknown venue ${venue}: the book was not read through its reader`);
  return found;
}

/** CL-17: the venue's own procedure on the pool, filled at the marks of `book`. Undefined where nothing was done. */
function played(ask: ClosureAsk, looked: LookedAt): Closed | undefined {
  const { account, book, pool, timeMs, lastPartialMs } = ask;
  const closure = simulateClosure({
    account,
    book,
    rules: looked.rules,
    procedure: venueOf(account).closure,
    pool,
    timeMs,
    ...(lastPartialMs === undefined ? {} : { lastPartialMs }),
    units: defaultUnits,
    fillPrice: atMark,
  });
  if (closure.steps.length === 0) return undefined;
  const after = settled(closure.account, { ...sceneOf(looked), book });
  const partial = closure.steps.findLast(isPartial);
  return {
    view: viewOf(ask, closure, after),
    inPlace: closure.account,
    account: after,
    lastPartialMs: partial ? partial.timeMs : lastPartialMs,
  };
}

const isPartial = ({ move, fills, account }: ClosureStep): boolean =>
  move === 'orders' && fills.some(({ index }) => account.positions[index]?.size.isZero() === false);

/** CL-17: what the venue does to a pool that it liquidates at the prices of the look; undefined where it does nothing. */
export const closeNow = (looked: LookedAt, account: Account, timeMs: number, lastPartialMs: number | undefined): Closed | undefined =>
  played({ account, book: looked.priced.book, pool: looked.pool.id, timeMs, lastPartialMs }, looked);

/** Beyond the line by these shares of the price, until the venue acts. */
const BEYOND = ['0', '0.000001', '0.0001', '0.01'].map((text) => new Decimal(text));

/** Places of the move, rounded away from the present price. */
const MOVE_PLACES = 8;

/**
 * CL-18: the closure if the line were touched now: all volatile prices moved together to where the pool ends, and as little beyond as makes
 * the venue act. A sentence for people where there is no such line.
 */
export function closeAtLine(looked: LookedAt, timeMs: number, lastPartialMs: number | undefined): Closed | string {
  const { account, unit, rules } = looked;
  const shock = looked.pool.uniformShock;
  const present = closeNow(looked, account, timeMs, lastPartialMs);
  if (present) return present;
  if (!shock.ok) return shock.reason === 'never' ? 'no common move of all prices ends this pool' : 'where this pool ends is not known';
  for (const beyond of BEYOND) {
    const past = shock.value.plus(beyond.times(shock.value.isNegative() ? -1 : 1)).toDecimalPlaces(MOVE_PLACES, Decimal.ROUND_UP);
    const move = Decimal.max(past, '-0.999999');
    const book = movedBook(looked.priced.book, unit, { all: move, byMarket: new Map() });
    const pool = resolveAccount(account, book, rules).pools.find(({ id }) => id === looked.pool.id);
    if (!pool || !riskOf(pool, rules).isLiquidatable) continue;
    const closed = played({ account, book, pool: pool.id, timeMs, lastPartialMs, move }, looked);
    if (closed) return closed;
  }
  return 'the venue’s procedure does nothing at that price';
}

function viewOf({ account, book, pool, timeMs, move = ZERO }: ClosureAsk, closure: Closure, after: Account): ClosureView {
  const fees = new Map<string, Decimal>();
  const settleOf = (instrument: string): string => book.instruments.get(instrument)?.settle ?? '';
  for (const { instrument, fee, insurance } of closure.steps.flatMap(({ fills }) => fills))
    fees.set(settleOf(instrument), (fees.get(settleOf(instrument)) ?? ZERO).plus(fee).plus(insurance));
  return {
    account: account.id,
    pool,
    timeMs,
    end: closure.end,
    why: closure.why ?? closure.reason ?? '',
    move: decimalText(move),
    steps: closure.steps.map((step) => stepView(step, closure.places, settleOf)),
    fees: [...fees].filter(([, amount]) => !amount.isZero()).map(([asset, amount]) => ({ asset, amount: decimalText(amount) })),
    positionsBefore: positionsOf(account),
    positionsAfter: positionsOf(after),
    balancesBefore: balancesOf(account),
    balancesAfter: balancesOf(after),
    ledger: ledgerView(closure.ledger, closure.places),
  };
}

const positionsOf = ({ positions }: Account): HoldingView[] =>
  positions.filter(({ size }) => !size.isZero()).map(({ instrument, size }) => ({ name: instrument, amount: decimalText(size) }));
const balancesOf = ({ balances }: Account): HoldingView[] =>
  balances.map(({ asset, amount }) => ({ name: asset, amount: decimalText(amount) }));

/** Integers of the ledger as decimal text. */
const amountText = (item: Item, amount: bigint, places: Places): string =>
  decimalText(new Decimal(amount.toString()).div(new Decimal(10).pow(places.get(item) ?? 0)));

function stepView(step: ClosureStep, places: Places, settleOf: (instrument: string) => string): ClosureStepView {
  const sums = new Map<Item, bigint>();
  for (const { item, amount } of step.postings) sums.set(item, (sums.get(item) ?? 0n) + amount);
  return {
    timeMs: step.timeMs,
    move: step.move as ClosureStepView['move'],
    why: step.why,
    fills: step.fills.map(({ instrument, change, price, realized, fee, insurance }) => ({
      instrument,
      change: decimalText(change),
      price: decimalText(price),
      realized: decimalText(realized),
      fee: decimalText(fee),
      insurance: decimalText(insurance),
      asset: settleOf(instrument),
    })),
    postings: step.postings.map(({ party, item, amount }) => ({ party, item, amount: amountText(item, amount, places) })),
    isZero: [...sums.values()].every((sum) => sum === 0n),
  };
}

const ledgerView = (ledger: Ledger, places: Places): ClosureView['ledger'] => {
  const sums = sumsOf(ledger);
  return [...ledger].map(([item, parties]) => ({
    item,
    parties: [...parties]
      .filter(([, amount]) => amount !== 0n)
      .map(([name, amount]) => ({ name, amount: amountText(item, amount, places) })),
    sum: amountText(item, sums.get(item) ?? 0n, places),
  }));
};

/** Pools that the venue acts on, closed one after another; undefined where nothing was done. */
export interface AllClosed extends Pick<Closed, 'inPlace' | 'account' | 'lastPartialMs'> {
  readonly views: readonly ClosureView[];
}

/** CL-19: every pool of one account that the venue acts on, in the order of the look. */
export function closeAll(acting: readonly LookedAt[], timeMs: number, lastPartialMs: number | undefined): AllClosed | undefined {
  let all: AllClosed | undefined;
  for (const looked of acting) {
    const closed = closeNow(looked, all?.inPlace ?? looked.account, timeMs, all ? all.lastPartialMs : lastPartialMs);
    if (closed) all = { ...closed, views: [...(all?.views ?? []), closed.view] };
  }
  return all;
}
