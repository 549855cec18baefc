/** One row of a `clearinghouseState` as a position on an instrument. Rules HL-5, HL-9 and HL-12 of docs/spec/venues/hyperliquid.md. */
import type { Instrument, MarginTier, Position } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import type { Market } from './markets.ts';
import { bundledTable, formerTable, singleRow, tierAtNotional } from './tables.ts';
import type { PositionResponse } from './wire.ts';

/** Amounts are whole micro-dollars; digits beyond are the server's binary floating point showing through. */
const DOLLAR_DECIMALS = 6;
const MICRO_DOLLAR = new Decimal('1e-6');
/** One more than the venue prints of a profit. */
const PROFIT_DECIMALS = 7;

/** Settlement asset where no list of markets says otherwise. */
export const COLLATERAL = 'USDC';

/** One row of the response, read. */
export interface Holding {
  readonly instrument: Instrument;
  readonly position: Position;
  /** |size| × mark, settle currency. */
  readonly notional: Decimal;
  /** size × (mark − entry), settle currency, signed. */
  readonly unrealizedPnl: Decimal;
  /** The table that holds for this position; undefined when none is known. */
  readonly tiers: readonly MarginTier[] | undefined;
}

/** The row at pointer `place` with what the venue's list says of its market. Throws `InputError`. */
export function readHolding(row: PositionResponse, place: string, market: Market | undefined): Holding {
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
