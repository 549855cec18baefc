/**
 * The rows of one account of a flat book (FF-8). A fast reading takes what is obviously right straight into columns; whatever it does
 * not take is read again the way `leverage-book/1` is, so that both forms accept the same accounts and give the same reasons.
 */
import type { Asset, VenueId } from '../../domain/book.ts';
import { DERIVED, POSITION_SETTINGS, RISK_PARAMETERS } from '../../domain/book-columns.ts';
import { type AccountFacts, addAccount, type BookColumnsBuilder } from '../../domain/book-columns-builder.ts';
import { type Fault, InputError } from '../../domain/fault.ts';
import { type Market, venueOf } from '../book-checks.ts';
import { readAccount } from '../leverage-book.ts';
import type { FlatBatch } from './batch.ts';
import { type FaultList, type RowFault, type RowPlace, rowFault } from './faults.ts';
import { article, type Entry, entryOf, misplacedCells } from './market.ts';
import { ACCOUNT_ROWS_MAX, AT, CELLS_OF, COLUMNS, KEY_CELLS, type RowKind } from './schema.ts';

export type AccountRowKind = 'account' | 'balance' | 'position' | 'tier';

/** Columns a batch fills and a row kind does not have; looked up once a batch. */
export type MisplacedColumns = Readonly<Record<AccountRowKind, readonly number[]>>;

export const misplacedColumns = (batch: FlatBatch): MisplacedColumns => {
  const of = (kind: RowKind): number[] =>
    COLUMNS.map((_, column) => column).filter((column) => column > 0 && batch.fills(column) && !CELLS_OF[kind].includes(column));
  return { account: of('account'), balance: of('balance'), position: of('position'), tier: of('tier') };
};

interface VenueFacts {
  readonly id: VenueId;
  readonly isLending: boolean;
  readonly takesMaxLeverage: boolean;
}

/** A row of the account under way. */
interface OpenRow {
  kind: AccountRowKind;
  batch: FlatBatch;
  misplaced: MisplacedColumns;
  row: number;
}

/** Where market rows stand, for messages. */
export type MarketRow = (kind: 'instruments' | 'assets', name: string) => number | undefined;

const RISK_CELLS = RISK_PARAMETERS.map((name) => ({
  name,
  column: AT[name],
  most: name === 'liquidationBonus' ? Number.POSITIVE_INFINITY : 1,
}));
const SETTING_CELLS = POSITION_SETTINGS.map((name) => ({ name, column: AT[name] }));
const OTHER_CELLS = [AT.maintenanceMarginOther, AT.initialMarginOther];
const YES: readonly string[] = ['true', 'TRUE'];
const NO: readonly string[] = ['false', 'FALSE'];

export class FlatAccountReader {
  id: string | undefined;
  /** A row that cannot be read and may belong to the account. */
  spoiledBy: RowPlace | undefined;
  /** The account had rows before: the fault is listed where they come again. */
  isRepeated = false;
  private first: RowPlace = { row: 0 };
  /** Accounts left out, by the first reason met. */
  readonly skippedReasons = new Map<string, number>();
  skippedCount = 0;
  /** The first `rowCount` are in use; the others wait to be used again, since millions of rows pass through. */
  private readonly rows: OpenRow[] = [];
  private rowCount = 0;
  private readonly market: Market;
  private readonly marketRow: MarketRow;
  private readonly builder: BookColumnsBuilder;
  private readonly faults: FaultList;
  private readonly venues: ReadonlyMap<VenueId, VenueFacts>;
  /** Of assets whose price is counted in a stated unit. */
  private readonly unitOf: ReadonlyMap<string, string>;
  /** By instrument and side: the account that last held it in its cross pool. */
  private readonly heldBy: Uint32Array;
  private accountNumber = 0;

  constructor(market: Market, marketRow: MarketRow, builder: BookColumnsBuilder, faults: FaultList) {
    this.market = market;
    this.marketRow = marketRow;
    this.builder = builder;
    this.faults = faults;
    this.venues = new Map(
      Object.keys(market.venues).map((id) => {
        const { rules } = venueOf(id, market.venues)!;
        return [id, { id, isLending: rules.kind === 'lending', takesMaxLeverage: rules.tierOfMaxLeverage !== undefined }];
      }),
    );
    this.unitOf = new Map([...market.assets.values()].flatMap((asset: Asset) => (asset.unit ? [[asset.symbol, asset.unit]] : [])));
    this.heldBy = new Uint32Array(2 * market.instruments.size);
  }

  /** `spoiledBy`: a row that cannot be read and may belong to the account. */
  begin(id: string, place: RowPlace, spoiledBy: RowPlace | undefined): void {
    this.id = id;
    this.first = place;
    this.rowCount = 0;
    this.spoiledBy = spoiledBy;
    this.isRepeated = false;
    this.accountNumber++;
  }

  add(kind: AccountRowKind, batch: FlatBatch, misplaced: MisplacedColumns, row: number): void {
    if (this.rowCount === ACCOUNT_ROWS_MAX) {
      throw new InputError([rowFault(placeOf(batch, row), 'account', `more than ${ACCOUNT_ROWS_MAX} rows of one account`)]);
    }
    const open = this.rows[this.rowCount++];
    if (!open) {
      this.rows.push({ kind, batch, misplaced, row });
      return;
    }
    open.kind = kind;
    open.batch = batch;
    open.misplaced = misplaced;
    open.row = row;
  }

  /** Reads the rows added since `begin`. True: the account is in the builder. False: it is skipped, and its faults are listed. */
  close(): boolean {
    const { id } = this;
    if (id === undefined) return false;
    if (this.isRepeated) {
      this.skip(APART);
      return false;
    }
    if (this.spoiledBy === undefined && this.market.unreadableAssets.size === 0 && this.takeFast(id)) return true;
    this.builder.discard();
    return this.readExactly(id);
  }

  /** Counts an account that is left out. */
  skip(reason: string): void {
    const { skippedReasons } = this;
    this.skippedCount++;
    const name = skippedReasons.has(reason) || skippedReasons.size < REASONS_MAX ? reason : OTHER_REASONS;
    skippedReasons.set(name, (skippedReasons.get(name) ?? 0) + 1);
  }

  /** False, and perhaps rows added since the last account, where anything is unusual. */
  private takeFast(id: string): boolean {
    const { rows, rowCount } = this;
    const venueName = rows[0]!.batch.text(rows[0]!.row, AT.venue);
    const venue = venueName === undefined ? undefined : this.venues.get(venueName);
    if (!venue || id.trim() === '') return false;
    let label: string | undefined;
    let unit: string | undefined;
    if (rows[0]!.kind === 'account') {
      const { batch, row } = rows[0]!;
      if (OTHER_CELLS.some((column) => batch.fills(column) && batch.text(row, column) !== undefined)) return false;
      label = batch.fills(AT.label) ? batch.text(row, AT.label) : undefined;
      unit = batch.fills(AT.unit) ? batch.text(row, AT.unit) : undefined;
      if (unit?.trim() === '') return false;
    }
    let needsBalance = rows[0]!.kind !== 'account';
    for (let k = 0; k < rowCount; k++) {
      const { kind, batch, row, misplaced } = rows[k]!;
      const stated = batch.text(row, AT.venue);
      if (stated !== undefined && stated !== venueName) return false;
      for (const column of misplaced[kind]) if (batch.text(row, column) !== undefined) return false;
      if (kind === 'balance') {
        if (!this.takeBalance(batch, row, unit)) return false;
        needsBalance = false;
      } else if (kind === 'position') {
        if (!this.takePosition(batch, row, venue, unit)) return false;
      } else if (kind === 'tier' || k > 0) return false;
    }
    if (needsBalance && this.holdsCross()) return false;
    this.builder.account(factsOf(id, venue.id, label, unit));
    return true;
  }

  private holdsCross(): boolean {
    for (let k = 0; k < this.rowCount; k++) {
      const { batch, row } = this.rows[k]!;
      if (batch.text(row, AT.marginMode) !== 'isolated') return true;
    }
    return false;
  }

  private takeBalance(batch: FlatBatch, row: number, unit: string | undefined): boolean {
    const symbol = batch.text(row, AT.asset);
    const amount = batch.number(row, AT.amount);
    if (symbol === undefined || symbol.trim() === '' || Number.isNaN(amount) || this.isOtherUnit(symbol, unit)) return false;
    const derived = batch.fills(AT.derived) ? batch.text(row, AT.derived) : undefined;
    const code = derived === undefined ? DERIVED.notStated : YES.includes(derived) ? DERIVED.yes : NO.includes(derived) ? DERIVED.no : -1;
    if (code < 0) return false;
    this.builder.balance(this.builder.assetCode(symbol), amount, undefined, code);
    for (const { name, column, most } of RISK_CELLS) {
      if (!batch.fills(column)) continue;
      const value = batch.number(row, column);
      if (Number.isNaN(value)) {
        if (batch.text(row, column) !== undefined) return false;
      } else if (value >= 0 && value <= most) this.builder.balanceParameter(name, value, undefined);
      else return false;
    }
    return true;
  }

  private takePosition(batch: FlatBatch, row: number, venue: VenueFacts, unit: string | undefined): boolean {
    const name = batch.text(row, AT.instrument);
    const code = name === undefined ? -1 : this.builder.instrumentCode(name);
    if (code < 0 || venue.isLending) return false;
    const instrument = this.builder.instrumentAt(code);
    const size = batch.number(row, AT.size);
    const entryPrice = batch.number(row, AT.entryPrice);
    if (instrument.venue !== venue.id || !(size !== 0 && entryPrice > 0) || Number.isNaN(size)) return false;
    if (this.isOtherUnit(instrument.settle, unit)) return false;
    const mode = batch.text(row, AT.marginMode);
    const isIsolated = mode === 'isolated';
    if (!isIsolated) {
      const side = 2 * code + (size < 0 ? 1 : 0);
      if (mode !== 'cross' || this.heldBy[side] === this.accountNumber) return false;
      this.heldBy[side] = this.accountNumber;
    }
    this.builder.position(code, size, undefined, entryPrice, undefined, isIsolated);
    let hasMargin = false;
    for (const { name: setting, column } of SETTING_CELLS) {
      if (!batch.fills(column)) continue;
      const value = batch.number(row, column);
      if (Number.isNaN(value)) {
        if (batch.text(row, column) !== undefined) return false;
        continue;
      }
      if (setting === 'isolatedMargin') hasMargin = true;
      else if (value <= 0 || (setting === 'maxLeverage' && !venue.takesMaxLeverage)) return false;
      this.builder.positionSetting(setting, value, undefined);
    }
    return hasMargin === isIsolated;
  }

  private isOtherUnit(symbol: string, unit: string | undefined): boolean {
    if (this.unitOf.size === 0) return false;
    const counted = this.unitOf.get(symbol);
    return counted !== undefined && counted !== (unit ?? this.market.unit);
  }

  /** The account through the checks of `leverage-book/1`. */
  private readExactly(id: string): boolean {
    const gathered = gather(id, this.first, this.rows.slice(0, this.rowCount));
    const found: RowFault[] = [...gathered.faults];
    const { account, faults, leaning } = readAccount(gathered.entry, this.market, '');
    // the rows of an account that is not whole prove nothing about it
    if (!this.spoiledBy) for (const fault of [...faults, ...leaning]) found.push(this.translated(fault, gathered));
    else found.push(rowFault(this.first, 'account', `left out: /rows/${this.spoiledBy.row} cannot be read and may belong to it`));
    for (const fault of found) this.faults.add(fault);
    if (account && found.length === 0) {
      addAccount(this.builder, account);
      return true;
    }
    this.skip(reasonOf(found[0]!));
    return false;
  }

  private translated({ pointer, message }: Fault, gathered: Gathered): RowFault {
    const { place, column } = gathered.placeOf(pointer);
    const words = message
      .replace(/\/(?:positions|balances)\/\d+/g, (inner) => `/rows/${gathered.placeOf(inner).place.row}`)
      .replace(
        /^depends on \/(instruments|assets)\/(.*), which cannot be read$/s,
        (whole, kind: 'instruments' | 'assets', segment: string) => {
          const row = this.marketRow(kind, segment.replaceAll('~1', '/').replaceAll('~0', '~'));
          return row === undefined ? whole : `depends on /rows/${row}, which cannot be read`;
        },
      );
    if (pointer === '/balances')
      return rowFault(place, undefined, 'the account has no balance row: add one, or an account row where there is truly no collateral');
    return rowFault(place, column, words);
  }
}

/** Of an account whose rows do not stand together. */
export const APART = 'account: its rows do not stand together';
/** Reasons that are counted by name. */
const REASONS_MAX = 50;
const OTHER_REASONS = 'other reasons';

/** A fault's sentence without its place, and its column, as what accounts are counted by. */
const reasonOf = ({ message, column }: RowFault): string => {
  const sentence = message.replace(/ \((?:line|column) [^()]*\)$/, '').replace(/\/rows\/\d+/g, 'a row');
  return column === undefined ? sentence : `${column}: ${sentence}`;
};

const placeOf = (batch: FlatBatch, row: number): RowPlace => {
  const line = batch.line(row);
  return { row: batch.firstRow + row, ...(line === undefined ? {} : { line }) };
};

const factsOf = (id: string, venue: VenueId, label: string | undefined, unit: string | undefined): AccountFacts => ({
  id,
  venue,
  ...(label === undefined ? {} : { label }),
  ...(unit === undefined ? {} : { unit }),
});

/** An account as `leverage-book/1` would have it, and where each part of it stands. */
interface Gathered {
  readonly entry: Entry;
  readonly faults: readonly RowFault[];
  readonly placeOf: (pointer: string) => { readonly place: RowPlace; readonly column: string | undefined };
}

interface GatheredItem {
  readonly entry: Entry;
  readonly place: RowPlace;
  readonly tiers: Entry[];
  readonly tierPlaces: RowPlace[];
}

function gather(id: string, first: RowPlace, rows: readonly OpenRow[]): Gathered {
  const faults: RowFault[] = [];
  const own: Entry = {};
  const lists: Record<'balance' | 'position', GatheredItem[]> = { balance: [], position: [] };
  let venue: string | undefined;
  let before: GatheredItem | undefined;
  rows.forEach(({ kind, batch, row }, k) => {
    const place = placeOf(batch, row);
    const refuse = (column: number, message: string): void => void faults.push(rowFault(place, COLUMNS[column], message));
    for (const column of misplacedCells(batch, row, kind)) refuse(column, `${article(kind)} row has no ${COLUMNS[column]}`);
    const stated = batch.text(row, AT.venue);
    if (k === 0) venue = stated;
    else if (stated !== undefined && stated !== venue) refuse(AT.venue, `the account's first row says ${JSON.stringify(venue ?? '')}`);
    const entry = withBoolean(entryOf(batch, row, kind, KEY_CELLS));
    if (kind === 'account') {
      if (k > 0) refuse(AT.row, 'an account row stands before all other rows of its account, and once');
      else Object.assign(own, entry);
    } else if (kind === 'tier') {
      const { instrument, ...tier } = entry;
      if (before && instrument === before.entry.instrument) {
        before.tiers.push(tier);
        before.tierPlaces.push(place);
      } else refuse(AT.instrument, "a position's tier rows follow the row of their position and name its instrument");
    } else {
      const item: GatheredItem = { entry, place, tiers: [], tierPlaces: [] };
      lists[kind].push(item);
      before = kind === 'position' ? item : undefined;
    }
  });
  const states = rows[0]?.kind === 'account' || lists.balance.length > 0;
  const entry: Entry = {
    id,
    ...(venue === undefined ? {} : { venue }),
    ...own,
    ...(states ? { balances: lists.balance.map((item) => item.entry) } : {}),
    positions: lists.position.map((item) => (item.tiers.length > 0 ? { ...item.entry, tiers: item.tiers } : item.entry)),
  };
  return { entry, faults, placeOf: (pointer) => placeIn(pointer, first, lists) };
}

const withBoolean = (entry: Entry): Entry => {
  const { derived } = entry;
  if (typeof derived !== 'string') return entry;
  return { ...entry, derived: YES.includes(derived) ? true : NO.includes(derived) ? false : derived };
};

function placeIn(
  pointer: string,
  first: RowPlace,
  lists: Record<'balance' | 'position', GatheredItem[]>,
): { place: RowPlace; column: string | undefined } {
  const [, field, index, inner, tierIndex, tierField] = pointer.split('/');
  if (field === 'balances' || field === 'positions') {
    const item = lists[field === 'balances' ? 'balance' : 'position'][Number(index)];
    if (!item) return { place: first, column: undefined };
    const tier = inner === 'tiers' && tierIndex !== undefined ? item.tierPlaces[Number(tierIndex)] : undefined;
    if (tier) return { place: tier, column: tierField };
    return { place: item.place, column: inner === 'tiers' ? undefined : inner };
  }
  return { place: first, column: field === 'id' ? 'account' : field === '' ? undefined : field };
}
