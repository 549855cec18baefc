/**
 * The indexer's account responses as a book: one subaccount, a parent with its children, or all of an address; also the `contents` of
 * the WebSocket channels v4_subaccounts and v4_parent_subaccounts. Meta is the response of /v4/perpetualMarkets.
 * Rules DY-20…DY-26 of docs/spec/venues/dydx-v4.md.
 */
import type { Account, Asset, Balance, Book, Instrument, Position } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import { check } from '../../wire/schema.ts';
import type { ParseContext } from '../venue.ts';
import { refuseDisagreement } from './agreement.ts';
import { effectiveInitialMarginPpm } from './chain.ts';
import { tierOf } from './rules.ts';
import { instrumentId, openPositions, quoteBalance, settledBalance, signedSize } from './subaccount.ts';
import { type MarketResponse, metaSchema, type PositionResponse, readSubaccounts, type SubaccountResponse } from './wire.ts';

/** Subaccount n belongs to parent n mod 128; children from 128 on hold isolated positions. */
export const PARENT_SUBACCOUNT_COUNT = 128;

const PPM = new Decimal(1_000_000);

/**
 * The response as a book. A parent becomes one account: its own positions are cross, a child with one open position is an isolated
 * position with the child's cash as its margin; a child with money and no position, or with several positions, is an account of its own.
 * Balances are quote balance + Σ size × entry price (marked derived): the indexer's cash already holds −size × entry.
 * Without meta the oracle price is entry + unrealized profit ÷ size, which is how the indexer made that profit.
 * Throws `InputError` with pointers into the response, or into meta below `/meta`.
 */
export function parseDydxV4(response: unknown, context: ParseContext): Book {
  if (context.asOf === undefined) throw new InputError([{ pointer: '', message: 'an indexer response carries no time: state it as asOf' }]);
  const markets = context.meta === undefined ? undefined : readMeta(context.meta);
  const { subaccounts, isSingle } = readSubaccounts(response);
  const instruments = new Map<string, Instrument>();
  for (const subaccount of subaccounts)
    for (const [position, pointer] of openPositions(subaccount)) addInstrument(instruments, position, pointer, markets);
  if (!markets) refuseDisagreement(subaccounts, instruments);
  const accounts = isSingle ? subaccounts.map((subaccount) => ownAccount(subaccount, context)) : groupByParent(subaccounts, context);
  const assets = new Map<string, Asset>([['USDC', { symbol: 'USDC', price: ONE }]]);
  return { format: 'leverage-book/1', asOf: context.asOf, instruments, assets, accounts };
}

function readMeta(meta: unknown): Readonly<Record<string, MarketResponse>> {
  const { markets } = check(metaSchema, meta, '/meta');
  return markets;
}

function addInstrument(
  instruments: Map<string, Instrument>,
  position: PositionResponse,
  pointer: string,
  markets: Readonly<Record<string, MarketResponse>> | undefined,
): void {
  const ticker = position.market;
  const id = instrumentId(ticker);
  if (instruments.has(id)) return;
  const market = markets && Object.hasOwn(markets, ticker) ? markets[ticker] : undefined;
  if (markets && !market) throw new InputError([{ pointer: `${pointer}/market`, message: `meta does not list the market ${ticker}` }]);
  const markPrice = market ? market.oraclePrice : impliedOraclePrice(position, pointer);
  instruments.set(id, {
    id,
    venue: 'dydx-v4',
    contract: 'linear',
    base: ticker.endsWith('-USD') ? ticker.slice(0, -'-USD'.length) : ticker,
    quote: 'USD',
    settle: 'USDC',
    contractSize: ONE,
    ...(markPrice ? { markPrice } : {}),
    ...(market ? { tiers: [tierOf(effectiveInitialMarginFraction(market), market.maintenanceMarginFraction)] } : {}),
  });
}

/** entry price + unrealized profit ÷ size (DY-22). Throws `InputError` where that is no price. */
function impliedOraclePrice(position: PositionResponse, pointer: string): Decimal | undefined {
  if (!position.unrealizedPnl) return undefined;
  const price = position.entryPrice.plus(position.unrealizedPnl.div(signedSize(position)));
  if (price.gt(0)) return price;
  throw new InputError([{ pointer: `${pointer}/unrealizedPnl`, message: `implies an oracle price of ${price.toFixed()}: not above zero` }]);
}

/** The market's fraction at its open interest, by the chain's rule in parts per million (DY-11). */
function effectiveInitialMarginFraction(market: MarketResponse): Decimal {
  const { openInterest, oraclePrice, openInterestLowerCap: lower, openInterestUpperCap: upper } = market;
  if (!openInterest || !oraclePrice || !lower || !upper) return market.initialMarginFraction;
  const quantums = (usdc: Decimal): bigint => BigInt(usdc.times(PPM).toFixed(0, Decimal.ROUND_DOWN));
  const tier = {
    initialMarginPpm: quantums(market.initialMarginFraction),
    openInterestLowerCap: quantums(lower),
    openInterestUpperCap: quantums(upper),
  };
  return new Decimal(effectiveInitialMarginPpm(tier, quantums(openInterest.times(oraclePrice))).toString()).div(PPM);
}

const crossPosition = (position: PositionResponse): Position => ({
  instrument: instrumentId(position.market),
  size: signedSize(position),
  entryPrice: position.entryPrice,
  marginMode: 'cross',
});

function ownAccount(subaccount: SubaccountResponse, context: ParseContext, id = accountId(subaccount, context)): Account {
  const positions = openPositions(subaccount).map(([position]) => crossPosition(position));
  return { id, venue: 'dydx-v4', balances: [balanceOf(subaccount, positions)], positions };
}

function balanceOf(subaccount: SubaccountResponse, positions: readonly Position[]): Balance {
  const amount = settledBalance(subaccount);
  return positions.length > 0 ? { asset: 'USDC', amount, derived: true } : { asset: 'USDC', amount };
}

const accountId = (subaccount: SubaccountResponse, context: ParseContext): string =>
  context.accountId ?? `${subaccount.address}/${subaccount.subaccountNumber}`;

/** One account a parent, with its isolated children folded in, then the children that stand alone. */
function groupByParent(subaccounts: readonly SubaccountResponse[], context: ParseContext): Account[] {
  const groups = new Map<number, SubaccountResponse[]>();
  for (const subaccount of subaccounts) {
    const parent = subaccount.subaccountNumber % PARENT_SUBACCOUNT_COUNT;
    groups.set(parent, [...(groups.get(parent) ?? []), subaccount]);
  }
  const isOnly = groups.size === 1;
  return [...groups].flatMap(([parent, members]) => {
    const base = isOnly ? context.accountId : context.accountId && `${context.accountId}/${parent}`;
    return parentAccounts(parent, members, base);
  });
}

function parentAccounts(parent: number, members: readonly SubaccountResponse[], givenId: string | undefined): Account[] {
  const own = members.find((member) => member.subaccountNumber === parent);
  const address = (own ?? (members[0] as SubaccountResponse)).address;
  const id = givenId ?? `${address}/${parent}`;
  const children = members.filter((member) => member !== own);
  const isolated = children.filter((child) => openPositions(child).length === 1);
  const apart = children.filter(
    (child) => openPositions(child).length > 1 || (openPositions(child).length === 0 && !quoteBalance(child).isZero()),
  );
  const crossPositions = own ? openPositions(own).map(([position]) => crossPosition(position)) : [];
  const positions = [...crossPositions, ...isolated.map(isolatedPosition)];
  const balances = own ? [balanceOf(own, crossPositions)] : [];
  const childId = (child: SubaccountResponse): string => `${givenId ?? address}/${child.subaccountNumber}`;
  return [{ id, venue: 'dydx-v4', balances, positions }, ...apart.map((child) => ownAccount(child, {}, childId(child)))];
}

function isolatedPosition(child: SubaccountResponse): Position {
  const [position] = openPositions(child)[0] as [PositionResponse, string];
  return { ...crossPosition(position), marginMode: 'isolated', isolatedMargin: settledBalance(child) };
}
