/**
 * Aave v3 responses as a book: the eth_call answer of getUserAccountData, UiPoolDataProvider's user reserves (meta: its reserves data),
 * or a plain list of reserves. Rules AV-40…AV-45 of docs/spec/venues/aave-v3.md.
 */
import type { Account, Asset, Balance, Book } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import { check, isRecord } from '../../wire/schema.ts';
import type { ParseContext } from '../venue.ts';
import { type CollateralTerms, debtBalance, supplyBalance, termsOf } from './account-data.ts';
import { LATEST_VERSION, protocolRules } from './protocol.ts';
import { networks, type ReserveTerms, reserveTerms } from './reserves.ts';
import { decodeAccountData } from './tuple.ts';
import { type Market, readMarket, readUserReserves, type UserReserves } from './user-reserves.ts';
import { accountDataSchema, type ReserveList, reserveListSchema } from './wire.ts';

const RULES = protocolRules[LATEST_VERSION];

/** The response as a book of one account. Throws `InputError` with pointers into the response, or into meta below `/meta`. */
export function parseAaveV3(response: unknown, context: ParseContext): Book {
  if (isRecord(response) && 'userReserves' in response) return parseUserReserves(response, context);
  if (isRecord(response) && 'reserves' in response) return parseReserveList(check(reserveListSchema, response), context);
  if (isRecord(response) && 'result' in response) return parseAccountData(check(accountDataSchema, response.result, '/result'), context);
  if (typeof response === 'string') return parseAccountData(check(accountDataSchema, response), context);
  throw new InputError([{ pointer: '', message: 'expected an answer of getUserAccountData, "userReserves", or a list of "reserves"' }]);
}

const bookOf = (asOf: string, assets: Iterable<Asset>, account: Account): Book => ({
  format: 'leverage-book/1',
  asOf,
  instruments: new Map(),
  assets: new Map([...assets].map((asset) => [asset.symbol, asset])),
  accounts: [account],
});

const accountOf = (balances: readonly Balance[], context: ParseContext, user: string | undefined): Account => ({
  id: context.accountId ?? user ?? 'aave-v3',
  venue: 'aave-v3',
  balances,
  positions: [],
});

const statedTime = (context: ParseContext): string => {
  if (context.asOf !== undefined) return context.asOf;
  throw new InputError([{ pointer: '', message: 'the response carries no time: state it as asOf' }]);
};

const bps = (value: bigint): Decimal => new Decimal(value.toString()).div(10_000);
const scaled = (value: bigint, decimals: number): Decimal => new Decimal(value.toString()).div(new Decimal(10).pow(decimals));

/**
 * The tuple knows no assets: one collateral worth all of it at the average threshold, one debt in USD. So the uniform shock moves the whole
 * collateral and no debt (AV-43).
 */
function parseAccountData(answer: string, context: ParseContext): Book {
  const data = decodeAccountData(answer);
  const assets: Asset[] = [
    { symbol: 'COLLATERAL', price: ONE, loanToValue: bps(data.loanToValueBps), liquidationThreshold: bps(data.liquidationThresholdBps) },
    { symbol: 'USD', price: ONE },
  ];
  const balances: Balance[] = [];
  if (data.totalCollateralBase > 0n) balances.push({ asset: 'COLLATERAL', amount: scaled(data.totalCollateralBase, 8) });
  if (data.totalDebtBase > 0n) balances.push({ asset: 'USD', amount: scaled(data.totalDebtBase, 8).negated() });
  return bookOf(statedTime(context), assets, accountOf(balances, context, undefined));
}

function parseUserReserves(response: Readonly<Record<string, unknown>>, context: ParseContext): Book {
  if (context.meta === undefined) {
    throw new InputError([{ pointer: '/meta', message: 'user reserves need the market: give reservesData and baseCurrencyData as meta' }]);
  }
  const market = readMarket(context.meta, context.asOf === undefined ? undefined : epochSeconds(context.asOf), RULES);
  const user = readUserReserves(response, market);
  const asOf = context.asOf ?? new Date(Number(market.time) * 1000).toISOString();
  const owner = typeof response.user === 'string' ? response.user : undefined;
  return bookOf(asOf, marketAssets(user, market), accountOf(userBalances(user), context, owner));
}

function epochSeconds(asOf: string): bigint {
  const milliseconds = Date.parse(asOf);
  if (Number.isNaN(milliseconds)) throw new InputError([{ pointer: '', message: `asOf "${asOf}" is not an ISO-8601 time` }]);
  return BigInt(Math.floor(milliseconds / 1000));
}

function* marketAssets(user: UserReserves, market: Market): Iterable<Asset> {
  const reference = scaled(market.referencePrice, 8);
  for (const { symbol, reserve } of user.reserves) {
    const price = scaled(reserve.price, market.referenceDecimals).times(reference);
    yield { symbol, ...(price.gt(0) ? { price } : {}), ...terms(reserve) };
  }
}

const terms = (of: CollateralTerms): ReserveTerms => ({
  loanToValue: bps(of.loanToValueBps),
  liquidationThreshold: bps(of.liquidationThresholdBps),
  liquidationBonus: bps(of.liquidationBonusBps > 0n ? of.liquidationBonusBps - 10_000n : 0n),
});

/** Supplies that count as collateral, and debts; a supply that does not count cannot be seized and is no part of the position (AV-42). */
function userBalances(user: UserReserves): Balance[] {
  return user.reserves.flatMap(({ symbol, reserve, scaledSupply, scaledDebt, isCollateral }) => {
    const amount = (units: bigint): Decimal => new Decimal(units.toString()).div(new Decimal(reserve.unit.toString()));
    const held = termsOf(reserve, user.eModeCategory);
    const balances: Balance[] = [];
    if (isCollateral && scaledSupply > 0n) {
      const supplied = amount(supplyBalance(scaledSupply, reserve.normalizedIncome, RULES));
      balances.push({ asset: symbol, amount: supplied, ...(held === reserve ? {} : terms(held)) });
    }
    if (scaledDebt > 0n) balances.push({ asset: symbol, amount: amount(debtBalance(scaledDebt, reserve.normalizedDebt, RULES)).negated() });
    return balances;
  });
}

function parseReserveList(list: ReserveList, context: ParseContext): Book {
  const { network } = list;
  if (network !== undefined && !networks.includes(network)) {
    throw new InputError([{ pointer: '/network', message: `unknown network "${network}"; bundled are ${networks.join(', ')}` }]);
  }
  const assets: Asset[] = list.reserves.map(({ symbol, price, loanToValue, liquidationThreshold, liquidationBonus }) => ({
    symbol,
    ...(price ? { price } : {}),
    ...(network === undefined ? {} : reserveTerms(network, symbol)),
    ...(loanToValue ? { loanToValue } : {}),
    ...(liquidationThreshold ? { liquidationThreshold } : {}),
    ...(liquidationBonus ? { liquidationBonus } : {}),
  }));
  return bookOf(statedTime(context), assets, accountOf(listedBalances(list), context, list.user));
}

function listedBalances(list: ReserveList): Balance[] {
  const { assets, ...category } = list.eMode ?? {};
  return list.reserves.flatMap(({ symbol, supplied, borrowed, isCollateral }) => {
    const inCategory = list.eMode !== undefined && (assets === undefined || assets.includes(symbol));
    const balances: Balance[] = [];
    if (isCollateral && supplied.gt(0))
      balances.push({ asset: symbol, amount: supplied, ...(inCategory ? (category as Partial<ReserveTerms>) : {}) });
    if (borrowed.gt(0)) balances.push({ asset: symbol, amount: borrowed.negated() });
    return balances;
  });
}
