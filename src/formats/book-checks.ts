/** What a book must satisfy beyond the shape of its fields: names that resolve, fields that go together (BF-11 to BF-16). */
import type { Account, Asset, AssetSymbol, Instrument, InstrumentId, Position, VenueId } from '../domain/book.ts';
import { type Fault, pointerSegment } from '../domain/fault.ts';
import type { Venue } from '../venues/venue.ts';
import type { AccountFields } from './book-schema.ts';
import { tierFaults } from './tier-checks.ts';

/** What accounts are read against. */
export interface Market {
  readonly venues: Readonly<Record<VenueId, Venue>>;
  /** The book's unit of account. */
  readonly unit: AssetSymbol;
  readonly instruments: Map<InstrumentId, Instrument>;
  readonly assets: Map<AssetSymbol, Asset>;
  /** Those that stand in the book but have a fault of their own. */
  readonly unreadableInstruments: Set<InstrumentId>;
  readonly unreadableAssets: Set<AssetSymbol>;
}

export const venueOf = (id: VenueId, venues: Market['venues']): Venue | undefined => (Object.hasOwn(venues, id) ? venues[id] : undefined);

const unknownVenue = (id: VenueId, venues: Market['venues']): string =>
  `unknown venue ${JSON.stringify(id)}; known are ${Object.keys(venues).sort().join(', ')}`;

/** BF-11, BF-12: an instrument's venue and table. */
export function instrumentFaults(instrument: Omit<Instrument, 'id'>, venues: Market['venues'], base: string): Fault[] {
  const venue = venueOf(instrument.venue, venues);
  if (!venue) return [{ pointer: `${base}/venue`, message: unknownVenue(instrument.venue, venues) }];
  if (venue.rules.kind === 'lending')
    return [{ pointer: `${base}/venue`, message: `${venue.rules.name} lends and has no derivative contracts` }];
  return instrument.tiers ? tierFaults(instrument.tiers, venue.rules.tableJoin, `${base}/tiers`) : [];
}

/** BF-14: balances may be left out only where no collateral is shared; an account states at least one of the two lists. */
export function listFaults(account: AccountFields, base: string): Fault[] {
  const positions = account.positions ?? [];
  if (account.balances) return [];
  if (positions.length > 0 && positions.every((position) => position.marginMode === 'isolated')) return [];
  return [{ pointer: `${base}/balances`, message: 'is required ([] where there is truly no collateral)' }];
}

/** BF-14 to BF-16: an account whose fields are right in themselves, against its market. */
export function accountFaults(account: Account, market: Market, base: string): Fault[] {
  const venue = venueOf(account.venue, market.venues);
  if (!venue) return [{ pointer: `${base}/venue`, message: unknownVenue(account.venue, market.venues) }];
  if (venue.rules.kind === 'lending' && account.positions.length > 0) {
    return [{ pointer: `${base}/positions`, message: `a lending account has only balances; ${venue.rules.name} has no positions` }];
  }
  return [
    ...account.positions.flatMap((position, i) => positionFaults(position, venue, account, market, `${base}/positions/${i}`)),
    ...duplicateFaults(account.positions, `${base}/positions`),
    ...unitFaults(account, market, base),
  ];
}

function positionFaults(position: Position, venue: Venue, account: Account, market: Market, base: string): Fault[] {
  const faults: Fault[] = [];
  const refuse = (field: string, message: string): void => void faults.push({ pointer: `${base}/${field}`, message });
  const instrument = market.instruments.get(position.instrument);
  if (!instrument && !market.unreadableInstruments.has(position.instrument)) {
    refuse('instrument', `unknown instrument ${JSON.stringify(position.instrument)}`);
  }
  if (instrument && instrument.venue !== account.venue) {
    refuse('instrument', `${JSON.stringify(position.instrument)} trades on ${instrument.venue}, the account is on ${account.venue}`);
  }
  if (position.marginMode === 'isolated' && !position.isolatedMargin) refuse('isolatedMargin', 'is required for an isolated position');
  if (position.marginMode === 'cross' && position.isolatedMargin) refuse('isolatedMargin', 'a cross position has no margin of its own');
  if (position.tiers && position.maxLeverage) refuse('maxLeverage', 'states the table a second time: give tiers or maxLeverage, not both');
  else if (position.maxLeverage && !venue.rules.tierOfMaxLeverage) {
    refuse('maxLeverage', `${venue.rules.name} derives no maintenance rate from a maximum leverage: give tiers`);
  }
  return position.tiers ? [...faults, ...tierFaults(position.tiers, venue.rules.tableJoin, `${base}/tiers`)] : faults;
}

/** BF-16: in one pool a market is held at most once a side (hedge mode: one long and one short). */
function duplicateFaults(positions: readonly Position[], base: string): Fault[] {
  const faults: Fault[] = [];
  const seen = new Map<string, number>();
  positions.forEach((position, i) => {
    if (position.marginMode !== 'cross') return;
    const side = position.size.isNegative() ? 'short' : 'long';
    const key = `${side} ${position.instrument}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, i);
    else
      faults.push({
        pointer: `${base}/${i}`,
        message: `a second ${side} cross position in ${JSON.stringify(position.instrument)}, after ${base}/${first}`,
      });
  });
  return faults;
}

/** BF-13: a price counted in another unit than the account's would be a wrong number. */
function unitFaults(account: Account, market: Market, base: string): Fault[] {
  const unit = account.unit ?? market.unit;
  return assetsOf(account, market).flatMap(({ symbol, field }) => {
    const asset = market.assets.get(symbol);
    if (!asset?.unit || asset.unit === unit) return [];
    return [
      { pointer: `${base}/${field}`, message: `${JSON.stringify(symbol)} is priced in ${asset.unit}, the account is counted in ${unit}` },
    ];
  });
}

/** Every asset whose price the account needs, once, with the first field that names it. */
function assetsOf(account: Account, market: Market): { symbol: AssetSymbol; field: string }[] {
  const fieldOf = new Map<AssetSymbol, string>();
  account.balances.forEach(({ asset }, i) => {
    if (!fieldOf.has(asset)) fieldOf.set(asset, `balances/${i}/asset`);
  });
  account.positions.forEach((position, i) => {
    const settle = market.instruments.get(position.instrument)?.settle;
    if (settle !== undefined && !fieldOf.has(settle)) fieldOf.set(settle, `positions/${i}/instrument`);
  });
  return [...fieldOf].map(([symbol, field]) => ({ symbol, field }));
}

/** Why an account cannot be assessed although it has no fault of its own: it leans on an entry that has one. */
export function leaningFaults(account: Account, market: Market, base: string): Fault[] {
  const instruments = account.positions.flatMap((position, i) =>
    market.unreadableInstruments.has(position.instrument)
      ? [unreadable(`${base}/positions/${i}/instrument`, `/instruments${pointerSegment(position.instrument)}`)]
      : [],
  );
  const assets = assetsOf(account, market).flatMap(({ symbol, field }) =>
    market.unreadableAssets.has(symbol) ? [unreadable(`${base}/${field}`, `/assets${pointerSegment(symbol)}`)] : [],
  );
  return [...instruments, ...assets];
}

const unreadable = (pointer: string, entry: string): Fault => ({ pointer, message: `depends on ${entry}, which cannot be read` });
