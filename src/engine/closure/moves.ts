/** One move carried out: the account after it and its postings, which sum to zero by item. Rules CL-7…CL-10 of docs/spec/closure.md. */
import type { Account } from '../../domain/book.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { integerOf, type Places } from '../ledger/integers.ts';
import { type Item, type Party, type Posting, transfer } from '../ledger/ledger.ts';
import type { Leg } from '../resolve.ts';
import { applyPayment, applyTrade } from '../trade/trade.ts';
import { downTo, upTo } from '../trade/units.ts';
import type { ClosureMove, ClosureOrder, ClosureView } from './procedure.ts';
import type { ClosureFill, ClosureInput, ClosureStep } from './simulate.ts';

type Done = Pick<ClosureStep, 'account' | 'fills' | 'postings'>;
type Write = (item: Item, from: Party, to: Party, amount: Decimal) => Posting[];

/** The account and the postings after `move`; no postings where nothing filled. */
export function carryOut(
  move: Exclude<ClosureMove, { kind: 'stop' }>,
  view: ClosureView,
  account: Account,
  input: ClosureInput,
  places: Places,
): Done {
  const write: Write = (item, from, to, amount) => transfer(item, from, to, integerOf(item, amount, places));
  switch (move.kind) {
    case 'orders':
      return fillOrders(move.orders, view, account, input, write);
    case 'takeover':
      return takeOver(move.by, view, account, input, write);
    case 'seizure':
      return seize(move, account, write);
    case 'absorption':
      return absorb(move, account, write);
    case 'write-off':
      return writeOff(account, write);
  }
}

/** Orders at the fill price, in turn (CL-7). The fee is rounded up to the unit, within the equity where the procedure says so. */
function fillOrders(orders: readonly ClosureOrder[], view: ClosureView, account: Account, input: ClosureInput, write: Write): Done {
  let done: Done = { account, fills: [], postings: [] };
  let equity = view.equity;
  for (const order of orders) {
    const { leg, size } = order;
    if (size.lte(0) || size.gt(leg.position.size.abs())) throw new RangeError(`an order of ${size.toFixed()} is not within the position`);
    const side = leg.side > 0 ? -1 : 1;
    const price = input.fillPrice(leg, side, size);
    if (order.limit && (side > 0 ? price.gt(order.limit) : price.lt(order.limit))) continue;
    const filled = fillOne(order, side, price, equity, done.account, input, write);
    equity = filled.equity;
    done = { account: filled.account, fills: [...done.fills, filled.fill], postings: [...done.postings, ...filled.postings] };
  }
  return done;
}

function fillOne(order: ClosureOrder, side: 1 | -1, price: Decimal, equity: Decimal, account: Account, input: ClosureInput, write: Write) {
  const { leg, size } = order;
  const { id, settle, contract, contractSize } = leg.instrument;
  const unit = input.units.unitOf(settle);
  const change = size.times(side);
  const traded = applyTrade(account, leg.instrument, { index: leg.index, change, price, costRate: ZERO }, unit);
  const scale = leg.settlePrice.ok ? leg.settlePrice.value : new Decimal(1);
  const slip = slippageOf(leg, size, price);
  const left = equity.div(scale).minus(slip);
  const value = contract === 'inverse' ? size.times(contractSize).div(price) : size.times(contractSize).times(price);
  const due = upTo(unit, value.times(order.feeRate));
  const fee = order.feeWithinEquity ? Decimal.max(ZERO, Decimal.min(due, downTo(unit, left))) : due;
  const insurance = order.insurance ? order.insurance(price) : ZERO;
  const paid = applyPayment(traded.account, { kind: 'pool-of', index: leg.index, asset: settle }, fee.plus(insurance).negated());
  const cash: Item = `cash:${settle}`;
  const fill: ClosureFill = { instrument: id, index: leg.index, change, price, realized: traded.realized, fee, insurance };
  return {
    account: paid,
    fill,
    equity: left.minus(fee).minus(insurance).times(scale),
    postings: [
      ...write(`position:${id}`, 'market', 'account', change),
      ...write(cash, 'market', 'account', traded.realized),
      ...write(cash, 'account', order.feeTo, fee),
      ...write(cash, 'account', 'insurance', insurance),
    ],
  };
}

/** What a fill away from the mark costs, settlement asset: > 0 is a loss. */
function slippageOf(leg: Leg, size: Decimal, price: Decimal): Decimal {
  if (!leg.mark.ok) return ZERO;
  const v = (at: Decimal): Decimal => (leg.instrument.contract === 'inverse' ? new Decimal(1).div(at) : at);
  const share = leg.delta.times(size).div(leg.position.size.abs());
  return share.times(v(leg.mark.value).minus(v(price)));
}

/** Positions at the mark and all money of the pool to the taker (CL-8): equal to a takeover at the bankruptcy price. */
function takeOver(by: 'backstop' | 'insurance' | 'market', view: ClosureView, account: Account, input: ClosureInput, write: Write): Done {
  let after = account;
  const fills: ClosureFill[] = [];
  const postings: Posting[] = [];
  for (const leg of view.pool.legs) {
    if (!leg.mark.ok) throw new RangeError(`no mark for ${leg.instrument.id}`);
    const { id, settle } = leg.instrument;
    const change = leg.position.size.negated();
    const trade = { index: leg.index, change, price: leg.mark.value, costRate: ZERO };
    const traded = applyTrade(after, leg.instrument, trade, input.units.unitOf(settle));
    after = traded.account;
    fills.push({ instrument: id, index: leg.index, change, price: leg.mark.value, realized: traded.realized, fee: ZERO, insurance: ZERO });
    postings.push(...write(`position:${id}`, by, 'account', change), ...write(`cash:${settle}`, 'market', 'account', traded.realized));
  }
  for (const { asset, amount, pay } of moneyOf(view, after)) {
    after = pay(after, amount.negated());
    postings.push(...write(`cash:${asset}`, 'account', by, amount));
  }
  return { account: after, fills, postings };
}

/** The pool's money purse by purse, as the account now stands. */
function moneyOf(view: ClosureView, account: Account) {
  const isolated = view.pool.kind === 'isolated' ? Number(view.pool.id.slice(view.pool.id.lastIndexOf(':') + 1)) : undefined;
  if (isolated !== undefined) {
    const asset = view.pool.collateral[0]?.asset ?? '';
    const purse = { kind: 'pool-of', index: isolated, asset } as const;
    const amount = account.positions[isolated]?.isolatedMargin ?? ZERO;
    return [{ asset, amount, pay: (to: Account, change: Decimal) => applyPayment(to, purse, change) }];
  }
  const assets = new Set([...view.pool.collateral.map((item) => item.asset), ...view.pool.legs.map((leg) => leg.instrument.settle)]);
  return [...assets].map((asset) => ({
    asset,
    amount: account.balances.filter((balance) => balance.asset === asset).reduce((sum, balance) => sum.plus(balance.amount), ZERO),
    pay: (to: Account, change: Decimal) => applyPayment(to, { kind: 'cross', asset }, change),
  }));
}

/** A liquidator's call on a lending pool (CL-9). */
function seize(move: Extract<ClosureMove, { kind: 'seizure' }>, account: Account, write: Write): Done {
  const taken = move.seized.plus(move.venueFee);
  const balances = account.balances.map((balance) => {
    if (balance.asset === move.collateral && balance.amount.gt(0)) return { ...balance, amount: balance.amount.minus(taken) };
    return balance.asset === move.debt && balance.amount.lt(0) ? { ...balance, amount: balance.amount.plus(move.repaid) } : balance;
  });
  return {
    account: { ...account, balances },
    fills: [],
    postings: [
      ...write(`cash:${move.debt}`, 'liquidator', 'account', move.repaid),
      ...write(`cash:${move.collateral}`, 'account', 'liquidator', move.seized),
      ...write(`cash:${move.collateral}`, 'account', 'venue', move.venueFee),
    ],
  };
}

/** The whole account to the venue, what it credits beyond or short of the debt to the account or from the fund (CL-9). */
function absorb(move: Extract<ClosureMove, { kind: 'absorption' }>, account: Account, write: Write): Done {
  const taken = new Map(move.seized.map(({ asset, amount }) => [asset, amount]));
  let missing = ZERO;
  const balances = account.balances.map((balance) => {
    if (balance.amount.gt(0)) return { ...balance, amount: balance.amount.minus(taken.get(balance.asset) ?? ZERO) };
    if (balance.asset !== move.debt) return balance;
    const after = balance.amount.plus(move.credited);
    missing = Decimal.max(ZERO, after.negated());
    return { ...balance, amount: after.plus(missing) };
  });
  return {
    account: { ...account, balances },
    fills: [],
    postings: [
      ...move.seized.flatMap(({ asset, amount }) => write(`cash:${asset}`, 'account', 'venue', amount)),
      ...write(`cash:${move.debt}`, 'venue', 'account', move.credited),
      ...write(`cash:${move.debt}`, 'insurance', 'account', missing),
    ],
  };
}

/** Debts without collateral become the deficit that the fund covers (CL-10). */
function writeOff(account: Account, write: Write): Done {
  const postings = account.balances.flatMap(({ asset, amount }) =>
    amount.isNegative() ? write(`cash:${asset}`, 'insurance', 'account', amount.negated()) : [],
  );
  const balances = account.balances.map((balance) => (balance.amount.isNegative() ? { ...balance, amount: ZERO } : balance));
  return { account: { ...account, balances }, fills: [], postings };
}
