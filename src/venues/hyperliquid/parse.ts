/**
 * A `clearinghouseState` as a book of one account. A response is one instant: its rows and its totals must agree, or it is refused.
 * Rules HL-9…HL-15 of docs/spec/venues/hyperliquid.md.
 */
import type { Account, Asset, Book } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { check } from '../../wire/schema.ts';
import type { ParseContext } from '../venue.ts';
import { COLLATERAL, type Holding, readHolding } from './holding.ts';
import { type Market, readMarkets } from './markets.ts';
import { unlistedRequirements } from './totals.ts';
import { type Envelope, readEnvelope, spotSchema } from './wire.ts';

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
