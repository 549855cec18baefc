/**
 * A `clearinghouseState` as a book of one account. A response is one instant: its rows and its totals must agree, or it is refused.
 * Rules HL-9…HL-15 of docs/spec/venues/hyperliquid.md.
 */
import type { Account, Asset, Book, Instrument, MarginTier, Position } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { check } from '../../wire/schema.ts';
import type { ParseContext } from '../venue.ts';
import { type Market, readMarkets } from './markets.ts';
import { bundledTable, formerTable, maintenanceAtNotional, singleRow, tierAtNotional } from './tables.ts';
import { type Envelope, type PositionResponse, readEnvelope, type StateResponse, spotSchema } from './wire.ts';

/** Amounts are whole micro-dollars; digits beyond are the server's binary floating point showing through. */
const DOLLAR_DECIMALS = 6;
const MICRO_DOLLAR = new Decimal('1e-6');
/** One more than the venue prints of a profit. */
const PROFIT_DECIMALS = 7;

/** How far rows and totals may lie apart: the venue rounds row by row. */
const TOTALS_ABSOLUTE = new Decimal('0.01');
const TOTALS_RELATIVE = new Decimal('1e-6');

const COLLATERAL = 'USDC';

/** One row of the response, read. */
interface Holding {
  readonly instrument: Instrument;
  readonly position: Position;
  /** |size| × mark, settle currency. */
  readonly notional: Decimal;
  /** size × (mark − entry), settle currency, signed. */
  readonly unrealizedPnl: Decimal;
  /** The table that holds for this position; undefined when none is known. */
  readonly tiers: readonly MarginTier[] | undefined;
}

/**
 * The response as a book. Equity is the venue's own: the balance is crossMarginSummary.accountValue − Σ cross size × (mark − entry), marked
 * derived; an isolated margin is rawUsd + size × entry. Requirements of positions that the response sums but does not list go into
 * `maintenanceMarginOther` and `initialMarginOther`. Throws `InputError` with pointers into the response, or into meta below `/meta`.
 */
export function parseHyperliquid(response: unknown, context: ParseContext): Book {
  const envelope = readEnvelope(response);
  const markets = marketsOf(envelope, context);
  const asOf = timeOf(envelope, context);
  const holdings = readHoldings(envelope, markets);
  const settle = holdings[0]?.instrument.settle ?? COLLATERAL;
  const cross = holdings.filter(({ position }) => position.marginMode === 'cross');
  const amount = cross.reduce((rest, { unrealizedPnl }) => rest.minus(unrealizedPnl), crossEquity(envelope, holdings, settle));
  const account: Account = {
    id: context.accountId ?? envelope.user ?? 'hyperliquid',
    venue: 'hyperliquid',
    ...(settle === COLLATERAL ? {} : { unit: settle }),
    balances: [{ asset: settle, amount, derived: true }],
    positions: holdings.map(({ position }) => position),
    ...unlistedRequirements(envelope, cross),
  };
  return {
    format: 'leverage-book/1',
    asOf,
    instruments: new Map(holdings.map(({ instrument }) => [instrument.id, instrument])),
    assets: new Map<string, Asset>([[settle, { symbol: settle, price: ONE }]]),
    accounts: [account],
  };
}

function marketsOf({ meta }: Envelope, context: ParseContext): ReadonlyMap<string, Market> {
  if (context.meta !== undefined) return readMarkets(context.meta, '/meta');
  return meta ? readMarkets(meta.body, meta.pointer) : new Map();
}

/** The response's own time, or the caller's. ISO-8601, UTC. */
function timeOf({ state, pointer }: Envelope, context: ParseContext): string {
  if (typeof state.time === 'number') return new Date(state.time).toISOString();
  if (context.asOf !== undefined) return context.asOf;
  throw new InputError([{ pointer: `${pointer}/time`, message: 'is required: the response carries no time and none was stated as asOf' }]);
}

function readHoldings({ state, pointer }: Envelope, markets: ReadonlyMap<string, Market>): Holding[] {
  const seen = new Set<string>();
  return state.assetPositions.flatMap(({ position: row }, i) => {
    const place = `${pointer}/assetPositions/${i}/position`;
    if (seen.has(row.coin)) throw new InputError([{ pointer: `${place}/coin`, message: `"${row.coin}" is listed twice` }]);
    seen.add(row.coin);
    return row.szi.isZero() ? [] : [readHolding(row, place, markets.get(row.coin))];
  });
}

function readHolding(row: PositionResponse, place: string, market: Market | undefined): Holding {
  const size = row.szi;
  const markPrice = markOf(row, place, market);
  const entryPrice = entryOf(row, markPrice);
  const notional = size.abs().times(markPrice);
  const listed = market?.tiers ?? bundledTable(row.coin)?.tiers;
  const override = overrideOf(row, notional, listed);
  const id = `hl:${row.coin}`;
  const instrument: Instrument = {
    id,
    venue: 'hyperliquid',
    contract: 'linear',
    base: row.coin,
    quote: 'USD',
    settle: market?.settle ?? COLLATERAL,
    contractSize: ONE,
    markPrice,
    ...(market?.oraclePrice ? { indexPrice: market.oraclePrice } : {}),
    ...(market ? { tiers: market.tiers } : {}),
  };
  const position: Position = {
    instrument: id,
    size,
    entryPrice,
    marginMode: row.leverage.type,
    leverage: row.leverage.value,
    ...(row.leverage.type === 'isolated' ? { isolatedMargin: isolatedMarginOf(row, place, markPrice, entryPrice) } : {}),
    ...override,
  };
  const tiers = override.tiers ?? (override.maxLeverage ? singleRow(override.maxLeverage).tiers : listed);
  return { instrument, position, notional, unrealizedPnl: size.times(markPrice.minus(entryPrice)), tiers };
}

/**
 * Mark = positionValue ÷ |size|, positionValue at whole micro-dollars; the mark of the venue's contexts where it gives the same value,
 * because it is exact. Quote per base, > 0.
 */
function markOf(row: PositionResponse, place: string, market: Market | undefined): Decimal {
  const value = row.positionValue.toDecimalPlaces(DOLLAR_DECIMALS);
  if (value.isZero()) throw new InputError([{ pointer: `${place}/positionValue`, message: 'must be above zero for an open position' }]);
  const served = market?.markPrice;
  const isSame = served && row.szi.abs().times(served).minus(value).abs().lte(MICRO_DOLLAR);
  return isSame ? served : value.div(row.szi.abs());
}

/**
 * Entry price, quote per base, > 0: mark − unrealizedPnl ÷ size, since entryPx is cut to a few digits and the profit is not, to as many
 * decimals as keep the profit within 1e-7 of the served one. entryPx itself where the two do not belong together; the mark where the
 * response has neither.
 */
function entryOf(row: PositionResponse, markPrice: Decimal): Decimal {
  const served = row.entryPx && !row.entryPx.isZero() ? row.entryPx : undefined;
  if (!row.unrealizedPnl) return served ?? markPrice;
  const decimals = Math.max(0, PROFIT_DECIMALS + row.szi.e + 1);
  const exact = markPrice.minus(row.unrealizedPnl.div(row.szi)).toDecimalPlaces(decimals);
  if (!exact.gt(0)) return served ?? markPrice;
  const isSame = !served || exact.minus(served).abs().lte(new Decimal(10).pow(-served.decimalPlaces()));
  return isSame ? exact : served;
}

/** Margin of an isolated position without its profit: its cash + size × entry; where the cash is not served, its equity − profit. */
function isolatedMarginOf(row: PositionResponse, place: string, markPrice: Decimal, entryPrice: Decimal): Decimal {
  const cash = row.leverage.rawUsd ?? row.marginUsed?.minus(row.szi.times(markPrice));
  if (cash) return cash.plus(row.szi.times(entryPrice));
  throw new InputError([{ pointer: `${place}/leverage/rawUsd`, message: 'is required for an isolated position that has no marginUsed' }]);
}

/**
 * What the position's own maxLeverage says: the leverage of the row reached now, when the market's table has it there; otherwise a table of
 * its own – the market's former one when that has it there, else one row at that leverage (an account-level limit, an older table) (HL-5).
 */
function overrideOf(
  row: PositionResponse,
  notional: Decimal,
  listed: readonly MarginTier[] | undefined,
): Pick<Position, 'maxLeverage' | 'tiers'> {
  const { maxLeverage } = row;
  if (!maxLeverage) return {};
  const hasIt = (tiers: readonly MarginTier[] | undefined): boolean =>
    tierAtNotional(tiers ?? [], notional)?.maxLeverage?.eq(maxLeverage) ?? false;
  if (hasIt(listed)) return {};
  const former = formerTable(row.coin)?.tiers;
  return former && hasIt(former) ? { tiers: former } : { maxLeverage };
}

/**
 * Equity of the cross pool, settle currency: crossMarginSummary.accountValue; in a unified account the spot balance that carries it less the
 * equity of isolated positions, since accountValue is only the part on hold there (HL-15).
 */
function crossEquity(envelope: Envelope, holdings: readonly Holding[], settle: string): Decimal {
  const { state, spot, mode } = envelope;
  const isPortfolio = mode === 'portfolioMargin' || (spot && check(spotSchema, spot.body, spot.pointer).portfolioMarginEnabled === true);
  if (isPortfolio)
    throw new InputError([{ pointer: '', message: 'portfolio margin is not modelled: its collateral is lent and borrowed spot' }]);
  if (mode !== 'unifiedAccount') return state.crossMarginSummary.accountValue;
  if (!spot) {
    throw new InputError([
      { pointer: '/spotClearinghouseState', message: 'is required: the collateral of a unified account is its spot balance' },
    ]);
  }
  const { balances } = check(spotSchema, spot.body, spot.pointer);
  const total = balances.find(({ coin }) => coin === settle)?.total ?? ZERO;
  return holdings.reduce((rest, holding) => rest.minus(isolatedEquity(holding)), total);
}

const isolatedEquity = ({ position, unrealizedPnl }: Holding): Decimal =>
  position.marginMode === 'isolated' ? (position.isolatedMargin ?? ZERO).plus(unrealizedPnl) : ZERO;

const sum = (amounts: readonly Decimal[]): Decimal => amounts.reduce((total, amount) => total.plus(amount), ZERO);

const agree = (a: Decimal, b: Decimal): boolean =>
  a
    .minus(b)
    .abs()
    .lte(TOTALS_ABSOLUTE.plus(Decimal.max(a.abs(), b.abs()).times(TOTALS_RELATIVE)));

/**
 * Requirements of cross positions that the response sums in its totals but does not list, settle currency; nothing when all are listed.
 * Refuses a response whose totals contradict its rows, or whose maintenance margin the margin tables do not reproduce (HL-13, HL-14).
 */
function unlistedRequirements(
  envelope: Envelope,
  cross: readonly Holding[],
): Pick<Account, 'maintenanceMarginOther' | 'initialMarginOther'> {
  const { state, pointer } = envelope;
  const refuse = (field: string, message: string): never => {
    throw new InputError([{ pointer: `${pointer}/${field}`, message }]);
  };
  const listed = sum(cross.map(({ notional }) => notional));
  const total = state.crossMarginSummary.totalNtlPos ?? listed;
  const isComplete = agree(total, listed);
  if (!isComplete && total.lt(listed))
    refuse('crossMarginSummary/totalNtlPos', `is less than the ${listed.toFixed()} of the positions listed`);
  const served = state.crossMaintenanceMarginUsed ?? undefined;
  const maintenance = cross.every(({ tiers }) => tiers)
    ? sum(cross.map(({ tiers, notional }) => maintenanceAtNotional(tiers ?? [], notional)))
    : undefined;
  if (isComplete) {
    if (served && maintenance && !agree(served, maintenance))
      refuse(
        'crossMaintenanceMarginUsed',
        `the margin tables give ${maintenance.toFixed()}: they are not those of this response; state its own meta`,
      );
    return {};
  }
  if (!served) return refuse('crossMaintenanceMarginUsed', 'is required where not every position of totalNtlPos is listed');
  if (!maintenance) return {};
  return {
    maintenanceMarginOther: remainder(served, maintenance, 'crossMaintenanceMarginUsed', refuse),
    ...unlistedInitial(state, cross, refuse),
  };
}

type Refuse = (field: string, message: string) => never;

function unlistedInitial(state: StateResponse, cross: readonly Holding[], refuse: Refuse): Pick<Account, 'initialMarginOther'> {
  const field = 'crossMarginSummary/totalMarginUsed';
  const served = state.crossMarginSummary.totalMarginUsed ?? refuse(field, 'is required where not every position of totalNtlPos is listed');
  const listed = sum(cross.map(({ notional, position }) => notional.div(position.leverage ?? ONE)));
  return { initialMarginOther: remainder(served, listed, field, refuse) };
}

/** served − listed, ≥ 0; refuses a total below its own parts. */
function remainder(served: Decimal, listed: Decimal, field: string, refuse: Refuse): Decimal {
  if (served.gte(listed)) return served.minus(listed);
  return agree(served, listed) ? ZERO : refuse(field, `is less than the ${listed.toFixed()} of the positions listed`);
}
