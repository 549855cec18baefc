/**
 * A fill and a payment as they change an account. Nothing is rounded to the account's favour: profit down, fees up, both to the
 * asset's smallest unit. Rules CU-4…CU-6 of docs/spec/cure.md.
 */
import type { Account, Balance, Instrument, Position } from '../../domain/book.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { downTo, upTo } from './units.ts';

export interface Trade {
  /** Index in the account's positions. */
  readonly index: number;
  /** Signed change of the size. */
  readonly change: Decimal;
  /** Quote per base, > 0. */
  readonly price: Decimal;
  /** Fraction of the traded value: fee and slippage together. */
  readonly costRate: Decimal;
}

export interface Traded {
  readonly account: Account;
  readonly asset: string;
  /** Profit realised on what was closed, settlement asset, signed, rounded down to the unit. */
  readonly realized: Decimal;
  /** Cost paid, settlement asset, ≥ 0, rounded up to the unit. */
  readonly cost: Decimal;
}

/** Digits that an average entry price keeps. */
const ENTRY_DIGITS = 24;

/**
 * The account after the trade (CU-4). What reduces the position realises delta × (v − entry v) of the closed part; what passes zero opens
 * the rest at `price`; what adds averages the entry price. Profit and cost go to the position's pool: an isolated position's margin, else
 * the balance in the settlement asset. A position that is closed stays in its place with size 0 until `withoutEmpty`.
 */
export function applyTrade(account: Account, instrument: Instrument, trade: Trade, unit: Decimal): Traded {
  const position = account.positions[trade.index];
  if (!position) throw new RangeError(`no position at index ${trade.index}`);
  const v = (price: Decimal): Decimal => (instrument.contract === 'inverse' ? ONE.div(price) : price);
  const perSize = instrument.contract === 'inverse' ? instrument.contractSize.negated() : instrument.contractSize;
  const closed = closedPart(position.size, trade.change);
  const profit = closed.times(perSize).times(v(trade.price).minus(v(position.entryPrice)));
  const realized = downTo(unit, profit);
  const cost = upTo(unit, trade.change.abs().times(instrument.contractSize).times(v(trade.price)).times(trade.costRate));
  const size = position.size.plus(trade.change);
  const moved: Position = { ...position, size, entryPrice: entryAfter(position, trade, instrument) };
  const positions = account.positions.map((held, i) => (i === trade.index ? moved : held));
  const paid = { ...account, positions };
  return {
    account: applyPayment(paid, { kind: 'pool-of', index: trade.index, asset: instrument.settle }, realized.minus(cost)),
    asset: instrument.settle,
    realized,
    cost,
  };
}

/** The signed size that the change takes away; 0 where it adds. */
function closedPart(size: Decimal, change: Decimal): Decimal {
  if (size.isZero() || change.isZero() || size.isNegative() === change.isNegative()) return ZERO;
  return change.abs().gte(size.abs()) ? size : change.negated();
}

function entryAfter(position: Position, { change, price }: Trade, instrument: Instrument): Decimal {
  const after = position.size.plus(change);
  if (position.size.isZero() || (after.isNegative() !== position.size.isNegative() && !after.isZero())) return price;
  if (position.size.isNegative() !== change.isNegative()) return position.entryPrice;
  const [held, added] = [position.size.abs(), change.abs()];
  const average =
    instrument.contract === 'inverse'
      ? held.plus(added).div(held.div(position.entryPrice).plus(added.div(price)))
      : held.times(position.entryPrice).plus(added.times(price)).div(held.plus(added));
  return average.toSignificantDigits(ENTRY_DIGITS);
}

/** Whose money: the pool that the position at `index` is in, or the cross pool of an asset. */
export type Purse =
  | { readonly kind: 'pool-of'; readonly index: number; readonly asset: string }
  | { readonly kind: 'cross'; readonly asset: string };

/** `amount` (signed) added to a purse (CU-5): the isolated margin, or the account's first balance in the asset, made where there is none. */
export function applyPayment(account: Account, purse: Purse, amount: Decimal): Account {
  if (amount.isZero()) return account;
  const isolated = purse.kind === 'pool-of' ? account.positions[purse.index] : undefined;
  if (isolated?.marginMode === 'isolated' && purse.kind === 'pool-of') {
    const margin = (isolated.isolatedMargin ?? ZERO).plus(amount);
    return { ...account, positions: account.positions.map((held, i) => (i === purse.index ? { ...held, isolatedMargin: margin } : held)) };
  }
  const at = account.balances.findIndex((balance) => balance.asset === purse.asset);
  const added = (balance: Balance): Balance => ({ ...withoutDerived(balance), amount: balance.amount.plus(amount) });
  const balances =
    at < 0
      ? [...account.balances, { asset: purse.asset, amount }]
      : account.balances.map((balance, i) => (i === at ? added(balance) : balance));
  return { ...account, balances };
}

const withoutDerived = ({ derived: _, ...balance }: Balance): Balance => balance;

/** The account without its closed positions; what is left of an isolated margin goes to the cross balance of its asset (CU-6). */
export function withoutEmpty(account: Account, settleOf: (position: Position) => string): Account {
  let result = account;
  for (const position of account.positions) {
    if (!position.size.isZero() || position.marginMode !== 'isolated') continue;
    result = applyPayment(result, { kind: 'cross', asset: settleOf(position) }, position.isolatedMargin ?? ZERO);
  }
  return { ...result, positions: result.positions.filter((position) => !position.size.isZero()) };
}
