/** What the rounds of a cascade share: prices, money, and what happened so far. Rules CA-8…CA-13 of docs/spec/cascade.md. */
import type { Reason } from '../../domain/outcome.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import type { Item } from '../ledger/ledger.ts';
import { type CashBook, createCashBook, type Holder, MONEY_PLACES } from './cash-book.ts';
import { type FactorOf, factorsOf, type Quote, quotesOf } from './marks.ts';
import { type Entrant, entrantSteps, type Standing, unitOfBook, worthOf } from './standing.ts';
import type { CascadeInput, CascadeRound, Market, Unjudged } from './types.ts';

export interface FundState {
  readonly holder: Holder;
  readonly start: Decimal;
  deficits: Decimal;
  income: Decimal;
}

export interface Run {
  readonly input: CascadeInput;
  readonly unit: string;
  /** Every market with a price, at the start. */
  readonly quotes: readonly Quote[];
  readonly entrants: readonly Entrant[];
  readonly book: CashBook;
  readonly funds: ReadonlyMap<string, FundState>;
  /** Forced volume so far, base units, + sold. */
  sold: ReadonlyMap<Market, Decimal>;
  factorsOn: (venue: string) => FactorOf;
  readonly trace: CascadeRound[];
  readonly closed: Set<string>;
  readonly unjudged: Map<string, Unjudged>;
  liquidatedNotional: Decimal;
  /** What the other side paid (−) or received (+) for forced volume, by asset. */
  readonly liquidityCash: Map<string, Decimal>;
}

/** Accounts whose money is booked in one slice. */
const ACCOUNTS_PER_SLICE = 512;

/** The fund behind everybody where no `fundOf` is given. */
export const COMMON_FUND = 'all';

export const fundNameOf = (input: CascadeInput, venue: string): string => input.fundOf?.(venue) ?? COMMON_FUND;

/** Opens the books, in slices: every account's money and positions against the market, every fund's amount too. */
export function* openSteps(input: CascadeInput): Generator<undefined, Run> {
  for (const [market, depth] of input.depth) if (depth.isNegative()) throw new RangeError(`a depth below zero: ${market}`);
  const unit = unitOfBook(input);
  const entrants = yield* entrantSteps(input);
  const book = createCashBook(placesOfMoney(input));
  const funds = new Map<string, FundState>();
  for (const name of new Set([...input.funds.keys(), ...entrants.map(({ account }) => fundNameOf(input, account.venue))])) {
    const amount = input.funds.get(name) ?? ZERO;
    const holder = `fund:${name}`;
    funds.set(name, { holder, start: book.move(`cash:${unit}`, 'market', holder, amount), deficits: ZERO, income: ZERO });
  }
  for (const [at, entrant] of entrants.entries()) {
    for (const standing of entrant.pools) openPoolMoney(book, standing, input);
    if ((at + 1) % ACCOUNTS_PER_SLICE === 0) yield undefined;
  }
  return {
    input,
    unit,
    quotes: quotesOf(input.book, unit, [input.shock, input.depth, ...(input.venueShock?.values() ?? [])]),
    entrants,
    book,
    funds,
    sold: new Map(),
    factorsOn: factorsOf(input, input.depth, new Map()),
    trace: [],
    closed: new Set(),
    unjudged: new Map(),
    liquidatedNotional: ZERO,
    liquidityCash: new Map(),
  };
}

/** Whose money: a pool's own where pools close whole, the account's where the venue's procedure moves it about. */
export const holderOf = (standing: Standing, input: CascadeInput): Holder =>
  input.procedure === 'full' ? `account:${standing.entrant.account.id}/${standing.id}` : `account:${standing.entrant.account.id}`;

function openPoolMoney(book: CashBook, standing: Standing, input: CascadeInput): void {
  const holder = holderOf(standing, input);
  for (const { asset, amount } of standing.pool.collateral) book.move(`cash:${asset}`, 'market', holder, amount);
  for (const leg of standing.pool.legs) book.move(`position:${leg.instrument.id}`, 'market', holder, leg.position.size);
}

function placesOfMoney({ book }: CascadeInput): number {
  let places = MONEY_PLACES;
  for (const account of book.accounts) {
    for (const { amount } of account.balances) places = Math.max(places, amount.decimalPlaces());
    for (const { isolatedMargin } of account.positions) places = Math.max(places, isolatedMargin?.decimalPlaces() ?? 0);
  }
  return places;
}

export const fundOf = (run: Run, standing: Standing): FundState =>
  run.funds.get(fundNameOf(run.input, standing.entrant.account.venue)) as FundState;

/** Price of an asset in the unit of account at the run's present factors; undefined where the book has none. */
export function priceOn(run: Run, venue: string): (asset: string) => Decimal | undefined {
  const factorOf = run.factorsOn(venue);
  return (asset) => {
    if (asset === run.unit) return run.input.book.assets.get(asset)?.price ?? ONE;
    return run.input.book.assets.get(asset)?.price?.times(factorOf(asset));
  };
}

/** Notes why a pool cannot be judged or closed, once; it is given up and stays as it is. */
export function giveUp(run: Run, standing: Standing, reason: Reason, subject?: string): void {
  standing.isDone = true;
  const key = keyOf(standing);
  if (!run.unjudged.has(key))
    run.unjudged.set(key, {
      account: standing.entrant.account.id,
      pool: standing.id,
      reason,
      ...(subject === undefined ? {} : { subject }),
    });
}

/** Its procedure can do no more at these prices: noted, and asked again once others have moved them. */
export function wait(run: Run, standing: Standing, reason: Reason): void {
  standing.stuckAt = run.trace.length;
  standing.isUnfilled = false;
  run.unjudged.set(keyOf(standing), { account: standing.entrant.account.id, pool: standing.id, reason });
}

/** It moves again: nothing is in its way any more. */
export const resume = (run: Run, standing: Standing): void => void run.unjudged.delete(keyOf(standing));

const keyOf = ({ entrant, id }: Standing): string => `${entrant.account.id}/${id}`;

const assetOf = (item: Item): string => item.slice('cash:'.length);

/** Money of `holder` in the unit of account, everything else changed into it with the market at the mark; undefined without a price. */
export function changedIntoUnit(run: Run, holder: Holder, venue: string): Decimal | undefined {
  const priceOf = priceOn(run, venue);
  const cash = [...run.book.holdings(holder)].filter(([item]) => item.startsWith('cash:'));
  const worth = worthOf(new Map(cash.map(([item, amount]) => [assetOf(item), amount])), priceOf);
  if (!worth.ok) return undefined;
  for (const [item, amount] of cash) {
    const asset = assetOf(item);
    if (asset === run.unit) continue;
    run.book.move(item, holder, 'market', amount);
    run.book.move(`cash:${run.unit}`, 'market', holder, amount.times(priceOf(asset) as Decimal));
  }
  return run.book.amountOf(holder, `cash:${run.unit}`);
}

/** Books `amount` to the fund as what it is: a deficit it paid (< 0) or income (> 0). */
export function noteFund(fund: FundState, amount: Decimal): void {
  if (amount.isNegative()) fund.deficits = fund.deficits.minus(amount);
  else fund.income = fund.income.plus(amount);
}

export const addTo = (map: Map<string, Decimal>, key: string, amount: Decimal): void => {
  map.set(key, (map.get(key) ?? ZERO).plus(amount));
};
