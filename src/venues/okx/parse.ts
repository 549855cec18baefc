/**
 * OKX's own responses as a book: OK-8 of docs/spec/venues/okx.md. In multi-currency mode one account in US dollars; otherwise
 * one per currency, counted in it, since each is liquidated alone.
 */
import type { Account, Asset, Balance, Book, Instrument, Position } from '../../domain/book.ts';
import { type Fault, InputError } from '../../domain/fault.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { balanceOfLiquidationPrice, crossSums, publishedRate } from '../derived-balance.ts';
import { isoTime, latest } from '../response-time.ts';
import type { ParseContext } from '../venue.ts';
import { bundledFacts, type InstrumentFacts, instrumentName } from './instruments.ts';
import { okxRules as rules } from './rules.ts';
import { type AccountBalance, type CurrencyRow, type OkxResponse, type PositionRow, readInstruments, readResponse } from './wire.ts';

interface Entry {
  readonly row: PositionRow;
  readonly position: Position;
  readonly instrument: Instrument;
}

/** account/positions, alone or with account/balance, as a book. Throws `InputError` with pointers into the response. */
export function parseOkx(response: unknown, context: ParseContext): Book {
  const read = readResponse(response);
  const facts = readInstruments(context.meta);
  const faults: Fault[] = [];
  const entries = read.positions.flatMap((row) => entryOf(row, facts, faults) ?? []);
  if (faults.length > 0) throw new InputError(faults);
  const asOf = timeOf(read, context);
  const instruments = new Map(entries.map(({ instrument }) => [instrument.id, instrument]));
  const id = context.accountId ?? rules.id;
  const book: Book = { format: 'leverage-book/1', asOf, instruments, assets: new Map(), accounts: [] };
  return read.balance?.adjEq
    ? multiCurrencyBook(entries, read.balance, read.balance.adjEq, book, id)
    : singleCurrencyBook(entries, read.balance, book, id);
}

function entryOf(row: PositionRow, facts: ReadonlyMap<string, InstrumentFacts>, faults: Fault[]): Entry | undefined {
  const refuse = (field: string, message: string): undefined => void faults.push({ pointer: `${row.pointer}/${field}`, message });
  const name = instrumentName(row.instId);
  if (!name) return refuse('instId', `${row.instId} is neither a swap nor a future; margin positions and options are not modelled`);
  const known = facts.get(row.instId) ?? bundledFacts(row.instId);
  if (!known) return refuse('instId', `the contract value of ${row.instId} is not known: give public/instruments as meta`);
  if (!row.avgPx?.gt(0)) return refuse('avgPx', 'an open position must have an average price above zero');
  if (row.posSide === 'long' && row.pos.isNegative()) return refuse('pos', 'a long position must be positive');
  const size = row.posSide === 'short' ? row.pos.abs().negated() : row.pos;
  const instrument: Instrument = {
    id: `okx:${row.instId}`,
    venue: rules.id,
    contract: known.contract,
    base: name.base,
    quote: name.quote,
    settle: known.contract === 'inverse' ? name.base : name.quote,
    contractSize: known.contractSize,
    priceTick: known.priceTick,
    ...(row.markPx?.gt(0) ? { markPrice: row.markPx } : {}),
  };
  const isolated = row.mgnMode === 'isolated';
  if (isolated && !row.margin?.gt(0)) return refuse('margin', 'is required for an isolated position');
  const value = notionalAtMark(row, instrument);
  const rate = row.mmr?.gt(0) && value ? publishedRate(row.mmr.div(value)) : undefined;
  const takerFeeRate = isolated && value ? impliedFeeRate(row, value) : undefined;
  const position: Position = {
    instrument: instrument.id,
    size,
    entryPrice: row.avgPx,
    marginMode: row.mgnMode,
    ...(isolated && row.margin ? { isolatedMargin: row.margin } : {}),
    ...(row.lever?.gt(0) ? { leverage: row.lever } : {}),
    ...(rate ? { tiers: [{ notionalFloor: ZERO, maintenanceMarginRate: rate }] } : {}),
  };
  return { row, position, instrument: takerFeeRate ? { ...instrument, takerFeeRate } : instrument };
}

/** Value at the mark in the settle currency. */
function notionalAtMark(row: PositionRow, { contract, contractSize, markPrice }: Instrument): Decimal | undefined {
  if (!markPrice) return undefined;
  const quantity = row.pos.abs().times(contractSize);
  return contract === 'inverse' ? quantity.div(markPrice) : quantity.times(markPrice);
}

const FEE_RATE_MAX = new Decimal('0.01');

/** The fee in an isolated ratio: (margin + profit) ÷ ratio = maintenance + fee × value. Undefined where that is no plausible fee. */
function impliedFeeRate(row: PositionRow, value: Decimal): Decimal | undefined {
  if (!row.mgnRatio?.gt(0) || !row.mmr?.gt(0) || !row.margin || !row.upl) return undefined;
  const rate = row.margin.plus(row.upl).div(row.mgnRatio).minus(row.mmr).div(value);
  return rate.gt(0) && rate.lt(FEE_RATE_MAX) ? publishedRate(rate) : undefined;
}

function timeOf(read: OkxResponse, context: ParseContext): string {
  const time = isoTime(read.balance?.uTime) ?? context.asOf ?? isoTime(latest(read.positions.map((row) => row.uTime)));
  if (time) return time;
  throw new InputError([{ pointer: '', message: 'the response carries no time: say when it was read' }]);
}

function singleCurrencyBook(entries: readonly Entry[], balance: AccountBalance | undefined, book: Book, id: string): Book {
  const held = (balance?.details ?? []).filter((row) => row.eq && !row.eq.isZero()).map((row) => row.ccy);
  const settles = [...new Set(entries.map((entry) => entry.instrument.settle))];
  const currencies = settles.length > 0 ? settles : held;
  const assets = new Map<string, Asset>(currencies.map((symbol) => [symbol, { symbol, price: ONE }]));
  const accounts = currencies.map((ccy): Account => {
    const own = entries.filter((entry) => entry.instrument.settle === ccy);
    const account: Account = {
      id: currencies.length > 1 ? `${id}:${ccy}` : id,
      venue: rules.id,
      unit: ccy,
      balances: [],
      positions: own.map((entry) => entry.position),
    };
    const row = balance?.details.find((candidate) => candidate.ccy === ccy);
    const amount = balance
      ? equityOf(row).minus(crossProfit(account, { ...book, assets }))
      : derivedBalance(own, account, { ...book, assets });
    return amount === undefined ? account : { ...account, balances: [{ asset: ccy, amount, derived: true }] };
  });
  return { ...book, assets, accounts };
}

/** Equity of a currency without what its isolated positions hold. */
const equityOf = (row: CurrencyRow | undefined): Decimal => (row?.eq ?? ZERO).minus(row?.isoEq ?? ZERO);

/** Unrealized profit of the account's cross positions in its unit; 0 where a mark is missing, which the assessment then says. */
function crossProfit(account: Account, book: Book): Decimal {
  const { unrealizedPnl } = crossSums(account, book, rules);
  return unrealizedPnl.ok ? unrealizedPnl.value : ZERO;
}

/** From the margin ratio that all cross positions of a currency share: equity = ratio × (maintenance + fees); else from a liquidation price. */
function derivedBalance(entries: readonly Entry[], account: Account, book: Book): Decimal | undefined {
  const cross = entries.filter((entry) => entry.position.marginMode === 'cross');
  const first = cross[0];
  if (!first) return undefined;
  const sums = crossSums(account, book, rules);
  const ratio = cross.find((entry) => entry.row.mgnRatio?.gt(0))?.row.mgnRatio;
  if (ratio && sums.maintenanceMargin.ok && sums.liquidationFees.ok && sums.unrealizedPnl.ok) {
    return ratio.times(sums.maintenanceMargin.value.plus(sums.liquidationFees.value)).minus(sums.unrealizedPnl.value);
  }
  const priced = cross.find((entry) => entry.row.liqPx?.gt(0));
  const amount = priced?.row.liqPx && balanceOfLiquidationPrice(account, book, rules, priced.instrument.id, priced.row.liqPx);
  if (amount?.ok) return amount.value;
  throw new InputError([
    { pointer: first.row.pointer, message: 'no equity for this cross position: give {"positions": …, "balance": …} with account/balance' },
  ]);
}

/**
 * One account in US dollars: each currency's equity with its discount rate (disEq ÷ eqUsd) as collateral factor, and in US
 * dollars what OKX's adjusted equity differs by, so that equity is the reported one.
 */
function multiCurrencyBook(entries: readonly Entry[], balance: AccountBalance, adjustedEquity: Decimal, book: Book, id: string): Book {
  const assets = new Map<string, Asset>(balance.details.map((row) => [row.ccy, assetOf(row)]));
  const account: Account = { id, venue: rules.id, unit: 'USD', balances: [], positions: entries.map((entry) => entry.position) };
  const priced = { ...book, unit: 'USD', assets };
  const balances = balance.details.flatMap((row): Balance[] => {
    const own = {
      ...account,
      unit: row.ccy,
      positions: entries.filter((entry) => entry.instrument.settle === row.ccy).map((entry) => entry.position),
    };
    const profit = crossProfit(own, { ...book, assets: new Map([[row.ccy, { symbol: row.ccy, price: ONE }]]) });
    const amount = equityOf(row).minus(profit);
    return amount.isZero() || !assets.get(row.ccy)?.price ? [] : [{ asset: row.ccy, amount, derived: true }];
  });
  const counted = balances.reduce((sum, { asset, amount }) => {
    const { price, collateralFactor } = assets.get(asset) ?? {};
    return sum.plus(amount.times(price ?? ZERO).times(amount.isNegative() ? ONE : (collateralFactor ?? ONE)));
  }, ZERO);
  const rest = adjustedEquity.minus(counted).minus(crossProfit(account, priced));
  const all = rest.isZero() ? balances : [...balances, { asset: 'USD', amount: rest, derived: true }];
  return { ...priced, accounts: [{ ...account, balances: all }] };
}

/** Price = eqUsd ÷ eq; discount rate = disEq ÷ eqUsd, both without isolated equity, which OKX counts in full. */
function assetOf({ ccy, eq, eqUsd, disEq, isoEq }: CurrencyRow): Asset {
  if (!eq || !eqUsd || eq.isZero() || eqUsd.isZero()) return { symbol: ccy };
  const price = eqUsd.div(eq);
  const isolatedUsd = (isoEq ?? ZERO).times(price);
  const shared = eqUsd.minus(isolatedUsd);
  const discounted = disEq && shared.gt(0) ? disEq.minus(isolatedUsd).div(shared) : undefined;
  return { symbol: ccy, price, ...(discounted?.gte(0) && discounted.lte(ONE) ? { collateralFactor: discounted } : {}) };
}
